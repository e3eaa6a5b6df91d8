package metric

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// A Batch is what a metric sees of a batch of examples. A metric reads the
// fields that it needs; its comment says which.
//
// Outputs of a classifier are logits or probabilities [batch classes …], as the
// losses of package nn take them, with a label for each place of [batch …], in
// row-major order. Outputs [batch] or [batch 1 …] are one logit for each place,
// of class 1 against class 0; a probability has to be turned into a logit
// first, since the threshold is 0. Outputs of a regression are of any shape
// [batch …], and the targets of the same shape.
type Batch struct {
	Output *tensor.Tensor
	Labels []int          // of a classification
	Target *tensor.Tensor // of a regression
	Loss   float64        // mean loss of the examples that count
	Count  int            // how many examples, or places, Loss is the mean of
	Ignore *int           // places with this label do not count, like those with a negative one; nil for none
}

// A Metric is a number that sums up how a model does on the examples since the
// last Reset. The zero value of every metric of this package is ready to use.
// A metric is not safe for concurrent use.
//
// Add panics with a [*tensor.ShapeError] when outputs do not fit labels or
// targets, or a label is out of range, and with a [*tensor.ArgError] when the
// batch lacks what the metric needs. It keeps nothing of the batch.
type Metric interface {
	Name() string   // in lower case, as scikit-learn's scorers are named
	Reset()         // forgets all examples
	Add(Batch)      // takes in the examples of a batch
	Value() float64 // of all examples so far
}

// Of returns the value of m on one batch alone. It resets m first.
func Of(m Metric, b Batch) float64 {
	m.Reset()
	m.Add(b)
	return m.Value()
}

// A Loss is the mean loss: the Loss of each batch weighted by its Count. It is
// NaN without examples.
type Loss struct {
	sum float64
	n   int
}

// Name returns "loss".
func (*Loss) Name() string { return "loss" }

// Reset forgets all examples.
func (l *Loss) Reset() { *l = Loss{} }

// Add reads Loss and Count. A batch with Count 0 changes nothing, whatever its
// Loss. It panics with a [*tensor.ArgError] when Count is negative.
func (l *Loss) Add(b Batch) {
	if b.Count < 0 {
		tensor.BadArg("loss", "want a count of examples, got %d", b.Count)
	}
	if b.Count > 0 {
		l.sum += b.Loss * float64(b.Count)
		l.n += b.Count
	}
}

// Value returns the mean.
func (l *Loss) Value() float64 { return l.sum / float64(l.n) }

// A Perplexity is e to the power of the mean loss. When the loss is the cross
// entropy of the next token, in nats, it is the number of equally likely tokens
// among which the model is as unsure. It is NaN without examples.
type Perplexity struct{ mean Loss }

// Name returns "perplexity".
func (*Perplexity) Name() string { return "perplexity" }

// Reset forgets all examples.
func (p *Perplexity) Reset() { p.mean.Reset() }

// Add reads Loss and Count, as [Loss.Add] does.
func (p *Perplexity) Add(b Batch) { p.mean.Add(b) }

// Value returns e to the power of the mean loss.
func (p *Perplexity) Value() float64 { return math.Exp(p.mean.Value()) }
