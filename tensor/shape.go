package tensor

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/descent-ml/descent/internal/kernel"
)

// MaxRank is the largest number of axes a tensor can have.
const MaxRank = 8

// mostElements is the number of float64 elements that a processor can address. An
// address has 47 bits, or as many as an int counts.
const mostElements = min(math.MaxInt, 1<<47) / 8

// Size returns the number of elements of a tensor of the given shape. Its
// error says which dimension is negative, that there are more than [MaxRank]
// of them, or that no memory can hold their product. Every constructor and every
// reader of a file asks it before memory is allocated. What it lets pass may
// still be more than the machine has, which ends the program.
func Size(shape []int) (int, error) {
	if len(shape) > MaxRank {
		return 0, fmt.Errorf("shape has %d axes, more than %d", len(shape), MaxRank)
	}
	n, empty := uint64(1), false
	for i, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("dimension %d of axis %d is negative", d, i)
		case d == 0:
			empty = true
		default:
			over, product := bits.Mul64(n, uint64(d))
			if over != 0 || product > mostElements {
				return 0, fmt.Errorf("shape %v has more elements than memory can address", append([]int{}, shape...))
			}
			n = product
		}
	}
	if empty {
		return 0, nil
	}
	return int(n), nil
}

// mustSize is [Size] for shapes that come from the program itself.
func mustSize(op string, shape []int) int {
	n, err := Size(shape)
	if err != nil {
		panic(&ShapeError{Op: op, Shapes: [][]int{append([]int{}, shape...)}, Reason: err.Error()})
	}
	return n
}

// axisOf resolves a possibly negative axis of a tensor with the given rank.
func axisOf(op string, axis int, t *Tensor) int {
	a := axis
	if a < 0 {
		a += t.rank
	}
	if a < 0 || a >= t.rank {
		BadShape(op, fmt.Sprintf("axis %d is out of range for %d axes", axis, t.rank), t)
	}
	return a
}

// asVector returns t itself, or for a tensor without axes the vector of its one
// element, made in v: PyTorch, too, lets such a tensor have an axis 0.
func (t *Tensor) asVector(v *Tensor) *Tensor {
	if t.rank > 0 {
		return t
	}
	v.AsView().Unsqueeze(t, 0)
	return v
}

// BroadcastShapes returns the shape that a and b broadcast to by NumPy's rules,
// appended to dst, and whether they do.
func (dst Dims) BroadcastShapes(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	lead := len(a) - len(b)
	for i, d := range a {
		if i >= lead {
			switch e := b[i-lead]; {
			case d == e || e == 1:
			case d == 1:
				d = e
			default:
				return dst, false
			}
		}
		dst = append(dst, d)
	}
	return dst, true
}

// hasShape reports whether t has the given shape.
func (t *Tensor) hasShape(shape []int) bool {
	if t.rank != len(shape) {
		return false
	}
	for i, d := range shape {
		if t.shape[i] != d {
			return false
		}
	}
	return true
}

// Broadcast appends to dst the shape that a and b broadcast to, and panics in
// op's name when they do not.
func (dst Dims) Broadcast(op string, a, b *Tensor) []int {
	dims, ok := dst.BroadcastShapes(a.Shape(), b.Shape())
	if !ok {
		BadShape(op, "the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", a, b)
	}
	return dims
}

// Broadcast3 is [Dims.Broadcast] for three tensors.
func (dst Dims) Broadcast3(op string, a, b, c *Tensor) []int {
	var dims [MaxRank]int
	bc, ok := Dims(dims[:0]).BroadcastShapes(b.Shape(), c.Shape())
	if ok {
		dst, ok = dst.BroadcastShapes(a.Shape(), bc)
	}
	if !ok {
		BadShape(op, "the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", a, b, c)
	}
	return dst
}

// ArangeStep returns the float32 vector start, start + step, …, without end. The
// step may be negative.
// See https://docs.pytorch.org/docs/stable/generated/torch.arange.html.
func ArangeStep(start, end, step float64) *Tensor {
	n := math.Ceil((end - start) / step)
	if !(n >= 0 && n < mostElements) || step == 0 {
		BadArg("arange", "no steps of %v lead from %v to %v", step, start, end)
	}
	t := Zeros(int(n))
	ArangeTo(t, start, step)
	return t
}

// ArangeTo writes start, start + step, … to dst, in row-major order.
func ArangeTo(dst *Tensor, start, step float64) {
	numbers(dst, func(i int) float64 { return start + step*float64(i) })
}

