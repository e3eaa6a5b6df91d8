package data

import (
	"fmt"
	"slices"
	"sync"

	"github.com/descent-ml/descent/tensor"
)

// A Subset is the examples of any set at some indices, in that order; an index
// may occur more than once. The parts of a [Split] are such indices. Nothing is
// copied. Where a batch tells the places of its examples, as [Batch].Index does,
// they are those in the set below.
type Subset[B any] struct {
	Set   Set[B]
	Index []int

	spare spares[[]int]
}

// Len returns the number of examples.
func (s *Subset[B]) Len() int { return len(s.Index) }

// Fill makes b the batch of the examples at the given places of the subset. The
// error is that of the set below. It panics with a [*tensor.ShapeError] when a
// place is out of range.
func (s *Subset[B]) Fill(b *B, index []int) error {
	below := s.spare.take()
	defer s.spare.give(below)
	checkIndex("subset", index, len(s.Index))
	*below = (*below)[:0]
	for _, i := range index {
		*below = append(*below, s.Index[i])
	}
	return s.Set.Fill(b, *below)
}

// checkIndex panics unless each index is one of n examples.
func checkIndex(op string, index []int, n int) {
	for _, i := range index {
		if i < 0 || i >= n {
			panic(&tensor.ShapeError{Op: op, Shapes: [][]int{{n}}, Reason: fmt.Sprintf("index %d is out of range for %d examples", i, n)})
		}
	}
}

// Spares are pieces of memory that calls of Fill take and give back. There are
// as many as goroutines have called it at the same time.
type spares[T any] struct {
	mu   sync.Mutex
	free []*T
}

func (s *spares[T]) take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return new(T)
	}
	last := len(s.free) - 1
	t := s.free[last]
	s.free = s.free[:last]
	return t
}

func (s *spares[T]) give(t *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, t)
}

// A Concat is several sets, one after the other. Example i of the second set has
// the place n + i, where the first set has n examples.
//
// A batch may hold examples of different sets. Each set fills batches with its
// own stretches, and Join puts these together. For batches of type [Batch] it
// may be nil: they are joined along the first axis, and Index tells the places
// in the Concat.
type Concat[B any] struct {
	Sets []Set[B]
	Join func(b *B, parts []B) error // makes b, whose memory may be reused, of one part or more

	spare spares[stretches[B]]
}

// Stretches are what the sets of a Concat make for a batch.
type stretches[B any] struct {
	parts []B
	below []int
}

// Len returns the number of examples of all sets.
func (c *Concat[B]) Len() int {
	n := 0
	for _, s := range c.Sets {
		n += s.Len()
	}
	return n
}

// Fill makes b the batch of the examples at the given places. The error is that
// of a set or of Join, or tells that sets have different parts of a [Batch]. It
// panics with a [*tensor.ShapeError] when a place is out of range, or when the
// tensors of sets do not fit together, and with a [*tensor.ArgError] when there
// is no Join and the batch is not a [Batch].
func (c *Concat[B]) Fill(b *B, index []int) error {
	checkIndex("concat", index, c.Len())
	if len(c.Sets) == 0 {
		tensor.BadArg("concat", "there are no sets")
	}
	t := c.spare.take()
	defer c.spare.give(t)
	n := 0
	for from := 0; from < len(index) || n == 0; n++ {
		set, first := 0, 0
		if len(index) > 0 {
			set, first = c.find(index[from])
		}
		own := c.Sets[set]
		size := own.Len()
		t.below = t.below[:0]
		for ; from < len(index) && index[from] >= first && index[from] < first+size; from++ {
			t.below = append(t.below, index[from]-first)
		}
		if n == len(t.parts) {
			t.parts = slices.Grow(t.parts, 1)[:n+1]
		}
		if err := own.Fill(&t.parts[n], t.below); err != nil {
			return err
		}
	}
	if c.Join != nil {
		return c.Join(b, t.parts[:n])
	}
	whole, ok := any(b).(*Batch)
	if !ok {
		tensor.BadArg("concat", "want Join, to put together batches of type %T", *b)
	}
	parts, _ := any(&t.parts).(*[]Batch)
	if err := whole.join((*parts)[:n]); err != nil {
		return err
	}
	whole.Index = append(whole.Index[:0], index...)
	return nil
}

// find returns the set that holds the example at a place, and the place of the
// first example of this set.
func (c *Concat[B]) find(place int) (set, first int) {
	for place-first >= c.Sets[set].Len() {
		first += c.Sets[set].Len()
		set++
	}
	return set, first
}

// join makes b the examples of the parts, one part after the other.
func (b *Batch) join(parts []Batch) error {
	first := &parts[0]
	b.Labels = b.Labels[:0]
	n := 0
	for i := range parts {
		p := &parts[i]
		if (p.Y == nil) != (first.Y == nil) || (p.Labels == nil) != (first.Labels == nil) {
			return fmt.Errorf("the sets do not fit together: one has labels or targets that another one lacks")
		}
		b.Labels = append(b.Labels, p.Labels...)
		n += p.X.Dim(0)
	}
	if first.Labels == nil {
		b.Labels = nil
	}
	b.X = b.x.join(n, parts, func(p *Batch) *tensor.Tensor { return p.X })
	b.Y = nil
	if first.Y != nil {
		b.Y = b.y.join(n, parts, func(p *Batch) *tensor.Tensor { return p.Y })
	}
	return nil
}

// join makes r the n rows of one tensor of each part.
func (r *rows) join(n int, parts []Batch, of func(*Batch) *tensor.Tensor) *tensor.Tensor {
	r.like(of(&parts[0]), n)
	from := 0
	for i := range parts {
		x := of(&parts[i])
		to := from + x.Dim(0)
		r.part.AsView().Slice(r.tensor, 0, from, to, 1)
		if !slices.Equal(x.Shape(), r.part.Shape()) || x.DType() != r.tensor.DType() {
			panic(&tensor.ShapeError{Op: "concat", Shapes: [][]int{slices.Clone(r.shape), slices.Clone(x.Shape())}, Reason: "want sets of one shape of example and one element type"})
		}
		r.part.CopyFrom(x)
		from = to
	}
	return r.tensor
}
