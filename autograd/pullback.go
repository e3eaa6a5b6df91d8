package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// pullExpression accumulates the gradients of the operands of y as those of the
// expression f, which computes y once more from them: f is recorded at the end
// of the graph, its operations are unwound, and the record is dropped, unless
// these gradients are themselves being recorded.
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

// identity stands between an operand and an expression that is differentiated
// by itself.
func identity() general {
	return general{Name: "identity", Rule: "dy", VJP: func(_ *node, _ int, dy Var) Var { return dy }}
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
	y := begin(recompute, xs...)
	y.needs = t.recording // f may lift parameters
	y.attr.call = call
	y.share(out)
	t.releaseSince(mark, y)
	return t.finish(y)
}

// releaseSince releases all nodes made since number first but parameters and
// those from y on.
func (t *Tape) releaseSince(first int, y *node) {
	for i := first; i < y.number; i++ {
		if n := t.at(i); n.param == nil && n.gen != 0 {
			t.release(n)
		}
	}
}

// first runs the function unrecorded.
func (call *recomputed) first(t *Tape, xs []Var) *node {
	outer := t.random
	t.recording, t.random = false, &call.random
	t.dry++
	defer func() {
		t.dry--
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

func recompute() general {
	return general{
		Name: "recompute", Rule: "the gradients of the function, run once more",
		Expr: func(y *node, operands []Var) Var { return y.attr.call.again(y.tape, operands) },
	}
}

// isRecomputed reports whether n is the result of [Recompute].
func (n *node) isRecomputed() bool {
	_, ok := n.op.(generalOp)
	return ok && n.attr.call != nil
}
