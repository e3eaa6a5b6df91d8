package nn

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Conv2dOptions are the settings of a convolution. Each is a pair: for the
// height, and for the width. The zero value is PyTorch's default, except for
// Kernel, which has none.
type Conv2dOptions struct {
	Kernel   [2]int
	Stride   [2]int // 0 stands for 1
	Padding  [2]int // zeros on each side
	Dilation [2]int // 0 stands for 1
	Groups   int    // 0 stands for 1
}

// Conv2d slides filters over images.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html.
type Conv2d struct {
	Weight *autograd.Param  // [out in/groups height width]
	Bias   *autograd.Param  // [out]; nil for none
	Shape  tensor.ConvShape // stride, padding, dilation and groups
}

// NewConv2d returns a layer that maps in channels to out channels. Weight and
// bias are drawn evenly from ±1/√(in/groups · height · width). NewConv2d panics
// when there is no kernel, or when the groups do not divide the channels.
func NewConv2d(r *tensor.Rand, in, out int, o Conv2dOptions) *Conv2d {
	c := NewConv2dNoBias(r, in, out, o)
	fanIn, _ := fans(c.Weight.Value)
	c.Bias = uniformParam(r, fanIn, out)
	return c
}

// NewConv2dNoBias is [NewConv2d] without a bias.
func NewConv2dNoBias(r *tensor.Rand, in, out int, o Conv2dOptions) *Conv2d {
	groups := o.Groups
	if groups == 0 {
		groups = 1
	}
	switch {
	case o.Kernel[0] < 1 || o.Kernel[1] < 1:
		panic(&tensor.ArgError{Op: "conv2d", Reason: fmt.Sprintf("Kernel is %d × %d; it must be at least 1 × 1", o.Kernel[0], o.Kernel[1])})
	case groups < 0 || in%groups != 0 || out%groups != 0:
		panic(&tensor.ArgError{Op: "conv2d", Reason: fmt.Sprintf("%d groups do not divide %d channels in and %d out", groups, in, out)})
	}
	w := tensor.Zeros(out, in/groups, o.Kernel[0], o.Kernel[1])
	KaimingUniform(r, w, Kaiming{Slope: math.Sqrt(5)})
	return &Conv2d{
		Weight: autograd.NewParam(w),
		Shape:  tensor.ConvShape{Stride: o.Stride, Padding: o.Padding, Dilation: o.Dilation, Groups: groups},
	}
}

// Forward maps [batch in height width] to [batch out height' width'].
func (c *Conv2d) Forward(x autograd.Var) autograd.Var {
	if c == nil || !has(c.Weight) {
		panic(empty("conv2d", "NewConv2d"))
	}
	w := c.Weight.Value
	if w.Rank() == 4 && x.Rank() == 4 && x.Dim(1) != w.Dim(1)*max(1, c.Shape.Groups) {
		tensor.BadShape("conv2d", fmt.Sprintf("the images have %d channels, the layer wants %d", x.Dim(1), w.Dim(1)*max(1, c.Shape.Groups)), x.Value(), w)
	}
	return x.Conv2d(lift(x, c.Weight), lift(x, c.Bias), c.Shape)
}

// MaxPool2d takes the largest pixel under a window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
type MaxPool2d struct {
	Kernel   [2]int // the size of the window; must be set
	Stride   [2]int // 0 stands for the size of the window
	Padding  [2]int // −∞ on each side
	Dilation [2]int // 0 stands for 1
}

// Forward maps [… height width] to [… height' width'].
func (p MaxPool2d) Forward(x autograd.Var) autograd.Var {
	checkWindow("max-pool2d", "MaxPool2d", p.Kernel)
	return x.MaxPool2d(tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, Dilation: p.Dilation})
}

// AvgPool2d takes the mean of the pixels under a window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
type AvgPool2d struct {
	Kernel         [2]int // the size of the window; must be set
	Stride         [2]int // 0 stands for the size of the window
	Padding        [2]int // zeros on each side
	ExcludePadding bool   // divide by the number of pixels of the image under the window
}

// Forward maps [… height width] to [… height' width'].
func (p AvgPool2d) Forward(x autograd.Var) autograd.Var {
	checkWindow("avg-pool2d", "AvgPool2d", p.Kernel)
	return x.AvgPool2d(tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, ExcludePadding: p.ExcludePadding})
}

// checkWindow panics when a pool has no window.
func checkWindow(op, layer string, kernel [2]int) {
	if kernel[0] < 1 || kernel[1] < 1 {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("Kernel is %d × %d; set it, as in nn.%s{Kernel: nn.Square(2)}", kernel[0], kernel[1], layer)})
	}
}
