package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Add is
//
//	for i := range dst {
//		dst[i] = a[i] + b[i]
//	}
//
// Assembly: gen/elementwise.go
func Add[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Add(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// Sub is
//
//	for i := range dst {
//		dst[i] = a[i] - b[i]
//	}
//
// Assembly: gen/elementwise.go
func Sub[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Sub(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

// Mul is
//
//	for i := range dst {
//		dst[i] = a[i] * b[i]
//	}
//
// Assembly: gen/elementwise.go
func Mul[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Mul(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

// Div is
//
//	for i := range dst {
//		dst[i] = a[i] / b[i]
//	}
//
// Assembly: gen/elementwise.go
func Div[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Div(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

// Pow is
//
//	for i := range dst {
//		dst[i] = a[i] to the power b[i]
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func Pow[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Pow(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = T(pow(float64(a[i]), float64(b[i])))
	}
}

// Maximum is
//
//	for i := range dst {
//		dst[i] = max(a[i], b[i]) // NaN if one is NaN, b[i] if both are zeros
//	}
//
// Assembly: gen/elementwise.go
func Maximum[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Maximum(dst, a, b) {
		return
	}
	for i, v := range a {
		if v > b[i] || v != v {
			dst[i] = v
		} else {
			dst[i] = b[i]
		}
	}
}

// Minimum is
//
//	for i := range dst {
//		dst[i] = min(a[i], b[i]) // NaN if one is NaN, b[i] if both are zeros
//	}
//
// Assembly: gen/elementwise.go
func Minimum[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Minimum(dst, a, b) {
		return
	}
	for i, v := range a {
		if v < b[i] || v != v {
			dst[i] = v
		} else {
			dst[i] = b[i]
		}
	}
}

// Atan2 is
//
//	for i := range dst {
//		dst[i] = the angle of the point (b[i], a[i])
//	}
//
// Assembly: gen/special.go
func Atan2[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Atan2(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = T(math.Atan2(float64(a[i]), float64(b[i])))
	}
}

// Hypot is
//
//	for i := range dst {
//		dst[i] = sqrt(a[i]*a[i] + b[i]*b[i]), without overflow
//	}
//
// Assembly: gen/special.go
func Hypot[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Hypot(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = T(math.Hypot(float64(a[i]), float64(b[i])))
	}
}

// LogAddExp is
//
//	for i := range dst {
//		dst[i] = log(exp(a[i]) + exp(b[i])), without overflow
//	}
//
// Assembly: gen/special.go
func LogAddExp[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.LogAddExp(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = T(logAddExp(float64(a[i]), float64(b[i])))
	}
}

func logAddExp(a, b float64) float64 {
	if a == b { // also where both are the same infinity
		return a + math.Ln2
	}
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

// Xlogy is
//
//	for i := range dst {
//		dst[i] = a[i] * log(b[i]), 0 where a[i] is 0 and b[i] is a number
//	}
//
// Assembly: gen/special.go
func Xlogy[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Xlogy(dst, a, b) {
		return
	}
	for i := range dst {
		x, y := float64(a[i]), float64(b[i])
		switch {
		case y != y:
			dst[i] = b[i]
		case x == 0:
			dst[i] = 0
		default:
			dst[i] = T(x * log(y))
		}
	}
}

// Lerp is
//
//	for i := range dst {
//		dst[i] = a[i] + w[i]*(b[i]-a[i]), exact at the end that is nearer
//	}
//
// Assembly: gen/elementwise.go
func Lerp[T Float](dst, a, b, w []T) {
	a, b, w = a[:len(dst)], b[:len(dst)], w[:len(dst)]
	if asm.Lerp(dst, a, b, w) {
		return
	}
	for i := range dst {
		d := b[i] - a[i]
		if v := w[i]; v < 0.5 && v > -0.5 {
			dst[i] = a[i] + T(v*d)
		} else {
			dst[i] = b[i] - T(d*(1-v))
		}
	}
}

// AddScalar is
//
//	for i := range dst {
//		dst[i] = a[i] + c
//	}
//
// Assembly: gen/elementwise.go
func AddScalar[T Float](dst, a []T, c T) {
	a = a[:len(dst)]
	if asm.AddScalar(dst, a, c) {
		return
	}
	for i := range dst {
		dst[i] = a[i] + c
	}
}

// MulScalar is
//
//	for i := range dst {
//		dst[i] = a[i] * c
//	}
//
// Assembly: gen/elementwise.go
func MulScalar[T Float](dst, a []T, c T) {
	a = a[:len(dst)]
	if asm.MulScalar(dst, a, c) {
		return
	}
	for i := range dst {
		dst[i] = a[i] * c
	}
}

// PowScalar is [Pow] with the same power p for all elements. As in PyTorch, some
// powers are computed as products or roots.
//
// Assembly: gen/mathematics.go
func PowScalar[T Float](dst, a []T, p float64) {
	a = a[:len(dst)]
	switch p {
	case 0.5:
		Sqrt(dst, a)
		return
	case -0.5:
		Rsqrt(dst, a)
		return
	case -1:
		Reciprocal(dst, a)
		return
	case 1:
		copy(dst, a)
		return
	case 2:
		Square(dst, a)
		return
	case 3:
		for i, v := range a {
			dst[i] = v * v * v
		}
		return
	}
	if asm.PowScalar(dst, a, T(p)) {
		return
	}
	p = float64(T(p))
	for i := range dst {
		dst[i] = T(pow(float64(a[i]), p))
	}
}
