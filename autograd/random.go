package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Normal returns independent numbers of the standard normal distribution, drawn
// from r as PyTorch draws them: a constant of the given element type and shape.
// It calls [Tape.Draws] itself, so that [Recompute] and [Tape.Replay] see the
// same numbers again. Noise of another mean and deviation is
// tape.Normal(dt, r, shape...).MulScalar(std).AddScalar(mean).
func (t *Tape) Normal(dt tensor.DType, r *tensor.Rand, shape ...int) Var {
	return t.Draw(dt, r, standardNormal, shape...)
}

func standardNormal(r *tensor.Rand, dst *tensor.Tensor) { r.Normal(dst, 0, 1) }

// Draw returns what fill draws from the generator into dst: a constant of the given
// element type and shape. Every element of dst must be written; before, they are
// unspecified. fill is given r or the generator in its place, see [Tape.Draws], which
// Draw calls itself.
func (t *Tape) Draw(dt tensor.DType, r *tensor.Rand, fill func(r *tensor.Rand, dst *tensor.Tensor), shape ...int) Var {
	r = t.Draws(r)
	n := t.newNode()
	t.store(n, dt, shape)
	fill(r, &n.val)
	return t.leaf(n)
}

// A randomLog remembers the generators that a function draws from, and the
// states that they had before.
type randomLog struct {
	generators []*tensor.Rand
	states     []tensor.Rand
}

// note remembers that r had the given state, unless r is known already.
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
// [Recompute] and [Tape.Replay] can draw the same numbers again. The operation
// must draw from the generator that Draws returns: r, or after [Tape.DrawFrom]
// one of the tape's own in its place.
func (t *Tape) Draws(r *tensor.Rand) *tensor.Rand {
	if t.streams.on {
		r = t.streams.inPlaceOf(r)
	}
	t.drawn.note(r, r)
	if t.random != nil {
		t.random.note(r, r)
	}
	return r
}

// DrawFrom makes the layers draw from generators of the tape's own until the
// next [Tape.Reset]. Their numbers depend on seed and on nothing else, and the
// generators of the layers are left alone. So several goroutines, with a tape
// each, can use one model with dropout at the same time.
func (t *Tape) DrawFrom(seed uint64) {
	t.streams.on, t.streams.seed, t.streams.of = true, seed, t.streams.of[:0]
}

// streams are the generators of a tape, in place of others.
type streams struct {
	on    bool
	seed  uint64
	of    []*tensor.Rand // the others, in the order of their first use
	rands []*tensor.Rand // in place of them; there may be more
}

// inPlaceOf returns the generator that is used in place of r.
func (s *streams) inPlaceOf(r *tensor.Rand) *tensor.Rand {
	i := slices.Index(s.of, r)
	if i < 0 {
		i = len(s.of)
		s.of = append(s.of, r)
		if i == len(s.rands) {
			s.rands = append(s.rands, new(tensor.Rand))
		}
		s.rands[i].Seed(tensor.Seed(s.seed, uint64(i)))
	}
	return s.rands[i]
}

// Rehearse runs f on the tape and changes nothing else. Layers do not update
// their running statistics. Generators that were named to [Tape.Draws] get back
// the states that they had before.
func (t *Tape) Rehearse(f func()) {
	var log randomLog
	random, replaying := t.random, t.replaying
	t.random, t.replaying = &log, true
	defer func() {
		t.random, t.replaying = random, replaying
		log.swap()
	}()
	f()
}

// Replay resets the tape and runs f, which should repeat what was done since the
// last Reset. f draws the same random numbers again. As with [Tape.Rehearse], f
// changes neither running statistics nor generators.
func (t *Tape) Replay(f func()) {
	before, streams := t.drawn, t.streams
	t.drawn = randomLog{}
	t.Reset()
	t.streams = streams
	before.swap()
	defer before.swap()
	t.Rehearse(f)
}
