package kernel

import "math"

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
func Add[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastAdd(dst, a, b) {
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
func Sub[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastSub(dst, a, b) {
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
func Mul[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastMul(dst, a, b) {
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
func Div[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastDiv(dst, a, b) {
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
func AddScalar[T Float](dst, a []T, c T) {
	a = a[:len(dst)]
	if fastAddScalar(dst, a, c) {
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
func MulScalar[T Float](dst, a []T, c T) {
	a = a[:len(dst)]
	if fastMulScalar(dst, a, c) {
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
func Neg[T Float](dst, a []T) {
	a = a[:len(dst)]
	if fastNeg(dst, a) {
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
func Abs[T Float](dst, a []T) {
	a = a[:len(dst)]
	if fastAbs(dst, a) {
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
func Square[T Float](dst, a []T) {
	a = a[:len(dst)]
	if fastSquare(dst, a) {
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
func Reciprocal[T Float](dst, a []T) {
	a = a[:len(dst)]
	if fastReciprocal(dst, a) {
		return
	}
	for i := range dst {
		dst[i] = 1 / a[i]
	}
}

// Maximum is
//
//	for i := range dst {
//		dst[i] = max(a[i], b[i]) // NaN wins, and b[i] among zeros
//	}
func Maximum[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastMaximum(dst, a, b) {
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
func Minimum[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastMinimum(dst, a, b) {
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
func Clamp[T Float](dst, a []T, lo, hi T) {
	a = a[:len(dst)]
	if lo != lo || hi != hi {
		Fill(dst, T(math.NaN()))
		return
	}
	if fastClamp(dst, a, lo, hi) {
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
