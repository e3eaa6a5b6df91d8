package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// ConvTranspose2dOptions are the settings of a transposed convolution. Each is a
// pair: for the height, and for the width. The zero value is PyTorch's default,
// except for Kernel, which has none.
type ConvTranspose2dOptions struct {
	Kernel        [2]int
	Stride        [2]int // 0 stands for 1
	Padding       [2]int // cut from each side of the result
	OutputPadding [2]int // added to the result at the bottom and on the right
	Dilation      [2]int // 0 stands for 1
	Groups        int    // 0 stands for 1
}

// ConvTranspose2d enlarges images: each pixel adds filters to the result, and the
// stride is the distance between neighbours. It maps back to the size that a
// [Conv2d] with the same settings comes from.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html.
type ConvTranspose2d struct {
	Weight        *autograd.Param  // [in out/groups height width]
	Bias          *autograd.Param  // [out]; nil for none
	Shape         tensor.ConvShape // stride, padding, dilation and groups
	OutputPadding [2]int
}

// NewConvTranspose2d returns a layer that maps in channels to out channels. Weight
// and bias are drawn evenly from ±1/√(out/groups · height · width), as PyTorch
// draws them. NewConvTranspose2d panics when there is no kernel, or when the groups
// do not divide the channels.
func NewConvTranspose2d(r *tensor.Rand, in, out int, o ConvTranspose2dOptions) *ConvTranspose2d {
	c := NewConvTranspose2dNoBias(r, in, out, o)
	c.Bias = filterBias(r, c.Weight, out)
	return c
}

// NewConvTranspose2dNoBias is [NewConvTranspose2d] without a bias.
func NewConvTranspose2dNoBias(r *tensor.Rand, in, out int, o ConvTranspose2dOptions) *ConvTranspose2d {
	groups := checkFilters("conv-transpose2d", in, out, o.Groups, o.Kernel[:])
	return &ConvTranspose2d{
		Weight:        filterParam(r, in, out/groups, o.Kernel[:]...),
		Shape:         tensor.ConvShape{Stride: o.Stride, Padding: o.Padding, Dilation: o.Dilation, Groups: groups},
		OutputPadding: o.OutputPadding,
	}
}

// Forward maps [batch in height width] to [batch out height' width'], and [in
// height width] to [out height' width'].
func (c *ConvTranspose2d) Forward(x autograd.Var) autograd.Var {
	if c == nil || !has(c.Weight) {
		panic(empty("conv-transpose2d", "NewConvTranspose2d"))
	}
	return convolveTransposed("conv-transpose2d", x, lift(x, c.Weight), lift(x, c.Bias), c.Shape, c.OutputPadding, 2)
}

// ConvTranspose1dOptions are the settings of a transposed convolution of
// sequences. The zero value is PyTorch's default, except for Kernel, which has
// none.
type ConvTranspose1dOptions struct {
	Kernel        int
	Stride        int // 0 stands for 1
	Padding       int // cut from each end of the result
	OutputPadding int // added to the result at its end
	Dilation      int // 0 stands for 1
	Groups        int // 0 stands for 1
}

// ConvTranspose1d lengthens sequences. It is a [ConvTranspose2d] of images with
// one row.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html.
type ConvTranspose1d struct {
	Weight        *autograd.Param  // [in out/groups length]
	Bias          *autograd.Param  // [out]; nil for none
	Shape         tensor.ConvShape // stride, padding, dilation and groups; of each pair the second counts
	OutputPadding int
}

// NewConvTranspose1d returns a layer that maps in channels to out channels. Weight
// and bias are drawn evenly from ±1/√(out/groups · length), as PyTorch draws them.
// NewConvTranspose1d panics when there is no kernel, or when the groups do not
// divide the channels.
func NewConvTranspose1d(r *tensor.Rand, in, out int, o ConvTranspose1dOptions) *ConvTranspose1d {
	c := NewConvTranspose1dNoBias(r, in, out, o)
	c.Bias = filterBias(r, c.Weight, out)
	return c
}

// NewConvTranspose1dNoBias is [NewConvTranspose1d] without a bias.
func NewConvTranspose1dNoBias(r *tensor.Rand, in, out int, o ConvTranspose1dOptions) *ConvTranspose1d {
	groups := checkFilters("conv-transpose1d", in, out, o.Groups, []int{o.Kernel})
	return &ConvTranspose1d{
		Weight:        filterParam(r, in, out/groups, o.Kernel),
		Shape:         oneRow(o.Stride, o.Padding, o.Dilation, groups),
		OutputPadding: o.OutputPadding,
	}
}

// Forward maps [batch in length] to [batch out length'], and [in length] to [out
// length'].
func (c *ConvTranspose1d) Forward(x autograd.Var) autograd.Var {
	if c == nil || !has(c.Weight) {
		panic(empty("conv-transpose1d", "NewConvTranspose1d"))
	}
	return convolveTransposed("conv-transpose1d", x, lift(x, c.Weight), lift(x, c.Bias), rowShape(c.Shape), [2]int{0, c.OutputPadding}, 1)
}

// convolveTransposed is [convolve] for a transposed convolution.
func convolveTransposed(op string, x, w, b autograd.Var, s tensor.ConvShape, outputPadding [2]int, dims int) autograd.Var {
	x, w, batched := images(op, x, w, dims)
	if x.Dim(1) != w.Dim(0) {
		tensor.BadShape(op, fmt.Sprintf("the images have %d channels, the layer wants %d", x.Dim(1), w.Dim(0)), x.Value(), w.Value())
	}
	return backTo(x.ConvTranspose2d(w, b, s, outputPadding), dims, batched)
}
