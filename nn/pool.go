package nn

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// MaxPool2d takes the largest pixel under a window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
type MaxPool2d struct {
	Kernel   [2]int // the size of the window; must be set
	Stride   [2]int // 0 stands for the size of the window
	Padding  [2]int // −∞ on each side
	Dilation [2]int // 0 stands for 1
	Ceil     bool   // the last window may hang over the image: PyTorch's ceil_mode
}

// Forward maps [… height width] to [… height' width'].
func (p MaxPool2d) Forward(x autograd.Var) autograd.Var {
	checkSet("max-pool2d", "MaxPool2d", "Kernel", "nn.Square(2)", p.Kernel[:])
	return x.MaxPool2d(p.shape())
}

// ForwardIndices is [MaxPool2d.Forward]. It returns also where the largest pixels
// stand, for [MaxUnpool2d]: the pixels of each channel are counted from 0, row by
// row. The index lives until the tape is reset.
func (p MaxPool2d) ForwardIndices(x autograd.Var) (y autograd.Var, index []int) {
	checkSet("max-pool2d", "MaxPool2d", "Kernel", "nn.Square(2)", p.Kernel[:])
	return x.MaxPool2dIndices(p.shape())
}

func (p MaxPool2d) shape() tensor.PoolShape {
	return tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, Dilation: p.Dilation, Ceil: p.Ceil}
}

// AvgPool2d takes the mean of the pixels under a window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
type AvgPool2d struct {
	Kernel         [2]int // the size of the window; must be set
	Stride         [2]int // 0 stands for the size of the window
	Padding        [2]int // zeros on each side
	Ceil           bool   // the last window may hang over the image: PyTorch's ceil_mode
	ExcludePadding bool   // divide by the number of pixels of the image under the window: PyTorch's count_include_pad=False
}

// Forward maps [… height width] to [… height' width'].
func (p AvgPool2d) Forward(x autograd.Var) autograd.Var {
	checkSet("avg-pool2d", "AvgPool2d", "Kernel", "nn.Square(2)", p.Kernel[:])
	return x.AvgPool2d(tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, Ceil: p.Ceil, ExcludePadding: p.ExcludePadding})
}

// LPPool2d takes (Σ xᵖ)^(1/p) of the pixels x under a window. With a p of +∞ it takes
// the largest |x|, and with −∞ the smallest.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html.
type LPPool2d struct {
	Norm   float64 // the exponent p; must be set
	Kernel [2]int  // the size of the window; must be set
	Stride [2]int  // 0 stands for the size of the window
	Ceil   bool    // the last window may hang over the image: PyTorch's ceil_mode
}

// Forward maps [… height width] to [… height' width'].
func (p LPPool2d) Forward(x autograd.Var) autograd.Var {
	checkNorm("lp-pool2d", "LPPool2d", p.Norm)
	checkSet("lp-pool2d", "LPPool2d", "Kernel", "nn.Square(2)", p.Kernel[:])
	return x.LPPool2d(p.Norm, tensor.PoolShape{Kernel: p.Kernel, Stride: p.Stride, Ceil: p.Ceil})
}

// LPPool1d takes (Σ xᵖ)^(1/p) of the elements x under a window that slides over
// sequences. With a p of +∞ it takes the largest |x|, and with −∞ the smallest.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html.
type LPPool1d struct {
	Norm   float64 // the exponent p; must be set
	Kernel int     // the length of the window; must be set
	Stride int     // 0 stands for the length of the window
	Ceil   bool    // the last window may hang over the sequence: PyTorch's ceil_mode
}

// Forward maps [… channels length] to [… channels length'].
func (p LPPool1d) Forward(x autograd.Var) autograd.Var {
	checkNorm("lp-pool1d", "LPPool1d", p.Norm)
	checkSet("lp-pool1d", "LPPool1d", "Kernel", "2", []int{p.Kernel})
	return row("lp-pool1d", x).LPPool2d(p.Norm, tensor.PoolShape{Kernel: [2]int{1, p.Kernel}, Stride: [2]int{0, p.Stride}, Ceil: p.Ceil}).Squeeze(-2)
}

// checkNorm panics when the exponent of a norm is missing.
func checkNorm(op, layer string, p float64) {
	if p == 0 {
		tensor.BadArg(op, "Norm is 0; set it, as in nn.%s{Norm: 2}", layer)
	}
}

// MaxPool1d takes the largest element under a window that slides over sequences.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html.
type MaxPool1d struct {
	Kernel   int  // the length of the window; must be set
	Stride   int  // 0 stands for the length of the window
	Padding  int  // −∞ at each end
	Dilation int  // 0 stands for 1
	Ceil     bool // the last window may hang over the sequence: PyTorch's ceil_mode
}

