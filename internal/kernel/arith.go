package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Fill is
//
//	for i := range dst {
//		dst[i] = v
//	}
func Fill[T Float](dst []T, v T) {
	if v == 0 && !math.Signbit(float64(v)) {
		clear(dst) // which is much faster
		return
	}
	for i := range dst {
		dst[i] = v
	}
}

// Gather is
//
//	for i := range dst {
//		dst[i] = src[i*stride]
//	}
func Gather[T Float](dst, src []T, stride int) {
	if stride == 0 {
		Fill(dst, src[0])
		return
	}
	if stride == 1 {
		copy(dst, src)
		return
	}
	for i, j := 0, 0; i < len(dst); i, j = i+1, j+stride {
		dst[i] = src[j]
	}
}

// Scatter is
//
//	for i := range src {
//		dst[i*stride] = src[i]
//	}
func Scatter[T Float](dst, src []T, stride int) {
	if stride == 1 {
		copy(dst, src)
		return
	}
	for i, j := 0, 0; i < len(src); i, j = i+1, j+stride {
		dst[j] = src[i]
	}
}

// Convert is
//
//	for i := range dst {
//		dst[i] = D(src[i])
//	}
func Convert[D, S Float](dst []D, src []S) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = D(v)
	}
}

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

// Neg is
//
//	for i := range dst {
//		dst[i] = -a[i]
//	}
//
// Assembly: gen/elementwise.go
func Neg[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Neg(dst, a) {
		return
	}
	for i := range dst {
		dst[i] = -a[i]
	}
}

// Abs is
//
//	for i := range dst {
//		dst[i] = |a[i]|
//	}
//
// Assembly: gen/elementwise.go
func Abs[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Abs(dst, a) {
		return
	}
	for i := range dst {
		v := a[i]
		if v <= 0 {
			v = 0 - v // 0 − (−0) is +0
		}
		dst[i] = v
	}
}

// Sign is
//
//	for i := range dst {
//		dst[i] = sign(a[i]) // −1, 0 or 1; that of NaN is 0
//	}
func Sign[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		switch v := a[i]; {
		case v > 0:
			dst[i] = 1
		case v < 0:
			dst[i] = -1
		default:
			dst[i] = 0
		}
	}
}

// Square is
//
//	for i := range dst {
//		dst[i] = a[i] * a[i]
//	}
//
// Assembly: gen/elementwise.go
func Square[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Square(dst, a) {
		return
	}
	for i := range dst {
		dst[i] = a[i] * a[i]
	}
}

// Reciprocal is
//
//	for i := range dst {
//		dst[i] = 1 / a[i]
//	}
//
// Assembly: gen/elementwise.go
func Reciprocal[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Reciprocal(dst, a) {
		return
	}
	for i := range dst {
		dst[i] = 1 / a[i]
	}
}

// Sqrt is
//
//	for i := range dst {
//		dst[i] = sqrt(a[i])
//	}
//
// Assembly: gen/elementwise.go
func Sqrt[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Sqrt(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Sqrt(float64(v)))
	}
}

// Rsqrt is
//
//	for i := range dst {
//		dst[i] = 1 / sqrt(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/elementwise.go
func Rsqrt[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Rsqrt(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(1 / math.Sqrt(float64(v)))
	}
}

// Maximum is
//
//	for i := range dst {
//		dst[i] = max(a[i], b[i]) // NaN wins, and b[i] among zeros
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
//		dst[i] = min(a[i], b[i]) // NaN wins, and b[i] among zeros
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

// Clamp is
//
//	for i := range dst {
//		dst[i] = min(max(a[i], lo), hi) // NaN and −0 stay
//	}
//
// A bound that is NaN makes all NaN.
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

// Blend is
//
//	for i := range dst {
//		dst[i] = a * dst[i] + b * x[i]
//	}
func Blend[T Float](dst, x []T, a, b T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(a*dst[i]) + T(b*x[i])
	}
}
