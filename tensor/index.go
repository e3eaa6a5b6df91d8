package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// Gather returns a tensor of the given shape with elements of x. The element at
// each place comes from the same place of x, but along axis from the position
// that index gives. index has one position for each element of the result, in
// row-major order. Along the other axes the result is no longer than x. Negative
// indices are not allowed.
// See https://docs.pytorch.org/docs/stable/generated/torch.gather.html.
func Gather(x *Tensor, axis int, index []int, shape ...int) *Tensor {
	dst := ZerosOf(x.dtype, shape...)
	GatherTo(dst, x, axis, index)
	return dst
}

// GatherTo is [Gather] into dst, which has the shape of the index.
func GatherTo(dst, x *Tensor, axis int, index []int) {
	sameDType("gather", "the destination", x, dst)
	var dstVector, xVector Tensor
	dst, x = dst.asVector(&dstVector), x.asVector(&xVector)
	k := checkGather("gather", dst, x, axis, index)
	if dst.blocks(x, k) {
		if width := x.width(k); x.dtype == Float64 {
			takeColumns(elements[float64](dst), elements[float64](x), index, dst.shape[k], x.shape[k], width)
		} else {
			takeColumns(elements[float32](dst), elements[float32](x), index, dst.shape[k], x.shape[k], width)
		}
		return
	}
	var p place
	for _, j := range index {
		from := x.reach(&p, k, j)
		if x.dtype == Float64 {
			dst.f64[p.at] = x.f64[from]
		} else {
			dst.f32[p.at] = x.f32[from]
		}
		dst.advance(&p)
	}
}

// ScatterAdd returns a copy of x to which the elements of src have been added
// at the places that [Gather] with the same axis and index would read; src has
// the shape of the index.
func ScatterAdd(x *Tensor, axis int, index []int, src *Tensor) *Tensor {
	dst := x.Clone()
	dst.ScatterAdd(axis, index, src)
	return dst
}

// ScatterAdd adds the elements of src, in row-major order, to the places of t
// that [Gather] with the same axis and index would read.
func (t *Tensor) ScatterAdd(axis int, index []int, src *Tensor) {
	t.written()
	sameDType("scatter-add", "the source", t, src)
	var srcVector, tVector Tensor
	src, t = src.asVector(&srcVector), t.asVector(&tVector)
	k := checkGather("scatter-add", src, t, axis, index)
	if src.blocks(t, k) {
		if width := t.width(k); t.dtype == Float64 {
			putColumns(elements[float64](t), elements[float64](src), index, src.shape[k], t.shape[k], width)
		} else {
			putColumns(elements[float32](t), elements[float32](src), index, src.shape[k], t.shape[k], width)
		}
		return
	}
	var p place
	for _, j := range index {
		to := t.reach(&p, k, j)
		if t.dtype == Float64 {
			t.f64[to] += src.f64[p.at]
		} else {
			t.f32[to] += src.f32[p.at]
		}
		src.advance(&p)
	}
}

// A place is the current element of a walk over a tensor in row-major order: its
// offset and its index.
type place struct {
	at  int
	idx [MaxRank]int
}

// advance moves p to the next element, and reports false when there is none.
func (t *Tensor) advance(p *place) bool {
	for i := t.rank - 1; i >= 0; i-- {
		p.idx[i]++
		p.at += t.strides[i]
		if p.idx[i] < t.shape[i] {
			return true
		}
		p.at -= p.idx[i] * t.strides[i]
		p.idx[i] = 0
	}
	return false
}

// reach returns the offset in t of the place p with its index along axis
// replaced by j.
func (t *Tensor) reach(p *place, axis, j int) int {
	at := (j - p.idx[axis]) * t.strides[axis]
	for a := range t.rank {
		at += p.idx[a] * t.strides[a]
	}
	return at
}

// checkGather checks that a gather from x gives out, and resolves the axis. An
// empty index may have any shape.
func checkGather(op string, out, x *Tensor, axis int, index []int) int {
	k := axisOf(op, axis, x)
	if out.n == 0 && len(index) == 0 {
		return k
	}
	if out.rank != x.rank {
		BadShape(op, "the index must have as many axes as the tensor", out, x)
	}
	for i := range x.rank {
		if i != k && out.shape[i] > x.shape[i] {
			BadShape(op, fmt.Sprintf("the index is longer than the tensor along axis %d", i), out, x)
		}
	}
	if len(index) != out.n {
		BadShape(op, fmt.Sprintf("%d indices for %d elements", len(index), out.n), out, x)
	}
	checkIndex(op, x, index, x.shape[k])
	return k
}

// checkIndex panics when an index lies outside 0 … n−1.
func checkIndex(op string, x *Tensor, index []int, n int) {
	for _, j := range index {
		if uint(j) >= uint(n) {
			BadShape(op, fmt.Sprintf("index %d is out of range for length %d", j, n), x)
		}
	}
}

