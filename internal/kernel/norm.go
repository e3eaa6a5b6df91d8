package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Rstd returns 1/sqrt(variance + eps).
func Rstd[T Float](variance T, eps float64) T {
	return T(1 / math.Sqrt(float64(variance)+eps))
}

// Normalize is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * rstd
//	}
//
// Assembly: gen/norm.go
func Normalize[T Float](dst, x []T, mean, rstd T) {
	x = x[:len(dst)]
	if asm.Normalize(dst, x, mean, rstd) {
		return
	}
	for i := range dst {
		dst[i] = (x[i] - mean) * rstd
	}
}

// NormalizeAffine is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * rstd * w[i] + b[i]
//	}
//
// Assembly: gen/norm.go
func NormalizeAffine[T Float](dst, x, w, b []T, mean, rstd T) {
	x, w, b = x[:len(dst)], w[:len(dst)], b[:len(dst)]
	if asm.NormalizeAffine(dst, x, w, b, mean, rstd) {
		return
	}
	for i := range dst {
		dst[i] = T((x[i]-mean)*rstd*w[i]) + b[i]
	}
}

// ScaleShift is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * scale + shift
//	}
//
// Assembly: gen/norm.go
func ScaleShift[T Float](dst, x []T, mean, scale, shift T) {
	x = x[:len(dst)]
	if asm.ScaleShift(dst, x, mean, scale, shift) {
		return
	}
	for i := range dst {
		dst[i] = T((x[i]-mean)*scale) + shift
	}
}

// NormalizeGrad is
//
//	for i := range dx {
//		dx[i] = scale * (dy[i] − shift − (x[i] − mean) * slope)
//	}
//
// Assembly: gen/norm.go
func NormalizeGrad[T Float](dx, x, dy []T, mean, scale, shift, slope T) {
	x, dy = x[:len(dx)], dy[:len(dx)]
	if asm.NormalizeGrad(dx, x, dy, mean, scale, shift, slope) {
		return
	}
	for i := range dx {
		dx[i] = scale * (dy[i] - shift - T((x[i]-mean)*slope))
	}
}

// NormalizeGradSums returns the sums of dy[i] and of dy[i] * (x[i] − mean).
//
// Assembly: gen/norm.go
func NormalizeGradSums[T Float](x, dy []T, mean T) (sum, dot T) {
	dy = dy[:len(x)]
	if len(x) > leaf {
		half := halfOf(len(x))
		s0, d0 := NormalizeGradSums(x[:half], dy[:half], mean)
		s1, d1 := NormalizeGradSums(x[half:], dy[half:], mean)
		return s0 + s1, d0 + d1
	}
	if sum, dot, ok := asm.NormalizeGradSums(x, dy, mean); ok {
		return sum, dot
	}
	var s, d float64
	for i, v := range x {
		s += float64(dy[i])
		d += float64(dy[i] * (v - mean))
	}
	return T(s), T(d)
}

// LayerNormGradSums returns the sums of g[i] = dy[i] * w[i] and of
// g[i] * (x[i] − mean).
//
// Assembly: gen/norm.go
func LayerNormGradSums[T Float](x, dy, w []T, mean T) (sum, dot T) {
	dy, w = dy[:len(x)], w[:len(x)]
	if len(x) > leaf {
		half := halfOf(len(x))
		s0, d0 := LayerNormGradSums(x[:half], dy[:half], w[:half], mean)
		s1, d1 := LayerNormGradSums(x[half:], dy[half:], w[half:], mean)
		return s0 + s1, d0 + d1
	}
	if sum, dot, ok := asm.LayerNormGradSums(x, dy, w, mean); ok {
		return sum, dot
	}
	var s, d float64
	for i, v := range x {
		g := T(dy[i] * w[i])
		s += float64(g)
		d += float64(g * (v - mean))
	}
	return T(s), T(d)
}

// LayerNormGrad is
//
//	for i := range dx {
//		dx[i] = rstd * (dy[i] * w[i] − shift − (x[i] − mean) * slope)
//		dw[i] += dy[i] * (x[i] − mean) * rstd
//		db[i] += dy[i]
//	}
//
// Assembly: gen/norm.go
func LayerNormGrad[T Float](dx, dw, db, x, dy, w []T, mean, rstd, shift, slope T) {
	n := len(dx)
	dw, db, x, dy, w = dw[:n], db[:n], x[:n], dy[:n], w[:n]
	if asm.LayerNormGrad(dx, dw, db, x, dy, w, mean, rstd, shift, slope) {
		return
	}
	for i := range dx {
		d, g := x[i]-mean, dy[i]
		dx[i] = rstd * (T(g*w[i]) - shift - T(d*slope))
		dw[i] += T(g * d * rstd)
		db[i] += g
	}
}
