package data

import (
	"fmt"
	"iter"

	"github.com/descent-ml/descent/tensor"
)

// A Loader deals a [Set] out in batches. Only Set must be filled in; the zero
// values of the other fields are PyTorch's defaults. The fields may be changed
// between epochs, not during one.
//
// A loader serves one loop at a time, and from its second epoch on allocates
// nothing for a batch.
type Loader[B any] struct {
	Set      Set[B]
	Batch    int          // examples in a batch; 0 means 1
	Shuffle  *tensor.Rand // draws a new order for every epoch; nil keeps the set's order
	Sampler  Sampler      // chooses examples and order, in place of Shuffle; nil takes each example once
	DropLast bool         // leave out the last batch when it is not full

	// Prefetch is the number of batches that are made in advance, by as many
	// goroutines, but no more than there are processors. It changes no number.
	Prefetch int

	// Transform changes each batch when it has been filled: it moves pictures a
	// little, or adds noise. It takes all chance from r, which depends on Seed,
	// the epoch and the batch, and on nothing else. With Prefetch several
	// goroutines call it at the same time.
	Transform func(b *B, r *tensor.Rand)
	Seed      uint64

	order   []int // of the running epoch
	at      Position
	sought  bool // at was set by Seek, and no epoch has begun since
	begun   bool // an epoch has begun that did not come to its end
	running bool
	slots   []slot[B]
	fetch   fetcher
}

// A slot is room for a batch.
type slot[B any] struct {
	batch    B
	rand     tensor.Rand // for Transform
	err      error
	panicked any
	ready    chan struct{}
}

// Batches returns the number of batches in an epoch.
func (l *Loader[B]) Batches() int {
	n, b := l.examples(), l.batch()
	if n%b != 0 && !l.DropLast {
		return n/b + 1
	}
	return n / b
}

// Epoch returns one pass over the set, to be ranged over:
//
//	for batch := range loader.Epoch() {
//		…
//	}
//
// The second value is an error of the set, which then ends the loop and comes
// without a batch. A set in memory has none.
//
// The order is drawn from Shuffle when the loop starts, in the way of PyTorch's
// DataLoader(shuffle=True) without workers: the same generator state gives the
// same batches. Ranging over the result again is another epoch, also when the
// loop before was left early.
//
// The loop panics with a [*tensor.ArgError] when a field makes no sense, or when
// another loop over the loader is still running.
func (l *Loader[B]) Epoch() iter.Seq2[*B, error] {
	return func(yield func(*B, error) bool) { l.run(yield) }
}

// Position returns the place of the batch that comes next. A loop that was left
// early can go on from there, after [Loader.Seek].
func (l *Loader[B]) Position() Position {
	p := l.at
	p.State = append([]byte(nil), p.State...)
	return p
}

// Seek makes the next epoch the rest of one that was interrupted. Its order is
// drawn again, from the generator's state of that time. The present state of
// the generator is left as it is.
func (l *Loader[B]) Seek(p Position) error {
	switch r := l.Rand(); {
	case p.Epoch < 0 || p.Batch < 0:
		return fmt.Errorf("the position in the data, epoch %d and batch %d, is negative", p.Epoch, p.Batch)
	case p.Batch > l.Batches():
		return fmt.Errorf("the position in the data is batch %d of an epoch, but there are only %d batches; the data or the batch size is another one", p.Batch, l.Batches())
	case r != nil && p.Batch > 0:
		if err := new(tensor.Rand).UnmarshalBinary(p.State); err != nil {
			return fmt.Errorf("the position in the data has no state of a generator: %w", err)
		}
	}
	l.at = Position{p.Epoch, p.Batch, append([]byte(nil), p.State...)}
	l.sought, l.begun = true, false
	return nil
}

// examples returns the number of examples in an epoch.
func (l *Loader[B]) examples() int {
	if l.Sampler != nil {
		return l.Sampler.Len()
	}
	return l.Set.Len()
}

// batch returns the batch size.
func (l *Loader[B]) batch() int {
	if l.Batch < 0 {
		misuse("a batch of %d examples", l.Batch)
	}
	return max(l.Batch, 1)
}

// Rand returns the generator that the order of an epoch is drawn from, or nil.
func (l *Loader[B]) Rand() *tensor.Rand {
	if l.Sampler != nil {
		return l.Sampler.Rand()
	}
	return l.Shuffle
}

// run draws the order of an epoch and yields its batches.
func (l *Loader[B]) run(yield func(*B, error) bool) {
	switch {
	case l.Set == nil:
		misuse("there is no Set")
	case l.running:
		misuse("another loop over this loader is still running; make a second loader")
	case l.Sampler != nil && l.Shuffle != nil:
		misuse("there is a Sampler, which decides the order, and Shuffle; leave one out")
	case l.Prefetch < 0:
		misuse("Prefetch is %d; it must not be negative", l.Prefetch)
	}
	l.begin()
	l.running = true
	defer func() { l.running = false }()
	if l.Prefetch > 0 {
		defer l.stopFetching()
		l.startFetching()
	}
	for batches := l.Batches(); l.at.Batch < batches; {
		s := l.make(l.at.Batch)
		if s.err != nil {
			yield(nil, s.err)
			return
		}
		l.at.Batch++
		if l.Prefetch > 0 {
			l.fetchMore() // into the slot of the batch before this one
		}
		if !yield(&s.batch, nil) {
			return
		}
	}
	l.at, l.begun = Position{Epoch: l.at.Epoch + 1, State: l.at.State[:0]}, false
}

// begin finds out where the epoch begins, and draws its order.
func (l *Loader[B]) begin() {
	if l.begun { // the loop before was left early
		l.at.Epoch++
		l.at.Batch = 0
	}
	r := l.Rand()
	again := l.sought && l.at.Batch > 0
	l.sought, l.begun = false, true
	if r == nil {
		l.draw()
		return
	}
	if !again {
		l.at.State, _ = r.AppendBinary(l.at.State[:0])
		l.draw()
		return
	}
	now := *r
	if err := r.UnmarshalBinary(l.at.State); err != nil {
		panic(err) // Seek has tried it
	}
	l.draw()
	*r = now
}

// draw fills order for the next epoch.
func (l *Loader[B]) draw() {
	if l.Sampler != nil {
		l.order = l.Sampler.Draw(l.order[:0])
		return
	}
	l.order = resize(l.order, l.Set.Len())
	if l.Shuffle != nil {
		l.Shuffle.EpochPerm(l.order)
		return
	}
	for i := range l.order {
		l.order[i] = i
	}
}

// make returns batch i of the epoch.
func (l *Loader[B]) make(i int) *slot[B] {
	if l.Prefetch > 0 {
		return l.fetched(i)
	}
	if len(l.slots) == 0 {
		l.slots = make([]slot[B], 1)
	}
	s := &l.slots[0]
	l.fill(s, i)
	return s
}

// fill makes s batch i of the epoch.
func (l *Loader[B]) fill(s *slot[B], i int) {
	b := l.batch()
	s.err = l.Set.Fill(&s.batch, l.order[i*b:min(i*b+b, len(l.order))])
	if s.err == nil && l.Transform != nil {
		s.rand.Seed(tensor.Seed(l.Seed, uint64(l.at.Epoch), uint64(i)))
		l.Transform(&s.batch, &s.rand)
	}
}

// misuse panics about a wrong use of a loader.
func misuse(reason string, args ...any) {
	panic(&tensor.ArgError{Op: "loader", Reason: fmt.Sprintf(reason, args...)})
}

// resize returns s with length n, reallocated only when it has to grow.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
