package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// ResampleTo changes the length of an axis of x: element i along this axis of dst
// is (1 − w[i])·x[lo[i]] + w[i]·x[lo[i]+1], where the element after the last one is
// the last one again. A nil w stands for zeros. dst must be contiguous.
func ResampleTo(dst, x *Tensor, axis int, lo []int, w *Tensor) {
	outer, n, inner := checkResample("resample", "the destination", dst, x, axis, lo, w)
	contiguous("resample", dst)
	var sx scratch
	x = sx.packed(x)
	if x.dtype == Float64 {
		kernel.Resample(dst.f64, x.f64, lo, weightsOf[float64](w), outer, n, inner)
	} else {
		kernel.Resample(dst.f32, x.f32, lo, weightsOf[float32](w), outer, n, inner)
	}
	sx.release()
}

// Resample writes the gradient of [ResampleTo] by x, given dy, the gradient by its
// result. The destination has the shape of x and must be contiguous.
func (d *Grad) Resample(dy *Tensor, axis int, lo []int, w *Tensor) {
	dx := (*Tensor)(d)
	outer, n, inner := checkResample("resample gradient", "dy", dy, dx, axis, lo, w)
	contiguous("resample gradient", dx)
	var sy scratch
	dy = sy.packed(dy)
	if dx.dtype == Float64 {
		kernel.ResampleGrad(dx.f64, dy.f64, lo, weightsOf[float64](w), outer, n, inner)
	} else {
		kernel.ResampleGrad(dx.f32, dy.f32, lo, weightsOf[float32](w), outer, n, inner)
	}
	sy.release()
}

// weightsOf returns the elements of a contiguous tensor, nil for none.
func weightsOf[T kernel.Float](w *Tensor) []T {
	if w == nil {
		return nil
	}
	return Data[T](w)
}

// checkResample checks that resampling x along axis gives out. It returns how many
// indices the axes before it have, the length of the axis in x, and how many
// elements there are for each index along it.
func checkResample(op, name string, out, x *Tensor, axis int, lo []int, w *Tensor) (outer, n, inner int) {
	sameDType(op, name, x, out)
	k := axisOf(op, axis, x)
	if x.rank == 0 {
		BadShape(op, "want at least one axis", x)
	}
	n = x.shape[k]
	checkIndex(op, x, lo, n)
	var dims [MaxRank]int
	shape := append(dims[:0], x.Shape()...)
	shape[k] = len(lo)
	sameShape(op, out, shape, x)
	if w != nil {
		sameDType(op, "the weights", x, w)
		if w.rank != 1 || w.n != len(lo) || !w.packed {
			BadShape(op, fmt.Sprintf("want %d weights, contiguous", len(lo)), x, w)
		}
	}
	outer, inner = 1, 1
	for _, d := range x.shape[:k] {
		outer *= d
	}
	for _, d := range x.shape[k+1 : x.rank] {
		inner *= d
	}
	return outer, n, inner
}
