package tensor

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Axes is a set of axes, one bit each.
type Axes uint16

// AxesOf returns the set of the named axes of t, or of all when none is named.
// It panics in op's name when one is out of range or named twice. A tensor
// without axes may be treated as one with an axis of length one, 0.
func (t *Tensor) AxesOf(op string, axes ...int) Axes {
	if len(axes) == 0 {
		return 1<<t.rank - 1
	}
	var set Axes
	if t.rank == 0 && len(axes) == 1 && (axes[0] == 0 || axes[0] == -1) {
		return 0
	}
	for _, a := range axes {
		bit := Axes(1) << axisOf(op, a, t)
		if set&bit != 0 {
			BadShape(op, fmt.Sprintf("axis %d is named twice", a), t)
		}
		set |= bit
	}
	return set
}

// Has reports whether axis is in the set.
func (s Axes) Has(axis int) bool { return s>>axis&1 != 0 }

// Reduce appends to dst the shape of t with the axes in s removed, or kept with
// length one.
func (dst Dims) Reduce(t *Tensor, s Axes, keep bool) []int {
	for i, d := range t.Shape() {
		switch {
		case !s.Has(i):
			dst = append(dst, d)
		case keep:
			dst = append(dst, 1)
		}
	}
	return dst
}

// Count returns the number of elements of t that are reduced to one.
func (t *Tensor) Count(s Axes) int {
	n := 1
	for i, d := range t.Shape() {
		if s.Has(i) {
			n *= d
		}
	}
	return n
}

// reduced applies a reduction, and allocates the result.
func reduced(op string, x *Tensor, axes []int, to func(dst, x *Tensor, axes Axes)) *Tensor {
	var dims [MaxRank]int
	s := x.AxesOf(op, axes...)
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Reduce(x, s, false)...)
	to(dst, x, s)
	return dst
}

// checkReduced panics when dst cannot hold the result of reducing x over s, and
// reports whether dst keeps the reduced axes.
func checkReduced(op string, dst, x *Tensor, s Axes) (kept bool) {
	sameDType(op, "the destination", x, dst)
	var dims [MaxRank]int
	kept = dst.rank == x.rank
	destination(op, dst, Dims(dims[:0]).Reduce(x, s, kept), x)
	return kept
}

// keepShape makes v a view of dst, which holds the result of reducing x over
// s, with every axis of x, the reduced ones of length one.
func (v *Tensor) keepShape(dst, x *Tensor, s Axes, kept bool) {
	if kept {
		*v = *dst
		return
	}
	v.f32, v.f64, v.dtype, v.packed, v.n, v.rank = dst.f32, dst.f64, dst.dtype, dst.packed, dst.n, x.rank
	at := 0
	for i := range x.rank {
		if s.Has(i) {
			v.shape[i], v.strides[i] = 1, 0
		} else {
			v.shape[i], v.strides[i] = dst.shape[at], dst.strides[at]
			at++
		}
	}
}

// Sum returns the sum over the named axes, or over all. Summing nothing gives 0.
func Sum(x *Tensor, axes ...int) *Tensor { return reduced("sum", x, axes, SumTo) }

// SumTo is [Sum] into dst, whose shape may keep the reduced axes with length
// one.
func SumTo(dst, x *Tensor, axes Axes) { sumTo("sum", dst, x, axes) }

func sumTo(op string, dst, x *Tensor, axes Axes) {
	kept := checkReduced(op, dst, x, axes)
	if x.n == 0 {
		dst.Fill(0)
		return
	}
	if leading := axes&(axes+1) == 0; leading && x.packed && dst.packed {
		if x.dtype == Float64 {
			kernel.SumColumns(dst.f64[:dst.n], x.f64[:x.n])
		} else {
			kernel.SumColumns(dst.f32[:dst.n], x.f32[:x.n])
		}
		return
	}
	var v Tensor
	v.keepShape(dst, x, axes, kept)
	var l loop
	l.plan(x.Shape(), &v, x)
	if x.dtype == Float64 {
		sumLoop(&l, v.f64, x.f64)
	} else {
		sumLoop(&l, v.f32, x.f32)
	}
}

// Mean returns the mean over the named axes, or over all. The mean of nothing
// is NaN.
func Mean(x *Tensor, axes ...int) *Tensor { return reduced("mean", x, axes, MeanTo) }

// MeanTo is [Mean] into dst, whose shape may keep the reduced axes with length
// one.
func MeanTo(dst, x *Tensor, axes Axes) {
	sumTo("mean", dst, x, axes)
	scaled("mean", dst, dst, float64(x.Count(axes)), 0, divScalar[float32], divScalar[float64])
}

