package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// A Var is a value on a tape: an input, a lifted parameter or the result of an
// operation. It is a small handle, passed by value, that is good until the
// tape is reset; using it later panics with a [*TapeError].
//
// Operations are methods, so that code reads like the mathematics:
// x.MatMul(w).Add(b).ReLU(). All operands of an operation are on one tape and
// have one element type.
type Var struct {
	n   *node
	gen uint64
}

// A node is what a tape keeps of a variable. The links are a struct of their own
// because a new node needs only them cleared.
type node struct {
	val tensor.Tensor
	links
	few   [3]*node // room for in
	saved [3]*node // values that the rule needs besides the operands
	attr  attr     // cleared by begin
}

// links are what is known of a variable besides its value.
type links struct {
	buf  *buffer // the storage of val, when it is the pool's
	tape *Tape
	gen  uint64

	number int // place among the nodes of the tape
	place  int // place in the graph, when recorded

	op operation
	in []*node // operands

	needs        bool // a gradient flows through here
	keep         bool // the gradient is kept when it has been used
	isGrad       bool // this node is the gradient of another
	mayOverwrite bool // the next elementwise operation may write over the value
	finite       bool // the value is known to be finite
	param        *Param
	grad         *node
	version      uint32 // of a leaf and its views: that of the value when it was put on the tape
	read         uint32 // the sum of the versions of operands that had changed when they were used
	wantedBy     uint64 // the last Grad call that wants a gradient to flow here
	hook         func(Var) Var
	pc           uintptr // who made it, when the tape detects NaN
}

// An attr holds what an operation has besides operands. Each operation
// documents which fields it uses.
type attr struct {
	f     [2]float64
	ints  [9]int
	index []int
	shape []int
	class *tensor.ClassTarget
	call  *recomputed
}

// live returns the node of x, and panics when the tape has been reset since.
func (x Var) live(op string) *node {
	if x.n == nil || x.gen != x.n.gen || x.gen != x.n.tape.gen {
		x.dead(op)
	}
	return x.n
}

func (x Var) dead(op string) {
	if x.n == nil {
		panic(&TapeError{op, "the variable is empty; make variables with Tape.Const, Tape.Var or Tape.Param"})
	}
	panic(&TapeError{op, "the variable is from before Reset, or its memory has been given back since: by Recompute after its function, or by KeepOnly on a tape that does not record"})
}

// Value returns the value of x. It shares the storage of the tape: Clone it to
// keep it over a Reset, and do not modify it.
func (x Var) Value() *tensor.Tensor { return &x.live("value").val }

// Item returns the only element of x.
func (x Var) Item() float64 { return x.Value().Item() }

// Shape returns the lengths of the axes. The caller must not modify it.
func (x Var) Shape() []int { return x.live("shape").val.Shape() }

// Dim returns the length of an axis; negative axes count from the end.
func (x Var) Dim(axis int) int { return x.live("dim").val.Dim(axis) }

// Rank returns the number of axes.
func (x Var) Rank() int { return x.live("rank").val.Rank() }

// DType returns the element type.
func (x Var) DType() tensor.DType { return x.live("dtype").val.DType() }

// Tape returns the tape that x is on.
func (x Var) Tape() *Tape { return x.live("tape").tape }

// IsZero reports whether x is the empty Var, which stands for an operand that
// is not there.
func (x Var) IsZero() bool { return x.n == nil }

// NeedsGrad reports whether a gradient flows through x.
func (x Var) NeedsGrad() bool { return x.live("needs-grad").needs }

// Param returns the parameter that x was lifted from, or nil.
func (x Var) Param() *Param { return x.live("param").param }

// Op returns the name of the operation that made x, and the rule of its
// gradient in words: "tanh" and "dy (1 − y²)". Inputs and parameters are made
// by "leaf".
func (x Var) Op() (name, rule string) { return x.live("op").op.info() }

// Operands returns the operands of the operation that made x.
func (x Var) Operands() []Var {
	n := x.live("operands")
	in := make([]Var, len(n.in))
	for i, m := range n.in {
		in[i] = Var{m, m.gen}
	}
	return in
}

// RetainGrad keeps the gradient of x for [Grads.Of] when Backward has passed.
// Parameters, and inputs made with [Tape.Var], keep theirs anyway.
func (x Var) RetainGrad() { x.live("retain-grad").keep = true }

// Detach returns a variable with the value of x through which no gradient
// flows.
func (x Var) Detach() Var {
	n := x.live("detach")
	y := n.tape.alias(n)
	y.op = leafOp
	return Var{y, y.gen}
}

// String describes x by the operation that made it and its value.
func (x Var) String() string {
	if x.n == nil {
		return "Var{}"
	}
	name, _ := x.Op()
	return fmt.Sprintf("%s %v", name, &x.n.val)
}

// zero returns zeros with the shape of x.
func (x Var) zero() Var {
	t := x.n.tape
	z := t.newNode()
	z.op = leafOp
	t.store(z, x.n.val.DType(), x.n.val.Shape())
	z.val.Fill(0)
	return z.self()
}

// scalar returns the number c with the element type of x.
func (x Var) scalar(c float64) Var { return x.n.tape.Scalar(x.n.val.DType(), c) }