// Forward maps [… channels length] to [… channels length'].
func (p MaxPool1d) Forward(x autograd.Var) autograd.Var {
	checkSet("max-pool1d", "MaxPool1d", "Kernel", "2", []int{p.Kernel})
	return row("max-pool1d", x).MaxPool2d(p.shape()).Squeeze(-2)
}

// ForwardIndices is [MaxPool1d.Forward]. It returns also where in each channel the
// largest elements stand, for [MaxUnpool1d]. The index lives until the tape is
// reset.
func (p MaxPool1d) ForwardIndices(x autograd.Var) (y autograd.Var, index []int) {
	checkSet("max-pool1d", "MaxPool1d", "Kernel", "2", []int{p.Kernel})
	y, index = row("max-pool1d", x).MaxPool2dIndices(p.shape())
	return y.Squeeze(-2), index
}

func (p MaxPool1d) shape() tensor.PoolShape {
	return tensor.PoolShape{Kernel: [2]int{1, p.Kernel}, Stride: [2]int{0, p.Stride}, Padding: [2]int{0, p.Padding}, Dilation: [2]int{0, p.Dilation}, Ceil: p.Ceil}
}

// AvgPool1d takes the mean of the elements under a window that slides over
// sequences.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html.
type AvgPool1d struct {
	Kernel         int  // the length of the window; must be set
	Stride         int  // 0 stands for the length of the window
	Padding        int  // zeros at each end
	Ceil           bool // the last window may hang over the sequence: PyTorch's ceil_mode
	ExcludePadding bool // divide by the number of elements of the sequence under the window: PyTorch's count_include_pad=False
}

// Forward maps [… channels length] to [… channels length'].
func (p AvgPool1d) Forward(x autograd.Var) autograd.Var {
	checkSet("avg-pool1d", "AvgPool1d", "Kernel", "2", []int{p.Kernel})
	s := tensor.PoolShape{Kernel: [2]int{1, p.Kernel}, Stride: [2]int{0, p.Stride}, Padding: [2]int{0, p.Padding}, Ceil: p.Ceil, ExcludePadding: p.ExcludePadding}
	return row("avg-pool1d", x).AvgPool2d(s).Squeeze(-2)
}

// AdaptiveAvgPool2d divides images into as many parts as the result has pixels,
// and takes the mean of each: Size: nn.Square(1) takes the mean of each channel,
// and is called global pooling.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html.
type AdaptiveAvgPool2d struct {
	Size [2]int // of the result; must be set
}

// Forward maps [… height width] to [… Size].
func (p AdaptiveAvgPool2d) Forward(x autograd.Var) autograd.Var {
	checkSet("adaptive-avg-pool2d", "AdaptiveAvgPool2d", "Size", "nn.Square(1)", p.Size[:])
	return x.AvgPool2d(tensor.PoolShape{Out: p.Size})
}

// AdaptiveMaxPool2d divides images into as many parts as the result has pixels,
// and takes the largest pixel of each.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html.
type AdaptiveMaxPool2d struct {
	Size [2]int // of the result; must be set
}

// Forward maps [… height width] to [… Size].
func (p AdaptiveMaxPool2d) Forward(x autograd.Var) autograd.Var {
	checkSet("adaptive-max-pool2d", "AdaptiveMaxPool2d", "Size", "nn.Square(1)", p.Size[:])
	return x.MaxPool2d(tensor.PoolShape{Out: p.Size})
}

// ForwardIndices is [AdaptiveMaxPool2d.Forward]. It returns also where the largest
// pixels stand: the pixels of each channel are counted from 0, row by row. The index
// lives until the tape is reset.
func (p AdaptiveMaxPool2d) ForwardIndices(x autograd.Var) (y autograd.Var, index []int) {
	checkSet("adaptive-max-pool2d", "AdaptiveMaxPool2d", "Size", "nn.Square(1)", p.Size[:])
	return x.MaxPool2dIndices(tensor.PoolShape{Out: p.Size})
}

// AdaptiveAvgPool1d divides sequences into as many parts as the result has
// elements, and takes the mean of each.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html.
type AdaptiveAvgPool1d struct {
	Size int // the length of the result; must be set
}

// Forward maps [… channels length] to [… channels Size].
func (p AdaptiveAvgPool1d) Forward(x autograd.Var) autograd.Var {
	checkSet("adaptive-avg-pool1d", "AdaptiveAvgPool1d", "Size", "1", []int{p.Size})
	return row("adaptive-avg-pool1d", x).AvgPool2d(tensor.PoolShape{Out: [2]int{1, p.Size}}).Squeeze(-2)
}

// AdaptiveMaxPool1d divides sequences into as many parts as the result has
// elements, and takes the largest element of each.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html.
type AdaptiveMaxPool1d struct {
	Size int // the length of the result; must be set
}

