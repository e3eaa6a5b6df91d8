package autograd

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Backward computes the gradient of x, which has one element, by every
// parameter and input that it depends on. It runs once for each Reset: to
// differentiate several results, add them up first or use [Grad].
func (x Var) Backward() *Grads {
	n := x.live("backward")
	if n.val.Len() != 1 {
		panic(&tensor.ShapeError{Op: "backward", Shapes: [][]int{append([]int{}, x.Shape()...)},
			Reason: "a gradient needs a scalar; reduce it with Sum or Mean, or give a seed with BackwardSeed"})
	}
	t := n.tape
	t.mayDifferentiate("backward", n)
	t.forward = t.used
	seed := t.newNode()
	seed.op = leafOp
	t.store(seed, n.val.DType(), n.val.Shape())
	seed.val.Fill(1)
	return t.backward(n, seed)
}

// BackwardSeed is [Var.Backward] for a result of any shape: seed is the
// gradient of something by x, and has the shape of x.
func (x Var) BackwardSeed(seed *tensor.Tensor) *Grads {
	n := x.live("backward")
	n.tape.mayDifferentiate("backward", n)
	n.tape.forward = n.tape.used
	return n.tape.backward(n, n.tape.seedNode("backward", n, seed))
}

func (t *Tape) seedNode(op string, y *node, seed *tensor.Tensor) *node {
	if seed.DType() != y.val.DType() {
		panic(&tensor.DTypeError{Op: op, Want: y.val.DType(), Got: seed.DType()})
	}
	if !slices.Equal(seed.Shape(), y.val.Shape()) {
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{append([]int{}, y.val.Shape()...), append([]int{}, seed.Shape()...)},
			Reason: "the seed must have the shape of the result"})
	}
	s := t.newNode()
	s.op = leafOp
	t.store(s, seed.DType(), seed.Shape())
	s.val.CopyFrom(seed)
	return s
}

func (t *Tape) mayDifferentiate(op string, y *node) {
	switch {
	case !t.record:
		panic(&TapeError{op, "the tape does not record; call SetRecording(true) before the forward pass"})
	case t.done:
		panic(&TapeError{op, "backward has run on this tape already and has reused the memory of its gradients; Reset it, or use Grad for several gradients"})
	case !y.needs:
		panic(&TapeError{op, "the result depends on no parameter that is not frozen and on no input made with Tape.Var"})
	}
}

// backward runs the rules, unrecorded, and collects gradients of leaves.
func (t *Tape) backward(y, seed *node) *Grads {
	t.done, t.recording = true, false
	y.grad, seed.held = seed, true
	t.unwind(y, 0, 0)
	t.hookLeaves()
	t.recording = t.record
	t.grads.tape, t.grads.gen = t, t.gen
	for i, n := range t.lifts {
		t.grads.items[i].value = nil
		if n != nil && n.grad != nil {
			t.own(n)
			t.grads.items[i].value = &n.grad.val
		}
	}
	return &t.grads
}

// own makes sure that the gradient of leaf n shares its storage with nothing,
// so that it may be changed in place.
func (t *Tape) own(n *node) {
	g := n.grad
	if g.buf != nil && g.buf.refs == 1 && g.val.IsContiguous() {
		return
	}
	n.grad = t.copyOf(g)
	n.grad.held = true
	t.release(g)
}

// copyOf returns an unrecorded node with a copy of the value of n.
func (t *Tape) copyOf(n *node) *node {
	c := t.newNode()
	c.op = aliasOp
	t.store(c, n.val.DType(), n.val.Shape())
	c.val.CopyFrom(&n.val)
	return c
}

// isSmallPart reports whether the value of n is less than half of a buffer that
// others share.
func (n *node) isSmallPart() bool {
	return n.buf != nil && n.buf.refs > 1 && 2*n.val.Len()*n.val.DType().Size() < n.buf.bytes()
}

// unwind runs the rules of the recorded operations from y down to place first
// in the graph. With a stamp, gradients flow only through nodes on the path
// that bears it.
func (t *Tape) unwind(y *node, first int, stamp uint64) {
	last := y.pos
	if len(y.in) == 0 {
		return // y is a leaf: its gradient is the seed
	}
	outer, mark := t.current, t.mark
	for i := last; i >= first; i-- {
		n := t.graph[i]
		if n.grad == nil {
			continue
		}
		t.current, t.mark = n, t.used
		if n.hook != nil {
			t.runHook(n)
		}
		dy := Var{n.grad, n.grad.gen}
		if all, ok := n.op.(jointOperation); ok {
			all.vjps(n, dy, stamp, t.mark)
		} else {
			t.rules(n, dy, stamp)
		}
		if t.recording {
			continue
		}
		t.releaseFrom(t.mark)
		if n.grad != nil && !n.keep {
			t.release(n.grad)
			n.grad = nil
		}
	}
	t.current, t.mark = outer, mark
}

