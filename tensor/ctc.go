package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// A CTCTarget says what connectionist temporal classification compares
// log-probabilities [steps batch classes] with.
type CTCTarget struct {
	Labels   []int // the labels of all sequences, one sequence after the other
	Lengths  []int // how many labels each sequence has
	Steps    []int // how many steps of each sequence count; nil for all
	Blank    int   // the class that stands for no label
	PerLabel bool  // divide each loss by the number of labels, at least 1
}

// Check panics in the name of op with a [*ShapeError] when c does not fit
// log-probabilities [steps batch classes].
func (c CTCTarget) Check(op string, logProbs *Tensor) {
	if logProbs.rank != 3 {
		BadShape(op, "want log-probabilities [steps batch classes]", logProbs)
	}
	steps, batch, classes := logProbs.shape[0], logProbs.shape[1], logProbs.shape[2]
	if len(c.Lengths) != batch {
		BadShape(op, fmt.Sprintf("want a number of labels for each of %d sequences, got %d", batch, len(c.Lengths)), logProbs)
	}
	n := 0
	for i, length := range c.Lengths {
		if length < 0 {
			BadShape(op, fmt.Sprintf("the number of labels of sequence %d is %d", i, length), logProbs)
		}
		n += length
	}
	if n != len(c.Labels) {
		BadShape(op, fmt.Sprintf("the sequences have %d labels, got %d", n, len(c.Labels)), logProbs)
	}
	if uint(c.Blank) >= uint(classes) {
		BadShape(op, fmt.Sprintf("the blank is %d; there are %d classes", c.Blank, classes), logProbs)
	}
	for i, l := range c.Labels {
		if uint(l) >= uint(classes) || l == c.Blank {
			BadShape(op, fmt.Sprintf("labels[%d] is %d; there are %d classes, and the blank is %d", i, l, classes, c.Blank), logProbs)
		}
	}
	if c.Steps == nil {
		return
	}
	if len(c.Steps) != batch {
		BadShape(op, fmt.Sprintf("want a number of steps for each of %d sequences, got %d", batch, len(c.Steps)), logProbs)
	}
	for i, s := range c.Steps {
		if s < 0 || s > steps {
			BadShape(op, fmt.Sprintf("sequence %d has %d steps; there are %d", i, s, steps), logProbs)
		}
	}
}

// CTCTo writes the negative log-likelihood of the labels of each sequence, given
// log-probabilities [steps batch classes]: +Inf when they do not fit into the steps.
func CTCTo(dst, logProbs *Tensor, c CTCTarget) {
	c.Check("ctc", logProbs)
	sameDType("ctc", "the destination", logProbs, dst)
	destination("ctc", dst, logProbs.shape[1:2], logProbs)
	var s scratch
	logProbs = s.packed(logProbs)
	if logProbs.dtype == Float64 {
		k := ctc[float64](logProbs, c)
		k.Value(dst.f64, dst.strides[0])
	} else {
		k := ctc[float32](logProbs, c)
		k.Value(dst.f32, dst.strides[0])
	}
	s.release()
}

func ctc[T kernel.Float](x *Tensor, c CTCTarget) kernel.CTC[T] {
	return kernel.CTC[T]{
		LogProbs: elements[T](x), Steps: x.shape[0], Batch: x.shape[1], Classes: x.shape[2],
		Labels: c.Labels, Lengths: c.Lengths, Used: c.Steps, Blank: c.Blank, PerLabel: c.PerLabel,
	}
}

// CTC writes the gradient of [CTCTo] by the log-probabilities, given dy, that by
// its result. The destination has the shape of the log-probabilities and must be
// contiguous.
func (d *Grad) CTC(dy, logProbs *Tensor, c CTCTarget) {
	dx := (*Tensor)(d)
	c.Check("ctc", logProbs)
	sameDType("ctc gradient", "the destination", logProbs, dx)
	sameDType("ctc gradient", "dy", logProbs, dy)
	destination("ctc gradient", dx, logProbs.Shape(), logProbs)
	sameShape("ctc gradient", dy, logProbs.shape[1:2], logProbs)
	contiguous("ctc gradient", dx)
	var s scratch
	logProbs = s.packed(logProbs)
	if logProbs.dtype == Float64 {
		k := ctc[float64](logProbs, c)
		k.Grad(dx.f64[:dx.n], dy.f64, dy.strides[0])
	} else {
		k := ctc[float32](logProbs, c)
		k.Grad(dx.f32[:dx.n], dy.f32, dy.strides[0])
	}
	s.release()
}
