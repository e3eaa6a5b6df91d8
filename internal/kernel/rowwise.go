package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Softmax is, with m the largest element of a,
//
//	for i := range dst {
//		dst[i] = exp(a[i] − m) / Σ exp(a[j] − m)
//	}
func Softmax[T Float](dst, a []T) {
	a = a[:len(dst)]
	m := Max(a)
	MulScalar(dst, dst, 1/expSum(dst, a, m))
}

// expSum sets dst[i] to exp(a[i] − m), and returns the sum of these. m is not
// below any a[i].
//
// Assembly: gen/softmax.go
func expSum[T Float](dst, a []T, m T) T {
	if len(a) > leaf {
		half := halfOf(len(a))
		return expSum(dst[:half], a[:half], m) + expSum(dst[half:], a[half:], m)
	}
	if s, ok := asm.ExpSum(dst, a, m); ok {
		return s
	}
	var s float64
	for i, v := range a {
		e := T(math.Exp(float64(v - m)))
		dst[i] = e
		s += float64(e)
	}
	return T(s)
}

// sumExp returns the sum of exp(a[i] − m). m is not below any a[i].
//
// Assembly: gen/softmax.go
func sumExp[T Float](a []T, m T) float64 {
	if len(a) > leaf {
		half := halfOf(len(a))
		return sumExp(a[:half], m) + sumExp(a[half:], m)
	}
	if s, ok := asm.SumExp(a, m); ok {
		return float64(s)
	}
	var s float64
	for _, v := range a {
		s += math.Exp(float64(v - m))
	}
	return s
}

// LogSoftmax is
//
//	for i := range dst {
//		dst[i] = a[i] − log Σ exp(a[j])
//	}
//
// Assembly: gen/softmax.go
func LogSoftmax[T Float](dst, a []T) {
	a = a[:len(dst)]
	m := Max(a)
	l := T(math.Log(sumExp(a, m)))
	if asm.SubtractTwice(dst, a, m, l) {
		return
	}
	for i, v := range a {
		dst[i] = v - m - l
	}
}

// SoftmaxGrad is
//
//	for i := range dst {
//		dst[i] = y[i] * (dy[i] − Σ dy[j] y[j])
//	}
//
// Assembly: gen/softmax.go
func SoftmaxGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	s := Dot(y, dy)
	if asm.SoftmaxGrad(dst, y, dy, s) {
		return
	}
	for i := range dst {
		dst[i] = y[i] * (dy[i] - s)
	}
}

// LogSoftmaxGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] − exp(y[i]) Σ dy[j]
//	}
//
// Assembly: gen/softmax.go
func LogSoftmaxGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	s := Sum(dy)
	if asm.LogSoftmaxGrad(dst, y, dy, s) {
		return
	}
	for i := range dst {
		dst[i] = dy[i] - T(T(math.Exp(float64(y[i])))*s)
	}
}

// CumSum is
//
//	for i := range dst {
//		dst[i] = a[0] + … + a[i]
//	}
//
// added in float64.
func CumSum[T Float](dst, a []T) {
	a = a[:len(dst)]
	var s float64
	for i, v := range a {
		s += float64(v)
		dst[i] = T(s)
	}
}

// CumProd is
//
//	for i := range dst {
//		dst[i] = a[0] * … * a[i]
//	}
//
// multiplied in float64.
func CumProd[T Float](dst, a []T) {
	a = a[:len(dst)]
	p := 1.0
	for i, v := range a {
		p *= float64(v)
		dst[i] = T(p)
	}
}

// CumProdGrad is
//
//	for i := range dst {
//		dst[i] = Σ dy[j] * (the product of a[0] … a[j] without a[i]) over j ≥ i
//	}
//
// It does not divide, so it is right also where factors are 0.
func CumProdGrad[T Float](dst, a, dy []T) {
	a, dy = a[:len(dst)], dy[:len(dst)]
	before := 1.0
	for i, v := range a {
		dst[i] = T(before)
		before *= float64(v)
	}
	after := 0.0
	for i := len(dst) - 1; i >= 0; i-- {
		after += float64(dy[i])
		dst[i] = T(float64(dst[i]) * after)
		after = float64(after * float64(a[i]))
	}
}

// ProdGrad is
//
//	for i := range dst {
//		dst[i] = a[0] * a[1] * … without a[i], and NaN where a[i] is NaN
//	}
func ProdGrad[T Float](dst, a []T) {
	a = a[:len(dst)]
	before := 1.0
	for i, v := range a {
		dst[i] = T(before)
		before *= float64(v)
	}
	after := 1.0
	for i := len(dst) - 1; i >= 0; i-- {
		v := a[i]
		if v != v {
			dst[i] = v
		} else {
			dst[i] = T(float64(dst[i]) * after)
		}
		after *= float64(v)
	}
}

// LogCumSumExp is
//
//	for i := range dst {
//		dst[i] = log(exp(a[0]) + … + exp(a[i])), without overflow
//	}
func LogCumSumExp[T Float](dst, a []T) {
	a = a[:len(dst)]
	s := math.Inf(-1)
	for i, v := range a {
		s = logAddExp(s, float64(v))
		dst[i] = T(s)
	}
}

// LogCumSumExpGrad is
//
//	for i := range dst {
//		dst[i] = Σ dy[j]*exp(y[i] - y[j]) over j ≥ i
//	}
//
// y does not decrease, so that no term overflows.
func LogCumSumExpGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	s, after := 0.0, math.Inf(1)
	for i := len(dst) - 1; i >= 0; i-- {
		v := float64(y[i])
		if v != after { // else the factor is 1, also between infinities
			s *= math.Exp(v - after)
		}
		s += float64(dy[i])
		dst[i] = T(s)
		after = v
	}
}
