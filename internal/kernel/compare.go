package kernel

import "github.com/descent-ml/descent/internal/kernel/asm"

// truth is 1 for true and 0 for false.
func truth[T Float](b bool) T {
	if b {
		return 1
	}
	return 0
}

// Less is
//
//	for i := range dst {
//		dst[i] = a[i] < b[i] // 1 for true, 0 for false
//	}
//
// Assembly: gen/elementwise.go
func Less[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Less(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] < b[i])
	}
}

// LessEqual is
//
//	for i := range dst {
//		dst[i] = a[i] <= b[i] // 1 for true, 0 for false
//	}
//
// Assembly: gen/elementwise.go
func LessEqual[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.LessEqual(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] <= b[i])
	}
}

// Equal is
//
//	for i := range dst {
//		dst[i] = a[i] == b[i] // 1 for true, 0 for false
//	}
//
// Assembly: gen/elementwise.go
func Equal[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.Equal(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] == b[i])
	}
}

// NotEqual is
//
//	for i := range dst {
//		dst[i] = a[i] != b[i] // 1 for true, 0 for false
//	}
//
// Assembly: gen/elementwise.go
func NotEqual[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.NotEqual(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] != b[i])
	}
}

// Where is
//
//	for i := range dst {
//		dst[i] = a[i] if cond[i] != 0, else b[i]
//	}
//
// Assembly: gen/elementwise.go
func Where[T Float](dst, cond, a, b []T) {
	cond, a, b = cond[:len(dst)], a[:len(dst)], b[:len(dst)]
	if asm.Where(dst, cond, a, b) {
		return
	}
	for i := range dst {
		if cond[i] != 0 {
			dst[i] = a[i]
		} else {
			dst[i] = b[i]
		}
	}
}

// Finite reports whether every element is neither NaN nor infinite. Either stays
// in a sum; a sum may also be infinite since numbers are large, and then the loop
// decides.
//
// Assembly: gen/reduce.go
func Finite[T Float](a []T) bool {
	if s, ok := asm.Sum(a); ok && s-s == 0 {
		return true
	}
	for _, v := range a {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// IsInf is
//
//	for i := range dst {
//		dst[i] = |a[i]| == +Inf // 1 for true, 0 for false
//	}
func IsInf[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = truth[T](v-v != 0 && v == v)
	}
}

// NanToNum is
//
//	for i := range dst {
//		dst[i] = nan, posInf or negInf where a[i] is such a number, else a[i]
//	}
func NanToNum[T Float](dst, a []T, nan, posInf, negInf T) {
	a = a[:len(dst)]
	for i, v := range a {
		if v-v != 0 {
			switch {
			case v > 0:
				v = posInf
			case v < 0:
				v = negInf
			default:
				v = nan
			}
		}
		dst[i] = v
	}
}
