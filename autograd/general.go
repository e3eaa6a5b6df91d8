package autograd

import "github.com/descent-ml/descent/tensor"

// A general declares an operation whose shape, value and rule read operands and
// attributes from its node. The method of the operation makes the node, fills
// in the attributes, and records it:
//
//	y := begin(flip, x)
//	y.attr.ints[0] = axis
//	return y.record()
type general struct {
	Name, Rule string

	Shape func(y *node, dims tensor.Dims) []int // the shape of the value; nil when Value gives y its storage, as a view does
	Value func(y *node)                         // writes the value

	VJP    func(y *node, i int, dy Var) Var  // the gradient by operand i
	Common func(y *node, dy Var) Var         // what the gradients of all operands have in common; VJP gets it in place of dy
	Expr   func(y *node, operands []Var) Var // in place of VJP: an expression with the same value; its derivative is the rule
}

type generalOp func() general

func (op generalOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op generalOp) vjp(y *node, i int, dy Var) Var { return op().VJP(y, i, dy) }

// begin returns the node of an operation on operands, with empty attributes and
// without a value. Operands after the first may be empty Vars, which are left
// out. Its loop is that of [Tape.apply] on purpose: one loop for both would make
// lists of nodes, and takes 1.2 % more instructions in a step of a small net.
func begin(op generalOp, operands ...Var) *node {
	t := operands[0].liveFor(op).tape
	y := t.newNode()
	y.op = op
	y.attr = attr{}
	in, count := t.roomFor(y, len(operands)), 0
	for i := range operands {
		x := &operands[i] // a copy would be read before the caller's stores have settled
		n := x.n
		if n == nil && i > 0 {
			continue
		}
		if n.tape != t || x.gen != n.gen || x.gen != t.gen {
			x.liveFor(op)
			y.twoTapes()
		}
		in[count] = n
		count++
		y.needs = y.needs || n.needs
		if n.val.Version() != n.version {
			y.readsChanged(n)
		}
	}
	y.in = in[:count]
	y.needs = y.needs && t.recording
	return y
}

// beginGrad returns the node of op, the gradient of y by all its operands at
// once. Its operands are those of y, and dy. It has the attributes of y, and what
// y has saved.
func (y *node) beginGrad(op generalOp, dy Var) *node {
	operands := y.tape.vars.take(len(y.in) + 1)
	for i := range y.in {
		operands[i] = y.operand(i)
	}
	operands[len(y.in)] = dy
	z := begin(op, operands...)
	z.attr.ints, z.attr.f, z.saved = y.attr.ints, y.attr.f, y.saved
	return z
}

// liveFor is live for an operation, whose name is needed only by a panic.
func (x Var) liveFor(op generalOp) *node {
	if x.n != nil && x.gen == x.n.gen && x.gen == x.n.tape.gen {
		return x.n
	}
	return x.live(op().Name)
}

// record computes the value of y and records the operation.
func (y *node) record() Var {
	t, d := y.tape, y.op.(generalOp)()
	if d.Shape != nil {
		t.store(y, y.in[0].val.DType(), d.Shape(y, t.dims[:0]))
	}
	d.Value(y)
	return t.finish(y)
}

// sameShape is the Shape of an operation whose value has the shape of its first
// operand.
func sameShape(y *node, _ tensor.Dims) []int { return y.in[0].val.Shape() }

// givenShape is the Shape of an operation that keeps it as an attribute.
func givenShape(y *node, _ tensor.Dims) []int { return y.attr.shape }

// value returns the value of operand i, or nil when there is none.
func (y *node) value(i int) *tensor.Tensor {
	if i >= len(y.in) {
		return nil
	}
	return &y.in[i].val
}

// save returns a new tensor of the given shape, which y keeps for its rule.
func (y *node) save(i int, shape ...int) *tensor.Tensor {
	s := y.tape.newNode()
	s.op = leafOp
	y.tape.store(s, y.in[0].val.DType(), shape)
	y.saved[i] = s
	return &s.val
}

// pullExpression accumulates the gradients of the operands of y. It takes them
// from the expression f, which computes y once more from the operands. The
// operations of f are recorded at the end of the graph, and their rules are run.
// Then the record of f is dropped, unless the gradients are themselves being
// recorded.
func (t *Tape) pullExpression(y *node, dy Var, f func(y *node, operands []Var) Var) {
	start, recording := len(t.graph), t.recording
	t.recording = true
	stand, operands := t.nodes.take(len(y.in)), t.vars.take(len(y.in))
	for i, x := range y.in {
		s := begin(identity, x.self())
		s.share(x)
		s.wantedBy = x.wantedBy
		operands[i] = t.finish(s)
		stand[i] = s
	}
	first := len(t.graph)
	out := f(y, operands).live("recompute")
	t.recording = recording
	if out.needs {
		t.accumulate(out, dy.n)
		if len(out.in) > 0 && out.place >= first { // f may return what it was given, or captured
			// Every gradient is wanted inside: a parameter that f lifts is not on
			// the path of a Grad call, but what lies between it and y may be.
			only := t.pass.only
			t.pass.only = 0
			t.unwind(out, first)
			t.pass.only = only
		}
	}
	for i, x := range y.in {
		if stand[i].grad == nil {
			continue
		}
		if stand[i].hook != nil {
			t.runHook(stand[i])
		}
		g := stand[i].grad
		stand[i].grad = nil
		if t.wants(x) {
			t.accumulate(x, g)
		}
		if !recording {
			t.release(g)
		}
	}
	if !recording {
		t.graph = t.graph[:start]
		return
	}
	for _, n := range t.graph[start:] {
		n.grad = nil
	}
}

// identity separates an operand from an expression that pullExpression runs, so
// that the gradient by the operand in this expression is added up by itself.
func identity() general {
	return general{Name: "identity", Rule: "dy", VJP: func(_ *node, _ int, dy Var) Var { return dy }}
}
