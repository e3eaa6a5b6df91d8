package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// A ConvShape is the geometry of a two-dimensional convolution: height, width.
// Zero strides, dilations and groups mean 1.
type ConvShape struct {
	Stride, Padding, Dilation [2]int
	Groups                    int
}

// conv checks the operands of a convolution and returns its full geometry.
func (s ConvShape) conv(op string, x, w *Tensor) kernel.Conv {
	if x.rank != 4 || w.rank != 4 {
		shapePanic(op, "want images [batch channels height width] and filters [out in/groups height width]", x, w)
	}
	sameDType(op, x, w)
	g := max(1, s.Groups)
	if s.Groups < 0 || x.shape[1] != w.shape[1]*g || w.shape[0]%g != 0 {
		shapePanic(op, fmt.Sprintf("the images have %d channels, the filters want %d × %d groups, and the groups must divide %d filters",
			x.shape[1], w.shape[1], g, w.shape[0]), x, w)
	}
	c := kernel.Conv{Batch: x.shape[0], Groups: g, Filters: w.shape[0] / g}
	c.Window = window(op, [2]int{x.shape[2], x.shape[3]}, [2]int{w.shape[2], w.shape[3]}, s.Stride, s.Padding, s.Dilation, x, w)
	c.Channels = w.shape[1]
	return c
}

// window checks how a window slides over images and counts its positions.
func window(op string, in, size, stride, pad, dilation [2]int, ts ...*Tensor) kernel.Window {
	w := kernel.Window{In: in, Kernel: size, Stride: stride, Pad: pad, Dilation: dilation}
	for i := range 2 {
		w.Stride[i], w.Dilation[i] = max(1, stride[i]), max(1, dilation[i])
		if stride[i] < 0 || pad[i] < 0 || dilation[i] < 0 || size[i] < 1 {
			shapePanic(op, "window sizes must be positive, strides, pads and dilations not negative", ts...)
		}
		w.Out[i] = kernel.OutSize(in[i], size[i], w.Stride[i], pad[i], w.Dilation[i])
		if w.Out[i] < 1 {
			shapePanic(op, fmt.Sprintf("a window of %d, dilated by %d, does not fit into %d pixels padded by %d",
				size[i], w.Dilation[i], in[i], pad[i]), ts...)
		}
	}
	return w
}

// Conv2d appends to dst the shape of the convolution of x by w.
func (dst Dims) Conv2d(x, w *Tensor, s ConvShape) []int {
	c := s.conv("conv2d", x, w)
	return append(dst, c.Batch, w.shape[0], c.Out[0], c.Out[1])
}

// Conv2d returns the cross-correlation of images x [batch, channels, height,
// width] with filters w [out, channels/groups, height, width].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html.
func Conv2d(x, w *Tensor, s ConvShape) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Conv2d(x, w, s)...)
	Conv2dTo(dst, x, w, nil, s)
	return dst
}

// Conv2dTo is [Conv2d] into dst, which must be contiguous, plus bias [out], or
// nil for none.
func Conv2dTo(dst, x, w, bias *Tensor, s ConvShape) {
	c := s.conv("conv2d", x, w)
	var b scratch
	if bias != nil {
		if bias.rank != 1 || bias.n != w.shape[0] {
			shapePanic("conv2d", "want a bias as long as there are filters", x, w, bias)
		}
		sameDType("conv2d", x, bias)
	}
	conv("conv2d", dst, [4]int{c.Batch, w.shape[0], c.Out[0], c.Out[1]}, x, w, c,
		func(dst, x, w []float32, c kernel.Conv) {
			kernel.Conv2d(dst, x, w, packedElements[float32](&b, bias), c)
		},
		func(dst, x, w []float64, c kernel.Conv) {
			kernel.Conv2d(dst, x, w, packedElements[float64](&b, bias), c)
		})
	b.release()
}

// Conv2dInput writes the gradient of [Conv2d] by its images, given that by
// its result, dy. The destination has the shape of the images and must be
// contiguous.
func (d *Grad) Conv2dInput(dy, w *Tensor, s ConvShape) {
	dx := (*Tensor)(d)
	c := s.conv("conv2d input gradient", dx, w)
	var dims [MaxRank]int
	sameShape("conv2d input gradient", dy, append(dims[:0], c.Batch, w.shape[0], c.Out[0], c.Out[1]), dx, w)
	conv("conv2d input gradient", dx, [4]int(dx.shape[:4]), dy, w, c, kernel.Conv2dInput[float32], kernel.Conv2dInput[float64])
}

// Conv2dFilter writes the gradient of [Conv2d] by its filters, given that by
// its result, dy. The destination has the shape of the filters and must be
// contiguous.
func (d *Grad) Conv2dFilter(x, dy *Tensor, s ConvShape) {
	dw := (*Tensor)(d)
	c := s.conv("conv2d filter gradient", x, dw)
	var dims [MaxRank]int
	sameShape("conv2d filter gradient", dy, append(dims[:0], c.Batch, dw.shape[0], c.Out[0], c.Out[1]), x, dw)
	conv("conv2d filter gradient", dw, [4]int(dw.shape[:4]), x, dy, c, kernel.Conv2dFilter[float32], kernel.Conv2dFilter[float64])
}

