package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// This file saves memory in a backward pass, and the time that memory costs. It
// changes no gradient. A pass that is not recorded keeps only the gradients of
// leaves and of variables marked with RetainGrad. It gives back all others as
// soon as the rules of their operation have run:
//
//   - The first gradient that reaches a variable is adopted: it is moved or
//     shared, not copied. Later ones are added to it in place.
//   - A rule may write its result over its gradient dy, or over a value that it
//     has made itself, when nothing reads that again ([Var.overwrite]).
//   - What a rule has made is given back, unless a variable has adopted it.

// adopt returns dx as the first gradient of x: dx itself where the running rule
// has made it or is the last to need it, else a second node with its storage.
func (t *Tape) adopt(x, dx *node) *node {
	switch {
	case dx == t.pass.spent: // x inherits it
		t.pass.current.grad, t.pass.spent = nil, nil
	case len(x.in) == 0 && dx.isSmallPart(): // x would hold all of it until Reset
		dx = t.copyOf(dx)
	case dx.number < t.pass.began || dx.isGrad:
		dx = t.alias(dx)
	}
	dx.isGrad = true
	return dx
}

// addTo adds dx to the gradient sum, in place where no one else reads it, and
// returns the sum.
func (t *Tape) addTo(sum, dx *node) *node {
	if sum.ownsStorage() {
		tensor.AddTo(&sum.val, &sum.val, &dx.val)
		sum.finite = false
		return sum
	}
	s := t.newNode()
	s.op, s.isGrad = aliasOp, true
	t.store(s, dx.val.DType(), dx.val.Shape())
	tensor.AddTo(&s.val, &sum.val, &dx.val)
	t.release(sum)
	return s
}

// ownsStorage reports whether n alone uses its storage, all of it.
func (n *node) ownsStorage() bool {
	return n.buf != nil && n.buf.refs == 1 && n.val.IsContiguous()
}

// isSmallPart reports whether the value of n is less than half of a buffer that
// others share.
func (n *node) isSmallPart() bool {
	return n.buf != nil && n.buf.refs > 1 && 2*n.val.Len()*n.val.DType().Size() < n.buf.size
}

// own makes sure that the gradient of n shares its storage with nothing,
// so that it may be changed in place.
func (t *Tape) own(n *node) {
	if g := n.grad; !g.ownsStorage() {
		n.grad = t.copyOf(g)
		n.grad.isGrad = true
		t.release(g)
	}
}

// copyOf returns an unrecorded node with a copy of the value of n.
func (t *Tape) copyOf(n *node) *node {
	c := t.newNode()
	c.op = aliasOp
	t.store(c, n.val.DType(), n.val.Shape())
	c.val.CopyFrom(&n.val)
	return c
}

// alias returns an unrecorded node with the value and storage of n.
func (t *Tape) alias(n *node) *node {
	y := t.newNode()
	y.op = aliasOp
	y.share(n)
	return y
}

// share gives y the value and storage of n.
func (y *node) share(n *node) {
	y.val, y.buf, y.version = n.val, n.buf, n.version
	if y.buf != nil {
		y.buf.refs++
	}
}

// recycle gives back what the rules of n have made and nothing has adopted, and
// the gradient of n unless it is to be kept. A recorded pass needs all of it.
func (t *Tape) recycle(n *node) {
	if t.recording {
		return
	}
	t.releaseFrom(t.pass.began)
	if n.grad != nil && !n.keep {
		t.release(n.grad)
		n.grad = nil
	}
}

// releaseFrom releases all nodes from number first on, except parameters and
// nodes that are the gradient of another.
func (t *Tape) releaseFrom(first int) {
	for i := first; i < t.used; i++ {
		if n := t.at(i); !n.isGrad && n.gen != 0 && n.param == nil {
			t.release(n)
		}
	}
}

// release ends the life of a node that nothing refers to any more.
func (t *Tape) release(n *node) {
	n.isGrad = false
	n.gen = 0
	if n.buf != nil {
		t.buffers.drop(n.buf)
		n.buf = nil
	}
}

// spend says that the last rule of n is about to run: nothing reads dy after
// it, unless dy is kept, or a hook has given it to the program.
func (t *Tape) spend(n *node, dy Var) {
	if dy.n == n.grad && !n.keep && n.hook == nil {
		t.pass.spent = dy.n
	}
}

// overwrite says that a rule uses x for the last time. The elementwise operation
// that follows may then write its result over x. It does so where x is a value
// that the rule itself has made, or the gradient that the rule is given, when no
// other rule needs it. While gradients are being recorded nothing is overwritten.
func (x Var) overwrite() Var {
	n := x.n
	t := n.tape
	mine := n == t.pass.spent || n.number >= t.pass.began && !n.isGrad && n.param == nil
	n.mayOverwrite = mine && t.pass.current != nil && !t.recording && !t.detect
	return x
}

// storeOver gives y the storage of its operand x, when that may be overwritten
// and has the right shape. Otherwise it gives y storage of its own.
func (t *Tape) storeOver(y, x *node, shape []int) {
	if !x.mayOverwrite || !x.ownsStorage() || !slices.Equal(x.val.Shape(), shape) {
		x.mayOverwrite = false
		t.store(y, x.val.DType(), shape)
		return
	}
	y.val, y.buf = x.val, x.buf
	x.buf, x.gen, x.mayOverwrite = nil, 0, false
}

// shrink takes back the nodes since number first, all of which have been
// released, unless a hook may have kept one, or they include a parameter that a
// rule has lifted.
func (t *Tape) shrink(first int) {
	for t.hooks == 0 && t.used > first && t.at(t.used-1).param == nil {
		t.used--
	}
}

// releaseBetween releases the nodes from number first to last, without last,
// but not parameters and not kept.
func (t *Tape) releaseBetween(first, last int, kept *node) {
	for i := first; i < last; i++ {
		if n := t.at(i); n != kept && n.param == nil && n.gen != 0 {
			t.release(n)
		}
	}
}

// A Mark is a place on a tape.
type Mark struct {
	gen      uint64 // that of the tape
	number   int    // nodes in use
	recorded int    // operations recorded
}

// Mark returns the place where the tape is now, for [Tape.KeepOnly].
func (t *Tape) Mark() Mark { return Mark{t.gen, t.used, len(t.graph)} }

// KeepOnly returns x. When nothing is being recorded, it gives back the memory of
// every other variable made since the mark; using one of them panics. While
// operations are recorded, or when some have been since the mark, it does
// nothing more, since gradients need their values. Models call it between
// layers, so that a forward pass without gradients holds the values of one layer
// and not of all.
func (t *Tape) KeepOnly(since Mark, x Var) Var {
	n := x.live("keep-only")
	if since.gen != t.gen {
		panic(&TapeError{"keep-only", "the mark is from before Reset; take it in the same step"})
	}
	if t.recording || len(t.graph) > since.recorded {
		return x
	}
	t.releaseBetween(since.number, t.used, n)
	if n.number >= since.number {
		n.in = nil // the operands are no more
	}
	return x
}
