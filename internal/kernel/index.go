package kernel

import "math"

// Take is
//
//	for i, j := range index {
//		dst[i] = src[j]
//	}
func Take[T Float](dst, src []T, index []int) {
	dst = dst[:len(index)]
	for i, j := range index {
		dst[i] = src[j]
	}
}

// Put is
//
//	for i, j := range index {
//		dst[j] += src[i]
//	}
func Put[T Float](dst, src []T, index []int) {
	src = src[:len(index)]
	for i, j := range index {
		dst[j] += src[i]
	}
}

// TakeColumns is
//
//	for i, j := range index {
//		dst[i] = src[j*width+i%width]
//	}
func TakeColumns[T Float](dst, src []T, index []int, width int) {
	if width == 1 {
		Take(dst, src, index)
		return
	}
	dst = dst[:len(index)]
	for i := 0; i < len(index); i += width {
		for c, j := range index[i:][:width] {
			dst[i+c] = src[j*width+c]
		}
	}
}

// PutColumns is
//
//	for i, j := range index {
//		dst[j*width+i%width] += src[i]
//	}
func PutColumns[T Float](dst, src []T, index []int, width int) {
	if width == 1 {
		Put(dst, src, index)
		return
	}
	src = src[:len(index)]
	for i := 0; i < len(index); i += width {
		for c, j := range index[i:][:width] {
			dst[j*width+c] += src[i+c]
		}
	}
}

// TakeRows copies row index[i] of src to row i of dst; rows have width
// elements.
func TakeRows[T Float](dst, src []T, index []int, width int) {
	if width == 1 {
		Take(dst, src, index)
		return
	}
	for i, j := range index {
		copy(dst[i*width:][:width], src[j*width:][:width])
	}
}

// PutRows adds row i of src to row index[i] of dst, in order; rows have width
// elements.
func PutRows[T Float](dst, src []T, index []int, width int) {
	if width == 1 {
		Put(dst, src, index)
		return
	}
	for i, j := range index {
		row := dst[j*width:][:width]
		Add(row, row, src[i*width:][:width])
	}
}

// PutExtreme is
//
//	for i, j := range index {
//		dst[j] = max(dst[j], src[i]) // or min
//	}
//
// Without self, what is in these places of dst before does not count.
func PutExtreme[T Float](dst, src []T, index []int, largest, self bool) {
	src = src[:len(index)]
	if !self {
		none := T(math.Inf(1))
		if largest {
			none = -none
		}
		for _, j := range index {
			dst[j] = none
		}
	}
	if !largest {
		for i, j := range index {
			dst[j] = min(dst[j], src[i])
		}
		return
	}
	for i, j := range index {
		dst[j] = max(dst[j], src[i])
	}
}
