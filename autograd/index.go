package autograd

import "github.com/descent-ml/descent/tensor"

// copyInts returns a copy of s that lives until the tape is reset.
func (t *Tape) copyInts(s []int) []int {
	c := t.ints.take(len(s))
	copy(c, s)
	return c
}

// Gather returns, for each place of the result, the element of x that differs
// from that place only along axis, where it is index; the result has the given
// shape, index its elements in row-major order.
// See https://docs.pytorch.org/docs/stable/generated/torch.gather.html.
//
//	dx = dy, added to zeros at the places read
func (x Var) Gather(axis int, index []int, shape ...int) Var {
	n := x.live("gather")
	t := n.tape
	y := t.apply(specialOp(gather), n)
	y.attr.ints[0], y.attr.index = axis, t.copyInts(index)
	t.store(y, n.val.DType(), shape)
	tensor.GatherTo(&y.val, &n.val, axis, index)
	return t.finish(y)
}

func gather() special {
	return special{
		Name: "gather", Rule: "dy, added to zeros at the places read",
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
	n, s := x.live("scatter-add"), src.live("scatter-add")
	t := n.tape
	y := t.apply(specialOp(scatterAdd), n, s)
	y.attr.ints[0], y.attr.index = axis, t.copyInts(index)
	t.store(y, n.val.DType(), n.val.Shape())
	y.val.CopyFrom(&n.val)
	y.val.ScatterAdd(axis, index, &s.val)
	return t.finish(y)
}

func scatterAdd() special {
	return special{
		Name: "scatter-add", Rule: "dy; dy gathered",
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
	n := x.live("index-select")
	t := n.tape
	y := t.apply(specialOp(indexSelect), n)
	n.val.AxesOf("index-select", axis)
	y.attr.ints[0], y.attr.index = axis, t.copyInts(index)
	var dims [tensor.MaxRank]int
	shape := append(dims[:0], n.val.Shape()...)
	if len(shape) > 0 {
		shape[(axis+len(shape))%len(shape)] = len(index)
	}
	t.store(y, n.val.DType(), shape)
	tensor.IndexSelectTo(&y.val, &n.val, axis, index)
	return t.finish(y)
}

func indexSelect() special {
	return special{
		Name: "index-select", Rule: "dy, slices added to zeros where they came from",
		VJP: func(y *node, _ int, dy Var) Var {
			return y.in[0].self().zero().IndexAdd(y.attr.ints[0], y.attr.index, dy)
		},
	}
}

// IndexAdd returns x with slice i of src along axis added to slice index[i].
//
//	dx = dy, dsrc = the slices of dy that index names
func (x Var) IndexAdd(axis int, index []int, src Var) Var {
	n, s := x.live("index-add"), src.live("index-add")
	t := n.tape
	y := t.apply(specialOp(indexAdd), n, s)
	y.attr.ints[0], y.attr.index = axis, t.copyInts(index)
	t.store(y, n.val.DType(), n.val.Shape())
	y.val.CopyFrom(&n.val)
	y.val.IndexAdd(axis, index, &s.val)
	return t.finish(y)
}

func indexAdd() special {
	return special{
		Name: "index-add", Rule: "dy; its slices that index names",
		VJP: func(y *node, i int, dy Var) Var {
			if i == 0 {
				return dy
			}
			return dy.IndexSelect(y.attr.ints[0], y.attr.index)
		},
	}
}

// Embedding returns row index[i] of the matrix x for each i, with shape
// [shape… width]; without a shape, [len(index) width]. The row padding never
// gets a gradient; −1 for none.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html.
//
//	dx = dy, rows added to zeros where they came from, but not to the padding row
func (x Var) Embedding(index []int, padding int, shape ...int) Var {
	n := x.live("embedding")
	if n.val.Rank() != 2 {
		panic(&tensor.ShapeError{Op: "embedding", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: "want a matrix with a row for each index"})
	}
	rows := x.IndexSelect(0, index)
	if padding >= 0 {
		// Rows that are looked up as padding come from a copy without a gradient.
		t := n.tape
		real := t.newNode()
		real.op = leafOp
		t.store(real, n.val.DType(), []int{len(index), 1})
		for i, j := range index {
			if j == padding {
				real.val.Set(0, i, 0)
			} else {
				real.val.Set(1, i, 0)
			}
		}
		rows = Where(real.self(), rows, rows.Detach())
	}
	if len(shape) == 0 {
		return rows
	}
	var dims [tensor.MaxRank]int
	return rows.Reshape(append(append(dims[:0], shape...), n.val.Dim(1))...)
}

// take returns the elements of x, counted in row-major order, that the index
// names, with the given shape. The tape keeps index: it must not change.
//
//	dx = dy, added to zeros at the places read
func (x Var) take(index []int, shape ...int) Var {
	n := x.live("take")
	t := n.tape
	y := t.apply(specialOp(take), n)
	y.attr.index = index
	t.store(y, n.val.DType(), shape)
	tensor.TakeTo(&y.val, &t.packed(n).val, index)
	return t.finish(y)
}

func take() special {
	return special{
		Name: "take", Rule: "dy, added to zeros at the places read",
		VJP: func(y *node, _ int, dy Var) Var { return dy.put(y.attr.index, y.in[0].val.Shape()...) },
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
	n := x.live("put")
	t := n.tape
	y := t.apply(specialOp(put), n)
	y.attr.index = index
	t.store(y, n.val.DType(), shape)
	y.val.AsGrad().Take(&t.packed(n).val, index)
	return t.finish(y)
}

func put() special {
	return special{
		Name: "put", Rule: "dy at these places",
		VJP: func(y *node, _ int, dy Var) Var { return dy.take(y.attr.index, y.in[0].val.Shape()...) },
	}
}
