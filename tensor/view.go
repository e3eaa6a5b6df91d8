package tensor

import (
	"fmt"
	"math"
)

// header makes t a view of the storage of x from element offset on, with the
// shape and strides that t has been given.
func (t *Tensor) share(x *Tensor, offset int) {
	t.dtype, t.version = x.dtype, x.version
	if x.dtype == Float64 {
		t.f32, t.f64 = nil, x.f64[min(offset, len(x.f64)):]
	} else {
		t.f32, t.f64 = x.f32[min(offset, len(x.f32)):], nil
	}
	t.n, t.packed = 1, true
	for i := t.rank - 1; i >= 0; i-- {
		if t.shape[i] != 1 && t.strides[i] != t.n {
			t.packed = false
		}
		t.n *= t.shape[i]
	}
	if t.n == 0 {
		t.packed = true
	}
}

// Reshape returns a view of x with another shape of as many elements. One
// dimension may be −1: it is found from the others and the number of elements.
// When the strides of x allow no such view, the result is a copy.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	v := new(Tensor)
	if !v.AsView().Reshape(t, shape...) {
		v.AsView().Reshape(t.Clone(), shape...)
	}
	return v
}

// Reshape makes v the view x.Reshape(shape...). It reports false, leaving v
// with the new shape but no storage, when the strides of x admit no such view.
func (v *View) Reshape(x *Tensor, shape ...int) bool {
	t := (*Tensor)(v)
	var dims [MaxRank]int
	if len(shape) > MaxRank {
		BadShape("reshape", fmt.Sprintf("%d axes are more than %d", len(shape), MaxRank), x)
	}
	hole := -1
	for i, d := range shape {
		dims[i] = d
		switch {
		case d == -1 && hole < 0:
			hole = i
		case d < 0:
			BadShape("reshape", fmt.Sprintf("no shape %v: only one dimension may be left open, with −1", append([]int{}, shape...)), x)
		}
	}
	if hole >= 0 {
		dims[hole] = 1
	}
	known, err := Size(dims[:len(shape)])
	if err != nil {
		BadShape("reshape", err.Error(), x)
	}
	if hole >= 0 {
		if known == 0 || x.n%known != 0 {
			BadShape("reshape", fmt.Sprintf("%d elements do not fill shape %v", x.n, append([]int{}, shape...)), x)
		}
		dims[hole] = x.n / known
		known *= dims[hole]
	}
	if known != x.n {
		BadShape("reshape", fmt.Sprintf("%d elements do not fill shape %v", x.n, append([]int{}, shape...)), x)
	}
	src := *x // t may be x
	t.setShape("reshape", dims[:len(shape)])
	if src.packed {
		t.share(&src, 0)
		return true
	}
	if !t.fitStrides(&src) {
		t.f32, t.f64, t.dtype = nil, nil, src.dtype
		t.setShape("reshape", dims[:len(shape)])
		return false
	}
	t.share(&src, 0)
	return true
}

// fitStrides gives t the strides with which it is a view of x: both have as many
// elements, in the same order. It reports whether there are such strides.
func (t *Tensor) fitStrides(x *Tensor) bool {
	i := 0 // next axis of x
	for j := 0; j < t.rank; {
		if t.shape[j] == 1 {
			j++
			continue
		}
		for x.shape[i] == 1 {
			i++
		}
		// Take axes of x and of t until both have as many elements; the axes of
		// x must follow each other without a gap.
		last, n, m := i, x.shape[i], t.shape[j]
		first := j
		for n != m {
			if n < m {
				last++
				n *= x.shape[last]
				if x.shape[last] != 1 && x.strides[last-1] != x.strides[last]*x.shape[last] {
					return false
				}
				if x.shape[last] == 1 {
					x.strides[last] = x.strides[last-1]
				}
			} else {
				j++
				m *= t.shape[j]
			}
		}
		stride := x.strides[last]
		for k := j; k >= first; k-- {
			t.strides[k] = stride
			stride *= t.shape[k]
		}
		i, j = last+1, j+1
	}
	return true
}

