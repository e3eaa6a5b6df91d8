package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Replace makes v stand for a parameter: until the next Reset, [Tape.Param]
// returns v in place of the parameter, so that a model computes with weights that
// are themselves results: weights after a step of an inner optimizer
// (meta-learning), the output of another net, a normalised weight. Gradients flow
// through v to what it was made of. The zero Var ends the replacement.
//
// A function given to [Recompute] must find the same replacements both times.
//
// PyTorch: torch.func.functional_call.
func (t *Tape) Replace(p *Param, v Var) {
	if v.IsZero() {
		delete(t.replaced, p)
		return
	}
	n := v.live("replace")
	if n.tape != t {
		panic(&TapeError{"replace", "the variable is on another tape; put it on this one"})
	}
	if want, got := p.Value.DType(), n.val.DType(); want != got {
		panic(&tensor.DTypeError{Op: "replace", Operand: "the variable", Want: want, Got: got})
	}
	if !slices.Equal(p.Value.Shape(), n.val.Shape()) {
		tensor.BadShape("replace", "the variable must have the shape of the parameter", p.Value, &n.val)
	}
	if t.replaced == nil {
		t.replaced = map[*Param]Var{}
	}
	t.replaced[p] = v
}

// PerSample returns the gradients of n losses one by one, where Backward gives
// that of their mean or sum: for each parameter a tensor [n, its shape …], whose
// part i is the gradient of loss i, and zero where none flows. loss computes loss
// i on t. Layers that look at a whole batch, such as batch norm in training, see
// one sample at a time.
//
// The gradients are exact: each is computed by itself, in n passes of a batch of
// one. That costs more than one pass of a batch of n; docs/derivatives.md says
// how much, by layer.
//
// PyTorch: torch.func.vmap of torch.func.grad.
func PerSample(params []*Param, n int, loss func(t *Tape, i int) Var) []*tensor.Tensor {
	if n < 0 {
		tensor.BadArg("per-sample", "want a number of samples, got %d", n)
	}
	list := make([]*tensor.Tensor, len(params))
	for k, p := range params {
		list[k] = tensor.ZerosOf(p.Value.DType(), append([]int{n}, p.Value.Shape()...)...)
	}
	t := NewTape()
	for i := range n {
		t.Reset()
		g := loss(t, i).Backward()
		for k, p := range params {
			if dp := g.Of(p); dp != nil {
				list[k].Select(0, i).CopyFrom(dp)
			}
		}
	}
	return list
}

// JVP returns the derivative of y as xs move in the direction vs: the product of
// the Jacobian matrices with vs. Each of vs has the shape of its x; the result
// has that of y. JVP differentiates a [VJP] by the vector, on which it depends
// linearly.
func JVP(y Var, xs, vs []Var) Var {
	if len(xs) != len(vs) {
		panic(&tensor.ArgError{Op: "jvp", Reason: "there must be a direction for each variable"})
	}
	for i, v := range vs {
		if n, m := xs[i].live("jvp"), v.live("jvp"); !slices.Equal(n.val.Shape(), m.val.Shape()) {
			panic(&tensor.ShapeError{Op: "jvp", Shapes: [][]int{append([]int{}, xs[i].Shape()...), append([]int{}, v.Shape()...)},
				Reason: "a direction must have the shape of its variable"})
		}
	}
	u := y.Tape().Var(tensor.ZerosLike(y.Value()))
	var along Var
	for i, g := range VJP(y, u, xs...) {
		s := g.Mul(vs[i]).Sum()
		if i > 0 {
			s = along.Add(s)
		}
		along = s
	}
	if !along.NeedsGrad() {
		return y.zero()
	}
	return Grad(along, u)[0]
}

// HVP returns the product of the Hessian matrix of y, which has one element, by
// x, with the vector v, which has the shape of x.
func HVP(y, x, v Var) Var {
	g := Grad(y, x)[0]
	if !g.NeedsGrad() {
		return x.zero()
	}
	return VJP(g, v, x)[0]
}

// Jacobian returns the derivative of every element of y by every element of x,
// as a tensor [len(y) len(x)]. It takes a pass for each element of y.
func Jacobian(y, x Var) *tensor.Tensor {
	n, m := y.live("jacobian"), x.live("jacobian")
	t := n.tape
	t.mayDifferentiate("jacobian", n)
	rows, columns := n.val.Len(), m.val.Len()
	j := tensor.ZerosOf(n.val.DType(), rows, columns)
	first := y.Reshape(-1).n
	for i := range rows {
		seed := t.newNode()
		seed.op, seed.isGrad = leafOp, true
		t.store(seed, n.val.DType(), []int{rows})
		seed.val.Fill(0)
		seed.val.Set(1, i)
		if g := t.plainGrad(first, seed, m); g != nil {
			j.Slice(0, i, i+1, 1).Reshape(-1).CopyFrom(g.val.Reshape(-1))
		}
		t.forgetGradients()
		t.releaseBetween(seed.number, t.used, nil) // gradients that are kept elsewhere, too
		t.shrink(seed.number)
	}
	return j
}

// plainGrad runs a pass from y to x that is not recorded, and returns the
// gradient by x, or nil for none. The pass leaves everything as it was, so that
// others may follow.
func (t *Tape) plainGrad(y, seed, x *node) *node {
	t.recording = false
	keep := x.keep
	x.keep = true
	t.unwindTo(y, seed, []*node{x})
	x.keep = keep
	t.recording = t.record
	return x.grad
}

// Hessian returns the second derivatives of y, which has one element, by every
// pair of elements of x, as a tensor [len(x) len(x)].
func Hessian(y, x Var) *tensor.Tensor {
	g := Grad(y, x)[0]
	if !g.NeedsGrad() {
		n := x.Value().Len()
		return tensor.ZerosOf(x.DType(), n, n)
	}
	return Jacobian(g, x)
}

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
