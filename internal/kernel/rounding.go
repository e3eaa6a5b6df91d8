package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

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
