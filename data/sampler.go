package data

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

var (
	_ Sampler            = (*Weighted)(nil)
	_ Sampler            = (*Balanced)(nil)
	_ Sampler            = (*Buckets)(nil)
	_ Set[SequenceBatch] = (*Sequences)(nil)
)

// A Weighted draws the examples of an epoch in proportion to weights. It draws
// what list(WeightedRandomSampler(weights, count, replacement, generator))
// draws in PyTorch, to the last bit; see [tensor.Rand.Multinomial] and
// https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler.
type Weighted struct {
	Weights []float64    // of each example; they need not sum to 1
	Count   int          // examples in an epoch; 0 means as many as there are weights
	Once    bool         // draw no example twice in an epoch
	Chance  *tensor.Rand // where the numbers come from

	view tensor.Tensor
}

// Len returns the number of examples in an epoch.
func (w *Weighted) Len() int {
	if w.Count < 0 {
		tensor.BadArg("weighted sampler", "want a count of examples ≥ 0, got %d", w.Count)
	}
	if w.Count == 0 {
		return len(w.Weights)
	}
	return w.Count
}

// Draw appends the examples of an epoch to order. It panics with a
// [*tensor.ArgError] where [tensor.Rand.Multinomial] does.
func (w *Weighted) Draw(order []int) []int {
	order, drawn := grow(order, w.Len())
	w.view.AsView().Wrap64(w.Weights, len(w.Weights))
	w.Chance.Multinomial(drawn, &w.view, !w.Once)
	return order
}

// Rand returns Chance.
func (w *Weighted) Rand() *tensor.Rand { return w.Chance }

// A Balanced gives every class the same number of examples in an epoch, in
// random order. Normally it is that of the largest class: it takes all
// examples, and draws more of the smaller classes, with replacement. With Under
// it is that of the smallest class that occurs: of the larger ones it draws as
// many, without replacement, and other ones in each epoch. Examples with a
// negative label are left out.
type Balanced struct {
	Labels []int // of each example
	Under  bool
	Chance *tensor.Rand // where the numbers come from

	counts  []int // examples of each class
	starts  []int // where each class begins in members
	members []int // examples by class
}

// Len returns the number of examples in an epoch.
func (b *Balanced) Len() int {
	classes, size := b.size()
	return classes * size
}

// size counts, and returns the number of classes that occur and how many
// examples each is to have.
func (b *Balanced) size() (classes, size int) {
	b.counts = count(b.counts, b.Labels)
	for _, n := range b.counts {
		if n == 0 {
			continue
		}
		classes++
		if size == 0 || n > size && !b.Under || n < size && b.Under {
			size = n
		}
	}
	return classes, size
}

// Draw appends the examples of an epoch to order.
func (b *Balanced) Draw(order []int) []int {
	classes, size := b.size()
	order, drawn := grow(order, classes*size)
	b.sort()
	rest := drawn
	for c, n := range b.counts {
		if n == 0 {
			continue
		}
		own, part := b.members[b.starts[c]:b.starts[c]+n], rest[:size]
		rest = rest[size:]
		if b.Under {
			b.Chance.Shuffle(own)
			copy(part, own)
			continue
		}
		more := part[copy(part, own):]
		b.Chance.Randint(more, 0, n)
		for i, k := range more {
			more[i] = own[k]
		}
	}
	b.Chance.Shuffle(drawn)
	return order
}

// sort puts the examples in order of their class, and of their place within one.
func (b *Balanced) sort() {
	b.starts = resize(b.starts, len(b.counts))
	total := 0
	for c, n := range b.counts {
		b.starts[c] = total
		total += n
	}
	b.members = resize(b.members, total)
	for i, label := range b.Labels {
		if label >= 0 {
			b.members[b.starts[label]] = i
			b.starts[label]++
		}
	}
	for c, n := range b.counts {
		b.starts[c] -= n
	}
}

// Rand returns Chance.
func (b *Balanced) Rand() *tensor.Rand { return b.Chance }

// grow returns order with n more elements, and these.
func grow(order []int, n int) (all, added []int) {
	all = slices.Grow(order, n)[:len(order)+n]
	return all, all[len(order):]
}

// count returns how many of the labels are 0, 1, …, in counts when there is room.
func count(counts, labels []int) []int {
	classes := 0
	for _, label := range labels {
		classes = max(classes, label+1)
	}
	counts = resize(counts, classes)
	clear(counts)
	for _, label := range labels {
		if label >= 0 {
			counts[label]++
		}
	}
	return counts
}

// ClassWeights returns a weight for each of the classes, by which all classes
// together count the same in a loss:
//
//	n / (k · examples of the class)
//
// with n examples of k classes that occur. It is 0 for a class that does not.
// Negative labels are left out. The weights are those of scikit-learn's
// "balanced"; see
// https://scikit-learn.org/stable/modules/generated/sklearn.utils.class_weight.compute_class_weight.html.
// It panics with a [*tensor.ArgError] when a label is not below classes.
func ClassWeights(labels []int, classes int) []float64 {
	counts := count(nil, labels)
	if len(counts) > classes {
		tensor.BadArg("class weights", "there is a label %d, and there are %d classes", len(counts)-1, classes)
	}
	n, occurring := 0, 0
	for _, c := range counts {
		n += c
		if c > 0 {
			occurring++
		}
	}
	weights := make([]float64, classes)
	for c, k := range counts {
		if k > 0 {
			weights[c] = float64(n) / float64(occurring*k)
		}
	}
	return weights
}

// ExampleWeights returns for each example the weight of its class by
// [ClassWeights], for a [Weighted] sampler that draws all classes equally
// often. It is 0 for a negative label.
func ExampleWeights(labels []int) []float64 {
	byClass := ClassWeights(labels, len(count(nil, labels)))
	weights := make([]float64, len(labels))
	for i, label := range labels {
		if label >= 0 {
			weights[i] = byClass[label]
		}
	}
	return weights
}
