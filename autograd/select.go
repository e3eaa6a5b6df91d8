package autograd

import "github.com/descent-ml/descent/tensor"

// MaskedSelect returns the elements of x where mask is not 0, in row-major order,
// as a vector. The two broadcast.
// See https://docs.pytorch.org/docs/stable/generated/torch.masked_select.html.
//
//	dx = dy, added to zeros at the places read
func (x Var) MaskedSelect(mask Var) Var {
	v, m := &x.live("masked-select").val, &mask.live("masked-select").val
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Broadcast("masked-select", v, m)
	n, _ := tensor.Size(shape)
	var wide tensor.Tensor
	wide.AsView().Expand(m, shape...)
	index := tensor.Places(x.n.tape.ints.take(n)[:0], &wide)
	return x.Expand(shape...).take(index, len(index))
}

// TakeAlongDim is [Var.Gather] in which x and the index, which has the given shape,
// broadcast along the other axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.take_along_dim.html.
//
//	dx = dy, added to zeros at the places read
func (x Var) TakeAlongDim(index []int, axis int, shape ...int) Var {
	var dims [2][tensor.MaxRank]int
	out, from := tensor.Dims(dims[0][:0]).TakeAlong(dims[1][:0], &x.live("take-along-dim").val, axis, len(index), shape)
	n, _ := tensor.Size(out)
	wide := x.n.tape.ints.take(n)
	tensor.ExpandTo(wide, out, index, shape)
	return x.Expand(from...).Gather(axis, wide, out...)
}
