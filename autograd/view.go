package autograd

import "github.com/descent-ml/descent/tensor"

// view begins an operation whose result shares the storage of x.
func (x Var) view(op specialOp) *node {
	d := op()
	n := x.live(d.Name)
	y := n.tape.apply(op, n)
	y.buf = n.buf
	if y.buf != nil {
		y.buf.refs++
	}
	return y
}

// Reshape returns x with another shape of as many elements; one dimension may
// be −1, and becomes what the others leave.
//
//	dx = dy, reshaped
func (x Var) Reshape(shape ...int) Var {
	y := x.view(reshape)
	if t := y.tape; !y.val.AsView().Reshape(&x.n.val, shape...) {
		t.dropView(y)
		var whole tensor.Tensor
		var dims [tensor.MaxRank]int
		to := append(dims[:0], y.val.Shape()...)
		y.buf = t.buffers.take(&whole, x.n.val.DType(), x.n.val.Shape())
		whole.CopyFrom(&x.n.val)
		y.val.AsView().Reshape(&whole, to...)
	}
	return y.tape.finish(y)
}

// dropView ends the sharing that view began.
func (t *Tape) dropView(y *node) {
	if y.buf != nil {
		t.buffers.drop(y.buf)
	}
}

func reshape() special {
	return special{
		Name: "reshape", Rule: "dy, reshaped",
		VJP: func(y *node, _ int, dy Var) Var { return dy.Reshape(y.in[0].val.Shape()...) },
	}
}

// Flatten returns x with the axes from … to joined into one.
//
//	dx = dy, reshaped
func (x Var) Flatten(from, to int) Var {
	var dims [tensor.MaxRank]int
	return x.Reshape(tensor.Dims(dims[:0]).Flatten(&x.live("flatten").val, from, to)...)
}

// Squeeze returns x without the named axes, whose length must be one; with no
// axes, without every axis of length one.
//
//	dx = dy, reshaped
func (x Var) Squeeze(axes ...int) Var {
	y := x.view(reshape)
	y.val.AsView().Squeeze(&x.n.val, axes...)
	return y.tape.finish(y)
}

// Unsqueeze returns x with a new axis of length one; −1 puts it last.
//
//	dx = dy, reshaped
func (x Var) Unsqueeze(axis int) Var {
	y := x.view(reshape)
	y.val.AsView().Unsqueeze(&x.n.val, axis)
	return y.tape.finish(y)
}

// Permute returns x with its axes in another order: axis i of the result is
// axis axes[i] of x.
//
//	dx = dy, permuted back
func (x Var) Permute(axes ...int) Var {
	y := x.view(permute)
	y.val.AsView().Permute(&x.n.val, axes...)
	for i, a := range axes {
		if a < 0 {
			a += len(axes)
		}
		y.attr.ints[a] = i
	}
	return y.tape.finish(y)
}

// permute keeps the inverse order in ints.
func permute() special {
	return special{
		Name: "permute", Rule: "dy, permuted back",
		VJP: func(y *node, _ int, dy Var) Var { return dy.Permute(y.attr.ints[:y.val.Rank()]...) },
	}
}

// Transpose returns x with axes a and b exchanged.
//
//	dx = dy, with the axes exchanged back
func (x Var) Transpose(a, b int) Var {
	y := x.view(transpose)
	y.val.AsView().Transpose(&x.n.val, a, b)
	y.attr.ints[0], y.attr.ints[1] = a, b
	return y.tape.finish(y)
}

// T returns x with its last two axes exchanged.
func (x Var) T() Var { return x.Transpose(-2, -1) }

func transpose() special {
	return special{
		Name: "transpose", Rule: "dy, transposed",
		VJP: func(y *node, _ int, dy Var) Var { return dy.Transpose(y.attr.ints[0], y.attr.ints[1]) },
	}
}

// Expand returns x with axes of length one, and new leading axes, stretched to
// the given shape; −1 keeps an axis as it is.
//
//	dx = dy, summed over the stretched axes
func (x Var) Expand(shape ...int) Var {
	y := x.view(expand)
	y.val.AsView().Expand(&x.n.val, shape...)
	return y.tape.finish(y)
}