// IndexSelect returns the slices of x along axis that index names, in that
// order; it may name one more than once. A tensor without axes has one slice,
// itself.
func IndexSelect(x *Tensor, axis int, index []int) *Tensor {
	shape := append([]int{}, x.Shape()...)
	if x.rank > 0 {
		shape[axisOf("index-select", axis, x)] = len(index)
	}
	dst := ZerosOf(x.dtype, shape...)
	IndexSelectTo(dst, x, axis, index)
	return dst
}

// IndexSelectTo is [IndexSelect] into dst.
func IndexSelectTo(dst, x *Tensor, axis int, index []int) {
	sameDType("index-select", "the destination", x, dst)
	var dstVector, xVector Tensor
	dst, x = dst.asVector(&dstVector), x.asVector(&xVector)
	k := axisOf("index-select", axis, x)
	checkIndex("index-select", x, index, x.shape[k])
	var dims [MaxRank]int
	shape := append(dims[:0], x.Shape()...)
	shape[k] = len(index)
	destination("index-select", dst, shape, x)
	if dst.packed && x.packed {
		if width := x.width(k); x.dtype == Float64 {
			takeRows(elements[float64](dst), elements[float64](x), index, x.shape[k], width)
		} else {
			takeRows(elements[float32](dst), elements[float32](x), index, x.shape[k], width)
		}
		return
	}
	var d, s Tensor
	for i, j := range index {
		d.AsView().Slice(dst, k, i, i+1, 1)
		s.AsView().Slice(x, k, j, j+1, 1)
		d.CopyFrom(&s)
	}
}

// IndexAdd adds slice i of src along axis to slice index[i] of t, in order.
func (t *Tensor) IndexAdd(axis int, index []int, src *Tensor) {
	t.written()
	sameDType("index-add", "the source", t, src)
	if t.rank == src.rank {
		var srcVector, tVector Tensor
		src, t = src.asVector(&srcVector), t.asVector(&tVector)
	}
	k := axisOf("index-add", axis, t)
	checkIndex("index-add", t, index, t.shape[k])
	var dims [MaxRank]int
	shape := append(dims[:0], t.Shape()...)
	shape[k] = len(index)
	sameShape("index-add", src, shape, t)
	if t.packed && src.packed {
		if width := t.width(k); t.dtype == Float64 {
			putRows(elements[float64](t), elements[float64](src), index, t.shape[k], width)
		} else {
			putRows(elements[float32](t), elements[float32](src), index, t.shape[k], width)
		}
		return
	}
	var d, s Tensor
	for i, j := range index {
		s.AsView().Slice(src, k, i, i+1, 1)
		d.AsView().Slice(t, k, j, j+1, 1)
		AddTo(&d, &d, &s)
	}
}

// blocks reports whether t and x have elements, are contiguous, and differ at most
// in the length of axis k.
func (t *Tensor) blocks(x *Tensor, k int) bool {
	ok := t.packed && x.packed && t.rank == x.rank && t.n > 0
	for i := 0; ok && i < t.rank; i++ {
		ok = i == k || t.shape[i] == x.shape[i]
	}
	return ok
}

// takeColumns is [kernel.TakeColumns] for each m rows of dst and n rows of src.
func takeColumns[T kernel.Float](dst, src []T, index []int, m, n, width int) {
	for ; len(dst) > 0; dst, src, index = dst[m*width:], src[n*width:], index[m*width:] {
		kernel.TakeColumns(dst, src, index[:m*width], width)
	}
}

// putColumns is [kernel.PutColumns] for each n rows of dst and m rows of src.
func putColumns[T kernel.Float](dst, src []T, index []int, m, n, width int) {
	for ; len(src) > 0; dst, src, index = dst[n*width:], src[m*width:], index[m*width:] {
		kernel.PutColumns(dst, src, index[:m*width], width)
	}
}

// width returns the product of the lengths of the axes after k.
func (t *Tensor) width(k int) int {
	width := 1
	for _, d := range t.shape[k+1 : t.rank] {
		width *= d
	}
	return width
}

// takeRows is [kernel.TakeRows] for each n rows of src.
func takeRows[T kernel.Float](dst, src []T, index []int, n, width int) {
	for ; len(dst) > 0; dst, src = dst[len(index)*width:], src[n*width:] {
		kernel.TakeRows(dst, src, index, width)
	}
}

// putRows is [kernel.PutRows] for each n rows of dst.
func putRows[T kernel.Float](dst, src []T, index []int, n, width int) {
	for ; len(src) > 0; dst, src = dst[n*width:], src[len(index)*width:] {
		kernel.PutRows(dst, src, index, width)
	}
}

