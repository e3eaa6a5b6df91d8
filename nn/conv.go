package nn

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Conv2dOptions are the settings of a convolution: height, width. The zero
// value is PyTorch's default, but for Kernel, which has none.
type Conv2dOptions struct {
	Kernel   [2]int
	Stride   [2]int // 0 means 1
	Padding  [2]int // zeros on each side
	Dilation [2]int // 0 means 1
	Groups   int    // 0 means 1
	NoBias   bool
}

// Conv2d slides filters over images.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html.
type Conv2d struct {
	Weight *autograd.Param // [out in/groups height width]
	Bias   *autograd.Param // [out], or nil for none
	Shape  tensor.ConvShape
}

// NewConv2d returns a layer that maps in channels to out, with weight and bias
// drawn evenly from ±1/√(in/groups · height · width). It panics when there is
// no kernel, or when the groups do not divide the channels.
func NewConv2d(r *tensor.Rand, in, out int, o Conv2dOptions) *Conv2d {
	groups := o.Groups
	if groups == 0 {
		groups = 1
	}
	switch {
	case o.Kernel[0] < 1 || o.Kernel[1] < 1:
		panic(&tensor.ArgError{Op: "conv2d", Reason: fmt.Sprintf("the kernel must be at least 1 × 1, got %d × %d", o.Kernel[0], o.Kernel[1])})
	case groups < 0 || in%groups != 0 || out%groups != 0:
		panic(&tensor.ArgError{Op: "conv2d", Reason: fmt.Sprintf("%d groups do not divide %d channels in and %d out", groups, in, out)})
	}
	w := tensor.Zeros(out, in/groups, o.Kernel[0], o.Kernel[1])
	KaimingUniform(r, w, Kaiming{Slope: math.Sqrt(5)})
	c := &Conv2d{
		Weight: autograd.NewParam(w),
		Shape:  tensor.ConvShape{Stride: o.Stride, Padding: o.Padding, Dilation: o.Dilation, Groups: groups},
	}
	if !o.NoBias {
		fanIn, _ := fans(w)
		c.Bias = uniformParam(r, fanIn, out)
	}
	return c
}

// Forward maps [batch in height width] to [batch out height' width'].
func (c *Conv2d) Forward(x autograd.Var) autograd.Var {
	if in := c.Weight.Value.Dim(1) * max(1, c.Shape.Groups); x.Rank() == 4 && x.Dim(1) != in {
		panic(misfit("conv2d", fmt.Sprintf("the images have %d channels, the layer wants %d", x.Dim(1), in), x.Value(), c.Weight.Value))
	}
	return x.Conv2d(lift(x, c.Weight), lift(x, c.Bias), c.Shape)
}

// MaxPool2d takes the largest pixel under a window. A zero stride means the
// window's size.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
type MaxPool2d struct{ Kernel, Stride, Padding, Dilation [2]int }

// Forward maps [… height width] to [… height' width'].
func (p MaxPool2d) Forward(x autograd.Var) autograd.Var {
	return x.MaxPool2d(tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, Dilation: p.Dilation})
}

// AvgPool2d takes the mean pixel under a window. A zero stride means the
// window's size.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
type AvgPool2d struct {
	Kernel, Stride, Padding [2]int
	ExcludePadding          bool // average over pixels of the image only
}

// Forward maps [… height width] to [… height' width'].
func (p AvgPool2d) Forward(x autograd.Var) autograd.Var {
	return x.AvgPool2d(tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, ExcludePadding: p.ExcludePadding})
}
