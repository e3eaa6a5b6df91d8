package autograd

// Lent returns the bytes of the buffers that the tape has in use.
func (t *Tape) Lent() int { return t.buffers.live }

// Nodes returns the number of nodes that the tape has in use.
func (t *Tape) Nodes() int { return t.used }

// Idle returns the bytes of the buffers that the tape keeps for later.
func (t *Tape) Idle() int { return t.buffers.idle }