// rules runs the rules of n, one for each operand whose gradient is wanted.
func (t *Tape) rules(n *node, dy Var, stamp uint64) {
	last := len(n.in) - 1
	for last >= 0 && !n.in[last].wants(stamp) {
		last--
	}
	for k, x := range n.in[:last+1] {
		if !x.wants(stamp) {
			continue
		}
		if k == last && !n.keep && n.hook == nil { // which may have handed dy out
			t.dying = dy.n
		}
		if g := n.op.vjp(n, k, dy); g.n != nil {
			t.accumulate(x, g.n, t.mark)
		}
	}
	t.dying = nil
}

// wants reports whether a gradient must flow through x.
func (x *node) wants(stamp uint64) bool {
	return x.needs && (stamp == 0 || x.path == stamp)
}

// hookLeaves runs the hooks of leaves, which have no place in the graph: their
// gradients are complete when everything else is.
func (t *Tape) hookLeaves() {
	mark := t.used
	for i, n := range t.hooked {
		if n.grad != nil && !slices.Contains(t.hooked[:i], n) {
			t.runHook(n)
		}
	}
	if !t.recording {
		t.releaseFrom(mark)
	}
}

func (t *Tape) runHook(n *node) {
	g := n.hook(Var{n.grad, n.grad.gen}).live("hook")
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
	n.grad.held = true
	t.release(old)
}

// accumulate adds g to the gradient of x. The first contribution is moved, if
// it was made by the rule that began at mark or dies with it, and shared
// otherwise; later ones are added in place where no one else reads the sum.
func (t *Tape) accumulate(x, g *node, mark int) {
	if g.tape != t || g.val.DType() != x.val.DType() {
		t.checkGradient("gradient of "+t.currentName(), g, x)
	}
	if !slices.Equal(g.val.Shape(), x.val.Shape()) {
		g = t.fit(g, x)
	}
	if t.recording {
		if x.grad != nil {
			g = Var{x.grad, t.gen}.Add(Var{g, t.gen}).n
		}
		x.grad = g
		return
	}
	s := x.grad
	switch {
	case s == nil:
		switch {
		case g == t.dying: // x inherits it
			t.current.grad, t.dying = nil, nil
		case len(x.in) == 0 && g.isSmallPart(): // which would hold all of it until Reset
			g = t.copyOf(g)
		case g.seq < mark || g.held:
			g = t.alias(g)
		}
		g.held = true
		x.grad = g
	case s.buf != nil && s.buf.refs == 1 && s.val.IsContiguous():
		tensor.AddTo(&s.val, &s.val, &g.val)
	default:
		sum := t.newNode()
		sum.op, sum.held = aliasOp, true
		t.store(sum, g.val.DType(), g.val.Shape())
		tensor.AddTo(&sum.val, &s.val, &g.val)
		t.release(s)
		x.grad = sum
	}
}

// fit gives the gradient g the shape of x: it sums over the axes along which x
// was stretched, and stretches where the rule left an axis short.
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
		g = Var{g, t.gen}.Sum(axes[:n]...).n
		if inner {
			g = Var{g, t.gen}.Reshape(dims[:len(want)]...).n
		}
	}
	if !slices.Equal(g.val.Shape(), want) {
		g = Var{g, t.gen}.Expand(want...).n
	}
	return g
}

// checkGradient panics when g, made by a rule or a hook of the program, is on
// another tape than x or has another element type.
func (t *Tape) checkGradient(op string, g, x *node) {
	if g.tape != t {
		panic(&TapeError{op, "it is on another tape than the variable that it belongs to"})
	}
	if want, got := x.val.DType(), g.val.DType(); want != got {
		panic(&tensor.DTypeError{Op: op, Want: want, Got: got})
	}
}

func (t *Tape) badRule(g, x *node) {
	panic(&tensor.ShapeError{Op: "gradient of " + t.currentName(), Shapes: [][]int{append([]int{}, g.val.Shape()...)},
		Reason: fmt.Sprintf("the rule gave a gradient for an operand of shape %v", append([]int{}, x.val.Shape()...))})
}

func (t *Tape) currentName() string {
	if t.current == nil {
		return "backward"
	}
	name, _ := t.current.op.info()
	return name
}

// release ends the life of a node that nothing refers to any more.
func (t *Tape) release(n *node) {
	n.held = false
	n.gen = 0
	if n.buf != nil {
		t.pool.drop(n.buf)
		n.buf = nil
	}
}

// releaseFrom releases what a rule has made since mark and nothing holds.
func (t *Tape) releaseFrom(mark int) {
	for i := mark; i < t.used; i++ {
		if n := t.at(i); !n.held && n.gen != 0 && n.param == nil {
			t.release(n)
		}
	}
}
