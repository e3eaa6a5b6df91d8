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

// positive fills dst with f(a[i]) by a loop in assembly, which takes positive
// arguments and returns the largest −a[i]. Go computes the others, for which it keeps
// the arguments of a part; the loop may write over them.
func positive[T Float](dst, a []T, loop func(dst, a []T) (top T, ok bool), f func(float64) float64) {
	a = a[:len(dst)]
	var part [farPart]T
	for len(dst) > 0 {
		x := part[:copy(part[:], a)]
		y := dst[:len(x)]
		top, ok := loop(y, a[:len(x)])
		if !ok || !(top < 0) { // on some processors, NaN is the largest
			for i, v := range x {
				if !ok || v <= 0 {
					y[i] = T(f(float64(v)))
				}
			}
		}
		dst, a = dst[len(x):], a[len(x):]
	}
}

// Lgamma is
//
//	for i := range dst {
//		dst[i] = log |Γ(a[i])|
//	}
//
// In float32 it errs by at most 4 ulp.
//
// Assembly: gen/special.go, for positive arguments
func Lgamma[T Float](dst, a []T) {
	positive(dst, a, func(dst, a []T) (T, bool) { return asm.Lgamma(dst, a) }, lgamma)
}

// Digamma is
//
//	for i := range dst {
//		dst[i] = the derivative of log Γ at a[i]
//	}
//
// In float32 it errs by at most 2.5 ulp.
//
// Assembly: gen/special.go, for positive arguments
func Digamma[T Float](dst, a []T) {
	positive(dst, a, func(dst, a []T) (T, bool) { return asm.Digamma(dst, a) }, digamma)
}

// Polygamma is
//
//	for i := range dst {
//		dst[i] = derivative n of digamma, at a[i]
//	}
//
// In float32 it errs by at most 5 ulp for n = 1, and 6.5 ulp for n = 2.
//
// Assembly: gen/special.go, for positive arguments and the orders up to 2
func Polygamma[T Float](dst, a []T, n int) {
	switch n {
	case 0:
		Digamma(dst, a)
	case 1:
		positive(dst, a, func(dst, a []T) (T, bool) { return asm.Trigamma(dst, a) }, func(x float64) float64 { return polygamma(1, x) })
	case 2:
		positive(dst, a, func(dst, a []T) (T, bool) { return asm.Tetragamma(dst, a) }, func(x float64) float64 { return polygamma(2, x) })
	default:
		for i, v := range a[:len(dst)] {
			dst[i] = T(polygamma(n, float64(v)))
		}
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

// LogitGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] / (x[i] * (1 - x[i]))
//	}
//
// but 0 where x[i] is not between eps and 1 - eps. Where eps is negative, it is NaN
// below 0 and above 1.
func LogitGrad[T Float](dst, x, dy []T, eps T) {
	if eps >= 0 {
		logitGrad(dst, x, dy, eps, 1-eps, 0, T(math.Inf(-1)))
	} else {
		logitGrad(dst, x, dy, 0, 1, T(math.NaN()), T(math.Inf(-1)))
	}
}

// logitGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] / max(x[i] * (1 - x[i]), least) if lo <= x[i] <= hi, else beyond
//	}
//
// Assembly: gen/special.go
func logitGrad[T Float](dst, x, dy []T, lo, hi, beyond, least T) {
	x, dy = x[:len(dst)], dy[:len(dst)]
	if asm.LogitGrad(dst, x, dy, lo, hi, beyond, least) {
		return
	}
	for i, v := range x {
		y := dy[i] / max(v*(1-v), least)
		if v < lo || hi < v {
			y = beyond
		}
		dst[i] = y
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