func divScalar[T kernel.Float](dst, a []T, c, _ float64) {
	for i, v := range a[:len(dst)] {
		dst[i] = v / T(c)
	}
}

// rows calls f32 or f64 for the elements of x that are reduced to each element
// of dst, as a contiguous row.
func rows(op string, dst, x *Tensor, axes Axes, f32 func(row []float32) float32, f64 func(row []float64) float64) {
	var v Tensor
	v.keepShape(dst, x, axes, checkReduced(op, dst, x, axes))
	if x.dtype == Float64 {
		rowLoop(v.f64, x.f64, &v, x, axes, f64)
	} else {
		rowLoop(v.f32, x.f32, &v, x, axes, f32)
	}
}

func rowLoop[T kernel.Float](dst, src []T, v, x *Tensor, axes Axes, f func(row []T) T) {
	// Outer axes are kept, inner ones reduced.
	var kept, inner Tensor
	for i := range x.rank {
		t := &kept
		if axes.Has(i) {
			t = &inner
		}
		t.shape[t.rank], t.strides[t.rank] = x.shape[i], x.strides[i]
		t.rank++
	}
	out := kept
	out.rank = 0
	for i := range x.rank {
		if !axes.Has(i) {
			out.strides[out.rank] = v.strides[i]
			out.rank++
		}
	}
	if v.n == 0 {
		return
	}
	n := x.Count(axes)
	if n == 0 {
		v.Fill(float64(f(nil)))
		return
	}
	var outer, in loop
	outer.plan(kept.Shape(), &out, &kept)
	in.plan(inner.Shape(), &inner)
	m, step := in.row()
	whole := in.rank == 1 && step[0] == 1
	var buf []T
	if !whole {
		var lent *work.Buffer[T]
		buf, lent = work.Borrow[T](n)
		defer work.Return(lent)
	}
	rowsInOuter, move := outer.row()
	var c cursor
	for ok := true; ok; ok = outer.next(&c) {
		for i := range rowsInOuter {
			row := src[c.at[1]+i*move[1]:]
			if whole {
				row = row[:n]
			} else {
				var k cursor
				at := 0
				for more := true; more; more = in.next(&k) {
					kernel.Gather(buf[at:at+m], row[k.at[0]:], step[0])
					at += m
				}
				row = buf
			}
			dst[c.at[0]+i*move[0]] = f(row)
		}
	}
}

// Prod returns the product over the named axes, or over all.
func Prod(x *Tensor, axes ...int) *Tensor { return reduced("prod", x, axes, ProdTo) }

// ProdTo is [Prod] into dst, whose shape may keep the reduced axes.
func ProdTo(dst, x *Tensor, axes Axes) {
	rows("prod", dst, x, axes, kernel.Prod[float32], kernel.Prod[float64])
}

// Max returns the largest element over the named axes, or over all; NaN if one is
// NaN.
func Max(x *Tensor, axes ...int) *Tensor { return reduced("max", x, axes, MaxTo) }

// MaxTo is [Max] into dst, whose shape may keep the reduced axes.
func MaxTo(dst, x *Tensor, axes Axes) {
	notEmpty("max", x, axes)
	rows("max", dst, x, axes, kernel.Max[float32], kernel.Max[float64])
}

// Min returns the smallest element over the named axes, or over all; NaN if one is
// NaN.
func Min(x *Tensor, axes ...int) *Tensor { return reduced("min", x, axes, MinTo) }

// MinTo is [Min] into dst, whose shape may keep the reduced axes.
func MinTo(dst, x *Tensor, axes Axes) {
	notEmpty("min", x, axes)
	rows("min", dst, x, axes, kernel.Min[float32], kernel.Min[float64])
}

func notEmpty(op string, x *Tensor, axes Axes) {
	if x.Count(axes) == 0 {
		BadShape(op, "there is no element to choose", x)
	}
}

// LogSumExp returns log Σ eˣ over the named axes, or over all, without
// overflow.
func LogSumExp(x *Tensor, axes ...int) *Tensor { return reduced("log-sum-exp", x, axes, LogSumExpTo) }

// LogSumExpTo is [LogSumExp] into dst, whose shape may keep the reduced axes.
func LogSumExpTo(dst, x *Tensor, axes Axes) {
	rows("log-sum-exp", dst, x, axes, kernel.LogSumExp[float32], kernel.LogSumExp[float64])
}

// Norm returns the Euclidean norm over the named axes, or over all.
func Norm(x *Tensor, axes ...int) *Tensor { return reduced("norm", x, axes, NormTo) }

