package autograd

// Lent returns the bytes of the buffers that the tape has in use.
func (t *Tape) Lent() int { return t.buffers.live }

// Nodes returns the number of nodes that the tape has in use.
func (t *Tape) Nodes() int { return t.used }

// Idle returns the bytes of the buffers that the tape keeps for later.
func (t *Tape) Idle() int { return t.buffers.held - t.buffers.live }

// Spoil fills memory with NaN when it is given back, as DetectNaN does, without
// looking at results.
func (t *Tape) Spoil() { t.buffers.poison = true }

// Held returns how much the tape holds of each thing; none of the numbers may grow
// from step to step. It counts bytes of buffers that are lent, and of all, entries of the
// list of lent buffers, nodes, recorded operations, leaves with hooks, places
// for parameters, and what the arenas have room for.
func (t *Tape) Held() []int {
	return []int{
		t.buffers.live, t.buffers.held, len(t.buffers.lent), t.used, len(t.slabs), len(t.graph), len(t.hooked), len(t.lifts), len(t.grads.items),
		len(t.ints.mem), len(t.nodes.mem), len(t.vars.mem), len(t.values.mem), len(t.shapes.mem), t.hooks,
	}
}

// Overwrite lets the rules of tests say what the rules of the package say.
func Overwrite(x Var) Var { return x.overwrite() }
