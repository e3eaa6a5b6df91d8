package kernel

import "math"

// Softmax is, with m the largest element of a,
//
//	for i := range dst {
//		dst[i] = exp(a[i] − m) / Σ exp(a[j] − m)
//	}
func Softmax[T Float](dst, a []T) {
	a = a[:len(dst)]
	m := Max(a)
	var s T
	for i, v := range a {
		e := T(math.Exp(float64(v - m)))
		dst[i] = e
		s += e
	}
	MulScalar(dst, dst, 1/s)
}

// LogSoftmax is
//
//	for i := range dst {
//		dst[i] = a[i] − log Σ exp(a[j])
//	}
func LogSoftmax[T Float](dst, a []T) {
	m := Max(a)
	var s float64
	for _, v := range a {
		s += math.Exp(float64(v - m))
	}
	l := T(math.Log(s))
	for i, v := range a[:len(dst)] {
		dst[i] = v - m - l
	}
}

// SoftmaxGrad is
//
//	for i := range dst {
//		dst[i] = y[i] * (dy[i] − Σ dy[j] y[j])
//	}
func SoftmaxGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	s := Dot(y, dy)
	for i := range dst {
		dst[i] = y[i] * (dy[i] - s)
	}
}

// LogSoftmaxGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] − exp(y[i]) Σ dy[j]
//	}
func LogSoftmaxGrad[T Float](dst, y, dy []T) {
	y, dy = y[:len(dst)], dy[:len(dst)]
	s := Sum(dy)
	for i := range dst {
		dst[i] = dy[i] - T(T(math.Exp(float64(y[i])))*s)
	}
}
