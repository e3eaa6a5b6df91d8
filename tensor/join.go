package tensor

import "fmt"

// Concat returns the tensors joined along an axis; their other axes agree.
func Concat(axis int, ts ...*Tensor) *Tensor {
	var dims [MaxRank]int
	shape := Dims(dims[:0]).Concat(axis, ts...)
	dst := ZerosOf(ts[0].dtype, shape...)
	ConcatTo(dst, axis, ts...)
	return dst
}

// Concat appends to dst the shape of the tensors joined along an axis.
func (dst Dims) Concat(axis int, ts ...*Tensor) []int {
	if len(ts) == 0 {
		BadArg("concat", "there are no operands")
	}
	k := axisOf("concat", axis, ts[0])
	dst = append(dst, ts[0].Shape()...)
	for _, t := range ts[1:] {
		ok := t.rank == len(dst)
		for i := 0; ok && i < t.rank; i++ {
			ok = i == k || t.shape[i] == dst[i]
		}
		if !ok {
			BadShape("concat", fmt.Sprintf("the shapes may differ only along axis %d", axis), ts...)
		}
		dst[k] += t.shape[k]
	}
	return dst
}

// ConcatTo is [Concat] into dst.
func ConcatTo(dst *Tensor, axis int, ts ...*Tensor) {
	var dims [MaxRank]int
	destination("concat", dst, Dims(dims[:0]).Concat(axis, ts...), ts...)
	sameDType("concat", "the destination", ts[0], dst)
	for i, t := range ts {
		if t.dtype != dst.dtype {
			sameDType("concat", fmt.Sprintf("operand %d", i+1), dst, t)
		}
	}
	k := axisOf("concat", axis, dst)
	var part Tensor
	at := 0
	for _, t := range ts {
		part.AsView().Slice(dst, k, at, at+t.shape[k], 1)
		part.CopyFrom(t)
		at += t.shape[k]
	}
}

// Stack returns the tensors, which have one shape, joined along a new axis.
func Stack(axis int, ts ...*Tensor) *Tensor {
	views := make([]*Tensor, len(ts))
	for i, t := range ts {
		views[i] = t.Unsqueeze(axis)
	}
	return Concat(axis, views...)
}

// Split returns views of t cut along an axis into pieces of the given length;
// the last one may be shorter.
func (t *Tensor) Split(axis, length int) []*Tensor {
	k := axisOf("split", axis, t)
	if length < 1 {
		BadShape("split", fmt.Sprintf("cannot cut into pieces of length %d; want at least 1", length), t)
	}
	var parts []*Tensor
	for from := 0; from < t.shape[k]; from += length {
		parts = append(parts, t.Slice(k, from, min(from+length, t.shape[k]), 1))
	}
	return parts
}

// Pad returns x surrounded by value: pads holds the widths before and after
// each axis, in the order of the axes. A negative width takes elements away.
func Pad(x *Tensor, value float64, pads ...int) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Pad(x, pads...)...)
	PadTo(dst, x, value, pads...)
	return dst
}

// Pad appends to dst the shape of x padded by pads.
func (dst Dims) Pad(x *Tensor, pads ...int) []int {
	if len(pads) != 2*x.rank {
		BadShape("pad", fmt.Sprintf("%d widths, want one before and one after each axis", len(pads)), x)
	}
	for i, d := range x.Shape() {
		n := pads[2*i] + d + pads[2*i+1]
		if n < 0 {
			BadShape("pad", fmt.Sprintf("the widths %d and %d take more than all of axis %d", pads[2*i], pads[2*i+1], i), x)
		}
		dst = append(dst, n)
	}
	return dst
}

// PadTo is [Pad] into dst.
func PadTo(dst, x *Tensor, value float64, pads ...int) {
	var dims [MaxRank]int
	sameDType("pad", "the destination", x, dst)
	destination("pad", dst, Dims(dims[:0]).Pad(x, pads...), x)
	dst.Fill(value)
	inner, from := *dst, *x
	for i, d := range x.Shape() {
		before, after := pads[2*i], pads[2*i+1]
		first, last := max(0, -before), min(d, d+after) // what is left of x
		if first >= last {
			return
		}
		from.AsView().Slice(&from, i, first, last, 1)
		inner.AsView().Slice(&inner, i, before+first, before+last, 1)
	}
	inner.CopyFrom(&from)
}

// A PadMode says which elements continue an axis beyond its ends.
type PadMode byte

// The modes of [PadWith].
const (
	Reflect   PadMode = iota // those next to the end, in reverse order, without the last one
	Replicate                // the last one, again and again
	Circular                 // those at the other end
)

// PadWith returns x with its own elements around it: pads holds the widths before
// and after each axis, in the order of the axes. A negative width takes elements
// away.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html.
func PadWith(x *Tensor, mode PadMode, pads ...int) *Tensor {
	var dims [MaxRank]int
	Dims(dims[:0]).Pad(x, pads...)
	y := x
	for i := range x.rank {
		if pads[2*i] != 0 || pads[2*i+1] != 0 {
			y = IndexSelect(y, i, mode.Index(nil, y, i, pads[2*i], pads[2*i+1]))
		}
	}
	if y == x {
		return x.Clone()
	}
	return y
}

