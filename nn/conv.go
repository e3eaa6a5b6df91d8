package nn

import (
	"fmt"
	"math"
	"strings"

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
	Same     bool   // pad so that the result has the size of the input: PyTorch's padding="same"
}

// Conv2d slides filters over images.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html.
type Conv2d struct {
	Weight *autograd.Param  // [out in/groups height width]
	Bias   *autograd.Param  // [out]; nil for none
	Shape  tensor.ConvShape // stride, padding, dilation and groups
	Same   bool             // pad so that the result has the size of the input, whatever Shape.Padding is
}

// NewConv2d returns a layer that maps in channels to out channels. Weight and
// bias are drawn evenly from ±1/√(in/groups · height · width). NewConv2d panics
// when there is no kernel, or when the groups do not divide the channels.
func NewConv2d(r *tensor.Rand, in, out int, o Conv2dOptions) *Conv2d {
	c := NewConv2dNoBias(r, in, out, o)
	c.Bias = filterBias(r, c.Weight, out)
	return c
}

// NewConv2dNoBias is [NewConv2d] without a bias.
func NewConv2dNoBias(r *tensor.Rand, in, out int, o Conv2dOptions) *Conv2d {
	groups := checkFilters("conv2d", in, out, o.Groups, o.Kernel[:])
	if o.Same && o.Padding != [2]int{} {
		tensor.BadArg("conv2d", "Same chooses the padding, so there must be no Padding")
	}
	return &Conv2d{
		Weight: filterParam(r, out, in/groups, o.Kernel[:]...),
		Shape:  tensor.ConvShape{Stride: o.Stride, Padding: o.Padding, Dilation: o.Dilation, Groups: groups},
		Same:   o.Same,
	}
}

// Forward maps [batch in height width] to [batch out height' width'], and [in
// height width] to [out height' width'].
func (c *Conv2d) Forward(x autograd.Var) autograd.Var {
	if c == nil || !has(c.Weight) {
		panic(empty("conv2d", "NewConv2d"))
	}
	return convolve("conv2d", x, lift(x, c.Weight), lift(x, c.Bias), c.Shape, c.Same, 2)
}

// Conv1dOptions are the settings of a convolution of sequences. The zero value is
// PyTorch's default, except for Kernel, which has none.
type Conv1dOptions struct {
	Kernel   int
	Stride   int  // 0 stands for 1
	Padding  int  // zeros at each end
	Dilation int  // 0 stands for 1
	Groups   int  // 0 stands for 1
	Same     bool // pad so that the result has the length of the input: PyTorch's padding="same"
}

// Conv1d slides filters over sequences. It is a [Conv2d] of images with one row.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html.
type Conv1d struct {
	Weight *autograd.Param  // [out in/groups length]
	Bias   *autograd.Param  // [out]; nil for none
	Shape  tensor.ConvShape // stride, padding, dilation and groups; of each pair the second counts
	Same   bool             // pad so that the result has the length of the input, whatever Shape.Padding is
}

// NewConv1d returns a layer that maps in channels to out channels. Weight and
// bias are drawn evenly from ±1/√(in/groups · length). NewConv1d panics when there
// is no kernel, or when the groups do not divide the channels.
func NewConv1d(r *tensor.Rand, in, out int, o Conv1dOptions) *Conv1d {
	c := NewConv1dNoBias(r, in, out, o)
	c.Bias = filterBias(r, c.Weight, out)
	return c
}

// NewConv1dNoBias is [NewConv1d] without a bias.
func NewConv1dNoBias(r *tensor.Rand, in, out int, o Conv1dOptions) *Conv1d {
	groups := checkFilters("conv1d", in, out, o.Groups, []int{o.Kernel})
	if o.Same && o.Padding != 0 {
		tensor.BadArg("conv1d", "Same chooses the padding, so there must be no Padding")
	}
	return &Conv1d{
		Weight: filterParam(r, out, in/groups, o.Kernel),
		Shape:  oneRow(o.Stride, o.Padding, o.Dilation, groups),
		Same:   o.Same,
	}
}

// Forward maps [batch in length] to [batch out length'], and [in length] to [out
// length'].
func (c *Conv1d) Forward(x autograd.Var) autograd.Var {
	if c == nil || !has(c.Weight) {
		panic(empty("conv1d", "NewConv1d"))
	}
	return convolve("conv1d", x, lift(x, c.Weight), lift(x, c.Bias), rowShape(c.Shape), c.Same, 1)
}

