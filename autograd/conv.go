package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// Conv2d returns the cross-correlation of images x [batch, channels, height,
// width] with filters w [out, channels/groups, height, width], plus b [out],
// or the empty Var for no bias.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html.
//
//	y[n, o] = Σ x[n, c] ⋆ w[o, c] + b[o]
//	dx = dy convolved with w, dw = x ⋆ dy, db = Σ dy
func (x Var) Conv2d(w, b Var, s tensor.ConvShape) Var {
	y := begin(conv2d, x, w, b)
	y.keepConv(s)
	return y.record()
}

// The three convolutions are linear in each operand, and each is a gradient of
// the others.

func conv2d() general {
	return general{
		Name: "conv2d", Rule: "dy convolved with w; x ⋆ dy; Σ dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Conv2d(y.value(0), y.value(1), y.convShape()) },
		Value: func(y *node) { tensor.Conv2dTo(&y.val, y.value(0), y.value(1), y.value(2), y.convShape()) },
		VJP: func(y *node, i int, dy Var) Var {
			x, w, s := y.operand(0), y.operand(1), y.convShape()
			switch i {
			case 0:
				return dy.conv2dInput(w, x.Shape(), s)
			case 1:
				return x.conv2dFilter(dy, w.Shape(), s)
			}
			return dy.Sum(0, 2, 3)
		},
	}
}

// conv2dInput returns the gradient of [Var.Conv2d] by x, which has the given
// shape. Here x is the gradient by the result.
func (x Var) conv2dInput(w Var, shape []int, s tensor.ConvShape) Var {
	y := begin(conv2dInput, x, w)
	y.attr.shape = shape
	y.keepConv(s)
	return y.record()
}

func conv2dInput() general {
	return general{
		Name: "conv2d input gradient", Rule: "dz ⋆ w; dz ⋆ dy",
		Shape: givenShape,
		Value: func(y *node) { y.val.AsGrad().Conv2dInput(y.value(0), y.value(1), y.convShape()) },
		VJP: func(z *node, i int, dz Var) Var {
			dy, w, s := z.operand(0), z.operand(1), z.convShape()
			if i == 0 {
				return dz.Conv2d(w, Var{}, s)
			}
			return dz.conv2dFilter(dy, w.Shape(), s)
		},
	}
}

// conv2dFilter returns the gradient of [Var.Conv2d] by w, which has the given
// shape, from x and dy, the gradient by the result.
func (x Var) conv2dFilter(dy Var, shape []int, s tensor.ConvShape) Var {
	y := begin(conv2dFilter, x, dy)
	y.attr.shape = shape
	y.keepConv(s)
	return y.record()
}

func conv2dFilter() general {
	return general{
		Name: "conv2d filter gradient", Rule: "dy convolved with dz; x ⋆ dz",
		Shape: givenShape,
		Value: func(y *node) { y.val.AsGrad().Conv2dFilter(y.value(0), y.value(1), y.convShape()) },
		VJP: func(z *node, i int, dz Var) Var {
			x, dy, s := z.operand(0), z.operand(1), z.convShape()
			if i == 0 {
				return dy.conv2dInput(dz, x.Shape(), s)
			}
			return x.Conv2d(dz, Var{}, s)
		},
	}
}

