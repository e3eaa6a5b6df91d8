package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

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
//
// Assembly: gen/activation.go
func Sign[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Sign(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = signOf(v)
	}
}

func signOf[T Float](v T) T {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
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
