package autograd

import "github.com/descent-ml/descent/tensor"

// Conv2d returns the cross-correlation of images x [batch, channels, height,
// width] with filters w [out, channels/groups, height, width], plus b [out],
// or the empty Var for no bias.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html.
//
//	y[n, o] = Σ x[n, c] ⋆ w[o, c] + b[o]
//	dx = dy convolved with w, dw = x ⋆ dy, db = Σ dy
func (x Var) Conv2d(w, b Var, s tensor.ConvShape) Var {
	n, m := x.live("conv2d"), w.live("conv2d")
	t := n.tape
	var y *node
	var bias *tensor.Tensor
	if b.IsZero() {
		y = t.apply(specialOp(conv2d), n, m)
	} else {
		y = t.apply(specialOp(conv2d), n, m, b.live("conv2d"))
		bias = &b.n.val
	}
	y.keepConv(s)
	var dims [tensor.MaxRank]int
	t.store(y, n.val.DType(), tensor.Dims(dims[:0]).Conv2d(&n.val, &m.val, s))
	tensor.Conv2dTo(&y.val, &n.val, &m.val, bias, s)
	return t.finish(y)
}

// conv begins and ends a gradient of a convolution.
func (x Var) conv(op specialOp, w Var, shape []int, s tensor.ConvShape, value func(y, x, w *tensor.Tensor, s tensor.ConvShape)) Var {
	d := op()
	n, m := x.live(d.Name), w.live(d.Name)
	t := n.tape
	y := t.apply(op, n, m)
	y.keepConv(s)
	t.store(y, n.val.DType(), shape)
	value(&y.val, &n.val, &m.val, s)
	return t.finish(y)
}

// keepConv keeps the geometry of a convolution in ints.
func (y *node) keepConv(s tensor.ConvShape) {
	y.attr.ints = [2 * tensor.MaxRank]int{s.Stride[0], s.Stride[1], s.Padding[0], s.Padding[1], s.Dilation[0], s.Dilation[1], s.Groups}
}

func (y *node) convShape() tensor.ConvShape {
	a := &y.attr.ints
	return tensor.ConvShape{Stride: [2]int{a[0], a[1]}, Padding: [2]int{a[2], a[3]}, Dilation: [2]int{a[4], a[5]}, Groups: a[6]}
}

// The three convolutions are linear in each operand, and each is a gradient of
// the others.

func conv2d() special {
	return special{
		Name: "conv2d", Rule: "dy convolved with w; x ⋆ dy; Σ dy",
		VJP: func(y *node, i int, dy Var) Var {
			x, w, s := y.operand(0), y.operand(1), y.convShape()
			switch i {
			case 0:
				return dy.conv(conv2dInput, w, x.Shape(), s, conv2dInputTo)
			case 1:
				return x.conv(conv2dFilter, dy, w.Shape(), s, conv2dFilterTo)
			}
			return dy.Sum(0, 2, 3)
		},
	}
}

// conv2dInput is the gradient of conv2d by x: operands dy and w.
func conv2dInput() special {
	return special{
		Name: "conv2d input gradient", Rule: "dz ⋆ w; dz ⋆ dy",
		VJP: func(z *node, i int, dz Var) Var {
			dy, w, s := z.operand(0), z.operand(1), z.convShape()
			if i == 0 {
				return dz.Conv2d(w, Var{}, s)
			}
			return dz.conv(conv2dFilter, dy, w.Shape(), s, conv2dFilterTo)
		},
	}
}

func conv2dInputTo(dx, dy, w *tensor.Tensor, s tensor.ConvShape) { dx.AsGrad().Conv2dInput(dy, w, s) }

func conv2dFilterTo(dw, x, dy *tensor.Tensor, s tensor.ConvShape) { dw.AsGrad().Conv2dFilter(x, dy, s) }

// conv2dFilter is the gradient of conv2d by w: operands x and dy.
func conv2dFilter() special {
	return special{
		Name: "conv2d filter gradient", Rule: "dy convolved with dz; x ⋆ dz",
		VJP: func(z *node, i int, dz Var) Var {
			x, dy, s := z.operand(0), z.operand(1), z.convShape()
			if i == 0 {
				return dy.conv(conv2dInput, dz, x.Shape(), s, conv2dInputTo)
			}
			return x.Conv2d(dz, Var{}, s)
		},
	}
}

