package autograd

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// This file is the chain rule. For every recorded operation y = f(x₀, x₁, …),
// from the last to the first, the rule of f turns dy, the gradient of the
// result by y, into the gradients by x₀, x₁, …, and each is added to what its
// operand has received from other operations. How gradients share memory on
// the way is in memory.go.

// Backward computes the gradient of x, which has one element, by every
// parameter and input that it depends on. It runs once for each Reset: to
// differentiate several results, add them up first or use [Grad].
func (x Var) Backward() Grads {
	n := x.live("backward")
	if n.val.Len() != 1 {
		panic(&tensor.ShapeError{Op: "backward", Shapes: [][]int{append([]int{}, x.Shape()...)},
			Reason: "a gradient needs a scalar; reduce it with Sum or Mean, or give a seed with BackwardSeed"})
	}
	n.tape.mayDifferentiate("backward", n)
	return n.tape.backward(n, n.tape.ones(n))
}

// BackwardSeed is [Var.Backward] for x of any shape: seed is the gradient by x
// of a number that is computed from it elsewhere, and has the shape of x.
func (x Var) BackwardSeed(seed *tensor.Tensor) Grads {
	n := x.live("backward")
	t := n.tape
	t.mayDifferentiate("backward", n)
	t.checkSeed("backward", n, seed)
	s := t.newNode()
	s.op = leafOp
	t.store(s, seed.DType(), seed.Shape())
	s.val.CopyFrom(seed)
	return t.backward(n, s)
}

// ones returns the gradient of n by itself.
func (t *Tape) ones(n *node) *node {
	s := t.newNode()
	s.op = leafOp
	t.store(s, n.val.DType(), n.val.Shape())
	s.val.Fill(1)
	return s
}

func (t *Tape) mayDifferentiate(op string, y *node) {
	switch {
	case t.pass.current != nil || t.hooking:
		panic(&TapeError{op, "gradients are being computed already: a rule or a hook cannot begin another pass"})
	case t.dry > 0:
		panic(&TapeError{op, "the function given to Recompute runs unrecorded at first and has no gradients inside; differentiate what Recompute returns"})
	case !t.record:
		panic(&TapeError{op, "the tape does not record; call SetRecording(true) before the forward pass"})
	case t.done:
		panic(&TapeError{op, "backward has run on this tape already and has reused the memory of its gradients; Reset it, or use Grad for several gradients"})
	case !y.needs:
		panic(&TapeError{op, "the result depends on no parameter that is not frozen and on no input made with Tape.Var"})
	}
}

// checkSeed panics when seed cannot be the gradient by y.
func (t *Tape) checkSeed(op string, y *node, seed *tensor.Tensor) {
	if want, got := y.val.DType(), seed.DType(); want != got {
		panic(&tensor.DTypeError{Op: op, Operand: "the seed", Want: want, Got: got})
	}
	if !slices.Equal(seed.Shape(), y.val.Shape()) {
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{append([]int{}, y.val.Shape()...), append([]int{}, seed.Shape()...)},
			Reason: "the seed must have the shape of the result"})
	}
}

// A pass is the state of a backward pass while rules run.
type pass struct {
	current *node  // the operation whose rules are running
	began   int    // nodes in use when they began
	spent   *node  // the gradient that the running rule is given, when nothing needs it afterwards
	only    uint64 // the Grad call whose variables gradients flow to; 0 for all
}

// backward runs the rules, unrecorded, and collects the gradients of leaves.
func (t *Tape) backward(y, seed *node) Grads {
	t.forward = seed.number
	t.done, t.recording = true, false
	y.grad, seed.isGrad = seed, true
	t.unwind(y, 0)
	t.hookLeaves()
	t.recording = t.record
	return t.collect()
}

// unwind runs the rules of the recorded operations from y down to place first
// in the graph.
func (t *Tape) unwind(y *node, first int) {
	if len(y.in) == 0 {
		return // y is a leaf: its gradient is the seed
	}
	outer := t.pass
	for i := y.place; i >= first; i-- {
		n := t.graph[i]
		if n.grad == nil {
			continue // the result does not depend on it
		}
		t.pass.current, t.pass.began = n, t.used
		if n.hook != nil {
			t.runHook(n)
		}
		t.pull(n, n.grad.self())
		t.recycle(n)
	}
	t.pass = outer
}

