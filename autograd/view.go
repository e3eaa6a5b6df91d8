package autograd

import "github.com/descent-ml/descent/tensor"

// view gives y the storage of its operand. The caller then makes v the
// view of x that y stands for.
func (y *node) view() (v *tensor.View, x *tensor.Tensor) {
	n := y.in[0]
	y.version = n.version
	if y.buf = n.buf; y.buf != nil {
		y.buf.refs++
	}
	return y.val.AsView(), &n.val
}

// Reshape returns x with another shape of as many elements. One dimension may be
// −1: it is found from the others and the number of elements.
//
//	dx = dy, reshaped
func (x Var) Reshape(shape ...int) Var {
	y := begin(reshape, x)
	y.attr.shape = y.tape.copyInts(shape)
	return y.record()
}

func reshape() general {
	return general{
		Name: "reshape", Rule: "dy, reshaped",
		Value: func(y *node) {
			n, t := y.in[0], y.tape
			if y.val.AsView().Reshape(&n.val, y.attr.shape...) {
				y.view()
				return
			}
			// The strides leave no other way than a copy.
			shape := t.copyInts(y.val.Shape())
			t.store(y, n.val.DType(), n.val.Shape())
			y.val.CopyFrom(&n.val)
			y.val.AsView().Reshape(&y.val, shape...)
		},
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
	y := begin(squeeze, x)
	y.attr.index = y.tape.copyInts(axes)
	return y.record()
}

func squeeze() general {
	return general{
		Name: "squeeze", Rule: "dy, reshaped",
		Value: func(y *node) {
			v, x := y.view()
			v.Squeeze(x, y.attr.index...)
		},
		VJP: func(y *node, _ int, dy Var) Var { return dy.Reshape(y.in[0].val.Shape()...) },
	}
}

// Unsqueeze returns x with a new axis of length one; −1 puts it last.
//
//	dx = dy, reshaped
func (x Var) Unsqueeze(axis int) Var {
	y := begin(unsqueeze, x)
	y.attr.ints[0] = axis
	return y.record()
}

func unsqueeze() general {
	return general{
		Name: "unsqueeze", Rule: "dy, reshaped",
		Value: func(y *node) {
			v, x := y.view()
			v.Unsqueeze(x, y.attr.ints[0])
		},
		VJP: func(y *node, _ int, dy Var) Var { return dy.Reshape(y.in[0].val.Shape()...) },
	}
}

// Permute returns x with its axes in another order: axis i of the result is
// axis axes[i] of x.
//
//	dx = dy, permuted back
func (x Var) Permute(axes ...int) Var {
	y := begin(permute, x)
	y.attr.index = y.tape.copyInts(axes)
	return y.record()
}

func permute() general {
	return general{
		Name: "permute", Rule: "dy, permuted back",
		Value: func(y *node) {
			v, x := y.view()
			v.Permute(x, y.attr.index...)
		},
		VJP: func(y *node, _ int, dy Var) Var {
			var back [tensor.MaxRank]int
			axes := y.attr.index
			for i, a := range axes {
				if a < 0 {
					a += len(axes)
				}
				back[a] = i
			}
			return dy.Permute(back[:len(axes)]...)
		},
	}
}

// Transpose returns x with axes a and b exchanged.
//
//	dx = dy, with the axes exchanged back
func (x Var) Transpose(a, b int) Var {
	y := begin(transpose, x)
	y.attr.ints[0], y.attr.ints[1] = a, b
	return y.record()
}

// T returns x with its last two axes exchanged.
func (x Var) T() Var { return x.Transpose(-2, -1) }

func transpose() general {
	return general{
		Name: "transpose", Rule: "dy, with the axes exchanged back",
		Value: func(y *node) {
			v, x := y.view()
			v.Transpose(x, y.attr.ints[0], y.attr.ints[1])
		},
		VJP: func(y *node, _ int, dy Var) Var { return dy.Transpose(y.attr.ints[0], y.attr.ints[1]) },
	}
}

// Expand returns x with axes of length one, and new leading axes, stretched to
// the given shape; −1 keeps an axis as it is.
//
//	dx = dy, summed over the stretched axes
func (x Var) Expand(shape ...int) Var {
	y := begin(expand, x)
	y.attr.shape = y.tape.copyInts(shape)
	return y.record()
}

func expand() general {
	return general{
		Name: "expand", Rule: "dy, summed over the stretched axes",
		Value: func(y *node) {
			v, x := y.view()
			v.Expand(x, y.attr.shape...)
		},
		VJP: func(_ *node, _ int, dy Var) Var { return dy }, // summed by the engine
	}
}

// Slice returns the elements from, from+step, … below to along an axis.
// Negative bounds count from the end, and [tensor.End] is the end; any other
// bound beyond the end is a mistake. The step is at least one.
//
//	dx = dy at the places taken, 0 elsewhere
func (x Var) Slice(axis, from, to, step int) Var {
	y := begin(slice, x)
	y.attr.ints[0], y.attr.ints[1], y.attr.ints[2], y.attr.ints[3] = axis, from, to, step
	return y.record()
}

func slice() general {
	return general{
		Name: "slice", Rule: "dy at the places taken, 0 elsewhere",
		Value: func(y *node) {
			a := &y.attr.ints
			v, x := y.view()
			v.Slice(x, a[0], a[1], a[2], a[3])
			if a[0] < 0 {
				a[0] += x.Rank()
			}
			if a[1] < 0 {
				a[1] += x.Dim(a[0])
			}
			switch {
			case a[2] == tensor.End:
				a[2] = x.Dim(a[0])
			case a[2] < 0:
				a[2] += x.Dim(a[0])
			}
		},
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(unslice, dy)
			z.attr.ints, z.attr.shape = y.attr.ints, y.in[0].val.Shape()
			return z.record()
		},
	}
}

