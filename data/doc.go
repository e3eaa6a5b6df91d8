// Package data holds examples to learn from and deals them out in batches.
//
// A [Set] is a collection of examples that makes batches of them. What a batch
// is, a program says: B stands for its type. The usual one is [Batch], tensors
// with labels or targets, and [Examples] is a set of them in memory. A [Loader]
// goes over a set, epoch after epoch; a [Stream] goes over what can only be read
// from front to back. Both are a [Source], which is what package train takes.
//
//	rng := tensor.NewRand(1)
//	train, test := synthetic.Digits(10_000, 1), synthetic.Digits(2_000, 2)
//	loader := &data.Loader[data.Batch]{Set: train, Batch: 64, Shuffle: rng}
//	for epoch := range 4 {
//		for batch := range loader.Epoch() {
//			// batch.X is [64 1 28 28], batch.Labels has 64 entries
//		}
//	}
//
// # Why shuffle
//
// A batch stands in for the whole set: its gradient is an estimate of the
// set's gradient. The estimate is unbiased when the batch is a random sample,
// and a fresh order for every epoch makes it one, while each example is still
// seen exactly once. A test set is measured in order; there the order makes no
// difference.
//
// Chance always comes from a generator that the caller passes in, and the
// order of an epoch is the one that PyTorch's DataLoader draws from a
// generator in the same state. To continue an epoch that was interrupted, keep
// the [Position] of its source, and give it to [Loader.Seek].
//
// # Parts of a set
//
// What a model has seen says nothing about what it has learnt. A [Split] keeps
// examples apart for that, by their indices: at random, with the classes in
// proportion, by group, by time, or in turn by [KFold]. A [Subset] is the set
// of such indices, and a [Concat] puts sets together. A [Sampler] chooses what
// an epoch deals: [Weighted] and [Balanced] against rare classes, [Buckets] for
// [Sequences] of different lengths.
//
// # Files from outside
//
// A file may be cut off, damaged, or made to do harm. Every reader here
// returns an error that says what was wanted and what was there, and allocates
// no more than the file delivers.
//
// # Files from servers
//
// [Download] fetches the files of a data set once and keeps them. What makes a
// file the right one is its hash, so that any mirror will do, a download that
// broke can go on elsewhere, and a wrong or damaged file is never used.
package data
