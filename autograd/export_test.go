package autograd

// Lent returns the bytes of the buffers that the tape has in use.
func (t *Tape) Lent() int {
	n, seen := 0, map[*buffer]bool{}
	for _, b := range t.pool.lent { // once for each time that it was lent
		if b.refs > 0 && !seen[b] {
			seen[b] = true
			n += 4*len(b.f32) + 8*len(b.f64)
		}
	}
	return n
}
