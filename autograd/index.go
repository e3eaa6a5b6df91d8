package autograd

import "github.com/descent-ml/descent/tensor"

// copyInts returns a copy of s that lives until the tape is reset.
func (t *Tape) copyInts(s []int) []int {
	c := t.ints.take(len(s))
	copy(c, s)
	return c
}

// Gather returns a tensor of the given shape with elements of x. The element at
// each place comes from the same place of x, but along axis from the position
// that index gives. index has one position for each element of the result, in
// row-major order.
// See https://docs.pytorch.org/docs/stable/generated/torch.gather.html.
//
//	dx = dy, added to zeros at the places read
func (x Var) Gather(axis int, index []int, shape ...int) Var {
	y := begin(gather, x)
	y.attr.ints[0], y.attr.index, y.attr.shape = axis, y.tape.copyInts(index), y.tape.copyInts(shape)
	return y.record()
}

func gather() general {
	return general{
		Name: "gather", Rule: "dy, added to zeros at the places read",
		Shape: givenShape,
		Value: func(y *node) { tensor.GatherTo(&y.val, y.value(0), y.attr.ints[0], y.attr.index) },
		VJP: func(y *node, _ int, dy Var) Var {
			return y.in[0].self().zero().ScatterAdd(y.attr.ints[0], y.attr.index, dy)
		},
	}
}

// ScatterAdd returns x with the elements of src added at the places that
// [Var.Gather] with the same axis and index would read; src has the shape of
// the index.
//
//	dx = dy, dsrc = dy gathered
func (x Var) ScatterAdd(axis int, index []int, src Var) Var {
	y := begin(scatterAdd, x, src)
	y.attr.ints[0], y.attr.index = axis, y.tape.copyInts(index)
	return y.record()
}

func scatterAdd() general {
	return general{
		Name: "scatter-add", Rule: "dy; dy gathered",
		Shape: sameShape,
		Value: func(y *node) {
			y.val.CopyFrom(y.value(0))
			y.val.ScatterAdd(y.attr.ints[0], y.attr.index, y.value(1))
		},
		VJP: func(y *node, i int, dy Var) Var {
			if i == 0 {
				return dy
			}
			return dy.Gather(y.attr.ints[0], y.attr.index, y.in[1].val.Shape()...)
		},
	}
}

// IndexSelect returns the slices of x along axis that index names, in that
// order; it may name one more than once.
//
//	dx = dy, slices added to zeros where they came from
func (x Var) IndexSelect(axis int, index []int) Var {
	y := begin(indexSelect, x)
	y.attr.ints[0], y.attr.index = axis, y.tape.copyInts(index)
	return y.record()
}

func indexSelect() general {
	return general{
		Name: "index-select", Rule: "dy, slices added to zeros where they came from",
		Shape: func(y *node, dims tensor.Dims) []int {
			x, axis := y.value(0), y.attr.ints[0]
			x.AxesOf("index-select", axis)
			shape := append(dims, x.Shape()...)
			if n := len(shape); n > 0 {
				shape[(axis+n)%n] = len(y.attr.index)
			}
			return shape
		},
		Value: func(y *node) { tensor.IndexSelectTo(&y.val, y.value(0), y.attr.ints[0], y.attr.index) },
		VJP: func(y *node, _ int, dy Var) Var {
			return y.in[0].self().zero().IndexAdd(y.attr.ints[0], y.attr.index, dy)
		},
	}
}

// IndexAdd returns x with slice i of src along axis added to slice index[i].
//
//	dx = dy, dsrc = the slices of dy that index names
func (x Var) IndexAdd(axis int, index []int, src Var) Var {
	y := begin(indexAdd, x, src)
	y.attr.ints[0], y.attr.index = axis, y.tape.copyInts(index)
	return y.record()
}

func indexAdd() general {
	return general{
		Name: "index-add", Rule: "dy; the slices of dy that index names",
		Shape: sameShape,
		Value: func(y *node) {
			y.val.CopyFrom(y.value(0))
			y.val.IndexAdd(y.attr.ints[0], y.attr.index, y.value(1))
		},
		VJP: func(y *node, i int, dy Var) Var {
			if i == 0 {
				return dy
			}
			return dy.IndexSelect(y.attr.ints[0], y.attr.index)
		},
	}
}

// take returns the elements of x, counted in row-major order, that the index
// names, with the given shape. The tape keeps index: it must not change.
//
//	dx = dy, added to zeros at the places read
func (x Var) take(index []int, shape ...int) Var {
	y := begin(take, x)
	y.attr.index, y.attr.shape = index, y.tape.copyInts(shape)
	return y.record()
}

func take() general {
	return general{
		Name: "take", Rule: "dy, added to zeros at the places read",
		Shape: givenShape,
		Value: func(y *node) { tensor.TakeTo(&y.val, &y.tape.packed(y.in[0]).val, y.attr.index) },
		VJP:   func(y *node, _ int, dy Var) Var { return dy.put(y.attr.index, y.in[0].val.Shape()...) },
	}
}

// packed returns n itself when it is contiguous, else a copy that is.
func (t *Tape) packed(n *node) *node {
	if n.val.IsContiguous() {
		return n
	}
	c := t.newNode()
	c.op = leafOp
	t.store(c, n.val.DType(), n.val.Shape())
	c.val.CopyFrom(&n.val)
	return c
}

// put returns zeros of the given shape to which the elements of x have been
// added at the places that index names.
//
//	dx = dy at these places
func (x Var) put(index []int, shape ...int) Var {
	y := begin(put, x)
	y.attr.index, y.attr.shape = index, y.tape.copyInts(shape)
	return y.record()
}

func put() general {
	return general{
		Name: "put", Rule: "dy at these places",
		Shape: givenShape,
		Value: func(y *node) { y.val.AsGrad().Take(&y.tape.packed(y.in[0]).val, y.attr.index) },
		VJP:   func(y *node, _ int, dy Var) Var { return dy.take(y.attr.index, y.in[0].val.Shape()...) },
	}
}

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
