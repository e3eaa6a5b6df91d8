package autograd

import "github.com/descent-ml/descent/tensor"

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
