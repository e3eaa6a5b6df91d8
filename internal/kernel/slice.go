package kernel

import (
	"unsafe"

	"golang.org/x/exp/constraints"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Float is the element type of every kernel.
type Float = asm.Float

// size returns the bytes of an element.
func size[T Float]() int { return int(unsafe.Sizeof(*new(T))) }

// Slice32 returns s as a []float32 sharing its storage, when its elements are
// four bytes wide.
func Slice32[T constraints.Float](s []T) ([]float32, bool) {
	if unsafe.Sizeof(*new(T)) != 4 {
		return nil, false
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(s))), len(s)), true
}

// Slice64 returns s as a []float64 sharing its storage, when its elements are
// eight bytes wide.
func Slice64[T constraints.Float](s []T) ([]float64, bool) {
	if unsafe.Sizeof(*new(T)) != 8 {
		return nil, false
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s))), len(s)), true
}

// SliceOf returns the one of the two slices whose elements are as wide as T, and
// whether it is not nil.
func SliceOf[T constraints.Float](f32 []float32, f64 []float64) ([]T, bool) {
	if unsafe.Sizeof(*new(T)) == 4 {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f32))), len(f32)), f32 != nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f64))), len(f64)), f64 != nil
}