func conv(op string, dst *Tensor, shape [4]int, a, b *Tensor, c kernel.Conv,
	f32 func(dst, a, b []float32, c kernel.Conv), f64 func(dst, a, b []float64, c kernel.Conv)) {
	sameDType(op, a, b)
	sameDType(op, a, dst)
	sameShape(op, dst, shape[:], a, b)
	contiguous(op, dst)
	var sa, sb scratch
	a, b = sa.packed(a), sb.packed(b)
	if dst.dtype == Float64 {
		f64(dst.f64[:dst.n], a.f64[:a.n], b.f64[:b.n], c)
	} else {
		f32(dst.f32[:dst.n], a.f32[:a.n], b.f32[:b.n], c)
	}
	sa.release()
	sb.release()
}

// A PoolShape is the geometry of a pooling window: height, width. A zero
// stride means the window's size, a zero dilation 1. Average pooling has no
// dilation.
type PoolShape struct {
	Kernel, Stride, Padding, Dilation [2]int
	ExcludePadding                    bool // average pooling counts only pixels of the image
}

func (s PoolShape) window(op string, x *Tensor) (kernel.Window, int) {
	if x.rank < 3 {
		shapePanic(op, "want images [… height width]", x)
	}
	for i := range 2 {
		if s.Stride[i] == 0 {
			s.Stride[i] = s.Kernel[i]
		}
		if s.Padding[i] > s.Kernel[i]/2 {
			shapePanic(op, fmt.Sprintf("a pad of %d is more than half the window of %d", s.Padding[i], s.Kernel[i]), x)
		}
	}
	in := [2]int{x.shape[x.rank-2], x.shape[x.rank-1]}
	planes := 1
	for _, d := range x.shape[:x.rank-2] {
		planes *= d
	}
	w := window(op, in, s.Kernel, s.Stride, s.Padding, s.Dilation, x)
	for i, d := range w.Dilation {
		if w.Kernel[i] > 1 && d > in[i] {
			shapePanic(op, fmt.Sprintf("a window dilated by %d can miss all of %d pixels", d, in[i]), x)
		}
	}
	return w, planes
}

// Pool appends to dst the shape of x pooled by s.
func (dst Dims) Pool(x *Tensor, s PoolShape) []int {
	w, _ := s.window("pool", x)
	return append(append(dst, x.shape[:x.rank-2]...), w.Out[0], w.Out[1])
}

// MaxPool2d returns the largest pixel under each position of the window, and
// where in x it stands, counted in row-major order. Of equals, the first counts.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
func MaxPool2d(x *Tensor, s PoolShape) (*Tensor, []int) {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Pool(x, s)...)
	index := make([]int, dst.n)
	MaxPool2dTo(dst, index, x, s)
	return dst, index
}

// MaxPool2dTo is [MaxPool2d] into dst and index.
func MaxPool2dTo(dst *Tensor, index []int, x *Tensor, s PoolShape) {
	w, planes := s.window("maxpool2d", x)
	checkPool("maxpool2d", dst, x, s)
	if len(index) != dst.n {
		shapePanic("maxpool2d", fmt.Sprintf("the index has %d elements, want %d", len(index), dst.n), x)
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

// MaxPool2d writes the gradient of [MaxPool2d] by its images, given that by its
// result, dy, and the index that came with it.
func (d *Grad) MaxPool2d(dy *Tensor, index []int, s PoolShape) {
	dx := (*Tensor)(d)
	const op = "maxpool2d gradient"
	w, planes := s.window(op, dx)
	contiguous(op, dx)
	var sy scratch
	dy = sy.packed(dy)
	checkPool(op, dy, dx, s)
	if len(index) != dy.n {
		shapePanic(op, fmt.Sprintf("the index has %d elements, want %d", len(index), dy.n), dx)
	}
	var ok bool
	if dx.dtype == Float64 {
		ok = kernel.MaxPoolGrad(dx.f64, dy.f64, index, &w, planes)
	} else {
		ok = kernel.MaxPoolGrad(dx.f32, dy.f32, index, &w, planes)
	}
	if !ok {
		shapePanic(op, "the index leads out of an image", dx)
	}
	sy.release()
}

// avgWindow is window for average pooling.
func (s PoolShape) avgWindow(op string, x *Tensor) (kernel.Window, int) {
	if max(s.Dilation[0], s.Dilation[1]) > 1 {
		shapePanic(op, "average pooling has no dilation", x)
	}
	return s.window(op, x)
}

func checkPool(op string, out, x *Tensor, s PoolShape) {
	sameDType(op, out, x)
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

// AvgPool2dTo is [AvgPool2d] into dst.
func AvgPool2dTo(dst, x *Tensor, s PoolShape) {
	w, planes := s.avgWindow("avgpool2d", x)
	checkPool("avgpool2d", dst, x, s)
	var sx scratch
	x = sx.packed(x)
	if x.dtype == Float64 {
		kernel.AvgPool(dst.f64, x.f64, &w, planes, !s.ExcludePadding)
	} else {
		kernel.AvgPool(dst.f32, x.f32, &w, planes, !s.ExcludePadding)
	}
	sx.release()
}

// AvgPool2d writes the gradient of [AvgPool2d] by its images, given that by its
// result, dy.
func (d *Grad) AvgPool2d(dy *Tensor, s PoolShape) {
	dx := (*Tensor)(d)
	w, planes := s.avgWindow("avgpool2d gradient", dx)
	contiguous("avgpool2d gradient", dx)
	var sy scratch
	dy = sy.packed(dy)
	checkPool("avgpool2d gradient", dy, dx, s)
	if dx.dtype == Float64 {
		kernel.AvgPoolGrad(dx.f64, dy.f64, &w, planes, !s.ExcludePadding)
	} else {
		kernel.AvgPoolGrad(dx.f32, dy.f32, &w, planes, !s.ExcludePadding)
	}
	sy.release()
}
