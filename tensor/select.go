package tensor

import "fmt"

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