// MaxPool2d returns the largest pixel under each position of the window; of
// equals, the first counts, and alone has a gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
//
//	y  = max over the window
//	dx = dy, added to zeros where the maxima stand
func (x Var) MaxPool2d(s tensor.PoolShape) Var {
	n := x.live("maxpool2d")
	t := n.tape
	y := t.apply(specialOp(maxPool2d), n)
	y.keepPool(s)
	var dims [tensor.MaxRank]int
	t.store(y, n.val.DType(), tensor.Dims(dims[:0]).Pool(&n.val, s))
	y.attr.index = t.ints.take(y.val.Len())
	tensor.MaxPool2dTo(&y.val, y.attr.index, &n.val, s)
	return t.finish(y)
}

func maxPool2d() special {
	return special{
		Name: "maxpool2d", Rule: "dy, added to zeros where the maxima stand",
		VJP: func(y *node, _ int, dy Var) Var {
			n, s := dy.n, y.poolShape()
			z := n.tape.apply(specialOp(maxPool2dGrad), n)
			z.attr.index = y.attr.index
			n.tape.store(z, n.val.DType(), y.in[0].val.Shape())
			z.val.AsGrad().MaxPool2d(&n.val, z.attr.index, s)
			return n.tape.finish(z)
		},
	}
}

// maxPool2dGrad is the gradient of maxpool2d, which has the index.
func maxPool2dGrad() special {
	return special{
		Name: "maxpool2d gradient", Rule: "dz where the maxima stand",
		VJP: func(z *node, _ int, dz Var) Var { return dz.take(z.attr.index, z.in[0].val.Shape()...) },
	}
}

// AvgPool2d returns the mean pixel under each position of the window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
//
//	y  = mean over the window
//	dx = dy / n, spread over the window
func (x Var) AvgPool2d(s tensor.PoolShape) Var {
	n := x.live("avgpool2d")
	var dims [tensor.MaxRank]int
	return x.pool(avgPool2d, tensor.Dims(dims[:0]).Pool(&n.val, s), s, tensor.AvgPool2dTo)
}

func (x Var) pool(op specialOp, shape []int, s tensor.PoolShape, value func(y, x *tensor.Tensor, s tensor.PoolShape)) Var {
	n := x.live("avgpool2d")
	y := n.tape.apply(op, n)
	y.keepPool(s)
	n.tape.store(y, n.val.DType(), shape)
	value(&y.val, &n.val, s)
	return n.tape.finish(y)
}

// keepPool keeps the geometry of pooling in ints.
func (y *node) keepPool(s tensor.PoolShape) {
	y.attr.ints = [2 * tensor.MaxRank]int{s.Kernel[0], s.Kernel[1], s.Stride[0], s.Stride[1], s.Padding[0], s.Padding[1], s.Dilation[0], s.Dilation[1]}
	if s.ExcludePadding {
		y.attr.ints[8] = 1
	}
}

func (y *node) poolShape() tensor.PoolShape {
	a := &y.attr.ints
	return tensor.PoolShape{
		Kernel: [2]int{a[0], a[1]}, Stride: [2]int{a[2], a[3]}, Padding: [2]int{a[4], a[5]}, Dilation: [2]int{a[6], a[7]}, ExcludePadding: a[8] == 1,
	}
}

func avgPool2d() special {
	return special{
		Name: "avgpool2d", Rule: "dy / n, spread over the window",
		VJP: func(y *node, _ int, dy Var) Var {
			return dy.pool(avgPool2dGrad, y.in[0].val.Shape(), y.poolShape(), func(dx, dy *tensor.Tensor, s tensor.PoolShape) { dx.AsGrad().AvgPool2d(dy, s) })
		},
	}
}

func avgPool2dGrad() special {
	return special{
		Name: "avgpool2d gradient", Rule: "dz averaged over the window",
		VJP: func(z *node, _ int, dz Var) Var {
			return dz.pool(avgPool2d, z.in[0].val.Shape(), z.poolShape(), tensor.AvgPool2dTo)
		},
	}
}
