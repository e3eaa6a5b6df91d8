package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Concat returns the operands joined along an axis; their other axes agree.
//
//	dx of each = its part of dy
func Concat(axis int, xs ...Var) Var {
	if len(xs) == 0 {
		panic(&tensor.ArgError{Op: "concat", Reason: "there are no operands"})
	}
	for _, x := range xs {
		x.live("concat")
	}
	y := begin(concat, xs...)
	y.attr.ints[0] = axis
	return y.record()
}

func concat() general {
	return general{
		Name: "concat", Rule: "its part of dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Concat(y.attr.ints[0], y.tape.valuesOf(y.in)...) },
		Value: func(y *node) {
			if y.attr.ints[0] < 0 {
				y.attr.ints[0] += y.val.Rank()
			}
			tensor.ConcatTo(&y.val, y.attr.ints[0], y.tape.valuesOf(y.in)...)
		},
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
	rows := nodesOf("stack", xs)[0].tape.vars.take(len(xs))
	for i, x := range xs {
		rows[i] = x.Unsqueeze(axis)
	}
	return Concat(axis, rows...)
}

// Meshgrid returns vectors on the grid that they span: each has an axis for each
// vector, in that order, and its own numbers along its axis. PyTorch calls this
// indexing="ij"; for "xy", exchange the first two axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html.
func Meshgrid(xs ...Var) []Var {
	nodes := nodesOf("meshgrid", xs)
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Meshgrid(nodes[0].tape.valuesOf(nodes)...)
	grids := make([]Var, len(xs))
	for i, x := range xs {
		y := x.Reshape(shape[i])
		for range len(xs) - 1 - i {
			y = y.Unsqueeze(-1)
		}
		grids[i] = y.Expand(shape...)
	}
	return grids
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
// each axis, in the order of the axes. A negative width takes elements away.
//
//	dx = dy without the padding
func (x Var) Pad(value float64, pads ...int) Var {
	y := begin(pad, x)
	y.attr.f[0], y.attr.index = value, y.tape.copyInts(pads)
	return y.record()
}

func pad() general {
	return general{
		Name: "pad", Rule: "dy without the padding",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Pad(y.value(0), y.attr.index...) },
		Value: func(y *node) { tensor.PadTo(&y.val, y.value(0), y.attr.f[0], y.attr.index...) },
		VJP: func(y *node, _ int, dy Var) Var {
			var back [2 * tensor.MaxRank]int
			for i, n := range y.attr.index {
				back[i] = -n
			}
			if pads := back[:len(y.attr.index)]; slices.ContainsFunc(pads, func(n int) bool { return n > 0 }) {
				return dy.Pad(0, pads...) // zeros where elements were taken away
			}
			for i, d := range y.in[0].val.Shape() {
				before := y.attr.index[2*i]
				dy = dy.Slice(i, before, before+d, 1)
			}
			return dy
		},
	}
}

// PadReflect returns x continued beyond its ends by the elements next to them, in
// reverse order: 2 1 [0 1 2] 1 0. pads holds the widths before and after each axis,
// in the order of the axes; each is smaller than the axis. A negative width takes
// elements away.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html.
func (x Var) PadReflect(pads ...int) Var { return x.padWith(tensor.Reflect, pads) }

// PadReplicate returns x continued by its first and last elements: 0 0 [0 1 2] 2 2.
// It is like [Var.PadReflect], but a width may be of any size.
func (x Var) PadReplicate(pads ...int) Var { return x.padWith(tensor.Replicate, pads) }

// PadCircular returns x continued by the elements at the other end: 1 2 [0 1 2] 0 1.
// It is like [Var.PadReflect], but a width may be that of the axis.
func (x Var) PadCircular(pads ...int) Var { return x.padWith(tensor.Circular, pads) }

func (x Var) padWith(mode tensor.PadMode, pads []int) Var {
	n := x.live("pad")
	tensor.Dims(n.tape.dims[:0]).Pad(&n.val, pads...)
	for i, d := range n.val.Shape() {
		if before, after := pads[2*i], pads[2*i+1]; before != 0 || after != 0 {
			room := n.tape.ints.take(before + d + after)
			x = x.resample(i, mode.Index(room[:0], &x.n.val, i, before, after), Var{})
		}
	}
	return x
}

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
