package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// A ConvShape is the geometry of a two-dimensional convolution. Each pair has the
// number for the height and that for the width. Zero strides, dilations and groups
// mean 1.
type ConvShape struct {
	Stride, Padding, Dilation [2]int
	Groups                    int
}

// conv checks the operands of a convolution and returns its full geometry.
func (s ConvShape) conv(op string, x, w *Tensor) kernel.Conv {
	if x.rank != 4 || w.rank != 4 {
		BadShape(op, "want images [batch channels height width] and filters [out in/groups height width]", x, w)
	}
	sameDType(op, "the filter", x, w)
	g := max(1, s.Groups)
	if s.Groups < 0 || x.shape[1] != w.shape[1]*g || w.shape[0]%g != 0 {
		BadShape(op, fmt.Sprintf("the images have %d channels, the filters want %d × %d groups, and the groups must divide %d filters",
			x.shape[1], w.shape[1], g, w.shape[0]), x, w)
	}
	c := kernel.Conv{Batch: x.shape[0], Groups: g, Filters: w.shape[0] / g}
	c.Window = window(op, [2]int{x.shape[2], x.shape[3]}, [2]int{w.shape[2], w.shape[3]}, s.Stride, s.Padding, s.Dilation, kernel.OutSize, x, w)
	c.Channels = w.shape[1]
	return c
}

// window checks how a window slides over images and counts its positions.
func window(op string, in, size, stride, pad, dilation [2]int, count func(in, size, stride, pad, dilation int) int, ts ...*Tensor) kernel.Window {
	w := kernel.Window{In: in, Kernel: size, Stride: stride, Pad: pad, Dilation: dilation}
	for i := range 2 {
		w.Stride[i], w.Dilation[i] = max(1, stride[i]), max(1, dilation[i])
		if stride[i] < 0 || pad[i] < 0 || dilation[i] < 0 || size[i] < 1 {
			BadShape(op, "window sizes must be positive, strides, pads and dilations not negative", ts...)
		}
		w.Out[i] = count(in[i], size[i], w.Stride[i], pad[i], w.Dilation[i])
		if w.Out[i] < 1 {
			BadShape(op, fmt.Sprintf("a window of %d, dilated by %d, does not fit into %d pixels padded by %d",
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
	sameDType("conv2d", "the destination", x, dst)
	var b scratch
	if bias != nil {
		if bias.rank != 1 || bias.n != w.shape[0] {
			BadShape("conv2d", "want a bias as long as there are filters", x, w, bias)
		}
		sameDType("conv2d", "the bias", x, bias)
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

// Conv2dInput writes the gradient of [Conv2d] by its images, given dy, the
// gradient by its result. The destination has the shape of the images and must be
// contiguous.
func (d *Grad) Conv2dInput(dy, w *Tensor, s ConvShape) {
	dx := (*Tensor)(d)
	c := s.conv("conv2d input gradient", dx, w)
	sameDType("conv2d input gradient", "dy", w, dy)
	var dims [MaxRank]int
	sameShape("conv2d input gradient", dy, append(dims[:0], c.Batch, w.shape[0], c.Out[0], c.Out[1]), dx, w)
	conv("conv2d input gradient", dx, [4]int(dx.shape[:4]), dy, w, c, kernel.Conv2dInput[float32], kernel.Conv2dInput[float64])
}

// Conv2dFilter writes the gradient of [Conv2d] by its filters, given dy, the
// gradient by its result. The destination has the shape of the filters and must be
// contiguous.
func (d *Grad) Conv2dFilter(x, dy *Tensor, s ConvShape) {
	dw := (*Tensor)(d)
	c := s.conv("conv2d filter gradient", x, dw)
	sameDType("conv2d filter gradient", "dy", x, dy)
	var dims [MaxRank]int
	sameShape("conv2d filter gradient", dy, append(dims[:0], c.Batch, dw.shape[0], c.Out[0], c.Out[1]), x, dw)
	conv("conv2d filter gradient", dw, [4]int(dw.shape[:4]), x, dy, c, kernel.Conv2dFilter[float32], kernel.Conv2dFilter[float64])
}

func conv(op string, dst *Tensor, shape [4]int, a, b *Tensor, c kernel.Conv,
	f32 func(dst, a, b []float32, c kernel.Conv), f64 func(dst, a, b []float64, c kernel.Conv)) {
	destination(op, dst, shape[:], a, b)
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
