package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// leaky is
//
//	for i := range dst {
//		dst[i] = b[i] if a[i] > 0, else slope * b[i]
//	}
//
// Assembly: gen/activation.go
func leaky[T Float](dst, a, b []T, slope T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Leaky(dst, a, b, slope) {
		return
	}
	for i, v := range b {
		if !(a[i] > 0) {
			v *= slope
		}
		dst[i] = v
	}
}

// gap is
//
//	for i := range dst {
//		dst[i] = c if lo <= a[i] <= hi, else b[i]
//	}
//
// Assembly: gen/activation.go
func gap[T Float](dst, a, b []T, lo, hi, c T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Gap(dst, a, b, lo, hi, c) {
		return
	}
	for i, v := range b {
		if a[i] >= lo && a[i] <= hi {
			v = c
		}
		dst[i] = v
	}
}

// AbsGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * sign(x[i]) // see Sign
//	}
//
// Assembly: gen/activation.go
func AbsGrad[T Float](dst, x, dy []T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.AbsGrad(dst, x, dy) {
		return
	}
	for i, v := range x {
		dst[i] = dy[i] * signOf(v)
	}
}

// LeakyReLUGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] if x[i] > 0, else slope * dy[i]
//	}
func LeakyReLUGrad[T Float](dst, x, dy []T, slope T) { leaky(dst, x, dy, slope) }

// ShrinkGrad is
//
//	for i := range dst {
//		dst[i] = 0 if lo <= x[i] <= hi, else dy[i]
//	}
func ShrinkGrad[T Float](dst, x, dy []T, lo, hi T) { gap(dst, x, dy, lo, hi, 0) }

// ClampGrad is
//
//	for i := range dst {
//		dst[i] = scale * dy[i] if lo < x[i] < hi, else 0
//	}
//
// Assembly: gen/activation.go
func ClampGrad[T Float](dst, x, dy []T, lo, hi, scale T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.ClampGrad(dst, x, dy, lo, hi, scale) {
		return
	}
	for i, v := range x {
		if v > lo && v < hi {
			dst[i] = dy[i] * scale
		} else {
			dst[i] = 0
		}
	}
}

// HardTanhGrad is
//
//	for i := range dst {
//		dst[i] = 0 if x[i] <= lo or x[i] >= hi, else dy[i] // dy[i] where x[i] is NaN
//	}
//
// Assembly: gen/activation.go
func HardTanhGrad[T Float](dst, x, dy []T, lo, hi T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.HardTanhGrad(dst, x, dy, lo, hi) {
		return
	}
	for i, v := range x {
		if v <= lo || v >= hi {
			dst[i] = 0
		} else {
			dst[i] = dy[i]
		}
	}
}

// HuberGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * min(max(x[i], −limit), limit)
//	}
//
// Assembly: gen/activation.go
func HuberGrad[T Float](dst, x, dy []T, limit T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.HuberGrad(dst, x, dy, limit) {
		return
	}
	for i, v := range x {
		dst[i] = dy[i] * min(max(v, -limit), limit)
	}
}

// HardSwishGrad is
//
//	for i := range dst {
//		dst[i] = 0 if x[i] <= −3, dy[i] * (x[i]/3 + ½) if x[i] < 3, else dy[i]
//	}
//
// Assembly: gen/activation.go
func HardSwishGrad[T Float](dst, x, dy []T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.HardSwishGrad(dst, x, dy) {
		return
	}
	for i, v := range x {
		switch {
		case v <= -3:
			dst[i] = 0
		case v < 3:
			dst[i] = dy[i] * (v/3 + 0.5)
		default:
			dst[i] = dy[i]
		}
	}
}

// ELUGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * (scale * alpha * exp(x[i]) if x[i] <= 0, else scale)
//	}
//
// In float32 the factor of dy[i] errs by at most 3 ulp.
func ELUGrad[T Float](dst, x, dy []T, alpha, scale float64) {
	eluGrad(dst, x, dy, alpha*scale, scale, 1)
}

// CELUGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * (exp(x[i]/alpha) if x[i] <= 0, else 1)
//	}
func CELUGrad[T Float](dst, x, dy []T, alpha, _ float64) { eluGrad(dst, x, dy, 1, 1, 1/alpha) }

// eluGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * (outer * exp(inner * x[i]) if x[i] <= 0, else scale)
//	}
//
// Assembly: gen/activation.go
func eluGrad[T Float](dst, x, dy []T, outer, scale, inner float64) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.EluGrad(dst, x, dy, T(outer), T(scale), T(inner)) {
		return
	}
	for i, v := range x {
		slope := scale
		if v <= 0 {
			slope = outer * math.Exp(inner*float64(v))
		}
		dst[i] = T(float64(dy[i]) * slope)
	}
}

// SoftplusGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * (1 if beta * x[i] > threshold, else sigmoid(beta * x[i]))
//	}
//
// In float32 the factor of dy[i] errs by at most 2.5 ulp for beta 1.
//
// Assembly: gen/activation.go
func SoftplusGrad[T Float](dst, x, dy []T, beta, threshold float64) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.SoftplusGrad(dst, x, dy, T(beta), T(threshold)) {
		return
	}
	for i, v := range x {
		if bx := beta * float64(v); bx > threshold {
			dst[i] = dy[i]
		} else {
			dst[i] = T(float64(dy[i]) * sigmoid(bx))
		}
	}
}