// Forward maps [… channels length] to [… channels Size].
func (p AdaptiveMaxPool1d) Forward(x autograd.Var) autograd.Var {
	checkSet("adaptive-max-pool1d", "AdaptiveMaxPool1d", "Size", "1", []int{p.Size})
	return row("adaptive-max-pool1d", x).MaxPool2d(tensor.PoolShape{Out: [2]int{1, p.Size}}).Squeeze(-2)
}

// ForwardIndices is [AdaptiveMaxPool1d.Forward]. It returns also where in each
// channel the largest elements stand. The index lives until the tape is reset.
func (p AdaptiveMaxPool1d) ForwardIndices(x autograd.Var) (y autograd.Var, index []int) {
	checkSet("adaptive-max-pool1d", "AdaptiveMaxPool1d", "Size", "1", []int{p.Size})
	y, index = row("adaptive-max-pool1d", x).MaxPool2dIndices(tensor.PoolShape{Out: [2]int{1, p.Size}})
	return y.Squeeze(-2), index
}

// MaxUnpool2d puts pixels back where a [MaxPool2d] with the same settings took them
// from, and 0 elsewhere. Of several pixels for one place, the last is put there.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html.
type MaxUnpool2d struct {
	Kernel  [2]int // the size of the window; must be set
	Stride  [2]int // 0 stands for the size of the window
	Padding [2]int // that of the pooling
}

// Forward maps [… height width] to [… height' width'], where
//
//	height' = (height − 1) stride + kernel − 2 padding
//
// The index is that of [MaxPool2d.ForwardIndices].
func (p MaxUnpool2d) Forward(x autograd.Var, index []int) autograd.Var {
	return p.ForwardSize(x, index, [2]int{})
}

// ForwardSize is [MaxUnpool2d.Forward] to images of the given height and width:
// PyTorch's output_size. It tells images apart that pooling makes equally large, and
// must differ by less than the stride from what Forward returns; 0 stands for that.
func (p MaxUnpool2d) ForwardSize(x autograd.Var, index []int, size [2]int) autograd.Var {
	const op = "max-unpool2d"
	checkSet(op, "MaxUnpool2d", "Kernel", "nn.Square(2)", p.Kernel[:])
	if x.Rank() < 3 {
		tensor.BadShape(op, "want images [… height width]", x.Value())
	}
	for i, to := range size {
		stride := cmp.Or(p.Stride[i], p.Kernel[i])
		plain := (x.Dim(i-2)-1)*stride + p.Kernel[i] - 2*p.Padding[i]
		if to != 0 && (to <= plain-stride || to >= plain+stride) {
			tensor.BadShape(op, fmt.Sprintf("want %d to %d pixels along an axis, got %d", plain-stride+1, plain+stride-1, to), x.Value())
		}
		size[i] = cmp.Or(to, plain)
	}
	return x.MaxUnpool2d(index, size)
}

// MaxUnpool1d puts elements back where a [MaxPool1d] with the same settings took them
// from, and 0 elsewhere. Of several elements for one place, the last is put there.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html.
type MaxUnpool1d struct {
	Kernel  int // the length of the window; must be set
	Stride  int // 0 stands for the length of the window
	Padding int // that of the pooling
}

// Forward maps [… channels length] to [… channels length'], where
//
//	length' = (length − 1) stride + kernel − 2 padding
//
// The index is that of [MaxPool1d.ForwardIndices].
func (p MaxUnpool1d) Forward(x autograd.Var, index []int) autograd.Var {
	return p.ForwardSize(x, index, 0)
}

// ForwardSize is [MaxUnpool1d.Forward] to sequences of the given length: PyTorch's
// output_size. It must differ by less than the stride from what Forward returns; 0
// stands for that.
func (p MaxUnpool1d) ForwardSize(x autograd.Var, index []int, size int) autograd.Var {
	checkSet("max-unpool1d", "MaxUnpool1d", "Kernel", "2", []int{p.Kernel})
	wide := MaxUnpool2d{Kernel: [2]int{1, p.Kernel}, Stride: [2]int{1, p.Stride}, Padding: [2]int{0, p.Padding}}
	return wide.ForwardSize(row("max-unpool1d", x), index, [2]int{0, size}).Squeeze(-2)
}

// row returns sequences as images with one row.
func row(op string, x autograd.Var) autograd.Var {
	if x.Rank() < 2 {
		tensor.BadShape(op, "want [… channels length]", x.Value())
	}
	return x.Unsqueeze(-2)
}

// checkSet panics when a setting without a default is missing.
func checkSet(op, layer, field, example string, lengths []int) {
	for _, n := range lengths {
		if n < 1 {
			tensor.BadArg(op, "%s is %s; set it, as in nn.%s{%s: %s}", field, cross(slices.Clone(lengths)...), layer, field, example)
		}
	}
}
