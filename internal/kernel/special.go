package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Erfc is
//
//	for i := range dst {
//		dst[i] = 1 - erf(a[i])
//	}
//
// In float32 it errs by at most 4.5 ulp.
//
// Assembly: gen/special.go
func Erfc[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Erfc(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Erfc(float64(v)))
	}
}

// Erfinv is
//
//	for i := range dst {
//		dst[i] = the number whose erf is a[i]
//	}
//
// In float32 it errs by at most 4 ulp.
//
// Assembly: gen/special.go
func Erfinv[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Erfinv(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Erfinv(float64(v)))
	}
}

// Asinh is
//
//	for i := range dst {
//		dst[i] = asinh(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/special.go
func Asinh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Asinh(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Asinh(float64(v)))
	}
}

// Acosh is
//
//	for i := range dst {
//		dst[i] = acosh(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/special.go
func Acosh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Acosh(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Acosh(float64(v)))
	}
}

// Atanh is
//
//	for i := range dst {
//		dst[i] = atanh(a[i])
//	}
//
// In float32 it errs by at most 2.5 ulp.
//
// Assembly: gen/special.go
func Atanh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Atanh(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Atanh(float64(v)))
	}
}

// Lgamma is
//
//	for i := range dst {
//		dst[i] = log |Γ(a[i])|
//	}
func Lgamma[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(lgamma(float64(v)))
	}
}

// Digamma is
//
//	for i := range dst {
//		dst[i] = the derivative of log Γ at a[i]
//	}
func Digamma[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(digamma(float64(v)))
	}
}

// Polygamma is
//
//	for i := range dst {
//		dst[i] = derivative n of digamma, at a[i]
//	}
func Polygamma[T Float](dst, a []T, n int) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(polygamma(n, float64(v)))
	}
}

// Sinc is
//
//	for i := range dst {
//		dst[i] = derivative n of sin(πx) / πx, at a[i]
//	}
//
// In float32 it errs by at most 3 ulp for n = 0.
//
// Assembly: gen/special.go, for the orders 0 and 1
func Sinc[T Float](dst, a []T, n int) {
	a = a[:len(dst)]
	if n == 0 && asm.Sinc(dst, a) || n == 1 && asm.SincSlope(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(sinc(n, float64(v)))
	}
}

// Logit is
//
//	for i := range dst {
//		p := a[i], but between eps and 1 - eps unless eps is negative
//		dst[i] = log(p / (1 - p))
//	}
//
// In float32 it errs by at most 3 ulp.
//
// Assembly: gen/special.go
func Logit[T Float](dst, a []T, eps T) {
	a = a[:len(dst)]
	lo, hi := eps, 1-eps
	if !(eps >= 0) {
		lo, hi = T(math.Inf(-1)), T(math.Inf(1))
	}
	if asm.Logit(dst, a, lo, hi) {
		return
	}
	for i, v := range a {
		switch {
		case v < lo:
			v = lo
		case v > hi:
			v = hi
		}
		dst[i] = T(log(float64(v) / (1 - float64(v))))
	}
}

// Floor is
//
//	for i := range dst {
//		dst[i] = floor(a[i])
//	}
//
// Assembly: gen/elementwise.go
func Floor[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Floor(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Floor(float64(v)))
	}
}

// Ceil is
//
//	for i := range dst {
//		dst[i] = ceil(a[i])
//	}
//
// Assembly: gen/elementwise.go
func Ceil[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Ceil(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Ceil(float64(v)))
	}
}

// Round is
//
//	for i := range dst {
//		dst[i] = a[i] rounded to the nearest integer, halves to even
//	}
//
// Assembly: gen/elementwise.go
func Round[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Round(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.RoundToEven(float64(v)))
	}
}

// Trunc is
//
//	for i := range dst {
//		dst[i] = a[i] without its fraction
//	}
//
// Assembly: gen/elementwise.go
func Trunc[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Trunc(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Trunc(float64(v)))
	}
}

// Frac is
//
//	for i := range dst {
//		dst[i] = a[i] - trunc(a[i])
//	}
//
// Assembly: gen/elementwise.go
func Frac[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Frac(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = v - T(math.Trunc(float64(v)))
	}
}
