package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Grad returns the gradients of y, summed over its elements, by each of xs, as
// variables that can be differentiated again. xs are leaves or intermediate
// values on the tape of y; where y does not depend on one of them, its
// gradient is zero.
func Grad(y Var, xs ...Var) []Var {
	n := y.live("grad")
	n.tape.mayDifferentiate("grad", n)
	return n.tape.grad(n, n.tape.ones(n), xs)
}

// VJP returns the gradients of Σ y·v by each of xs: the product of a vector
// with the Jacobian matrices. v has the shape of y.
func VJP(y, v Var, xs ...Var) []Var {
	n, s := y.live("vjp"), v.live("vjp")
	n.tape.mayDifferentiate("vjp", n)
	n.tape.checkGradient("vjp", s, n)
	if !slices.Equal(n.val.Shape(), s.val.Shape()) {
		panic(&tensor.ShapeError{Op: "vjp", Shapes: [][]int{append([]int{}, y.Shape()...), append([]int{}, v.Shape()...)},
			Reason: "the vector must have the shape of the result"})
	}
	return n.tape.grad(n, s, xs)
}

// grad runs a recorded pass from y to xs.
func (t *Tape) grad(y, seed *node, xs []Var) []Var {
	nodes := t.nodes.take(len(xs))
	for i, x := range xs {
		nodes[i] = x.live("grad")
	}
	t.unwindTo(y, seed, nodes)
	grads := make([]Var, len(xs))
	for i, n := range nodes {
		if n.grad != nil {
			grads[i] = n.grad.self()
		} else {
			grads[i] = n.self().zero()
		}
	}
	t.forgetGradients()
	return grads
}

// unwindTo runs the rules between y, whose gradient is seed, and xs, and no
// others.
func (t *Tape) unwindTo(y, seed *node, xs []*node) {
	t.gradCalls++
	for _, x := range xs {
		if x.tape != t {
			panic(&TapeError{"grad", "the result and the variable are on two different tapes"})
		}
		if !x.needs {
			panic(&TapeError{"grad", "no gradient flows through one of the variables; make it with Tape.Var or Tape.Param"})
		}
		x.wantedBy = t.gradCalls
	}
	for _, n := range t.graph {
		if n.isRecomputed() {
			n.wantedBy = t.gradCalls // a recomputed function may lift parameters, and capture variables
			continue
		}
		for _, x := range n.in {
			if x.wantedBy == t.gradCalls {
				n.wantedBy = t.gradCalls
				break
			}
		}
	}
	y.grad = seed
	if y.wantedBy == t.gradCalls {
		outer := t.pass
		t.pass.only = t.gradCalls
		t.unwind(y, 0)
		t.hookLeaves()
		t.pass = outer
	}
}

// forgetGradients clears the gradients of all nodes.
func (t *Tape) forgetGradients() {
	for i := range t.used {
		t.at(i).grad = nil
	}
}
