package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

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
