package tensor

import "fmt"

// Repeat returns x written repeats[i] times one after another along each axis i.
// There may be more numbers than axes: then x gets leading axes of length one.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html.
func Repeat(x *Tensor, repeats ...int) *Tensor {
	var dims [MaxRank]int
	return x.repeated(Dims(dims[:0]).Repeat(x, repeats), repeats)
}

// Tile is [Repeat] that takes fewer numbers than axes as well: they belong to the
// last axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.tile.html.
func Tile(x *Tensor, repeats ...int) *Tensor {
	var dims [MaxRank]int
	return x.repeated(Dims(dims[:0]).Tile("tile", x, repeats), repeats)
}

// Repeat is [Dims.Tile] for [Repeat], which wants a number for each axis.
func (dst Dims) Repeat(x *Tensor, repeats []int) []int {
	if len(repeats) < x.rank {
		BadShape("repeat", fmt.Sprintf("%d numbers, want one for each axis", len(repeats)), x)
	}
	return dst.Tile("repeat", x, repeats)
}

// Tile appends to dst the shape of x with a leading axis of length one for each
// number of repeats that has no axis. It panics in op's name when the numbers do
// not fit.
func (dst Dims) Tile(op string, x *Tensor, repeats []int) []int {
	for _, r := range repeats {
		if r < 0 {
			BadShape(op, fmt.Sprintf("cannot repeat %d times", r), x)
		}
	}
	if len(repeats) > MaxRank {
		BadShape(op, fmt.Sprintf("%d numbers are more than %d axes", len(repeats), MaxRank), x)
	}
	for range len(repeats) - x.rank {
		dst = append(dst, 1)
	}
	return append(dst, x.Shape()...)
}

// repeated returns x in the given shape, repeated along the last axes.
func (t *Tensor) repeated(shape, repeats []int) *Tensor {
	y := t.Reshape(shape...)
	for k, r := range repeats {
		if r != 1 {
			i := len(shape) - len(repeats) + k
			y = y.stretched(shape, i, i, r)
		}
	}
	return y
}

// stretched returns x, which has the given shape, with each block of the axes
// from at on written r times. This makes an axis longer, in shape as well.
func (t *Tensor) stretched(shape []int, at, axis, r int) *Tensor {
	outer, _ := Size(shape[:at])
	block, _ := Size(shape[at:])
	shape[axis] *= r
	return t.Reshape(outer, 1, block).Expand(outer, r, block).Reshape(shape...)
}

// RepeatInterleave returns x with each slice along an axis written several times,
// one after another. repeats holds one number for all slices, or one for each.
// See https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html.
func RepeatInterleave(x *Tensor, repeats []int, axis int) *Tensor {
	var vector Tensor
	x = x.asVector(&vector)
	k, n := x.Interleave(repeats, axis)
	if len(repeats) == 1 {
		var dims [MaxRank]int
		return x.stretched(append(dims[:0], x.Shape()...), k+1, k, repeats[0])
	}
	index := make([]int, n)
	InterleaveTo(index, repeats)
	return IndexSelect(x, k, index)
}

// Interleave returns the axis that [RepeatInterleave] means, and the sum of the
// numbers. It panics when they do not fit.
func (t *Tensor) Interleave(repeats []int, axis int) (k, sum int) {
	k = axisOf("repeat-interleave", axis, t)
	if len(repeats) != t.shape[k] && len(repeats) != 1 {
		BadShape("repeat-interleave", fmt.Sprintf("%d numbers, want 1 or %d", len(repeats), t.shape[k]), t)
	}
	for _, r := range repeats {
		if r < 0 {
			BadShape("repeat-interleave", fmt.Sprintf("cannot repeat %d times", r), t)
		}
		sum += r
	}
	return k, sum
}

// InterleaveTo writes to index each number i repeats[i] times.
func InterleaveTo(index, repeats []int) {
	at := 0
	for i, r := range repeats {
		for range r {
			index[at] = i
			at++
		}
	}
}