// NormTo is [Norm] into dst, whose shape may keep the reduced axes.
func NormTo(dst, x *Tensor, axes Axes) {
	rows("norm", dst, x, axes, kernel.Norm[float32], kernel.Norm[float64])
}

// VarianceTo writes the sum of squared distances from the mean over the axes,
// divided by n − correction, where n is the number of distances. The correction is
// 1 for the unbiased variance and 0 for the biased one. When n − correction is
// not positive, the result is NaN or Inf.
func VarianceTo(dst, x *Tensor, axes Axes, correction int) {
	rows("variance", dst, x, axes,
		func(row []float32) float32 { return variance(row, correction) },
		func(row []float64) float64 { return variance(row, correction) })
}

func variance[T kernel.Float](row []T, correction int) T {
	_, squares := kernel.Spread(row)
	return squares / T(max(0, len(row)-correction))
}

// Variance returns the unbiased variance over the named axes, or over all.
func Variance(x *Tensor, axes ...int) *Tensor {
	return reduced("variance", x, axes, func(dst, x *Tensor, s Axes) { VarianceTo(dst, x, s, 1) })
}

// StdTo writes the square root of what [VarianceTo] writes. It is finite also
// where the squares are too large for a float32.
func StdTo(dst, x *Tensor, axes Axes, correction int) {
	rows("std", dst, x, axes,
		func(row []float32) float32 { return kernel.Std(row, max(0, len(row)-correction)) },
		func(row []float64) float64 { return kernel.Std(row, max(0, len(row)-correction)) })
}

// Std returns the square root of the unbiased variance over the named axes, or
// over all.
func Std(x *Tensor, axes ...int) *Tensor {
	return reduced("std", x, axes, func(dst, x *Tensor, s Axes) { StdTo(dst, x, s, 1) })
}

// ArgMax returns, in row-major order of the other axes, the index along axis
// of the first largest element; a NaN is larger than any number.
func ArgMax(x *Tensor, axis int) []int { return arg("argmax", x, axis, true) }

// ArgMin returns, in row-major order of the other axes, the index along axis
// of the first smallest element; a NaN is smaller than any number.
func ArgMin(x *Tensor, axis int) []int { return arg("argmin", x, axis, false) }

func arg(op string, x *Tensor, axis int, largest bool) []int {
	axes := x.AxesOf(op, axis)
	var dims [MaxRank]int
	n, _ := Size(Dims(dims[:0]).Reduce(x, axes, false))
	index := make([]int, n)
	ArgTo(index, x, axis, largest)
	return index
}

// ArgTo writes to index what [ArgMax] returns, or [ArgMin] unless largest is
// set.
func ArgTo(index []int, x *Tensor, axis int, largest bool) {
	op := "argmin"
	if largest {
		op = "argmax"
	}
	axes := x.AxesOf(op, axis)
	notEmpty(op, x, axes)
	var dims [MaxRank]int
	n, _ := Size(Dims(dims[:0]).Reduce(x, axes, false))
	if len(index) != n {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", len(index), n), x)
	}
	if x.dtype == Float64 {
		argLoop(index, x.f64, x, axes, largest)
	} else {
		argLoop(index, x.f32, x, axes, largest)
	}
}

func argLoop[T kernel.Float](index []int, src []T, x *Tensor, axes Axes, largest bool) {
	lent, handle := work.Borrow[T](len(index))
	defer work.Return(handle)
	var v Tensor
	v.rank = x.rank
	var dims [MaxRank]int
	v.setShape("arg", Dims(dims[:0]).Reduce(x, axes, true))
	at := 0
	rowLoop(lent, src, &v, x, axes, func(row []T) T {
		if largest {
			index[at] = kernel.ArgMax(row)
		} else {
			index[at] = kernel.ArgMin(row)
		}
		at++
		return 0
	})
}

// NormOf returns the Euclidean norm of all elements of x, accumulated in
// float64.
func NormOf(x *Tensor) float64 {
	x = x.Contiguous()
	if x.dtype == Float64 {
		return math.Sqrt(kernel.SumSquares(x.f64[:x.n]))
	}
	return math.Sqrt(kernel.SumSquares(x.f32[:x.n]))
}

// NormPOf is [NormOf] with the p-norm, see [NormP].
func NormPOf(x *Tensor, p float64) float64 {
	x = x.Contiguous()
	if x.dtype == Float64 {
		return kernel.NormP(x.f64[:x.n], p)
	}
	return kernel.NormP(x.f32[:x.n], p)
}
