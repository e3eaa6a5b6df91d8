package autograd

import "github.com/descent-ml/descent/tensor"

// Repeat returns x written repeats[i] times one after another along each axis i.
// There may be more numbers than axes: then x gets leading axes of length one.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html.
//
//	dx = dy, summed over the repetitions
func (x Var) Repeat(repeats ...int) Var {
	var dims [tensor.MaxRank]int
	return x.repeated(tensor.Dims(dims[:0]).Repeat(&x.live("repeat").val, repeats), repeats)
}

// Tile is [Var.Repeat] that takes fewer numbers than axes as well: they belong to
// the last axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.tile.html.
func (x Var) Tile(repeats ...int) Var {
	var dims [tensor.MaxRank]int
	return x.repeated(tensor.Dims(dims[:0]).Tile("tile", &x.live("tile").val, repeats), repeats)
}

// repeated returns x in the given shape, repeated along the last axes.
func (x Var) repeated(shape, repeats []int) Var {
	y := x.Reshape(shape...)
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
func (x Var) stretched(shape []int, at, axis, r int) Var {
	outer, _ := tensor.Size(shape[:at])
	block, _ := tensor.Size(shape[at:])
	shape[axis] *= r
	return x.Reshape(outer, 1, block).Expand(outer, r, block).Reshape(shape...)
}

// RepeatInterleave returns x with each slice along an axis written several times,
// one after another. repeats holds one number for all slices, or one for each.
// See https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html.
func (x Var) RepeatInterleave(repeats []int, axis int) Var {
	if x.live("repeat-interleave").val.Rank() == 0 {
		x = x.Reshape(1)
	}
	k, n := x.n.val.Interleave(repeats, axis)
	if len(repeats) == 1 {
		var dims [tensor.MaxRank]int
		return x.stretched(append(dims[:0], x.Shape()...), k+1, k, repeats[0])
	}
	index := x.n.tape.ints.take(n)
	tensor.InterleaveTo(index, repeats)
	return x.IndexSelect(k, index)
}