func expand() special {
	return special{
		Name: "expand", Rule: "dy, summed over the stretched axes",
		VJP: func(_ *node, _ int, dy Var) Var { return dy },
	}
}

// Slice returns the elements from, from+step, … below to along an axis.
// Negative bounds count from the end; the step is at least one.
//
//	dx = dy at the places taken, 0 elsewhere
func (x Var) Slice(axis, from, to, step int) Var {
	y := x.view(slice)
	y.val.AsView().Slice(&x.n.val, axis, from, to, step)
	v := &x.n.val
	if axis < 0 {
		axis += v.Rank()
	}
	if from < 0 {
		from += v.Dim(axis)
	}
	if to < 0 {
		to += v.Dim(axis)
	}
	y.attr.ints[0], y.attr.ints[1], y.attr.ints[2], y.attr.ints[3] = axis, from, to, step
	return y.tape.finish(y)
}

func slice() special {
	return special{
		Name: "slice", Rule: "dy at the places taken, 0 elsewhere",
		VJP: func(y *node, _ int, dy Var) Var {
			a := &y.attr.ints
			return dy.unslice(y.in[0].val.Shape(), a[0], a[1], a[2], a[3])
		},
	}
}

// unslice returns zeros of the given shape with x at the places that Slice
// would take.
//
//	dx = dy at these places
func (x Var) unslice(shape []int, axis, from, to, step int) Var {
	n := x.live("unslice")
	t := n.tape
	y := t.apply(specialOp(unslice), n)
	y.attr.ints[0], y.attr.ints[1], y.attr.ints[2], y.attr.ints[3] = axis, from, to, step
	t.store(y, n.val.DType(), shape)
	var part tensor.Tensor
	if step > 1 {
		y.val.Fill(0)
	} else {
		part.AsView().Slice(&y.val, axis, 0, from, 1)
		part.Fill(0)
		part.AsView().Slice(&y.val, axis, to, y.val.Dim(axis), 1)
		part.Fill(0)
	}
	part.AsView().Slice(&y.val, axis, from, to, step)
	part.CopyFrom(&n.val)
	return t.finish(y)
}

func unslice() special {
	return special{
		Name: "unslice", Rule: "dy at the places taken",
		VJP: func(y *node, _ int, dy Var) Var {
			a := &y.attr.ints
			return dy.Slice(a[0], a[1], a[2], a[3])
		},
	}
}

// Flip returns x with its order along an axis reversed.
//
//	dx = dy, reversed
func (x Var) Flip(axis int) Var {
	n := x.live("flip")
	y := n.tape.apply(specialOp(flip), n)
	y.attr.ints[0] = axis
	n.tape.store(y, n.val.DType(), n.val.Shape())
	tensor.FlipTo(&y.val, &n.val, axis)
	return n.tape.finish(y)
}

func flip() special {
	return special{
		Name: "flip", Rule: "dy, reversed",
		VJP: func(y *node, _ int, dy Var) Var { return dy.Flip(y.attr.ints[0]) },
	}
}

// Tril returns x with every element above a diagonal of its last two axes set
// to zero.
//
//	dx = tril dy
func (x Var) Tril(diagonal int) Var { return x.scaled(tril, float64(diagonal), 0) }

func tril() scaled {
	return scaled{
		Name: "tril", Rule: "tril dy",
		Value: func(y, x *tensor.Tensor, d, _ float64) { tensor.TrilTo(y, x, int(d)) },
		VJP:   func(_, _, dy Var, d, _ float64) Var { return dy.Tril(int(d)) },
	}
}

// Triu returns x with every element below a diagonal of its last two axes set
// to zero.
//
//	dx = triu dy
func (x Var) Triu(diagonal int) Var { return x.scaled(triu, float64(diagonal), 0) }

func triu() scaled {
	return scaled{
		Name: "triu", Rule: "triu dy",
		Value: func(y, x *tensor.Tensor, d, _ float64) { tensor.TriuTo(y, x, int(d)) },
		VJP:   func(_, _, dy Var, d, _ float64) Var { return dy.Triu(int(d)) },
	}
}