// Select returns x at index i along an axis, which is dropped. A negative index
// counts from the end.
//
//	dx = dy at the index, 0 elsewhere
func (x Var) Select(axis, i int) Var {
	y := begin(selectIndex, x)
	y.attr.ints[0], y.attr.ints[1] = axis, i
	return y.record()
}

func selectIndex() general {
	return general{
		Name: "select", Rule: "dy at the index, 0 elsewhere",
		Value: func(y *node) {
			a := &y.attr.ints
			v, x := y.view()
			v.Select(x, a[0], a[1])
			if a[0] < 0 {
				a[0] += x.Rank()
			}
			if a[1] < 0 {
				a[1] += x.Dim(a[0])
			}
			a[2], a[3] = a[1]+1, 1 // as of a slice
		},
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(unslice, dy.Unsqueeze(y.attr.ints[0]))
			z.attr.ints, z.attr.shape = y.attr.ints, y.in[0].val.Shape()
			return z.record()
		},
	}
}

// unslice is the gradient of [Var.Slice]: zeros with the operand at the places
// that were taken.
func unslice() general {
	return general{
		Name: "unslice", Rule: "dz at the places taken",
		Shape: givenShape,
		Value: func(z *node) {
			axis, from, to, step := z.attr.ints[0], z.attr.ints[1], z.attr.ints[2], z.attr.ints[3]
			var part tensor.Tensor
			if step > 1 {
				z.val.Fill(0)
			} else {
				part.AsView().Slice(&z.val, axis, 0, from, 1)
				part.Fill(0)
				part.AsView().Slice(&z.val, axis, to, z.val.Dim(axis), 1)
				part.Fill(0)
			}
			part.AsView().Slice(&z.val, axis, from, to, step)
			part.CopyFrom(z.value(0))
		},
		VJP: func(z *node, _ int, dz Var) Var {
			a := &z.attr.ints
			return dz.Slice(a[0], a[1], a[2], a[3])
		},
	}
}