// numbers writes f(0), f(1), … to dst.
func numbers(dst *Tensor, f func(i int) float64) {
	dst.written()
	var p place
	for i := range dst.n {
		if dst.dtype == Float64 {
			dst.f64[p.at] = f(i)
		} else {
			dst.f32[p.at] = float32(f(i))
		}
		dst.advance(&p)
	}
}

// Linspace returns a float32 vector of n numbers at equal distances, of which the
// first is start and the last is end.
// See https://docs.pytorch.org/docs/stable/generated/torch.linspace.html.
func Linspace(start, end float64, n int) *Tensor {
	t := Zeros(n)
	LinspaceTo(t, start, end)
	return t
}

// LinspaceTo writes what [Linspace] returns to dst, in row-major order. Like
// PyTorch, it counts the second half from the end.
func LinspaceTo(dst *Tensor, start, end float64) {
	n := dst.n
	step := (end - start) / float64(max(1, n-1))
	numbers(dst, func(i int) float64 {
		if i < n/2 || n == 1 {
			return start + step*float64(i)
		}
		return end - step*float64(n-1-i)
	})
}

// Meshgrid returns views of vectors on the grid that they span: each has an axis
// for each vector, in that order, and its own numbers along its axis. PyTorch
// calls this indexing="ij"; for "xy", exchange the first two axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html.
func Meshgrid(xs ...*Tensor) []*Tensor {
	var dims [MaxRank]int
	shape := Dims(dims[:0]).Meshgrid(xs...)
	grids := make([]*Tensor, len(xs))
	for i, x := range xs {
		y := x.Reshape(-1)
		for range len(xs) - 1 - i {
			y = y.Unsqueeze(-1)
		}
		grids[i] = y.Expand(shape...)
	}
	return grids
}

// Meshgrid appends to dst the shape of the grid that vectors span.
func (dst Dims) Meshgrid(xs ...*Tensor) []int {
	if len(xs) == 0 {
		BadArg("meshgrid", "there are no operands")
	}
	if len(xs) > MaxRank {
		BadShape("meshgrid", "there are more vectors than axes", xs...)
	}
	for _, x := range xs {
		if x.rank > 1 {
			BadShape("meshgrid", "want vectors", xs...)
		}
		dst = append(dst, x.n)
	}
	return dst
}

// Fill sets every element of t to v.
func (t *Tensor) Fill(v float64) {
	scaled("fill", t, t, v, 0,
		func(dst, _ []float32, v, _ float64) { kernel.Fill(dst, float32(v)) },
		func(dst, _ []float64, v, _ float64) { kernel.Fill(dst, v) })
}

// CopyFrom sets the elements of t to those of src, which broadcasts to the
// shape of t and is converted to its element type.
func (t *Tensor) CopyFrom(src *Tensor) {
	var dims [MaxRank]int
	shape, ok := Dims(dims[:0]).BroadcastShapes(t.Shape(), src.Shape())
	if !ok {
		BadShape("copy", "the source does not broadcast to the destination", t, src)
	}
	destination("copy", t, shape, src)
	if t.n == 0 {
		return
	}
	var l loop
	l.plan(t.Shape(), t, src)
	switch {
	case t.dtype == src.dtype && t.dtype == Float64:
		each(&l, &[4][]float64{t.f64, src.f64}, func(dst, a, _, _ []float64) { copy(dst, a) })
	case t.dtype == src.dtype:
		each(&l, &[4][]float32{t.f32, src.f32}, func(dst, a, _, _ []float32) { copy(dst, a) })
	case t.dtype == Float64:
		convert(&l, t.f64, src.f32)
	default:
		convert(&l, t.f32, src.f64)
	}
}

// convert copies the elements that l walks over, between element types.
func convert[D, S kernel.Float](l *loop, dst []D, src []S) {
	n, stride := l.row()
	var c cursor
	for ok := true; ok; ok = l.next(&c) {
		d, s := dst[c.at[0]:], src[c.at[1]:]
		if stride[0] == 1 && stride[1] == 1 {
			kernel.Convert(d[:n], s[:n])
			continue
		}
		for i := range n {
			d[i*stride[0]] = D(s[i*stride[1]])
		}
	}
}

// Blend sets each element of t to a·t + b·x, as a running mean needs it. x has as
// many elements as t, in the same order, and both are contiguous.
func (t *Tensor) Blend(x *Tensor, a, b float64) {
	sameDType("blend", "the operand", t, x)
	if t.n != x.n || !t.packed || !x.packed {
		BadShape("blend", "want contiguous tensors with equally many elements", t, x)
	}
	t.written()
	if t.dtype == Float64 {
		kernel.Blend(t.f64[:t.n], x.f64[:t.n], a, b)
	} else {
		kernel.Blend(t.f32[:t.n], x.f32[:t.n], float32(a), float32(b))
	}
}
