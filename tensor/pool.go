package tensor

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// A PoolShape is the geometry of a pooling window. Each pair has the number for the
// height and that for the width. A zero stride means the window's size, a zero
// dilation 1. Average pooling has no dilation. With Out the pooling is adaptive: it
// divides an image of n pixels along an axis into k parts, from ⌊i n/k⌋ to
// ⌈(i+1) n/k⌉, and the other settings mean nothing.
type PoolShape struct {
	Kernel, Stride, Padding, Dilation [2]int
	ExcludePadding                    bool   // average pooling counts only pixels of the image
	Ceil                              bool   // the last window may hang over the image: sizes are rounded up
	Out                               [2]int // the size of the result of adaptive pooling
}

func (s PoolShape) window(op string, x *Tensor) (kernel.Window, int) {
	if x.rank < 3 {
		BadShape(op, "want images [… height width]", x)
	}
	in := [2]int{x.shape[x.rank-2], x.shape[x.rank-1]}
	planes, _ := x.planes()
	if s.Out != [2]int{} {
		return s.adaptive(op, in, x), planes
	}
	for i := range 2 {
		if s.Stride[i] == 0 {
			s.Stride[i] = s.Kernel[i]
		}
		if s.Padding[i] > s.Kernel[i]/2 {
			BadShape(op, fmt.Sprintf("a pad of %d is more than half the window of %d", s.Padding[i], s.Kernel[i]), x)
		}
	}
	count := kernel.OutSize
	if s.Ceil {
		count = kernel.CeilSize
	}
	w := window(op, in, s.Kernel, s.Stride, s.Padding, s.Dilation, count, x)
	for i, d := range w.Dilation {
		if w.Kernel[i] > 1 && d > in[i] {
			BadShape(op, fmt.Sprintf("a window dilated by %d can miss all of %d pixels", d, in[i]), x)
		}
	}
	return w, planes
}

// adaptive returns the windows that divide images into parts.
func (s PoolShape) adaptive(op string, in [2]int, x *Tensor) kernel.Window {
	if s.Out[0] < 1 || s.Out[1] < 1 || in[0] < 1 || in[1] < 1 {
		BadShape(op, fmt.Sprintf("cannot divide images into %d × %d parts", s.Out[0], s.Out[1]), x)
	}
	return kernel.Window{In: in, Out: s.Out, Dilation: [2]int{1, 1}, Adaptive: true}
}

// Pool appends to dst the shape of x pooled by s.
func (dst Dims) Pool(x *Tensor, s PoolShape) []int {
	w, _ := s.window("pool", x)
	return append(append(dst, x.shape[:x.rank-2]...), w.Out[0], w.Out[1])
}

// MaxPool2d returns the largest pixel under each position of the window, and
// where in x it stands, counted in row-major order. When several are the largest,
// it takes the first.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
func MaxPool2d(x *Tensor, s PoolShape) (*Tensor, []int) {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Pool(x, s)...)
	index := make([]int, dst.n)
	MaxPool2dTo(dst, index, x, s)
	return dst, index
}

// MaxPool2dIndices is [MaxPool2d] with PyTorch's index: it counts the pixels of each
// image of a channel from 0, row by row.
func MaxPool2dIndices(x *Tensor, s PoolShape) (*Tensor, []int) {
	y, index := MaxPool2d(x, s)
	_, pixels := x.planes()
	for i := range index {
		index[i] %= pixels
	}
	return y, index
}

// MaxUnpool2d returns images of the given height and width, with the pixels of x in
// the places that the index names, as [MaxPool2dIndices] counts them, and 0
// elsewhere. Of several pixels for one place, the last is put there.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html.
func MaxUnpool2d(x *Tensor, index []int, size [2]int) *Tensor {
	var dims [MaxRank]int
	shape := Dims(dims[:0]).Unpool(x, index, size)
	planes, pixels := x.planes()
	return Scatter(ZerosOf(x.dtype, planes, size[0]*size[1]), 1, index, x.Reshape(planes, pixels)).Reshape(shape...)
}

// Unpool appends to dst the shape of [MaxUnpool2d] of x.
func (dst Dims) Unpool(x *Tensor, index []int, size [2]int) []int {
	const op = "max-unpool2d"
	if x.rank < 3 {
		BadShape(op, "want images [… height width]", x)
	}
	if size[0] < 1 || size[1] < 1 {
		BadShape(op, fmt.Sprintf("images cannot have %d × %d pixels", size[0], size[1]), x)
	}
	if len(index) != x.n {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", len(index), x.n), x)
	}
	for _, at := range index {
		if at < 0 || at >= size[0]*size[1] {
			BadShape(op, fmt.Sprintf("an image of %d × %d pixels has no pixel %d", size[0], size[1], at), x)
		}
	}
	return append(append(dst, x.shape[:x.rank-2]...), size[:]...)
}

// planes returns the number of images of one channel and of pixels of each.
func (t *Tensor) planes() (planes, pixels int) {
	planes = 1
	for _, d := range t.shape[:t.rank-2] {
		planes *= d
	}
	return planes, t.shape[t.rank-2] * t.shape[t.rank-1]
}

