package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Hook calls f with the complete gradient of x when Backward or [Grad] reaches
// x. What f returns takes the place of that gradient. A second hook gets what the
// first returned. The memory of a gradient is used again as soon as the rules of
// x have run: clone the value of dx to keep it.
func (x Var) Hook(f func(dx Var) Var) {
	n := x.live("hook")
	if !n.tape.recording {
		return // there will be no gradient, or Recompute will run the function again
	}
	n.tape.hooks++
	if len(n.in) == 0 {
		n.tape.hooked = append(n.tape.hooked, n)
	}
	if first := n.hook; first != nil {
		n.hook = func(g Var) Var { return f(first(g)) }
		return
	}
	n.hook = f
}

// hookLeaves runs the hooks of leaves, which have no place in the graph: their
// gradients are complete when everything else is.
func (t *Tape) hookLeaves() {
	first := t.used
	for i, n := range t.hooked {
		if n.grad != nil && !slices.Contains(t.hooked[:i], n) {
			t.runHook(n)
		}
	}
	if !t.recording {
		t.releaseFrom(first)
	}
}

// runHook replaces the gradient of n by what the hook returns.
func (t *Tape) runHook(n *node) {
	t.hooking = true
	g := n.hook(n.grad.self()).live("hook")
	t.hooking = false
	if g == n.grad {
		return
	}
	t.checkGradient("hook", g, n)
	if !slices.Equal(g.val.Shape(), n.val.Shape()) {
		panic(&tensor.ShapeError{Op: "hook", Shapes: [][]int{append([]int{}, n.val.Shape()...), append([]int{}, g.val.Shape()...)},
			Reason: "the gradient that a hook returns must keep its shape"})
	}
	if t.recording {
		n.grad = g
		return
	}
	old := n.grad
	n.grad = t.alias(g)
	n.grad.isGrad = true
	t.release(old)
}