// ConvTranspose2d returns images x [batch, in, height, width] convolved with
// filters w [in, out/groups, height, width], plus b [out], or the empty Var for no
// bias. It is the gradient of [Var.Conv2d] by its images, with the same stride,
// padding and dilation, so it enlarges images by the stride. Of several sizes that
// Conv2d would make into the size of x, outputPadding chooses: it adds rows and
// columns at the bottom and on the right. It must be smaller than the stride or
// the dilation.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html.
func (x Var) ConvTranspose2d(w, b Var, s tensor.ConvShape, outputPadding [2]int) Var {
	const op = "conv-transpose2d"
	in, filters := x.live(op).val.Shape(), w.live(op).val.Shape()
	bad := func(reason string) { tensor.BadShape(op, reason, x.Value(), w.Value()) }
	if len(in) != 4 || len(filters) != 4 {
		bad("want images [batch channels height width] and filters [in out/groups height width]")
	}
	groups := max(1, s.Groups)
	if s.Groups < 0 || in[1] != filters[0] || in[1]%groups != 0 {
		bad(fmt.Sprintf("the images have %d channels, the filters want %d, and %d groups must divide them", in[1], filters[0], groups))
	}
	if !b.IsZero() && (b.Rank() != 1 || b.Dim(0) != filters[1]*groups) {
		tensor.BadShape(op, fmt.Sprintf("want a bias of %d elements", filters[1]*groups), x.Value(), w.Value(), b.Value())
	}
	t := x.n.tape
	shape := t.ints.take(4)
	shape[0], shape[1] = in[0], filters[1]*groups
	var more [2]int
	for i := range 2 {
		stride, dilation := max(1, s.Stride[i]), max(1, s.Dilation[i])
		switch {
		case s.Stride[i] < 0 || s.Padding[i] < 0 || s.Dilation[i] < 0:
			bad("strides, pads and dilations must not be negative")
		case outputPadding[i] < 0 || outputPadding[i] >= max(stride, dilation):
			bad(fmt.Sprintf("the output padding is %d; it must not be negative, and smaller than the stride %d or the dilation %d", outputPadding[i], stride, dilation))
		}
		shape[2+i] = (in[2+i]-1)*stride - 2*s.Padding[i] + dilation*(filters[2+i]-1) + outputPadding[i] + 1
		if shape[2+i] < 1 || in[2+i] < 1 || filters[2+i] < 1 {
			bad(fmt.Sprintf("%d pixels padded by %d leave no image", in[2+i], s.Padding[i]))
		}
		more[i] = outputPadding[i] / stride
	}
	if more != [2]int{} { // Conv2d would make larger images than x
		x = x.Pad(0, 0, 0, 0, 0, 0, more[0], 0, more[1])
	}
	y := x.conv2dInput(w, shape, s)
	if b.IsZero() {
		return y
	}
	return y.Add(b.perChannel(4))
}

// keepConv keeps the geometry of a convolution in ints.
func (y *node) keepConv(s tensor.ConvShape) {
	y.attr.ints = [9]int{s.Stride[0], s.Stride[1], s.Padding[0], s.Padding[1], s.Dilation[0], s.Dilation[1], s.Groups}
}

func (y *node) convShape() tensor.ConvShape {
	a := &y.attr.ints
	return tensor.ConvShape{Stride: [2]int{a[0], a[1]}, Padding: [2]int{a[2], a[3]}, Dilation: [2]int{a[4], a[5]}, Groups: a[6]}
}

// Unfold returns the patches of images x [… channels height width] as columns
// [… channels·kernel places]: what the window of a convolution sees at each place.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html.
//
//	dx = Fold of dy
func (x Var) Unfold(s tensor.UnfoldShape) Var {
	y := begin(unfold, x)
	y.setUnfold(s)
	return y.record()
}

func unfold() general {
	return general{
		Name: "unfold", Rule: "Fold of dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Unfold(y.value(0), y.unfoldShape()) },
		Value: func(y *node) { tensor.UnfoldTo(&y.val, y.value(0), y.unfoldShape()) },
		VJP: func(y *node, _ int, dy Var) Var {
			image := y.in[0].val.Shape()
			return dy.Fold([2]int(image[len(image)-2:]), y.unfoldShape())
		},
	}
}

// Fold adds up columns x [… channels·kernel places], each the pixels of one patch,
// to images [… channels height width] of the given height and width.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html.
//
//	dx = Unfold of dy
func (x Var) Fold(image [2]int, s tensor.UnfoldShape) Var {
	y := begin(fold, x)
	y.setUnfold(s)
	t := y.tape
	y.attr.shape = t.copyInts(tensor.Dims(t.dims[:0]).Fold(y.value(0), image, s))
	return y.record()
}

func fold() general {
	return general{
		Name: "fold", Rule: "Unfold of dy",
		Shape: givenShape,
		Value: func(y *node) { tensor.FoldTo(&y.val, y.value(0), y.unfoldShape()) },
		VJP:   func(y *node, _ int, dy Var) Var { return dy.Unfold(y.unfoldShape()) },
	}
}

// setUnfold keeps the geometry of patches in ints, and unfoldShape returns it.
func (y *node) setUnfold(s tensor.UnfoldShape) {
	for i, pair := range [4][2]int{s.Kernel, s.Stride, s.Padding, s.Dilation} {
		y.attr.ints[2*i], y.attr.ints[2*i+1] = pair[0], pair[1]
	}
}

func (y *node) unfoldShape() tensor.UnfoldShape {
	a := &y.attr.ints
	return tensor.UnfoldShape{
		Kernel: [2]int{a[0], a[1]}, Stride: [2]int{a[2], a[3]}, Padding: [2]int{a[4], a[5]}, Dilation: [2]int{a[6], a[7]},
	}
}