// Index appends to dst where in x the elements along an axis come from when it is
// padded.
func (m PadMode) Index(dst []int, x *Tensor, axis, before, after int) []int {
	const op = "pad"
	n := x.shape[axis]
	lo, hi := 0, n // the elements that are continued
	switch m {
	case Reflect:
		if max(before, after) >= n && n > 0 || n == 0 && max(before, after) > 0 {
			BadShape(op, fmt.Sprintf("cannot reflect %d and %d elements of the %d of axis %d; want fewer", before, after, n, axis), x)
		}
	case Circular:
		lo, hi = max(0, -before), min(n, n+after)
		if max(before, after) > hi-lo {
			BadShape(op, fmt.Sprintf("cannot repeat %d and %d elements of the %d of axis %d", before, after, hi-lo, axis), x)
		}
	default:
		if n == 0 && max(before, after) > 0 {
			BadShape(op, fmt.Sprintf("axis %d has no element to repeat", axis), x)
		}
	}
	for i := -before; i < n+after; i++ {
		at := i
		switch {
		case i >= lo && i < hi:
		case m == Circular:
			at = lo + (i-lo+2*(hi-lo))%(hi-lo)
		case m == Replicate:
			at = min(max(i, 0), n-1)
		case i < 0:
			at = -i
		default:
			at = 2*(n-1) - i
		}
		dst = append(dst, at)
	}
	return dst
}

// Repeat returns x written repeats[i] times one after another along each axis i.
// There may be more numbers than axes: then x gets leading axes of length one.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html.
func Repeat(x *Tensor, repeats ...int) *Tensor {
	var dims [MaxRank]int
	return x.repeated(Dims(dims[:0]).Repeat(x, repeats), repeats)
}

// Tile is [Repeat] that takes fewer numbers than axes as well: they belong to the
// last axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.tile.html.
func Tile(x *Tensor, repeats ...int) *Tensor {
	var dims [MaxRank]int
	return x.repeated(Dims(dims[:0]).Tile("tile", x, repeats), repeats)
}

// Repeat is [Dims.Tile] for [Repeat], which wants a number for each axis.
func (dst Dims) Repeat(x *Tensor, repeats []int) []int {
	if len(repeats) < x.rank {
		BadShape("repeat", fmt.Sprintf("%d numbers, want one for each axis", len(repeats)), x)
	}
	return dst.Tile("repeat", x, repeats)
}

// Tile appends to dst the shape of x with a leading axis of length one for each
// number of repeats that has no axis. It panics in op's name when the numbers do
// not fit.
func (dst Dims) Tile(op string, x *Tensor, repeats []int) []int {
	for _, r := range repeats {
		if r < 0 {
			BadShape(op, fmt.Sprintf("cannot repeat %d times", r), x)
		}
	}
	if len(repeats) > MaxRank {
		BadShape(op, fmt.Sprintf("%d numbers are more than %d axes", len(repeats), MaxRank), x)
	}
	for range len(repeats) - x.rank {
		dst = append(dst, 1)
	}
	return append(dst, x.Shape()...)
}

// repeated returns a copy of x in the given shape, repeated along the last axes.
func (t *Tensor) repeated(shape, repeats []int) *Tensor {
	y := t.Clone().Reshape(shape...)
	for k, r := range repeats {
		if r != 1 {
			i := len(shape) - len(repeats) + k
			y = y.stretched(shape, i, i, r)
		}
	}
	return y
}

// stretched returns a copy of x, which has the given shape, with each block of the
// axes from at on written r times. This makes an axis longer, in shape as well.
func (t *Tensor) stretched(shape []int, at, axis, r int) *Tensor {
	outer, _ := Size(shape[:at])
	block, _ := Size(shape[at:])
	shape[axis] *= r
	return t.Reshape(outer, 1, block).Expand(outer, r, block).Clone().Reshape(shape...)
}

// RepeatInterleave returns x with each slice along an axis written several times,
// one after another. repeats holds one number for all slices, or one for each.
// See https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html.
func RepeatInterleave(x *Tensor, repeats []int, axis int) *Tensor {
	var vector Tensor
	x = x.asVector(&vector)
	k, n := x.Interleave(repeats, axis)
	if len(repeats) == 1 {
		var dims [MaxRank]int
		return x.stretched(append(dims[:0], x.Shape()...), k+1, k, repeats[0])
	}
	index := make([]int, n)
	InterleaveTo(index, repeats)
	return IndexSelect(x, k, index)
}

// Interleave returns the axis that [RepeatInterleave] means, and the sum of the
// numbers. It panics when they do not fit.
func (t *Tensor) Interleave(repeats []int, axis int) (k, sum int) {
	k = axisOf("repeat-interleave", axis, t)
	if len(repeats) != t.shape[k] && len(repeats) != 1 {
		BadShape("repeat-interleave", fmt.Sprintf("%d numbers, want 1 or %d", len(repeats), t.shape[k]), t)
	}
	for _, r := range repeats {
		if r < 0 {
			BadShape("repeat-interleave", fmt.Sprintf("cannot repeat %d times", r), t)
		}
		sum += r
	}
	return k, sum
}

// InterleaveTo writes to index each number i repeats[i] times.
func InterleaveTo(index, repeats []int) {
	at := 0
	for i, r := range repeats {
		for range r {
			index[at] = i
			at++
		}
	}
}