// SiLUGrad is
//
//	for i := range dst {
//		s := sigmoid(x[i])
//		dst[i] = dy[i] * s * (1 + x[i] * (1 − s))
//	}
//
// In float32 the factor of dy[i] errs by at most 2 ulp plus ε.
//
// Assembly: gen/activation.go
func SiLUGrad[T Float](dst, x, dy []T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.SiluGrad(dst, x, dy) {
		return
	}
	for i, v := range x {
		a := float64(v)
		dst[i] = T(float64(dy[i]) * sigmoid(a) * (1 + float64(a*sigmoid(-a))))
	}
}

// MishGrad is
//
//	for i := range dst {
//		t := tanh(log(1 + exp(x[i])))
//		dst[i] = dy[i] * (t + x[i] * (1 − t²) * sigmoid(x[i]))
//	}
//
// In float32 the factor of dy[i] errs by at most 2 ulp plus 2ε.
//
// Assembly: gen/activation.go
func MishGrad[T Float](dst, x, dy []T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.MishGrad(dst, x, dy) {
		return
	}
	for i, v := range x {
		a := float64(v)
		t := math.Tanh(softplus(a))
		dst[i] = T(float64(dy[i]) * (t + float64(a*sigmoid(a)*(1-float64(t*t)))))
	}
}

// GELUTanhGrad is
//
//	for i := range dst {
//		s := sigmoid(u), u = 2 √(2/π) (x[i] + 0.044715 x[i]³)
//		dst[i] = dy[i] * s * (1 + x[i] * u′ * (1 − s))
//	}
//
// In float32 the factor of dy[i] errs by at most 2 ulp plus 2ε.
//
// Assembly: gen/activation.go
func GELUTanhGrad[T Float](dst, x, dy []T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.GeluTanhGrad(dst, x, dy) {
		return
	}
	const c, k = 1.5957691216057308, 0.044715 // 2√(2/π)
	for i, v := range x {
		a := float64(v)
		z := k * a * a
		u, bend := c*(a+float64(a*z)), c*(a+float64(3*a*z))
		dst[i] = T(float64(dy[i]) * sigmoid(u) * (1 + float64(bend*sigmoid(-u))))
	}
}

// PReLU is
//
//	for i := range dst {
//		dst[i] = a[i] if a[i] > 0, else slope[i] * a[i]
//	}
//
// Assembly: gen/activation.go
func PReLU[T Float](dst, a, slope []T) {
	a, slope = a[:len(dst)], slope[:len(dst)]
	if asm.Prelu(dst, a, slope) {
		return
	}
	for i, v := range a {
		w := slope[i]
		if v > 0 {
			w = 1
		}
		dst[i] = v * w
	}
}

// Softshrink is
//
//	for i := range dst {
//		dst[i] = a[i] moved by bound towards 0, or 0 when that is nearer // NaN stays
//	}
//
// Assembly: gen/activation.go
func Softshrink[T Float](dst, a []T, bound T) {
	a = a[:len(dst)]
	if asm.Softshrink(dst, a, bound) {
		return
	}
	for i, v := range a {
		switch {
		case v > bound:
			v -= bound
		case v < -bound:
			v += bound
		default:
			v *= 0
		}
		dst[i] = v
	}
}

// Hardshrink is
//
//	for i := range dst {
//		dst[i] = 0 if −bound <= a[i] <= bound, else a[i]
//	}
func Hardshrink[T Float](dst, a []T, bound T) { gap(dst, a, a, -bound, bound, 0) }

// Threshold is
//
//	for i := range dst {
//		dst[i] = value if a[i] <= threshold, else a[i]
//	}
func Threshold[T Float](dst, a []T, threshold, value T) {
	gap(dst, a, a, T(math.Inf(-1)), threshold, value)
}

// CELU is
//
//	for i := range dst {
//		dst[i] = a[i] if a[i] > 0, else alpha * (exp(a[i]/alpha) − 1)
//	}
func CELU[T Float](dst, a []T, alpha, _ float64) { elu(dst, a, alpha, 1, 1/alpha) }

// ELU is
//
//	for i := range dst {
//		dst[i] = scale * (a[i] if a[i] > 0, else alpha * (exp(a[i]) − 1))
//	}
//
// In float32 it errs by at most 4 ulp.
func ELU[T Float](dst, a []T, alpha, scale float64) { elu(dst, a, scale*alpha, scale, 1) }

// elu is
//
//	for i := range dst {
//		dst[i] = scale * a[i] if a[i] > 0, else outer * (exp(inner * a[i]) − 1)
//	}
//
// Assembly: gen/activation.go
func elu[T Float](dst, a []T, outer, scale, inner float64) {
	a = a[:len(dst)]
	if asm.Elu(dst, a, T(outer), T(scale), T(inner)) {
		return
	}
	for i, v := range a {
		x := scale * float64(v)
		if v <= 0 {
			x = outer * math.Expm1(inner*float64(v))
		}
		dst[i] = T(x)
	}
}
