package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// MaxPool2d returns the largest pixel under each position of the window. When
// several are the largest, it takes the first, and only this one gets a gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
//
//	y  = max over the window
//	dx = dy, added to zeros where the maxima stand
func (x Var) MaxPool2d(s tensor.PoolShape) Var {
	y := begin(maxPool2d, x)
	y.keepPool(s)
	return y.record()
}

func maxPool2d() general {
	return general{
		Name: "maxpool2d", Rule: "dy, added to zeros where the maxima stand",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Pool(y.value(0), y.poolShape()) },
		Value: func(y *node) {
			y.attr.index = y.tape.ints.take(y.val.Len())
			tensor.MaxPool2dTo(&y.val, y.attr.index, y.value(0), y.poolShape())
		},
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(maxPool2dGrad, dy)
			z.attr.ints, z.attr.index, z.attr.shape = y.attr.ints, y.attr.index, y.in[0].val.Shape()
			return z.record()
		},
	}
}

// MaxPool2dIndices is [Var.MaxPool2d]. It returns also where the maxima stand: the
// pixels of each image of a channel are counted from 0, row by row. The index lives
// until the tape is reset.
func (x Var) MaxPool2dIndices(s tensor.PoolShape) (Var, []int) {
	y := x.MaxPool2d(s)
	pixels := x.Dim(-2) * x.Dim(-1)
	index := y.n.tape.copyInts(y.n.attr.index)
	for i := range index {
		index[i] %= pixels
	}
	return y, index
}

// MaxUnpool2d returns images of the given height and width, with the pixels of x in
// the places that the index names, as [Var.MaxPool2dIndices] counts them, and 0
// elsewhere. Of several pixels for one place, the last is put there, and only this
// one gets a gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html.
func (x Var) MaxUnpool2d(index []int, size [2]int) Var {
	v := &x.live("max-unpool2d").val
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Unpool(v, index, size)
	pixels := v.Dim(-2) * v.Dim(-1)
	planes := v.Len() / max(1, pixels)
	empty := x.n.tape.blank(v.DType(), planes, size[0]*size[1])
	empty.n.val.Fill(0)
	return empty.Scatter(1, index, x.Reshape(planes, pixels)).Reshape(shape...)
}

// maxPool2dGrad is the gradient of [Var.MaxPool2d]. Its index says where the
// maxima stand.
func maxPool2dGrad() general {
	return general{
		Name: "maxpool2d gradient", Rule: "dz where the maxima stand",
		Shape: givenShape,
		Value: func(z *node) { z.val.AsGrad().MaxPool2d(z.value(0), z.attr.index, z.poolShape()) },
		VJP:   func(z *node, _ int, dz Var) Var { return dz.take(z.attr.index, z.in[0].val.Shape()...) },
	}
}

// AvgPool2d returns the mean pixel under each position of the window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
//
//	y  = mean over the window
//	dx = dy / n, spread over the window
func (x Var) AvgPool2d(s tensor.PoolShape) Var {
	y := begin(avgPool2d, x)
	y.keepPool(s)
	return y.record()
}

func avgPool2d() general {
	return general{
		Name: "avgpool2d", Rule: "dy / n, spread over the window",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Pool(y.value(0), y.poolShape()) },
		Value: func(y *node) { tensor.AvgPool2dTo(&y.val, y.value(0), y.poolShape()) },
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(avgPool2dGrad, dy)
			z.attr.ints, z.attr.shape = y.attr.ints, y.in[0].val.Shape()
			return z.record()
		},
	}
}

// LPPool2d returns (Σ xᵖ)^(1/p) over each position of the window, computed from the
// mean: a window that hangs over the image counts as whole. Where the sum is 0, so is
// the gradient. p is not 0; with +∞ it is the largest |x|, and with −∞ the smallest.
// Of s it takes the kernel, the stride and the ceil mode.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html.
func (x Var) LPPool2d(p float64, s tensor.PoolShape) Var {
	const op = "lppool2d"
	x.live(op)
	if p == 0 {
		tensor.BadArg(op, "the exponent is 0")
	}
	s = tensor.PoolShape{Kernel: s.Kernel, Stride: s.Stride, Ceil: s.Ceil}
	switch {
	case math.IsInf(p, 1):
		return x.Abs().MaxPool2d(s)
	case math.IsInf(p, -1):
		return x.Abs().Neg().MaxPool2d(s).Neg()
	}
	m := x.PowScalar(p).AvgPool2d(s)
	return m.Sign().Mul(m.Abs().ReLU()).MulScalar(float64(s.Kernel[0] * s.Kernel[1])).PowScalar(1 / p)
}

// avgPool2dGrad is the gradient of [Var.AvgPool2d].
func avgPool2dGrad() general {
	return general{
		Name: "avgpool2d gradient", Rule: "dz averaged over the window",
		Shape: givenShape,
		Value: func(z *node) { z.val.AsGrad().AvgPool2d(z.value(0), z.poolShape()) },
		VJP:   func(z *node, _ int, dz Var) Var { return dz.AvgPool2d(z.poolShape()) },
	}
}

// keepPool keeps the geometry of pooling in ints.
func (y *node) keepPool(s tensor.PoolShape) {
	y.attr.ints = [9]int{s.Kernel[0], s.Kernel[1], s.Stride[0], s.Stride[1], s.Padding[0], s.Padding[1], s.Dilation[0], s.Dilation[1]}
	if s.Out != [2]int{} {
		y.attr.ints = [9]int{s.Out[0], s.Out[1], 8: adaptive}
	}
	if s.ExcludePadding {
		y.attr.ints[8] |= excludePadding
	}
	if s.Ceil {
		y.attr.ints[8] |= ceilMode
	}
}

// Bits of ints[8].
const (
	excludePadding = 1 << iota
	ceilMode
	adaptive // ints[:2] is the size of the result
)

func (y *node) poolShape() tensor.PoolShape {
	a := &y.attr.ints
	if a[8]&adaptive != 0 {
		return tensor.PoolShape{Out: [2]int{a[0], a[1]}}
	}
	return tensor.PoolShape{
		Kernel: [2]int{a[0], a[1]}, Stride: [2]int{a[2], a[3]}, Padding: [2]int{a[4], a[5]}, Dilation: [2]int{a[6], a[7]}, ExcludePadding: a[8]&excludePadding != 0, Ceil: a[8]&ceilMode != 0,
	}
}