// Flatten returns x with the axes from … to joined into one, as Reshape does.
func (t *Tensor) Flatten(from, to int) *Tensor {
	var dims [MaxRank]int
	return t.Reshape(Dims(dims[:0]).Flatten(t, from, to)...)
}

// Flatten appends to dst the shape of t with the axes from … to joined.
func (dst Dims) Flatten(t *Tensor, from, to int) []int {
	if t.rank == 0 {
		return append(dst, 1)
	}
	a, b := axisOf("flatten", from, t), axisOf("flatten", to, t)
	if a > b {
		BadShape("flatten", fmt.Sprintf("axis %d comes after axis %d", from, to), t)
	}
	n := 1
	for _, d := range t.shape[a : b+1] {
		n *= d
	}
	return append(append(append(dst, t.shape[:a]...), n), t.shape[b+1:t.rank]...)
}

// Transpose returns a view of t with axes a and b exchanged.
func (t *Tensor) Transpose(a, b int) *Tensor {
	v := new(Tensor)
	v.AsView().Transpose(t, a, b)
	return v
}

// T returns a view of t with its last two axes exchanged.
func (t *Tensor) T() *Tensor { return t.Transpose(-2, -1) }

// Transpose makes v the view x.Transpose(a, b).
func (v *View) Transpose(x *Tensor, a, b int) {
	t := (*Tensor)(v)
	var vector Tensor
	named := x.asVector(&vector)
	i, j := axisOf("transpose", a, named), axisOf("transpose", b, named)
	*t = *x
	t.shape[i], t.shape[j] = t.shape[j], t.shape[i]
	t.strides[i], t.strides[j] = t.strides[j], t.strides[i]
	t.share(t, 0)
}

// Permute returns a view of t whose axis i is axis axes[i] of t.
func (t *Tensor) Permute(axes ...int) *Tensor {
	v := new(Tensor)
	v.AsView().Permute(t, axes...)
	return v
}

// Permute makes v the view x.Permute(axes...).
func (v *View) Permute(x *Tensor, axes ...int) {
	t := (*Tensor)(v)
	if len(axes) != x.rank {
		BadShape("permute", fmt.Sprintf("%d axes named, the tensor has %d", len(axes), x.rank), x)
	}
	src := *x
	seen := 0
	for i, a := range axes {
		k := axisOf("permute", a, &src)
		if seen&(1<<k) != 0 {
			BadShape("permute", fmt.Sprintf("axis %d is named twice", a), x)
		}
		seen |= 1 << k
		t.shape[i], t.strides[i] = src.shape[k], src.strides[k]
	}
	t.rank = src.rank
	t.share(&src, 0)
}

// End is the bound of a slice that goes to the end of an axis, as in
// x.Slice(0, 2, tensor.End, 1).
const End = math.MaxInt

// Slice returns a view of the elements from, from+step, … below to along an
// axis. Negative bounds count from the end, and [End] is the end; any other bound
// beyond the end is a mistake. The step is at least one.
func (t *Tensor) Slice(axis, from, to, step int) *Tensor {
	v := new(Tensor)
	v.AsView().Slice(t, axis, from, to, step)
	return v
}

// Slice makes v the view x.Slice(axis, from, to, step).
func (v *View) Slice(x *Tensor, axis, from, to, step int) {
	t := (*Tensor)(v)
	a := axisOf("slice", axis, x)
	n := x.shape[a]
	lo, hi := from, to
	if lo < 0 {
		lo += n
	}
	switch {
	case hi == End:
		hi = n
	case hi < 0:
		hi += n
	}
	if step < 1 || lo < 0 || hi > n || lo > hi {
		BadShape("slice", fmt.Sprintf("%d:%d:%d does not lie within axis %d", from, to, step, axis), x)
	}
	src := *x
	*t = src
	t.shape[a] = (hi - lo) / step
	if (hi-lo)%step != 0 {
		t.shape[a]++
	}
	t.strides[a] *= step
	t.share(&src, lo*src.strides[a])
}

// Select returns a view of t at index i along an axis, which is dropped. A
// negative index counts from the end.
func (t *Tensor) Select(axis, i int) *Tensor {
	v := new(Tensor)
	v.AsView().Select(t, axis, i)
	return v
}