// MaxPool2dTo is [MaxPool2d] into dst and index.
func MaxPool2dTo(dst *Tensor, index []int, x *Tensor, s PoolShape) {
	w, planes := s.window("maxpool2d", x)
	checkPool("maxpool2d", "the destination", dst, x, s)
	if len(index) != dst.n {
		BadShape("maxpool2d", fmt.Sprintf("the index has %d elements, want %d", len(index), dst.n), x)
	}
	var sx scratch
	x = sx.packed(x)
	if x.dtype == Float64 {
		kernel.MaxPool(dst.f64, index, x.f64, &w, planes)
	} else {
		kernel.MaxPool(dst.f32, index, x.f32, &w, planes)
	}
	sx.release()
}

// MaxPool2d writes the gradient of [MaxPool2d] by its images, given dy, the
// gradient by its result, and the index that came with the result.
func (d *Grad) MaxPool2d(dy *Tensor, index []int, s PoolShape) {
	dx := (*Tensor)(d)
	const op = "maxpool2d gradient"
	w, planes := s.window(op, dx)
	contiguous(op, dx)
	var sy scratch
	dy = sy.packed(dy)
	checkPool(op, "dy", dy, dx, s)
	if len(index) != dy.n {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", len(index), dy.n), dx)
	}
	var ok bool
	if dx.dtype == Float64 {
		ok = kernel.MaxPoolGrad(dx.f64, dy.f64, index, &w, planes)
	} else {
		ok = kernel.MaxPoolGrad(dx.f32, dy.f32, index, &w, planes)
	}
	if !ok {
		BadShape(op, "an index lies outside the pixels of its image", dx)
	}
	sy.release()
}

// avgWindow is window for average pooling.
func (s PoolShape) avgWindow(op string, x *Tensor) (kernel.Window, int) {
	if max(s.Dilation[0], s.Dilation[1]) > 1 {
		BadShape(op, "average pooling has no dilation", x)
	}
	return s.window(op, x)
}

func checkPool(op, name string, out, x *Tensor, s PoolShape) {
	sameDType(op, name, x, out)
	var dims [MaxRank]int
	sameShape(op, out, Dims(dims[:0]).Pool(x, s), x)
	contiguous(op, out)
}

// AvgPool2d returns the mean pixel under each position of the window.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
func AvgPool2d(x *Tensor, s PoolShape) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Pool(x, s)...)
	AvgPool2dTo(dst, x, s)
	return dst
}

// LPPool2d returns (Σ xᵖ)^(1/p) over each position of the window, computed from the
// mean: a window that hangs over the image counts as whole. p is not 0; with +∞ it is
// the largest |x|, and with −∞ the smallest. Of s it takes the kernel, the stride and
// the ceil mode.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html.
func LPPool2d(x *Tensor, p float64, s PoolShape) *Tensor {
	s = s.lp(p)
	switch {
	case math.IsInf(p, 1):
		y, _ := MaxPool2d(Abs(x), s)
		return y
	case math.IsInf(p, -1):
		y, _ := MaxPool2d(Neg(Abs(x)), s)
		return Neg(y)
	}
	return PowScalar(MulScalar(AvgPool2d(PowScalar(x, p), s), float64(s.Kernel[0]*s.Kernel[1])), 1/p)
}

// lp returns what [LPPool2d] takes of s.
func (s PoolShape) lp(p float64) PoolShape {
	if p == 0 {
		BadArg("lppool2d", "the exponent is 0")
	}
	return PoolShape{Kernel: s.Kernel, Stride: s.Stride, Ceil: s.Ceil}
}

// AvgPool2dTo is [AvgPool2d] into dst.
func AvgPool2dTo(dst, x *Tensor, s PoolShape) {
	w, planes := s.avgWindow("avgpool2d", x)
	checkPool("avgpool2d", "the destination", dst, x, s)
	var sx scratch
	x = sx.packed(x)
	if x.dtype == Float64 {
		kernel.AvgPool(dst.f64, x.f64, &w, planes, !s.ExcludePadding)
	} else {
		kernel.AvgPool(dst.f32, x.f32, &w, planes, !s.ExcludePadding)
	}
	sx.release()
}

// AvgPool2d writes the gradient of [AvgPool2d] by its images, given dy, the
// gradient by its result.
func (d *Grad) AvgPool2d(dy *Tensor, s PoolShape) {
	dx := (*Tensor)(d)
	w, planes := s.avgWindow("avgpool2d gradient", dx)
	contiguous("avgpool2d gradient", dx)
	var sy scratch
	dy = sy.packed(dy)
	checkPool("avgpool2d gradient", "dy", dy, dx, s)
	if dx.dtype == Float64 {
		kernel.AvgPoolGrad(dx.f64, dy.f64, &w, planes, !s.ExcludePadding)
	} else {
		kernel.AvgPoolGrad(dx.f32, dy.f32, &w, planes, !s.ExcludePadding)
	}
	sy.release()
}