// pull runs the rules of n = f(x₀, x₁, …), one for each operand whose gradient
// is wanted. dy is the gradient by n.
func (t *Tape) pull(n *node, dy Var) {
	var rule func(y *node, i int, dy Var) Var
	if op, ok := n.op.(generalOp); ok {
		d := op()
		if d.Expr != nil {
			t.pullExpression(n, dy, d.Expr)
			return
		}
		if d.Common != nil {
			dy = d.Common(n, dy)
		}
		rule = d.VJP // asking for it once is faster than for each operand
	} else {
		rule = n.op.vjp
	}
	last := len(n.in) - 1
	for last >= 0 && !t.wants(n.in[last]) {
		last--
	}
	for i, x := range n.in[:last+1] {
		if !t.wants(x) {
			continue
		}
		if i == last {
			t.spend(n, dy)
		}
		if dx := rule(n, i, dy); dx.n != nil {
			t.accumulate(x, dx.n)
		}
	}
	t.pass.spent = nil
}

// wants reports whether a gradient must flow through x.
func (t *Tape) wants(x *node) bool {
	return x.needs && (t.pass.only == 0 || x.wantedBy == t.pass.only)
}

// accumulate adds dx, which a rule has computed, to the gradient of x. While
// gradients are recorded the sum is an operation like any other.
func (t *Tape) accumulate(x, dx *node) {
	if dx.tape != t || dx.val.DType() != x.val.DType() {
		t.checkGradient("gradient of "+t.currentName(), dx, x)
	}
	if !slices.Equal(dx.val.Shape(), x.val.Shape()) {
		dx = t.fit(dx, x)
	}
	switch {
	case t.recording && x.grad == nil:
		x.grad = dx
	case t.recording:
		x.grad = x.grad.self().Add(dx.self()).n
	case x.grad == nil:
		x.grad = t.adopt(x, dx)
	default:
		x.grad = t.addTo(x.grad, dx)
	}
}

// fit gives the gradient g the shape of x. It sums over the axes along which x
// was stretched, and stretches the axes that the rule has left with length one.
func (t *Tape) fit(g, x *node) *node {
	want := x.val.Shape()
	lead := g.val.Rank() - len(want)
	var axes, dims [tensor.MaxRank]int
	n, inner := 0, false
	for i, d := range g.val.Shape() {
		switch {
		case i < lead || d != 1 && want[i-lead] == 1:
			inner = inner || i >= lead
			axes[n] = i
			n++
		case d != 1 && d != want[i-lead]:
			t.badRule(g, x)
		}
	}
	if n > 0 {
		for i := range want {
			if dims[i] = 1; lead+i >= 0 && want[i] != 1 {
				dims[i] = g.val.Shape()[lead+i]
			}
		}
		g = g.self().Sum(axes[:n]...).n
		if inner {
			g = g.self().Reshape(dims[:len(want)]...).n
		}
	}
	if !slices.Equal(g.val.Shape(), want) {
		g = g.self().Expand(want...).n
	}
	return g
}

// checkGradient panics when g, made by a rule or a hook of the program, is on
// another tape than x or has another element type.
func (t *Tape) checkGradient(op string, g, x *node) {
	if g.tape != t {
		panic(&TapeError{op, "the gradient is on another tape than its variable"})
	}
	if want, got := x.val.DType(), g.val.DType(); want != got {
		panic(&tensor.DTypeError{Op: op, Operand: "the gradient", Want: want, Got: got})
	}
}

func (t *Tape) badRule(g, x *node) {
	panic(&tensor.ShapeError{Op: "gradient of " + t.currentName(), Shapes: [][]int{append([]int{}, g.val.Shape()...)},
		Reason: fmt.Sprintf("the rule gave a gradient of this shape for an operand of shape %v", append([]int{}, x.val.Shape()...))})
}

func (t *Tape) currentName() string {
	if t.pass.current == nil {
		return "backward"
	}
	name, _ := t.pass.current.op.info()
	return name
}

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
