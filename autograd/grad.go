package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Grad returns the gradients of y, summed over its elements, by each of xs, as
// variables that can be differentiated again. xs are leaves or intermediate
// values on the tape of y; a gradient that does not depend on one of them is
// zero.
func Grad(y Var, xs ...Var) []Var {
	n := y.live("grad")
	t := n.tape
	t.mayDifferentiate("grad", n)
	seed := t.newNode()
	seed.op = leafOp
	t.store(seed, n.val.DType(), n.val.Shape())
	seed.val.Fill(1)
	return t.grad(n, seed, xs)
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

func (t *Tape) grad(y, seed *node, xs []Var) []Var {
	t.path++
	for _, x := range xs {
		n := x.live("grad")
		if n.tape != t {
			panic(&TapeError{"grad", "the result and the variable are on two different tapes"})
		}
		if !n.needs {
			panic(&TapeError{"grad", "no gradient flows through one of the variables; make it with Tape.Var or Tape.Param"})
		}
		n.path = t.path
	}
	for _, n := range t.graph {
		if _, ok := n.op.(recomputeOp); ok {
			n.path = t.path // the function may lift parameters, and capture variables
			continue
		}
		for _, x := range n.in {
			if x.path == t.path {
				n.path = t.path
				break
			}
		}
	}
	y.grad = seed
	if y.path == t.path {
		t.unwind(y, 0, t.path)
		t.hookLeaves()
	}
	grads := make([]Var, len(xs))
	for i, x := range xs {
		if g := x.n.grad; g != nil {
			grads[i] = Var{g, t.gen}
		} else {
			z := t.newNode()
			z.op = leafOp
			t.store(z, x.n.val.DType(), x.n.val.Shape())
			z.val.Fill(0)
			grads[i] = Var{z, z.gen}
		}
	}
	for i := range t.used {
		t.at(i).grad = nil
	}
	return grads
}
