package tensor

import (
	"fmt"
	"math"
	"slices"
	"sort"

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

// Median returns the lower of the two middle elements over the named axes, or over
// all; NaN if one is NaN or there is none.
// See https://docs.pytorch.org/docs/stable/generated/torch.median.html.
func Median(x *Tensor, axes ...int) *Tensor { return reduced("median", x, axes, MedianTo) }

// MedianTo is [Median] into dst, whose shape may keep the reduced axes.
func MedianTo(dst, x *Tensor, axes Axes) {
	rows("median", dst, x, axes, kernel.Median[float32], kernel.Median[float64])
}

// ArgMedian returns, in row-major order of the other axes, the index along axis of
// the first element that equals the median, or of the first NaN.
func ArgMedian(x *Tensor, axis int) []int {
	var dims [MaxRank]int
	n, _ := Size(Dims(dims[:0]).Reduce(x, x.AxesOf("median", axis), false))
	index := make([]int, n)
	ArgMedianTo(index, x, axis)
	return index
}

// ArgMedianTo is [ArgMedian] into index.
func ArgMedianTo(index []int, x *Tensor, axis int) {
	axes := x.chosen("median", axis, len(index))
	at := 0
	if x.dtype == Float64 {
		eachRow(x.f64, x, axes, func(row []float64) { index[at] = kernel.ArgMedian(row); at++ })
	} else {
		eachRow(x.f32, x, axes, func(row []float32) { index[at] = kernel.ArgMedian(row); at++ })
	}
}

// chosen returns the set of the axis along which op chooses elements, one for each
// of n indices.
func (t *Tensor) chosen(op string, axis, n int) Axes {
	axes := t.AxesOf(op, axis)
	notEmpty(op, t, axes)
	if want := t.n / t.Count(axes); n != want {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", n, want), t)
	}
	return axes
}

// An Interpolation says what a quantile is that lies between two elements a ≤ b.
type Interpolation uint8

// The interpolations.
const (
	Linear   Interpolation = iota // on the line from a to b
	Lower                         // a
	Higher                        // b
	Midpoint                      // (a + b) / 2
	Nearest                       // a or b, whichever is nearer; in the middle, the one at an even place
)

// Quantile returns the q-th quantile along an axis: the element at place q (n−1)
// when the n elements are sorted. Between two places it lies on the line from one
// element to the other. Of equal elements, the first comes first. It is NaN if an
// element is NaN. As in PyTorch, it is NaN also between two infinities, and at an
// infinity.
// See https://docs.pytorch.org/docs/stable/generated/torch.quantile.html.
func Quantile(x *Tensor, q float64, axis int) *Tensor { return QuantileBy(x, q, axis, Linear) }

// QuantileBy is [Quantile] with another interpolation.
func QuantileBy(x *Tensor, q float64, axis int, how Interpolation) *Tensor {
	var dims [MaxRank]int
	axes := x.AxesOf("quantile", axis)
	shape := Dims(dims[:0]).Reduce(x, axes, true)
	n, _ := Size(shape)
	index := make([]int, 2*n)
	w := QuantileIndexTo(index[:n], index[n:], x, q, axis, how)
	y := Gather(x, axis, index[:n], shape...)
	if how == Linear || how == Midpoint {
		high := Gather(x, axis, index[n:], shape...)
		step := Sub(high, y)
		if w < 0.5 {
			y = Add(y, MulScalar(step, w))
		} else {
			y = Sub(high, MulScalar(step, 1-w))
		}
	}
	return y.Reshape(Dims(dims[:0]).Reduce(x, axes, false)...)
}

// QuantileIndexTo writes the places of the elements below and above the quantile to
// lo and hi, and returns its distance from the one below, as a part of the distance
// between the two.
func QuantileIndexTo(lo, hi []int, x *Tensor, q float64, axis int, how Interpolation) (weight float64) {
	axes := x.chosen("quantile", axis, len(lo))
	if !(0 <= q && q <= 1) {
		BadArg("quantile", "want q in [0, 1], got %v", q)
	}
	rank := q * float64(x.Count(axes)-1)
	if x.dtype == Float32 {
		rank = float64(float32(q) * float32(x.Count(axes)-1))
	}
	switch how {
	case Lower:
		rank = math.Floor(rank)
	case Higher:
		rank = math.Ceil(rank)
	case Nearest:
		rank = math.RoundToEven(rank)
	case Linear, Midpoint:
	default:
		BadArg("quantile", "there is no interpolation %d", how)
	}
	low, high, at := int(math.Floor(rank)), int(math.Ceil(rank)), 0
	if x.dtype == Float64 {
		eachRow(x.f64, x, axes, func(row []float64) { lo[at], hi[at] = kernel.ArgQuantile(row, low, high); at++ })
	} else {
		eachRow(x.f32, x, axes, func(row []float32) { lo[at], hi[at] = kernel.ArgQuantile(row, low, high); at++ })
	}
	if how == Midpoint {
		return 0.5
	}
	return rank - math.Floor(rank)
}

// Unique returns the elements of x in order, each one once, and for each element of
// x, in row-major order, its place among them. A NaN equals nothing, so each one is
// there, at the end.
// See https://docs.pytorch.org/docs/stable/generated/torch.unique.html.
func Unique(x *Tensor) (values *Tensor, inverse []int) {
	sorted, index := Sort(x.Reshape(-1), 0, false)
	inverse, first := make([]int, x.n), make([]int, 0, x.n)
	for i, at := range index {
		if i == 0 || sorted.At(i) != sorted.At(i-1) {
			first = append(first, i)
		}
		inverse[at] = len(first) - 1
	}
	return IndexSelect(sorted, 0, first), inverse
}

// Bincount returns how often each number, from 0 on, is among xs. The result is as
// long as it must be, and not shorter than least. The places in the result of
// [Unique] have as counts how often each element is there.
// See https://docs.pytorch.org/docs/stable/generated/torch.bincount.html.
func Bincount(xs []int, least int) []int {
	n := max(0, least)
	if len(xs) > 0 {
		if m := slices.Min(xs); m < 0 {
			BadArg("bincount", "want numbers that are not negative, got %d", m)
		}
		n = max(n, slices.Max(xs)+1)
	}
	counts := make([]int, n)
	for _, x := range xs {
		counts[x]++
	}
	return counts
}

// BincountWith returns the sum of the weights of each number, from 0 on, that is among
// xs: weights has an element for each of them. The result is as long as that of
// [Bincount].
// See https://docs.pytorch.org/docs/stable/generated/torch.bincount.html.
func BincountWith(xs []int, weights *Tensor, least int) *Tensor {
	if weights.rank != 1 || weights.n != len(xs) {
		BadShape("bincount", fmt.Sprintf("want a weight for each of the %d numbers", len(xs)), weights)
	}
	sums := ZerosOf(weights.dtype, len(Bincount(xs, least)))
	sums.ScatterAdd(0, xs, weights)
	return sums
}

// SearchSorted returns, for each element v of values in row-major order, the place
// where it can be put into a row of sorted so that the row stays in order: before
// the elements that equal it, or behind them when right is set. sorted is one row,
// or has a row along its last axis for each row of values.
// See https://docs.pytorch.org/docs/stable/generated/torch.searchsorted.html.
func SearchSorted(sorted, values *Tensor, right bool) []int {
	sameDType("search-sorted", "the tensor of values", sorted, values)
	same := sorted.rank == values.rank
	for i := 0; same && i < sorted.rank-1; i++ {
		same = sorted.shape[i] == values.shape[i]
	}
	if sorted.rank == 0 || sorted.rank > 1 && !same {
		BadShape("search-sorted", "want one row, or one for each row of values", sorted, values)
	}
	rows, v := Values(sorted), Values(values)
	n, width := sorted.shape[sorted.rank-1], len(v)
	if sorted.rank > 1 {
		width = values.shape[values.rank-1]
	}
	index := make([]int, len(v))
	for i, x := range v {
		row := rows
		if sorted.rank > 1 {
			row = rows[i/width*n:][:n]
		}
		index[i] = sort.Search(n, func(k int) bool { return row[k] > x || !right && row[k] == x })
	}
	return index
}

// ArgMaxAll returns the place of the first largest element of x, counted in
// row-major order; a NaN is larger than any number.
func ArgMaxAll(x *Tensor) int { return argAll(x, true) }

// ArgMinAll returns the place of the first smallest element of x, counted in
// row-major order; a NaN is smaller than any number.
func ArgMinAll(x *Tensor) int { return argAll(x, false) }

func argAll(x *Tensor, largest bool) int {
	var index [1]int
	ArgTo(index[:], x.Reshape(-1), 0, largest)
	return index[0]
}
