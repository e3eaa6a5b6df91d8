package train

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// An Objective says what is to be learnt: it runs a model on a batch, on the
// tape t, and returns the loss. [Classify], [Regress], [Reconstruct] and
// [NextToken] make the usual ones. A program writes its own for everything else:
//
//	func(t *autograd.Tape, b *pair) train.Outcome {
//		near := model.Forward(t.Const(b.Left)).Sub(model.Forward(t.Const(b.Right)))
//		return train.Outcome{Loss: near.Square().Mean()}
//	}
type Objective[B any] func(t *autograd.Tape, b *B) Outcome

// An Outcome is what an [Objective] makes of a batch. Only Loss is needed. The
// other fields are what the metrics of a run look at. A batch in which no label
// counts has no loss (a mean of nothing is 0/0): no step is made of it.
type Outcome struct {
	Loss   autograd.Var   // one number, the mean over the batch
	Output autograd.Var   // what the model says: logits or predictions, [batch …]
	Labels []int          // what it should have said, of a classification
	Target *tensor.Tensor // what it should have said, of a regression
	Ignore *int           // the label of places that do not count, beside negative ones; nil for none
	Count  int            // how many examples Loss is the mean of; 0 means the labels that count, else the first axis of Output, else 1
}

// count returns how many examples Loss is the mean of.
func (o *Outcome) count() int {
	switch {
	case o.Count > 0:
		return o.Count
	case o.Labels != nil:
		n := 0
		for _, l := range o.Labels {
			if l >= 0 && (o.Ignore == nil || l != *o.Ignore) {
				n++
			}
		}
		return n
	case !o.Output.IsZero() && o.Output.Rank() > 0:
		return o.Output.Dim(0)
	}
	return 1
}

// batch returns what metrics see of o.
func (o *Outcome) batch(loss float64) metric.Batch {
	b := metric.Batch{Labels: o.Labels, Ignore: o.Ignore, Target: o.Target, Loss: loss, Count: o.count()}
	if !o.Output.IsZero() {
		b.Output = o.Output.Value()
	}
	return b
}

// Classify is the objective of a classifier: model maps the X of a batch to
// logits, which loss compares with the labels. [nn.CrossEntropy] is such a loss;
// so is the Of method of a loss with settings.
func Classify(model nn.Layer, loss func(logits autograd.Var, labels []int) autograd.Var) Objective[data.Batch] {
	return (&classifier{model, loss}).run
}

// The objectives are methods and not closures. The compiler may move a closure
// into the function that asks for it, and a NaN would then seem to have been
// made there and not in a layer of the model.
type classifier struct {
	model nn.Layer
	loss  func(logits autograd.Var, labels []int) autograd.Var
}

func (c *classifier) run(t *autograd.Tape, b *data.Batch) Outcome {
	logits := c.model.Forward(t.Const(b.X))
	return Outcome{Loss: c.loss(logits, b.Labels), Output: logits, Labels: b.Labels}
}

// Regress is the objective of a regression: model maps the X of a batch to
// predictions, which loss compares with the targets Y, of the same shape.
// [nn.MSE] is such a loss.
func Regress(model nn.Layer, loss func(prediction, target autograd.Var) autograd.Var) Objective[data.Batch] {
	return (&regression{model, loss, func(b *data.Batch) *tensor.Tensor { return b.Y }}).run
}

// Reconstruct is the objective of an autoencoder: loss compares what model makes
// of the X of a batch with X itself.
func Reconstruct(model nn.Layer, loss func(prediction, target autograd.Var) autograd.Var) Objective[data.Batch] {
	return (&regression{model, loss, func(b *data.Batch) *tensor.Tensor { return b.X }}).run
}

type regression struct {
	model  nn.Layer
	loss   func(prediction, target autograd.Var) autograd.Var
	target func(b *data.Batch) *tensor.Tensor
}

func (r *regression) run(t *autograd.Tape, b *data.Batch) Outcome {
	y, target := r.model.Forward(t.Const(b.X)), r.target(b)
	return Outcome{Loss: r.loss(y, t.Const(target)), Output: y, Target: target}
}

// A TokenModel maps tokens, row-major of the given shape, to logits [shape…
// vocabulary]. [*nn.Embedding] is the smallest one, with as many numbers for each
// token as there are tokens.
type TokenModel interface {
	Forward(t *autograd.Tape, tokens []int, shape ...int) autograd.Var
}

// NextToken is the objective of a language model: cross entropy between what
// model says of each place of a window, [rows length vocabulary], and the token
// that comes next there. Every place counts as one example, so that accuracy and
// [metric.Perplexity] are those of tokens.
func NextToken(model TokenModel) Objective[text.Batch] { return (&reader{model}).run }

type reader struct{ model TokenModel }

func (r *reader) run(t *autograd.Tape, b *text.Batch) Outcome {
	logits := r.model.Forward(t, b.Tokens, b.Shape()...)
	logits = logits.Reshape(len(b.Targets), logits.Dim(logits.Rank()-1))
	return Outcome{Loss: nn.CrossEntropy(logits, b.Targets), Output: logits, Labels: b.Targets}
}
