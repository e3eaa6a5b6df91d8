package tensor

import "fmt"

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
