package autograd

import "github.com/descent-ml/descent/tensor"

// Concat returns the operands joined along an axis; their other axes agree.
//
//	dx of each = its part of dy
func Concat(axis int, xs ...Var) Var { return concatNodes(axis, nodesOf("concat", xs)) }

func concatNodes(axis int, nodes []*node) Var {
	t := nodes[0].tape
	y := t.apply(specialOp(concat), nodes...)
	values := t.valuesOf(nodes)
	var dims [tensor.MaxRank]int
	t.store(y, nodes[0].val.DType(), tensor.Dims(dims[:0]).Concat(axis, values...))
	if axis < 0 {
		axis += y.val.Rank()
	}
	y.attr.ints[0] = axis
	tensor.ConcatTo(&y.val, axis, values...)
	return t.finish(y)
}

func concat() special {
	return special{
		Name: "concat", Rule: "its part of dy, for each",
		VJP: func(y *node, i int, dy Var) Var {
			axis, from := y.attr.ints[0], 0
			for _, x := range y.in[:i] {
				from += x.val.Dim(axis)
			}
			return dy.Slice(axis, from, from+y.in[i].val.Dim(axis), 1)
		},
	}
}

// Stack returns the operands, which have one shape, joined along a new axis.
func Stack(axis int, xs ...Var) Var {
	rows := nodesOf("stack", xs)
	for i, x := range xs {
		rows[i] = x.Unsqueeze(axis).n
	}
	return concatNodes(axis, rows)
}

// Split returns x cut along an axis into pieces of the given length; the last
// one may be shorter.
func (x Var) Split(axis, length int) []Var {
	x.live("split").val.AxesOf("split", axis)
	n := x.Dim(axis)
	if length < 1 {
		panic(&tensor.ShapeError{Op: "split", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: "the pieces must have a length of at least one"})
	}
	var parts []Var
	for from := 0; from < n; from += length {
		parts = append(parts, x.Slice(axis, from, min(from+length, n), 1))
	}
	return parts
}

// Pad returns x surrounded by value: pads holds the widths before and after
// each axis, in the order of the axes.
//
//	dx = dy without the padding
func (x Var) Pad(value float64, pads ...int) Var {
	n := x.live("pad")
	t := n.tape
	y := t.apply(specialOp(pad), n)
	var dims [tensor.MaxRank]int
	t.store(y, n.val.DType(), tensor.Dims(dims[:0]).Pad(&n.val, pads...))
	copy(y.attr.ints[:], pads)
	tensor.PadTo(&y.val, &n.val, value, pads...)
	return t.finish(y)
}

func pad() special {
	return special{
		Name: "pad", Rule: "dy without the padding",
		VJP: func(y *node, _ int, dy Var) Var {
			for i, d := range y.in[0].val.Shape() {
				before := y.attr.ints[2*i]
				dy = dy.Slice(i, before, before+d, 1)
			}
			return dy
		},
	}
}
