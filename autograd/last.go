package autograd

import "slices"

// last says that a rule uses x for the last time, in an elementwise operation,
// which may then write its result over x: the gradient that the rule is given,
// when no other rule needs it, or what the rule itself has made. While
// gradients are being recorded nothing is written over.
func (x Var) last() Var {
	n := x.n
	t := n.tape
	mine := n == t.dying || n.seq >= t.mark && !n.held && n.param == nil
	n.last = mine && t.current != nil && !t.recording && !t.detect && n.buf != nil && n.buf.refs == 1
	return x
}

// storeOver gives y the storage of its operand x, when x is used for the last
// time and has the right shape, and else a value of its own.
func (t *Tape) storeOver(y, x *node, shape []int) {
	if !x.last || !x.val.IsContiguous() || !slices.Equal(x.val.Shape(), shape) {
		t.store(y, x.val.DType(), shape)
		return
	}
	y.val, y.buf = x.val, x.buf
	x.buf, x.gen, x.last = nil, 0, false
}
