package autograd

import "slices"

// A recomputed is a function whose intermediate values have been dropped.
type recomputed struct {
	f      func(xs ...Var) Var
	mode   Mode // of the first run
	random randomLog
}

// Recompute returns f(xs...), but keeps nothing of what f computes on the way:
// Backward runs f again when it needs these values. This trades time for
// memory, as PyTorch's checkpoint does. f must depend on nothing that changes
// in between. Operations that draw random numbers and call [Tape.Draws] draw the
// same numbers the second time. On a tape that does not record, f runs only
// once, and Recompute saves memory at no cost.
// See https://docs.pytorch.org/docs/stable/checkpoint.html.
func Recompute(f func(xs ...Var) Var, xs ...Var) Var {
	nodes := nodesOf("recompute", xs)
	t := nodes[0].tape
	mark := t.used
	var call *recomputed
	var out *node
	if t.recording {
		call = &recomputed{f: f, mode: t.mode}
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
	t.releaseBetween(mark, y.number, nil)
	return t.finish(y)
}

// first runs the function for the first time, unrecorded, and notes the
// generators that it draws from.
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
	outer, replaying, mode := t.random, t.replaying, t.mode
	states := slices.Clone(call.random.states)
	t.random, t.replaying, t.mode = nil, true, call.mode
	call.random.swap()
	defer func() {
		call.random.swap()
		copy(call.random.states, states)
		t.random, t.replaying, t.mode = outer, replaying, mode
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
