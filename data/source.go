package data

import (
	"iter"

	"github.com/descent-ml/descent/tensor"
)

// A Set is a collection of examples from which batches are made. B is the type
// of a batch: whatever an objective needs of a few examples. [Examples] is a Set
// whose batches are of type [Batch]; a program may declare both itself.
type Set[B any] interface {
	// Len returns the number of examples.
	Len() int
	// Fill makes b the batch of the examples at the given indices, in that
	// order. It reuses the memory that b holds from an earlier batch. Several
	// goroutines may call it at the same time, with different batches.
	Fill(b *B, index []int) error
}

// A Source deals out batches, epoch after epoch. [Loader] is a source for sets
// whose examples can be reached in any order, and [Stream] one for what can only
// be read from front to back.
type Source[B any] interface {
	// Batches returns the number of batches in an epoch, or −1 when it is not
	// known before the end.
	Batches() int
	// Epoch returns the batches of the next epoch, to be ranged over. The batch
	// is the source's own, and the next one overwrites it; a loop that wants to
	// keep it exchanges *b for another batch of its own. After an error, which
	// comes without a batch, the epoch is over.
	Epoch() iter.Seq2[*B, error]
	// Position returns the place of the batch that comes next.
	Position() Position
	// Seek makes the next epoch begin at a position, which this source or one
	// like it has returned.
	Seek(Position) error
}

// A Position is a place in the epochs of a [Source]. It can be saved as JSON.
type Position struct {
	Epoch int    `json:"epoch"`           // complete epochs
	Batch int    `json:"batch"`           // batches dealt out of the epoch that follows them
	State []byte `json:"state,omitempty"` // that of the generator before it drew the order of this epoch
}

// A Sampler chooses the examples of an epoch, and their order.
type Sampler interface {
	// Len returns the number of indices in an epoch.
	Len() int
	// Draw appends the indices of an epoch to order and returns the result. An
	// index may occur more than once.
	Draw(order []int) []int
	// Rand returns the generator that Draw draws from, or nil when it draws
	// from none.
	Rand() *tensor.Rand
}