// TakeTo writes element index[i] of x, counted in row-major order, to element
// i of dst. Both must be contiguous.
func TakeTo(dst, x *Tensor, index []int) {
	checkFlat("take", "the destination", dst, x, index)
	if x.dtype == Float64 {
		kernel.Take(dst.f64, x.f64, index)
	} else {
		kernel.Take(dst.f32, x.f32, index)
	}
}

// Take writes the gradient of [TakeTo]: it clears the destination and adds
// element i of dy to element index[i] of it, counted in row-major order. Both
// must be contiguous.
func (d *Grad) Take(dy *Tensor, index []int) {
	dst, src := (*Tensor)(d), dy
	checkFlat("put", "dy", src, dst, index)
	dst.Fill(0)
	if src.dtype == Float64 {
		kernel.Put(dst.f64, src.f64, index)
	} else {
		kernel.Put(dst.f32, src.f32, index)
	}
}

func checkFlat(op, name string, indexed, x *Tensor, index []int) {
	sameDType(op, name, x, indexed)
	if !indexed.packed || !x.packed || indexed.n != len(index) {
		BadShape(op, fmt.Sprintf("want contiguous tensors and %d indices, got %d", indexed.n, len(index)), indexed, x)
	}
	checkIndex(op, x, index, x.n)
}

// MaskedSelect returns the elements of x where mask is not 0, in row-major order,
// as a vector. The two broadcast.
// See https://docs.pytorch.org/docs/stable/generated/torch.masked_select.html.
func MaskedSelect(x, mask *Tensor) *Tensor {
	var dims [MaxRank]int
	shape := Dims(dims[:0]).Broadcast("masked-select", x, mask)
	index := Places(nil, mask.Expand(shape...))
	dst := ZerosOf(x.dtype, len(index))
	TakeTo(dst, x.Expand(shape...).Contiguous(), index)
	return dst
}

// Places appends the places where x is not 0 to dst, counted in row-major order.
func Places(dst []int, x *Tensor) []int {
	var p place
	for i := range x.n {
		if x.dtype == Float64 && x.f64[p.at] != 0 || x.dtype == Float32 && x.f32[p.at] != 0 {
			dst = append(dst, i)
		}
		x.advance(&p)
	}
	return dst
}

// NonZero returns the indices of the elements of x that are not 0, in row-major
// order: each has a number for each axis.
// See https://docs.pytorch.org/docs/stable/generated/torch.nonzero.html.
func NonZero(x *Tensor) [][]int {
	places := Places(nil, x)
	all := make([]int, len(places)*x.rank)
	index := make([][]int, len(places))
	for i, at := range places {
		index[i] = all[i*x.rank:][:x.rank:x.rank]
		for k := x.rank - 1; k >= 0; k-- {
			index[i][k] = at % x.shape[k]
			at /= x.shape[k]
		}
	}
	return index
}

// TakeAlongDim is [Gather] in which x and the index, which has the given shape,
// broadcast along the other axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.take_along_dim.html.
func TakeAlongDim(x *Tensor, index []int, axis int, shape ...int) *Tensor {
	var dims [2][MaxRank]int
	out, from := Dims(dims[0][:0]).TakeAlong(dims[1][:0], x, axis, len(index), shape)
	n, _ := Size(out)
	wide := make([]int, n)
	ExpandTo(wide, out, index, shape)
	return Gather(x.Expand(from...), axis, wide, out...)
}

// TakeAlong appends to dst the shape of what [TakeAlongDim] returns, and to wide
// the shape that it stretches x to. It panics when the shapes do not broadcast.
func (dst Dims) TakeAlong(wide Dims, x *Tensor, axis, n int, shape []int) (out, from []int) {
	k := axisOf("take-along-dim", axis, x)
	if m, err := Size(shape); err != nil || n != m {
		BadShape("take-along-dim", fmt.Sprintf("%d indices do not fill shape %v", n, append([]int{}, shape...)), x)
	}
	ok := len(shape) == x.rank
	for i := 0; ok && i < x.rank; i++ {
		d, e := x.shape[i], shape[i]
		switch {
		case i == k:
			dst, wide = append(dst, e), append(wide, d)
			continue
		case d == 1:
			d = e
		case e != 1 && d != e:
			ok = false
		}
		dst, wide = append(dst, d), append(wide, d)
	}
	if !ok {
		BadShape("take-along-dim", fmt.Sprintf("shape %v of the index does not broadcast along the other axes", append([]int{}, shape...)), x)
	}
	return dst, wide
}

// ExpandTo writes the integers src of one shape to dst of a shape that it
// broadcasts to.
func ExpandTo(dst, shape, src, from []int) {
	var t Tensor
	t.setShape("expand", from)
	for i, d := range shape {
		if t.shape[i] != d {
			t.shape[i], t.strides[i] = d, 0
		}
	}
	var p place
	for i := range dst {
		dst[i] = src[p.at]
		t.advance(&p)
	}
}
