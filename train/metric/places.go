package metric

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// resize returns s with length n, reallocated only when it has to grow.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// ignored reports whether a place with this label does not count.
func (b *Batch) ignored(label int) bool {
	return label < 0 || b.Ignore != nil && label == *b.Ignore
}

// A layout says how the outputs [batch classes …] of a classifier lie in
// row-major order: the output of class c at place p is element
//
//	(p/inner · logits + c) · inner + p mod inner
type layout struct {
	places  int
	logits  int // for each place
	inner   int // places of one example
	classes int // 2 when there is one logit
}

func (l layout) at(place, class int) int {
	return (place/l.inner*l.logits+class)*l.inner + place%l.inner
}

// layout returns how the outputs of b lie, having checked that they fit the
// labels.
func (b *Batch) layout(op string) layout {
	x := b.Output
	if x == nil {
		tensor.BadArg(op, "want outputs and labels; the batch has no output")
	}
	var l layout
	switch x.Rank() {
	case 0:
		tensor.BadShape(op, "want outputs [batch classes …]", x)
	case 1:
		l = layout{places: x.Len(), logits: 1, inner: 1}
	default:
		l = layout{places: x.Dim(0), logits: x.Dim(1), inner: 1}
		for _, n := range x.Shape()[2:] {
			l.inner *= n
		}
		l.places *= l.inner
	}
	if l.logits == 0 {
		tensor.BadShape(op, "there are no classes", x)
	}
	l.classes = max(l.logits, 2)
	if len(b.Labels) != l.places {
		tensor.BadShape(op, fmt.Sprintf("want %d labels, got %d", l.places, len(b.Labels)), x)
	}
	for i, label := range b.Labels {
		if label >= l.classes && !b.ignored(label) {
			tensor.BadShape(op, fmt.Sprintf("labels[%d] is %d; there are %d classes", i, label, l.classes), x)
		}
	}
	return l
}

// Numbers reads tensors as float64, into memory of its own.
type numbers struct {
	view tensor.Tensor
	buf  []float64
}

// of returns the elements of x in row-major order, valid until the next call.
func (n *numbers) of(x *tensor.Tensor) []float64 {
	n.buf = resize(n.buf, x.Len())
	n.view.AsView().Wrap64(n.buf, x.Shape()...)
	n.view.CopyFrom(x)
	return n.buf
}

// Answers are the classes with the largest output.
type answers struct {
	numbers
	best []int
}

// of returns the answer at each place of a batch, and the layout. The first of
// equal outputs wins, and class 1 against class 0 when its logit is above 0.
func (a *answers) of(op string, b *Batch) ([]int, layout) {
	l := b.layout(op)
	a.best = resize(a.best, l.places)
	if l.logits > 1 {
		tensor.ArgTo(a.best, b.Output, 1, true)
		return a.best, l
	}
	for i, v := range a.numbers.of(b.Output) {
		a.best[i] = 0
		if v > 0 {
			a.best[i] = 1
		}
	}
	return a.best, l
}
