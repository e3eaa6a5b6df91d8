package tensor

import "fmt"

// A Grad is a tensor that takes a gradient. Its methods write the gradients of
// operations whose derivative is more than an expression of other operations:
// dx.AsGrad().Tanh(y, dy) is the gradient of [Tanh] by x. Where an operation has
// several operands, the receiver takes the gradient by the first one, and the
// other destinations are arguments.
//
// Package autograd calls these methods, in the rules of its operations. They are
// apart from [Tensor] because a program that wants a gradient asks autograd for it.
type Grad Tensor

// AsGrad returns t as a destination of gradients.
func (t *Tensor) AsGrad() *Grad { return (*Grad)(t) }

// A View is a tensor that becomes a view of another one, or of a slice, without
// an allocation: v.AsView().Slice(x, 0, 2, 5, 1) makes v what x.Slice(0, 2, 5, 1)
// returns. The operand may be v itself. v forgets what it was before, but the old
// storage is not changed.
//
// Packages autograd and data call its methods: they make views in each training
// step, and reuse the Tensor that describes one. The methods are apart from
// [Tensor] because everybody else takes the view that [Tensor.Slice] returns.
type View Tensor

// AsView returns t as a tensor that can become a view.
func (t *Tensor) AsView() *View { return (*View)(t) }

// Wrap32 makes v a tensor over data, as [New] does.
func (v *View) Wrap32(data []float32, shape ...int) {
	t := (*Tensor)(v)
	t.setShapeOf(len(data), shape)
	t.f32, t.f64, t.dtype, t.version = data, nil, Float32, nil
}

// Wrap64 makes v a tensor over data, as [New] does.
func (v *View) Wrap64(data []float64, shape ...int) {
	t := (*Tensor)(v)
	t.setShapeOf(len(data), shape)
	t.f32, t.f64, t.dtype, t.version = nil, data, Float64, nil
}

// SetShape makes v a tensor of the given shape, and returns the number of its
// elements. It has no storage yet; give it one with [View.Use32] or [View.Use64].
// It panics in op's name when there is no such shape.
func (v *View) SetShape(op string, shape []int) int { return (*Tensor)(v).setShape(op, shape) }

// Use32 gives v the first elements of data as storage.
func (v *View) Use32(data []float32) {
	v.f32, v.f64, v.dtype, v.version = data[:v.n], nil, Float32, nil
}

// Use64 gives v the first elements of data as storage.
func (v *View) Use64(data []float64) {
	v.f32, v.f64, v.dtype, v.version = nil, data[:v.n], Float64, nil
}

// setShapeOf is setShape for a tensor over data with that many elements.
func (t *Tensor) setShapeOf(data int, shape []int) {
	if n := t.setShape("new", shape); n != data {
		panic(&ShapeError{Op: "new", Shapes: [][]int{append([]int{}, shape...)},
			Reason: fmt.Sprintf("the shape has %d elements, the data %d", n, data)})
	}
}

// Dims are the lengths of axes, and a destination for more of them: like the
// built-in append, each method returns dst followed by the shape of a result.
// With an array in the caller, Dims(array[:0]).MatMul(a, b), nothing is
// allocated.
//
// Package autograd calls these methods, to take memory of the right size for a
// result. They are apart from the operations because a program that lets an
// operation allocate its result does not ask for the shape.
type Dims []int
