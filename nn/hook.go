package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Hook is a layer that shows what flows through another one. It computes what
// Layer computes, and has its parameters, under the same names.
//
// PyTorch: register_forward_hook and register_full_backward_hook of a module.
type Hook struct {
	Layer

	// Output sees the input and the output of each forward pass; nil sees nothing.
	// Clone a value to keep it: the tape uses its memory again.
	Output func(x, y autograd.Var)

	// Gradient sees the gradient by the output of each backward pass, and returns
	// what takes its place, or dy itself; nil sees nothing.
	Gradient func(dy autograd.Var) autograd.Var
}

// Forward applies the layer.
func (h Hook) Forward(x autograd.Var) autograd.Var {
	if h.Layer == nil {
		panic(&tensor.ArgError{Op: "hook", Reason: "there is no layer to look into; fill in Layer"})
	}
	y := h.Layer.Forward(x)
	if h.Output != nil {
		h.Output(x, y)
	}
	if h.Gradient != nil {
		y.Hook(h.Gradient)
	}
	return y
}

// String returns the layer within Hook(…).
func (h Hook) String() string {
	if h.Layer == nil {
		return text("Hook", "empty")
	}
	return text("Hook", fmt.Sprint(h.Layer))
}
