package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// sigmoid is 1 / (1 + exp(−x)), computed so that exp never overflows.
func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// softplus is log(1 + exp(x)), computed so that exp never overflows.
func softplus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

// Sigmoid is
//
//	for i := range dst {
//		dst[i] = 1 / (1 + exp(−a[i]))
//	}
//
// In float32 it errs by at most 2.5 ulp.
//
// Assembly: gen/mathematics.go
func Sigmoid[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Sigmoid(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(sigmoid(float64(v)))
	}
}

// LogSigmoid is
//
//	for i := range dst {
//		dst[i] = −log(1 + exp(−a[i]))
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func LogSigmoid[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Softplus(dst, a, -1, T(math.Inf(1))) { // by −1, and divided by it
		return
	}
	for i, v := range a {
		dst[i] = T(-softplus(-float64(v)))
	}
}

// ReLU is
//
//	for i := range dst {
//		dst[i] = max(a[i], 0) // NaN and −0 stay
//	}
//
// Assembly: gen/elementwise.go
func ReLU[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Relu(dst, a) {
		return
	}
	for i, v := range a {
		if v < 0 {
			v = 0
		}
		dst[i] = v
	}
}

// GELU is
//
//	for i := range dst {
//		dst[i] = a[i] · Φ(a[i]), Φ the normal distribution function
//	}
//
// In float32 it errs by at most 8 ulp plus ½ε: it loses few digits where Φ is
// small.
//
// Assembly: gen/mathematics.go
func GELU[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Gelu(dst, a) {
		return
	}
	for i, v := range a {
		x := float64(v)
		dst[i] = T(0.5 * x * (1 + math.Erf(x*(1/math.Sqrt2))))
	}
}

// GELUGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * (Φ(x[i]) + x[i] φ(x[i])), φ the density of Φ
//	}
//
// In float32 the factor of dy[i] errs by at most 2 ulp plus ε.
//
// Assembly: gen/mathematics.go
func GELUGrad[T Float](dst, x, dy []T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.GeluGrad(dst, x, dy) {
		return
	}
	for i, v := range x {
		a := float64(v)
		density := math.Exp(-0.5*a*a) / math.Sqrt(2*math.Pi)
		dst[i] = T(float64(dy[i]) * (0.5*math.Erfc(-a/math.Sqrt2) + float64(a*density)))
	}
}

// GELUTanh is
//
//	for i := range dst {
//		dst[i] = ½ a[i] (1 + tanh(√(2/π) (a[i] + 0.044715 a[i]³)))
//	}
//
// In float32 it errs by at most 2 ulp plus ½ε.
//
// Assembly: gen/mathematics.go
func GELUTanh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.GeluTanh(dst, a) {
		return
	}
	for i, v := range a {
		x := float64(v)
		dst[i] = T(0.5 * x * (1 + math.Tanh(0.7978845608028654*(x+float64(0.044715*x*x*x)))))
	}
}

// SiLU is
//
//	for i := range dst {
//		dst[i] = a[i] · sigmoid(a[i])
//	}
//
// In float32 it errs by at most 3 ulp. Below −87, where the sigmoid is denormal
// and has fewer digits, it errs by at most 1e-41.
//
// Assembly: gen/mathematics.go
func SiLU[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Silu(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(float64(v) * sigmoid(float64(v)))
	}
}

// Mish is
//
//	for i := range dst {
//		dst[i] = a[i] · tanh(log(1 + exp(a[i])))
//	}
//
// In float32 it errs by at most 5 ulp. Below −87, where the exponential is
// denormal and has fewer digits, it errs by at most 1e-41.
//
// Assembly: gen/activation.go
func Mish[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Mish(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(float64(v) * math.Tanh(softplus(float64(v))))
	}
}

// Softsign is
//
//	for i := range dst {
//		dst[i] = a[i] / (1 + |a[i]|)
//	}
func Softsign[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = v / (1 + T(math.Abs(float64(v))))
	}
}

// HardSigmoid is
//
//	for i := range dst {
//		dst[i] = min(max(a[i]/6 + ½, 0), 1)
//	}
//
// Assembly: gen/activation.go
func HardSigmoid[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.HardSigmoid(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = min(max(v/6+0.5, 0), 1)
	}
}

// HardSwish is
//
//	for i := range dst {
//		dst[i] = a[i] · min(max(a[i] + 3, 0), 6) / 6
//	}
//
// Assembly: gen/activation.go
func HardSwish[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.HardSwish(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = v * min(max(v+3, 0), 6) / 6
	}
}

// LeakyReLU is
//
//	for i := range dst {
//		dst[i] = a[i] if a[i] > 0, else slope * a[i]
//	}
func LeakyReLU[T Float](dst, a []T, slope T) { leaky(dst, a, a, slope) }

// Softplus is
//
//	for i := range dst {
//		dst[i] = log(1 + exp(beta * a[i])) / beta, or a[i] where beta * a[i] > threshold
//	}
//
// In float32 it errs by at most 2 ulp for beta 1.
//
// Assembly: gen/mathematics.go
func Softplus[T Float](dst, a []T, beta, threshold float64) {
	a = a[:len(dst)]
	if asm.Softplus(dst, a, T(beta), T(threshold)) {
		return
	}
	for i, v := range a {
		if bx := beta * float64(v); bx > threshold {
			dst[i] = v
		} else {
			dst[i] = T(softplus(bx) / beta)
		}
	}
}

// ReLUGrad is
//
//	for i := range dst {
//		dst[i] = 0 if y[i] <= 0, else dy[i] // dy[i] where y[i] is NaN
//	}
//
// Assembly: gen/elementwise.go
func ReLUGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	if asm.ReluGrad(dst, y, dy) {
		return
	}
	for i := range dst {
		if y[i] <= 0 {
			dst[i] = 0
		} else {
			dst[i] = dy[i]
		}
	}
}

// TanhGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * (1 − y[i]²)
//	}
//
// Assembly: gen/elementwise.go
func TanhGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	if asm.TanhGrad(dst, y, dy) {
		return
	}
	for i := range dst {
		dst[i] = dy[i] * (1 - T(y[i]*y[i]))
	}
}

// SigmoidGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] * y[i] * (1 − y[i])
//	}
//
// Assembly: gen/elementwise.go
func SigmoidGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	if asm.SigmoidGrad(dst, y, dy) {
		return
	}
	for i := range dst {
		dst[i] = dy[i] * y[i] * (1 - y[i])
	}
}

// Clamp is
//
//	for i := range dst {
//		dst[i] = min(max(a[i], lo), hi) // NaN and −0 stay
//	}
//
// If a bound is NaN, all results are NaN.
//
// Assembly: gen/elementwise.go
func Clamp[T Float](dst, a []T, lo, hi T) {
	a = a[:len(dst)]
	if lo != lo || hi != hi {
		Fill(dst, T(math.NaN()))
		return
	}
	if asm.Clamp(dst, a, lo, hi) {
		return
	}
	for i, v := range a {
		if v < lo {
			v = lo
		}
		if v > hi {
			v = hi
		}
		dst[i] = v
	}
}
