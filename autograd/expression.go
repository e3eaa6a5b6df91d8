package autograd

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
