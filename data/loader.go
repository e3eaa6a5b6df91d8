package data

import (
	"fmt"
	"iter"

	"github.com/descent-ml/descent/tensor"
)

// A Batch is a few examples of a [Set]. Its tensor and slices belong to the
// loader and are overwritten by the next batch: clone what must outlive the
// loop's body.
type Batch struct {
	X      *tensor.Tensor // [batch …], float32
	Labels []int          // length batch
	Index  []int          // the examples' places in the set, length batch
}

// A Loader deals a [Set] out in batches. Only Set must be filled in; the zero
// values of the other fields are PyTorch's defaults. The fields may be changed
// between epochs, not during one.
//
// A loader serves one loop at a time, and from its second epoch on allocates
// nothing.
type Loader struct {
	Set      *Set
	Batch    int          // examples in a batch; 0 means 1
	Shuffle  *tensor.Rand // draws a new order for every epoch; nil keeps the set's order
	DropLast bool         // leave out the last batch when it is not full

	order   []int // of the running epoch
	x       []float32
	labels  []int
	shape   []int
	view    tensor.Tensor // what Batch.X points to
	running bool
}

// Batches returns the number of batches in an epoch.
func (l *Loader) Batches() int {
	n, b := l.Set.Len(), l.batch()
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
// The order is drawn from Shuffle when the loop starts, in the way of PyTorch's
// DataLoader(shuffle=True) without workers: the same generator state gives the
// same batches. Ranging over the result again is another epoch.
//
// It panics with a [*tensor.ShapeError] when Batch is negative, with a
// [*tensor.DTypeError] when the set is not float32, and with an error that says
// so when another loop over the loader is still running.
func (l *Loader) Epoch() iter.Seq[Batch] {
	return func(yield func(Batch) bool) { l.run(0, yield) }
}

// EpochFrom is [Loader.Epoch] without its first batches: an interrupted epoch
// goes on at the batch with the given number (from 0) when Shuffle has the
// state it had before that epoch began. A number past the end gives no batch.
func (l *Loader) EpochFrom(batch int) iter.Seq[Batch] {
	return func(yield func(Batch) bool) { l.run(batch, yield) }
}

// batch returns the batch size.
func (l *Loader) batch() int {
	if l.Batch < 0 {
		l.Set.misuse("loader", fmt.Sprintf("a batch of %d examples", l.Batch))
	}
	return max(l.Batch, 1)
}

// run draws the order of an epoch and yields its batches from number first on.
func (l *Loader) run(first int, yield func(Batch) bool) {
	if l.running {
		panic(&tensor.ArgError{Op: "loader", Reason: "another loop over this loader is still running; make a second loader"})
	}
	if first < 0 {
		l.Set.misuse("loader", fmt.Sprintf("an epoch cannot start at batch %d", first))
	}
	l.running = true
	defer func() { l.running = false }()

	n, b, size, batches := l.Set.Len(), l.batch(), l.Set.exampleLen(), l.Batches()
	from := tensor.Data[float32](l.Set.X)
	l.order = resize(l.order, n)
	l.x = resize(l.x, min(b, n)*size)
	l.labels = resize(l.labels, min(b, n))
	l.shape = append(l.shape[:0], l.Set.X.Shape()...)
	l.shuffle()

	for i := first; i < batches; i++ {
		idx := l.order[i*b : min((i+1)*b, n)]
		k := len(idx)
		gather(l.x, l.labels, from, l.Set.Labels, idx, size)
		l.shape[0] = k
		l.view.AsView().Wrap32(l.x[:k*size], l.shape...)
		if !yield(Batch{X: &l.view, Labels: l.labels[:k], Index: idx}) {
			return
		}
	}
}

// shuffle fills order for the next epoch.
func (l *Loader) shuffle() {
	if l.Shuffle != nil {
		l.Shuffle.EpochPerm(l.order)
		return
	}
	for i := range l.order {
		l.order[i] = i
	}
}

// resize returns s with length n, reallocated only when it has to grow.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
