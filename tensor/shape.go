package tensor

import (
	"fmt"
	"math"
	"math/bits"
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