// Select makes v the view x.Select(axis, i).
func (v *View) Select(x *Tensor, axis, i int) {
	t := (*Tensor)(v)
	a := axisOf("select", axis, x)
	n := x.shape[a]
	at := i
	if at < 0 {
		at += n
	}
	if at < 0 || at >= n {
		BadShape("select", fmt.Sprintf("index %d is out of range for length %d", i, n), x)
	}
	src := *x
	*t = src
	t.rank = src.rank - 1
	copy(t.shape[a:t.rank], src.shape[a+1:src.rank])
	copy(t.strides[a:t.rank], src.strides[a+1:src.rank])
	t.share(&src, at*src.strides[a])
}

// Expand returns a view of t in which axes of length one, and new leading
// axes, are stretched to the given shape; −1 keeps an axis as it is.
func (t *Tensor) Expand(shape ...int) *Tensor {
	v := new(Tensor)
	v.AsView().Expand(t, shape...)
	return v
}

// Expand makes v the view x.Expand(shape...).
func (v *View) Expand(x *Tensor, shape ...int) {
	t := (*Tensor)(v)
	lead := len(shape) - x.rank
	if lead < 0 || len(shape) > MaxRank {
		BadShape("expand", fmt.Sprintf("does not stretch to shape %v", append([]int{}, shape...)), x)
	}
	src := *x
	t.rank = len(shape)
	for i, d := range shape {
		switch {
		case i >= lead && (d == src.shape[i-lead] || d == -1):
			t.shape[i], t.strides[i] = src.shape[i-lead], src.strides[i-lead]
		case d >= 0 && (i < lead || src.shape[i-lead] == 1):
			t.shape[i], t.strides[i] = d, 0
		default:
			BadShape("expand", fmt.Sprintf("does not stretch to shape %v", append([]int{}, shape...)), x)
		}
	}
	if _, err := Size(t.Shape()); err != nil {
		BadShape("expand", err.Error(), &src)
	}
	t.share(&src, 0)
}

// Squeeze returns a view of t without the named axes, whose length must be
// one; with no axes, without every axis of length one.
func (t *Tensor) Squeeze(axes ...int) *Tensor {
	v := new(Tensor)
	v.AsView().Squeeze(t, axes...)
	return v
}

// Squeeze makes v the view x.Squeeze(axes...).
func (v *View) Squeeze(x *Tensor, axes ...int) {
	t := (*Tensor)(v)
	drop := 0
	for i, d := range x.Shape() {
		if len(axes) == 0 && d == 1 {
			drop |= 1 << i
		}
	}
	var vector Tensor
	named := x.asVector(&vector)
	for _, a := range axes {
		k := axisOf("squeeze", a, named)
		if named.shape[k] != 1 {
			BadShape("squeeze", fmt.Sprintf("axis %d has length %d, not 1", a, x.shape[k]), x)
		}
		drop |= 1 << k
	}
	src := *x
	t.rank = 0
	for i := range src.rank {
		if drop&(1<<i) == 0 {
			t.shape[t.rank], t.strides[t.rank] = src.shape[i], src.strides[i]
			t.rank++
		}
	}
	t.share(&src, 0)
}

// Unsqueeze returns a view of t with a new axis of length one at the given
// place; −1 puts it last.
func (t *Tensor) Unsqueeze(axis int) *Tensor {
	v := new(Tensor)
	v.AsView().Unsqueeze(t, axis)
	return v
}

// Unsqueeze makes v the view x.Unsqueeze(axis).
func (v *View) Unsqueeze(x *Tensor, axis int) {
	t := (*Tensor)(v)
	a := axis
	if a < 0 {
		a += x.rank + 1
	}
	if a < 0 || a > x.rank || x.rank == MaxRank {
		BadShape("unsqueeze", fmt.Sprintf("no place for a new axis %d", axis), x)
	}
	src := *x
	t.rank = src.rank + 1
	copy(t.shape[a+1:], src.shape[a:src.rank])
	copy(t.strides[a+1:], src.strides[a:src.rank])
	copy(t.shape[:a], src.shape[:a])
	copy(t.strides[:a], src.strides[:a])
	t.shape[a], t.strides[a] = 1, 0
	t.share(&src, 0)
}
