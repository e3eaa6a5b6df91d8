package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

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
// [Recompute] and [Tape.Replay] can draw the same numbers again.
func (t *Tape) Draws(r *tensor.Rand) {
	t.drawn.note(r, r)
	if t.random != nil {
		t.random.note(r, r)
	}
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
	before := t.drawn
	t.drawn = randomLog{}
	t.Reset()
	before.swap()
	defer before.swap()
	t.Rehearse(f)
}
