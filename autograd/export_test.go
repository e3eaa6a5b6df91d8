package autograd

// Lent returns the bytes of the buffers that the tape has in use.
func (t *Tape) Lent() int { return t.pool.live }
