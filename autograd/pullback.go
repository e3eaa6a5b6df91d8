package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// pullback accumulates the gradients of the operands of y as those of the
// expression f, which computes y once more from them: f is recorded at the end
// of the graph, its operations are unwound, and the record is dropped, unless
// these gradients are themselves being recorded.
func (t *Tape) pullback(y *node, dy Var, stamp uint64, mark int, f func(operands []Var) Var) {
	start, recording := len(t.graph), t.recording
	t.recording = true
	stand, operands := t.nodes.take(len(y.in)), t.vars.take(len(y.in))
	for i, x := range y.in {
		s := t.apply(specialOp(identity), x)
		s.val, s.buf = x.val, x.buf
		if s.buf != nil {
			s.buf.refs++
		}
		s.path = x.path
		t.finish(s)
		stand[i], operands[i] = s, s.self()
	}
	first := len(t.graph)
	out := f(operands).live("recompute")
	t.recording = recording
	if out.needs {
		t.accumulate(out, dy.n, mark)
		if len(out.in) > 0 && out.pos >= first { // f may return what it was given, or captured
			// Every gradient is wanted inside: a parameter that f lifts is not on
			// the path of a Grad call, but what lies between it and y may be.
			t.unwind(out, first, 0)
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
		if x.wants(stamp) {
			t.accumulate(x, g, mark)
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

// A recomputed is a function whose intermediate values have been dropped.
type recomputed struct {
	f      func(xs ...Var) Var
	random randomLog
}

// A randomLog remembers the generators that a function draws from, as they
// were before.
type randomLog struct {
	generators []*tensor.Rand
	states     []tensor.Rand
}

// note remembers r in a state, unless it is known already.
func (l *randomLog) note(r *tensor.Rand, state *tensor.Rand) {
	if !slices.Contains(l.generators, r) {
		l.generators = append(l.generators, r)
		l.states = append(l.states, *state)
	}
}

// forget empties the log and keeps its memory.
func (l *randomLog) forget() {
	l.generators, l.states = l.generators[:0], l.states[:0]
}

// swap exchanges the states of the generators with those remembered.
func (l *randomLog) swap() {
	for i, g := range l.generators {
		*g, l.states[i] = l.states[i], *g
	}
}

// Draws tells the tape that an operation is about to draw from r, so that
// [Recompute] and [Tape.Replay] can draw the same numbers again.
func (t *Tape) Draws(r *tensor.Rand) {
	t.drawn.note(r, r)
	if t.random != nil {
		t.random.note(r, r)
	}
}

// Recompute returns f(xs...), but keeps nothing of what f computes on the way:
// Backward runs f again when it needs these values. This trades time for
// memory, as PyTorch's checkpoint does. f must depend on nothing that changes
// in between; what it draws from generators through [Tape.Draws] is drawn the
// same again. Where there will be no Backward, as in evaluation, this saves
// memory alone.
// See https://docs.pytorch.org/docs/stable/checkpoint.html.
func Recompute(f func(xs ...Var) Var, xs ...Var) Var {
	nodes := nodesOf("recompute", xs)
	t := nodes[0].tape
	mark := t.used
	var call *recomputed
	var out *node
	if t.recording {
		call = &recomputed{f: f}
		out = call.first(t, xs)
	} else {
		out = f(xs...).live("recompute")
	}
	if out.tape != t {
		panic(&TapeError{"recompute", "the function returned a variable of another tape"})
	}
	y := t.apply(recomputeOp{}, nodes...)
	y.needs = t.recording // f may lift parameters
	y.attr.call = call
	y.val, y.buf = out.val, out.buf
	if y.buf != nil {
		y.buf.refs++
	}
	for i := mark; i < y.seq; i++ {
		if n := t.at(i); n.param == nil && n.gen != 0 {
			t.release(n)
		}
	}
	return t.finish(y)
}

// first runs the function unrecorded.
func (call *recomputed) first(t *Tape, xs []Var) *node {
	outer := t.random
	t.recording, t.random = false, &call.random
	defer func() {
		t.recording, t.random = true, outer
		for i, r := range call.random.generators {
			if outer != nil {
				outer.note(r, &call.random.states[i])
			}
		}
	}()
	return call.f(xs...).live("recompute")
}

// again runs the function once more, with the same random numbers.
func (call *recomputed) again(t *Tape, xs []Var) Var {
	outer, replaying := t.random, t.replaying
	states := slices.Clone(call.random.states)
	t.random, t.replaying = nil, true
	call.random.swap()
	defer func() {
		call.random.swap()
		copy(call.random.states, states)
		t.random, t.replaying = outer, replaying
	}()
	return call.f(xs...)
}

type recomputeOp struct{}

func (recomputeOp) info() (name, rule string) {
	return "recompute", "the gradients of the function, run once more"
}

func (recomputeOp) vjp(*node, int, Var) Var { panic("autograd: recompute is joint") }

func (recomputeOp) vjps(y *node, dy Var, stamp uint64, mark int) {
	y.tape.pullback(y, dy, stamp, mark, func(operands []Var) Var { return y.attr.call.again(y.tape, operands) })
}
