package text

import "slices"

// A chain is a long piece while it is encoded: its tokens, each with the place of
// its neighbours, and the merges that fit, in order. A merge takes the logarithm
// of the length. It is overwritten by the next piece.
type chain struct {
	token      []int32 // at a place; −1 where the token before has taken it in
	prev, next []int32
	fits       fits
}

// fits is a heap of merges that fit, or did. Each is the token that the merge
// makes and, below, the place of the left of its two tokens: the smallest number
// is the earliest merge, and the leftmost of equal ones.
type fits []uint64

const placeBits = 40

func (f *fits) push(token, place int32) {
	h := append(*f, uint64(token)<<placeBits|uint64(place))
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up] <= h[i] {
			break
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
	*f = h
}

func (f *fits) pop() (token, place int32) {
	h := *f
	first, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for i := 0; 2*i+1 < last; {
		down := 2*i + 1
		if down+1 < last && h[down+1] < h[down] {
			down++
		}
		if h[i] <= h[down] {
			break
		}
		h[down], h[i] = h[i], h[down]
		i = down
	}
	*f = h
	return int32(first >> placeBits), int32(first & (1<<placeBits - 1))
}

// encodeLong appends the tokens of one piece to dst.
func (v *BPE) encodeLong(dst []int, piece string, c *chain) []int {
	n := int32(len(piece))
	c.token = slices.Grow(c.token[:0], len(piece))
	c.prev, c.next, c.fits = slices.Grow(c.prev[:0], len(piece)), slices.Grow(c.next[:0], len(piece)), c.fits[:0]
	for i := range n {
		c.token, c.prev, c.next = append(c.token, int32(piece[i])), append(c.prev, i-1), append(c.next, i+1)
	}
	for i := range n - 1 {
		v.look(c, i)
	}
	for len(c.fits) > 0 {
		token, left := c.fits.pop()
		right, p := c.next[left], v.merges[token-firstMerged]
		if right == n || c.token[left] != p.left || c.token[right] != p.right {
			continue // one of the two has been merged since
		}
		c.token[left], c.token[right] = token, -1
		c.next[left] = c.next[right]
		if after := c.next[left]; after < n {
			c.prev[after] = left
			v.look(c, left)
		}
		if before := c.prev[left]; before >= 0 {
			v.look(c, before)
		}
	}
	for i := int32(0); i < n; i = c.next[i] {
		dst = append(dst, int(c.token[i]))
	}
	return dst
}

// look puts the merge of the token at a place, which is not the last, and the one
// after it among those that fit, if there is one.
func (v *BPE) look(c *chain, place int32) {
	if t, ok := v.rank[pair{c.token[place], c.token[c.next[place]]}]; ok {
		c.fits.push(t, place)
	}
}