// oneRow returns the geometry of a convolution of sequences.
func oneRow(stride, padding, dilation, groups int) tensor.ConvShape {
	return tensor.ConvShape{Stride: [2]int{0, stride}, Padding: [2]int{0, padding}, Dilation: [2]int{0, dilation}, Groups: groups}
}

// rowShape returns s for images with one row.
func rowShape(s tensor.ConvShape) tensor.ConvShape {
	return oneRow(s.Stride[1], s.Padding[1], s.Dilation[1], s.Groups)
}

// convolve applies filters w and a bias b to images with the given number of axes
// after the channels, 1 or 2, and with or without a batch.
func convolve(op string, x, w, b autograd.Var, s tensor.ConvShape, same bool, dims int) autograd.Var {
	x, w, batched := images(op, x, w, dims)
	if in := w.Dim(1) * max(1, s.Groups); x.Dim(1) != in {
		tensor.BadShape(op, fmt.Sprintf("the images have %d channels, the layer wants %d", x.Dim(1), in), x.Value(), w.Value())
	}
	if same {
		x, s = padSame(op, x, w, s)
	}
	return backTo(x.Conv2d(w, b, s), dims, batched)
}

// images returns x and w as a batch of images and their filters. It reports
// whether x was a batch.
func images(op string, x, w autograd.Var, dims int) (images, filters autograd.Var, batched bool) {
	if w.Rank() != dims+2 || x.Rank() != dims+1 && x.Rank() != dims+2 {
		axes := [...]string{1: "length", 2: "height width"}[dims]
		tensor.BadShape(op, fmt.Sprintf("want [batch channels %s] or [channels %s], and a weight with %d axes", axes, axes, dims+2), x.Value(), w.Value())
	}
	batched = x.Rank() == dims+2
	if !batched {
		x = x.Unsqueeze(0)
	}
	if dims == 1 {
		x, w = x.Unsqueeze(2), w.Unsqueeze(2)
	}
	return x, w, batched
}

// backTo undoes [images] for a result.
func backTo(y autograd.Var, dims int, batched bool) autograd.Var {
	if dims == 1 {
		y = y.Squeeze(2)
	}
	if !batched {
		y = y.Squeeze(0)
	}
	return y
}

// padSame returns the padding that keeps the size of images. Where it is odd, the
// last zero stands at the bottom or on the right, and x is padded with it.
func padSame(op string, x, w autograd.Var, s tensor.ConvShape) (autograd.Var, tensor.ConvShape) {
	var odd [2]int
	for i := range 2 {
		if s.Stride[i] > 1 {
			tensor.BadArg(op, "Same keeps the size, so the stride must be 1; it is %d", s.Stride[i])
		}
		total := max(1, s.Dilation[i]) * (w.Dim(2+i) - 1)
		s.Padding[i], odd[i] = total/2, total%2
	}
	if odd != [2]int{} {
		x = x.Pad(0, 0, 0, 0, 0, 0, odd[0], 0, odd[1])
	}
	return x, s
}

// checkFilters returns the number of groups. It panics when there is no kernel or
// when the groups do not divide the channels.
func checkFilters(op string, in, out, groups int, kernel []int) int {
	if groups == 0 {
		groups = 1
	}
	for _, n := range kernel {
		if n < 1 {
			tensor.BadArg(op, "Kernel is %s; it must be at least %s", cross(kernel...), cross([]int{1, 1}[:len(kernel)]...))
		}
	}
	if groups < 0 || in%groups != 0 || out%groups != 0 {
		tensor.BadArg(op, "%d groups do not divide %d channels in and %d out", groups, in, out)
	}
	return groups
}

// cross returns lengths as a sentence has them: 3 × 4.
func cross(n ...int) string { return strings.ReplaceAll(size(n...), "×", " × ") }

// filterParam returns filters drawn as PyTorch draws them.
func filterParam(r *tensor.Rand, a, b int, kernel ...int) *autograd.Param {
	w := tensor.Zeros(append([]int{a, b}, kernel...)...)
	KaimingUniform(r, w, Kaiming{Slope: math.Sqrt(5)})
	return autograd.NewParam(w)
}

// filterBias returns a bias for n channels, drawn after the filters.
func filterBias(r *tensor.Rand, w *autograd.Param, n int) *autograd.Param {
	fanIn, _ := fans(w.Value)
	return uniformParam(r, fanIn, n)
}
