package data

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Pad writes sequences of different lengths side by side, as rows [batch
// longest] of dst, with fill after the end of each. It returns dst, grown where
// it has to be, and the length of the longest sequence. Labels of tokens are
// padded with −100, which losses leave out.
func Pad(dst []int, sequences [][]int, fill int) (padded []int, longest int) {
	for _, s := range sequences {
		longest = max(longest, len(s))
	}
	dst = resize(dst, len(sequences)*longest)
	for i, s := range sequences {
		row := dst[i*longest : (i+1)*longest]
		for k := copy(row, s); k < longest; k++ {
			row[k] = fill
		}
	}
	return dst, longest
}

// Sequences is a set of token sequences of different lengths, such as sentences:
// a [Set] of [SequenceBatch]. Give the loader [Buckets] as its sampler where lengths differ much.
type Sequences struct {
	Tokens [][]int
	Labels []int // of each sequence; nil where there are none
	Pad    int   // the token after the end
}

// A SequenceBatch is a few sequences, padded to the length of the longest one. Its
// memory belongs to whoever fills it and is overwritten by the next batch.
type SequenceBatch struct {
	Tokens  []int          // [batch longest], row-major
	Longest int            // length of the longest sequence
	Lengths []int          // length batch
	Mask    *tensor.Tensor // [batch longest], float32: 1 for a token, 0 for padding
	Labels  []int          // length batch, or 0
	Index   []int          // the sequences' places in the set, length batch

	rows [][]int
	mask []float32
	view tensor.Tensor
}

// Len returns the number of sequences. It panics with a [*tensor.ShapeError]
// when there are labels, but not as many.
func (s *Sequences) Len() int {
	if s.Labels != nil && len(s.Labels) != len(s.Tokens) {
		panic(&tensor.ShapeError{Op: "sequences", Shapes: [][]int{{len(s.Tokens)}, {len(s.Labels)}}, Reason: "want a label for each sequence"})
	}
	return len(s.Tokens)
}

// Fill makes b the batch of the given sequences. It allocates only where b has
// to grow. The error is always nil; an index out of range panics with a
// [*tensor.ShapeError].
func (s *Sequences) Fill(b *SequenceBatch, index []int) error {
	n := s.Len()
	b.Index = append(b.Index[:0], index...)
	b.rows, b.Lengths, b.Labels = b.rows[:0], b.Lengths[:0], b.Labels[:0]
	for _, i := range index {
		if i < 0 || i >= n {
			panic(&tensor.ShapeError{Op: "sequences", Shapes: [][]int{{n}}, Reason: fmt.Sprintf("index %d is out of range", i)})
		}
		b.rows = append(b.rows, s.Tokens[i])
		b.Lengths = append(b.Lengths, len(s.Tokens[i]))
		if s.Labels != nil {
			b.Labels = append(b.Labels, s.Labels[i])
		}
	}
	b.Tokens, b.Longest = Pad(b.Tokens, b.rows, s.Pad)
	b.mask = resize(b.mask, len(b.Tokens))
	for i, length := range b.Lengths {
		row := b.mask[i*b.Longest : (i+1)*b.Longest]
		for k := range row {
			row[k] = 0
			if k < length {
				row[k] = 1
			}
		}
	}
	b.view.AsView().Wrap32(b.mask, len(index), b.Longest)
	b.Mask = &b.view
	return nil
}

// Buckets is a [Sampler] that makes batches of sequences of similar length, so
// that little is padded. An epoch visits every sequence once. Sequences are
// shuffled and cut into pools of 100 batches, each pool is sorted by length and
// cut into batches, and the full batches of all pools come in random order. What is left
// over, less than a batch, comes last.
type Buckets struct {
	Lengths []int        // of each sequence
	Batch   int          // sequences in a batch, as the loader has it; 0 means 1
	Chance  *tensor.Rand // where the numbers come from

	shuffled, batches []int
}

// bucketPool is how many batches are sorted at a time. More of them need less
// padding, and leave less to chance.
const bucketPool = 100

// Len returns the number of sequences.
func (b *Buckets) Len() int { return len(b.Lengths) }

// Draw appends the sequences of an epoch to order. It panics with a
// [*tensor.ArgError] when Batch is negative.
func (b *Buckets) Draw(order []int) []int {
	if b.Batch < 0 {
		badArg("buckets", "want a batch of one sequence or more, got %d", b.Batch)
	}
	n, batch := b.Len(), max(b.Batch, 1)
	order, drawn := grow(order, n)
	b.shuffled = resize(b.shuffled, n)
	b.Chance.PermTo(b.shuffled)
	full := n / batch
	for from := 0; from < full; from += bucketPool {
		pool := b.shuffled[from*batch : min(from+bucketPool, full)*batch]
		slices.SortStableFunc(pool, func(i, j int) int { return cmp.Compare(b.Lengths[i], b.Lengths[j]) })
	}
	b.batches = resize(b.batches, full)
	b.Chance.PermTo(b.batches)
	for i, k := range b.batches {
		copy(drawn[i*batch:(i+1)*batch], b.shuffled[k*batch:(k+1)*batch])
	}
	copy(drawn[full*batch:], b.shuffled[full*batch:])
	return order
}

// Rand returns Chance.
func (b *Buckets) Rand() *tensor.Rand { return b.Chance }
