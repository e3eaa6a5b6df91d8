package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Sort returns x with its elements along an axis in order, and their places in x,
// in row-major order. Equal elements stay in order, in both directions, and a NaN
// is larger than any number.
// See https://docs.pytorch.org/docs/stable/generated/torch.sort.html.
func Sort(x *Tensor, axis int, descending bool) (*Tensor, []int) {
	index := ArgSort(x, axis, descending)
	return Gather(x, axis, index, x.Shape()...), index
}

// ArgSort returns the places that [Sort] returns.
func ArgSort(x *Tensor, axis int, descending bool) []int {
	index := make([]int, x.n)
	ArgSortTo(index, x, axis, descending)
	return index
}

// ArgSortTo is [ArgSort] into index.
func ArgSortTo(index []int, x *Tensor, axis int, descending bool) {
	var vector Tensor
	v := x.asVector(&vector)
	firstTo("sort", index, x, v.shape[axisOf("sort", axis, v)], axis, descending)
}

// TopK returns the k largest elements along an axis, or the smallest, in order,
// and their places in x, in row-major order. Of equal elements, the first comes
// first. A NaN is larger than any number.
// See https://docs.pytorch.org/docs/stable/generated/torch.topk.html.
func TopK(x *Tensor, k, axis int, largest bool) (*Tensor, []int) {
	var dims [MaxRank]int
	shape := Dims(dims[:0]).TopK(x, k, axis)
	n, _ := Size(shape)
	index := make([]int, n)
	TopKTo(index, x, k, axis, largest)
	return Gather(x, axis, index, shape...), index
}

// TopK appends to dst the shape of the k largest elements of x along an axis.
func (dst Dims) TopK(x *Tensor, k, axis int) []int {
	var vector Tensor
	v := x.asVector(&vector)
	i := axisOf("top-k", axis, v)
	if n := v.shape[i]; k < 0 || k > n {
		BadShape("top-k", fmt.Sprintf("cannot choose %d of %d elements", k, n), x)
	}
	dst = append(dst, x.Shape()...)
	if x.rank > 0 {
		dst[i] = k
	} else if k == 0 {
		dst = append(dst, 0)
	}
	return dst
}

// TopKTo writes the places that [TopK] returns to index.
func TopKTo(index []int, x *Tensor, k, axis int, largest bool) {
	firstTo("top-k", index, x, k, axis, largest)
}

// firstTo writes to index the places of the first k elements of each row along an
// axis when it is sorted.
func firstTo(op string, index []int, x *Tensor, k, axis int, descending bool) {
	axes := x.AxesOf(op, axis)
	n := x.Count(axes)
	if n == 0 || k == 0 {
		return
	}
	if want := x.n / n * k; len(index) != want {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", len(index), want), x)
	}
	inner := x.inner(axis)
	if x.dtype == Float64 {
		firstLoop(index, x.f64, x, axes, k, inner, descending)
	} else {
		firstLoop(index, x.f32, x, axes, k, inner, descending)
	}
}

// inner returns the number of elements of t that the axes after axis have.
func (t *Tensor) inner(axis int) int {
	if t.rank == 0 {
		return 1
	}
	n, _ := Size(t.shape[(axis+t.rank)%t.rank+1 : t.rank])
	return n
}

func firstLoop[T kernel.Float](index []int, src []T, x *Tensor, axes Axes, k, inner int, descending bool) {
	at := 0
	eachRow(src, x, axes, func(row []T) {
		kernel.ArgSort(index[at/inner*k*inner+at%inner:], inner, k, row, descending)
		at++
	})
}

// eachRow calls f for the elements of x that differ only along the axes, as a
// contiguous row, in row-major order of the other axes.
func eachRow[T kernel.Float](src []T, x *Tensor, axes Axes, f func(row []T)) {
	var v Tensor
	var dims [MaxRank]int
	v.rank = x.rank
	n := v.setShape("rows", Dims(dims[:0]).Reduce(x, axes, true))
	unused, lent := work.Borrow[T](n)
	defer work.Return(lent)
	rowLoop(unused, src, &v, x, axes, func(row []T) T { f(row); return 0 })
}

// CumMax returns the largest element so far along an axis, and its place along it,
// in row-major order. When several are the largest, it takes the last. A NaN is
// larger than any number.
// See https://docs.pytorch.org/docs/stable/generated/torch.cummax.html.
func CumMax(x *Tensor, axis int) (*Tensor, []int) { return cumArg(x, axis, true) }

// CumMin returns the smallest element so far along an axis, and its place along it,
// in row-major order. When several are the smallest, it takes the last. A NaN is
// smaller than any number.
// See https://docs.pytorch.org/docs/stable/generated/torch.cummin.html.
func CumMin(x *Tensor, axis int) (*Tensor, []int) { return cumArg(x, axis, false) }

func cumArg(x *Tensor, axis int, largest bool) (*Tensor, []int) {
	index := make([]int, x.n)
	CumArgTo(index, x, axis, largest)
	return Gather(x, axis, index, x.Shape()...), index
}

// CumArgTo writes to index the places that [CumMax] returns, or [CumMin] unless
// largest is set.
func CumArgTo(index []int, x *Tensor, axis int, largest bool) {
	op := "cummin"
	if largest {
		op = "cummax"
	}
	axes := x.AxesOf(op, axis)
	if len(index) != x.n {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", len(index), x.n), x)
	}
	if x.n == 0 {
		return
	}
	if x.dtype == Float64 {
		cumArgLoop(index, x.f64, x, axes, x.inner(axis), largest)
	} else {
		cumArgLoop(index, x.f32, x, axes, x.inner(axis), largest)
	}
}

func cumArgLoop[T kernel.Float](index []int, src []T, x *Tensor, axes Axes, inner int, largest bool) {
	at := 0
	eachRow(src, x, axes, func(row []T) {
		kernel.CumArg(index[at/inner*len(row)*inner+at%inner:], inner, row, largest)
		at++
	})
}
