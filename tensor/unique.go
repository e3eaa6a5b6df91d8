package tensor

import (
	"fmt"
	"slices"
	"sort"
)

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
