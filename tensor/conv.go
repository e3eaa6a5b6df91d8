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

// An UnfoldShape is the geometry of the patches of [Unfold]. Each pair has the number
// for the height and that for the width. A zero stride or dilation means 1.
type UnfoldShape struct {
	Kernel, Stride, Padding, Dilation [2]int
}

// windows completes s and returns how many places a patch has in an image.
func (s *UnfoldShape) windows(op string, image [2]int, x *Tensor) (out [2]int) {
	for i := range 2 {
		s.Stride[i], s.Dilation[i] = max(s.Stride[i], 1), max(s.Dilation[i], 1)
		if s.Kernel[i] < 1 || s.Padding[i] < 0 {
			BadShape(op, fmt.Sprintf("want a patch of at least one pixel and no negative padding, got %d and %d", s.Kernel[i], s.Padding[i]), x)
		}
		rest := image[i] + 2*s.Padding[i] - s.Dilation[i]*(s.Kernel[i]-1) - 1
		if rest < 0 {
			BadShape(op, fmt.Sprintf("no patch of %d pixels fits into %d", s.Dilation[i]*(s.Kernel[i]-1)+1, image[i]+2*s.Padding[i]), x)
		}
		out[i] = rest/s.Stride[i] + 1
	}
	return out
}

// Unfold returns the patches of images x [… channels height width] as columns
// [… channels·kernel places]: what the window of a convolution sees at each place.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html.
func Unfold(x *Tensor, s UnfoldShape) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Unfold(x, s)...)
	UnfoldTo(dst, x, s)
	return dst
}

// Unfold appends to dst the shape of x unfolded by s.
func (dst Dims) Unfold(x *Tensor, s UnfoldShape) []int {
	const op = "unfold"
	if x.rank < 3 {
		BadShape(op, "want images [… channels height width]", x)
	}
	n := x.rank - 3
	out := s.windows(op, [2]int(x.shape[n+1:n+3]), x)
	return append(append(dst, x.shape[:n]...), x.shape[n]*s.Kernel[0]*s.Kernel[1], out[0]*out[1])
}

// UnfoldTo is [Unfold] into dst, which must be contiguous.
func UnfoldTo(dst, x *Tensor, s UnfoldShape) {
	const op = "unfold"
	var dims [MaxRank]int
	sameDType(op, "the destination", x, dst)
	destination(op, dst, Dims(dims[:0]).Unfold(x, s), x)
	contiguous(op, dst)
	if dst.n == 0 {
		return
	}
	if s.Padding != [2]int{} {
		dst.Fill(0)
	}
	var sx scratch
	s.patches(dst, sx.packed(x), false)
	sx.release()
}

// Fold adds up columns x [… channels·kernel places], each the pixels of one patch,
// to images [… channels height width] of the given height and width. It is the
// gradient of [Unfold].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html.
func Fold(x *Tensor, image [2]int, s UnfoldShape) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Fold(x, image, s)...)
	FoldTo(dst, x, s)
	return dst
}

// Fold appends to dst the shape of the images that the columns of x give.
func (dst Dims) Fold(x *Tensor, image [2]int, s UnfoldShape) []int {
	const op = "fold"
	if x.rank < 2 || x.rank == MaxRank {
		BadShape(op, "want columns [… channels·kernel places]", x)
	}
	n := x.rank - 2
	out := s.windows(op, image, x)
	if size := s.Kernel[0] * s.Kernel[1]; x.shape[n]%size != 0 || x.shape[n+1] != out[0]*out[1] {
		BadShape(op, fmt.Sprintf("want columns [… channels·%d %d] for these images", size, out[0]*out[1]), x)
	}
	return append(append(dst, x.shape[:n]...), x.shape[n]/(s.Kernel[0]*s.Kernel[1]), image[0], image[1])
}

// FoldTo is [Fold] into dst, which must be contiguous and has the size of the
// images.
func FoldTo(dst, x *Tensor, s UnfoldShape) {
	const op = "fold"
	if dst.rank < 3 {
		BadShape(op, "want a destination [… channels height width]", dst)
	}
	var dims [MaxRank]int
	sameDType(op, "the destination", x, dst)
	destination(op, dst, Dims(dims[:0]).Fold(x, [2]int(dst.shape[dst.rank-2:dst.rank]), s), x)
	contiguous(op, dst)
	dst.Fill(0)
	if x.n == 0 || dst.n == 0 {
		return
	}
	var sx scratch
	s.patches(sx.packed(x), dst, true)
	sx.release()
}

// patches copies, for each pixel of a patch, the pixels of images that it stands
// for to its row in columns, or with add, adds the row to the pixels. Places that
// lie in the padding are left alone. Both tensors are contiguous.
func (s UnfoldShape) patches(columns, images *Tensor, add bool) {
	size := [2]int(images.shape[images.rank-2 : images.rank])
	out := s.windows("unfold", size, images)
	planes := images.n / (size[0] * size[1])
	var all, from, row, pixels Tensor
	all.AsView().Reshape(columns, planes, s.Kernel[0], s.Kernel[1], out[0], out[1])
	from.AsView().Reshape(images, planes, size[0], size[1])
	for i := range s.Kernel[0] {
		for j := range s.Kernel[1] {
			row.AsView().Select(&all, 2, j)
			row.AsView().Select(&row, 1, i)
			pixels = from
			inside := true
			for k, at := range [2]int{i, j} {
				start := at*s.Dilation[k] - s.Padding[k] // of the first place
				first := max(0, (s.Stride[k]-1-start)/s.Stride[k])
				last := min(out[k], (size[k]-1-start+s.Stride[k])/s.Stride[k])
				if first >= last || size[k]-1 < start {
					inside = false
					break
				}
				row.AsView().Slice(&row, k+1, first, last, 1)
				pixels.AsView().Slice(&pixels, k+1, start+first*s.Stride[k], start+(last-1)*s.Stride[k]+1, s.Stride[k])
			}
			switch {
			case !inside:
			case add:
				AddTo(&pixels, &pixels, &row)
			default:
				row.CopyFrom(&pixels)
			}
		}
	}
}
