package data

import (
	"cmp"
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

// Sequences is a set of sequences of different lengths, in Tokens or in X: a
// [Set] of [SequenceBatch]. Give the loader [Buckets] as its sampler where
// lengths differ much.
type Sequences struct {
	Tokens [][]int          // such as sentences
	X      []*tensor.Tensor // each [length …], such as the frames of a recording
	Labels []int            // of each sequence; nil where there are none
	Pad    int              // the token after the end
}

// A SequenceBatch is a few sequences, padded to the length of the longest one, as
// PyTorch's pad_sequence(batch_first=True) does. Its memory belongs to whoever
// fills it and is overwritten by the next batch.
type SequenceBatch struct {
	Tokens  []int          // [batch longest], row-major; of a set of tokens
	X       *tensor.Tensor // [batch longest …], 0 after the end; of a set of tensors
	Longest int            // length of the longest sequence
	Lengths []int          // length batch
	Mask    *tensor.Tensor // [batch longest], float32: 1 in a sequence, 0 in padding
	Labels  []int          // length batch, or nil
	Index   []int          // the sequences' places in the set, length batch

	tokens  [][]int
	tensors []*tensor.Tensor
	x, mask rows
}

// Len returns the number of sequences. It panics with a [*tensor.ShapeError]
// when there are labels, but not as many, and with a [*tensor.ArgError] when
// there are both Tokens and X.
func (s *Sequences) Len() int {
	if s.Tokens != nil && s.X != nil {
		tensor.BadArg("sequences", "there are Tokens and X; leave one out")
	}
	n := len(s.Tokens) + len(s.X)
	if s.Labels != nil && len(s.Labels) != n {
		panic(&tensor.ShapeError{Op: "sequences", Shapes: [][]int{{n}, {len(s.Labels)}}, Reason: "want a label for each sequence"})
	}
	return n
}

// Fill makes b the batch of the given sequences. It allocates only where b has
// to grow. The error is always nil. It panics with a [*tensor.ShapeError] when
// an index is out of range, or tensors differ in more than their length, and
// with a [*tensor.DTypeError] when they differ in their element type.
func (s *Sequences) Fill(b *SequenceBatch, index []int) error {
	checkIndex("sequences", index, s.Len())
	b.Index = append(b.Index[:0], index...)
	b.Labels = appendAt(b.Labels[:0], s.Labels, index)
	b.Lengths, b.Tokens, b.X = b.Lengths[:0], b.Tokens[:0], nil
	if s.X == nil {
		b.tokens = b.tokens[:0]
		for _, i := range index {
			b.tokens = append(b.tokens, s.Tokens[i])
			b.Lengths = append(b.Lengths, len(s.Tokens[i]))
		}
		b.Tokens, b.Longest = Pad(b.Tokens, b.tokens, s.Pad)
	} else {
		b.tensors, b.Longest = b.tensors[:0], 0
		for _, i := range index {
			b.tensors = append(b.tensors, s.X[i])
			b.Lengths = append(b.Lengths, s.X[i].Dim(0))
			b.Longest = max(b.Longest, s.X[i].Dim(0))
		}
		if len(index) > 0 {
			b.pad()
		}
	}
	b.mask.shape = append(b.mask.shape[:0], len(index), b.Longest)
	b.mask.make(tensor.Float32)
	b.Mask = b.mask.tensor
	mask := b.mask.f32
	clear(mask)
	for i, length := range b.Lengths {
		for k := range mask[i*b.Longest:][:length] {
			mask[i*b.Longest+k] = 1
		}
	}
	return nil
}

// pad makes X of the tensors, which are at least one.
func (b *SequenceBatch) pad() {
	first := b.tensors[0]
	b.x.shape = append(b.x.shape[:0], len(b.tensors), b.Longest)
	b.x.shape = append(b.x.shape, first.Shape()[1:]...)
	b.x.make(first.DType())
	b.X = b.x.tensor
	b.X.Fill(0)
	for i, x := range b.tensors {
		if !slices.Equal(x.Shape()[1:], first.Shape()[1:]) {
			panic(&tensor.ShapeError{Op: "sequences", Shapes: [][]int{slices.Clone(first.Shape()), slices.Clone(x.Shape())}, Reason: "want sequences that differ in their length alone"})
		}
		if x.DType() != first.DType() {
			panic(&tensor.DTypeError{Op: "sequences", Operand: "a sequence", Want: first.DType(), Got: x.DType()})
		}
		part := b.x.part.AsView()
		part.Select(b.X, 0, i)
		part.Slice(&b.x.part, 0, 0, x.Dim(0), 1)
		b.x.part.CopyFrom(x)
	}
}

// Buckets is a [Sampler] that makes batches of sequences of similar length, so
// that little is padded. An epoch visits every sequence once. Sequences are
// shuffled and cut into pools of 100 batches, each pool is sorted by length and
// cut into batches, and the full batches of all pools come in random order.
// What is left over, less than a batch, comes last.
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
		tensor.BadArg("buckets", "want a batch of one sequence or more, got %d", b.Batch)
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
