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

// GatherRows is
//
//	for i := range rows {
//		for j := range n {
//			dst[i*width+j] = src[i*move+j*step]
//		}
//	}
func GatherRows[T Float](dst, src []T, rows, n, width, move, step int) {
	if rows == 0 || n == 0 {
		return
	}
	dst = dst[:(rows-1)*width+n]
	for j := range n {
		if move == 1 {
			for i, v := range src[j*step:][:rows] {
				dst[i*width+j] = v
			}
			continue
		}
		for i := range rows {
			dst[i*width+j] = src[i*move+j*step]
		}
	}
}

// ScatterRows is
//
//	for i := range rows {
//		for j := range n {
//			dst[i*move+j*step] = src[i*width+j]
//		}
//	}
func ScatterRows[T Float](dst, src []T, rows, n, width, move, step int) {
	if rows == 0 || n == 0 {
		return
	}
	src = src[:(rows-1)*width+n]
	for j := range n {
		if move == 1 {
			to := dst[j*step:][:rows]
			for i := range to {
				to[i] = src[i*width+j]
			}
			continue
		}
		for i := range rows {
			dst[i*move+j*step] = src[i*width+j]
		}
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
