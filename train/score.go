package train

import (
	"context"
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A Score tells how a classifier does on a number of examples.
type Score struct {
	Examples int
	Correct  int     // examples whose largest logit is that of their label
	Loss     float64 // mean over the examples; NaN without any
}

// Accuracy returns the fraction of correct examples, from 0 to 1; NaN without
// examples.
func (s Score) Accuracy() float64 { return float64(s.Correct) / float64(s.Examples) }

// A Confusion counts the examples of each label by what they were taken for:
// a row for each label and a column for each class.
type Confusion [][]int

// A Report is the score of an evaluation and how it came about.
type Report struct {
	Score
	Confusion Confusion // [classes classes]
}

// Evaluate measures a classifier on a set, batch examples at a time, in
// evaluation mode, by cross entropy. When ctx is done it stops and returns the
// context's cause. It panics with a [*tensor.ShapeError] when the model does
// not map the examples to logits [batch classes].
func Evaluate(ctx context.Context, model nn.Layer, set *data.Set, batch int) (*Report, error) {
	return newEvaluator(model, nn.CrossEntropy, set, batch).run(ctx)
}

// An evaluator measures a model on a set, as often as is wanted. From the
// second time on it allocates only the report.
type evaluator struct {
	model  nn.Layer
	loss   Loss
	loader data.Loader
	tape   *autograd.Tape
	meter  meter
}

func newEvaluator(model nn.Layer, loss Loss, set *data.Set, batch int) *evaluator {
	e := &evaluator{model: model, loss: loss, loader: data.Loader{Set: set, Batch: batch}, tape: autograd.NewTape()}
	e.tape.SetMode(autograd.Eval)
	e.tape.SetRecording(false)
	return e
}

func (e *evaluator) run(ctx context.Context) (*Report, error) {
	e.meter.clear()
	r := &Report{}
	for b := range e.loader.Epoch() {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		e.tape.Reset()
		logits := e.model.Forward(e.tape.Const(b.X))
		loss := e.loss(logits, b.Labels).Item()
		e.meter.add(logits, b.Labels, loss)
		r.Confusion.add(logits.Dim(1), b.Labels, e.meter.best)
	}
	r.Score = e.meter.score()
	return r, nil
}

// add counts labels and what they were taken for.
func (c *Confusion) add(classes int, labels, best []int) {
	for len(*c) < classes {
		*c = append(*c, make([]int, classes))
	}
	for i, l := range labels {
		if l >= 0 && l < classes {
			(*c)[l][best[i]]++
		}
	}
}

// A meter sums up the scores of batches.
type meter struct {
	examples, correct int
	sum               float64 // of the losses of all examples
	best              []int   // the class of each example of the last batch
}

func (m *meter) clear() { m.examples, m.correct, m.sum = 0, 0, 0 }

// add takes in a batch with its mean loss and returns the number of its
// examples that are correct.
func (m *meter) add(logits autograd.Var, labels []int, loss float64) int {
	if logits.Rank() != 2 {
		panic(&tensor.ShapeError{Op: "train", Shapes: [][]int{append([]int{}, logits.Shape()...)}, Reason: "the model must return logits [batch classes]"})
	}
	if cap(m.best) < len(labels) {
		m.best = make([]int, len(labels))
	}
	m.best = m.best[:len(labels)]
	tensor.ArgTo(m.best, logits.Value(), 1, true)
	correct := 0
	for i, l := range labels {
		if m.best[i] == l {
			correct++
		}
	}
	m.examples += len(labels)
	m.correct += correct
	m.sum += loss * float64(len(labels))
	return correct
}

func (m *meter) score() Score {
	s := Score{Examples: m.examples, Correct: m.correct, Loss: math.NaN()}
	if m.examples > 0 {
		s.Loss = m.sum / float64(m.examples)
	}
	return s
}

// String writes the score as in "loss 0.0312, 99.05 % correct".
func (s Score) String() string {
	return fmt.Sprintf("loss %.4f, %.2f %% correct", s.Loss, 100*s.Accuracy())
}
