package train

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/train/metric"
)

// A Score tells how a model does on a number of examples.
type Score struct {
	Examples int
	Loss     float64 // mean over the examples; NaN without any
	Metrics  []Value // in the order of the metrics that were asked for
}

// A Value is the value of a metric.
type Value struct {
	Name  string
	Value float64
}

// Of returns the value of a metric by its name, or the loss for "loss". It
// returns NaN when the score has no such metric.
func (s Score) Of(name string) float64 {
	if name == "loss" {
		return s.Loss
	}
	for _, v := range s.Metrics {
		if v.Name == name {
			return v.Value
		}
	}
	return math.NaN()
}

// String writes the score as in "loss 0.0312, accuracy 0.9905".
func (s Score) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "loss %.4f", s.Loss)
	for _, v := range s.Metrics {
		fmt.Fprintf(&b, ", %s %.4f", v.Name, v.Value)
	}
	return b.String()
}

// Evaluate measures a model on the next epoch of a source, in evaluation mode.
// The metrics are reset first and can be read afterwards; one that has more to
// tell than a number, such as [*metric.Confusion], still holds it. When ctx is
// done, Evaluate stops and returns the context's cause.
func Evaluate[B any](ctx context.Context, f Objective[B], on data.Source[B], metrics ...metric.Metric) (Score, error) {
	return newEvaluator(f, on, metrics).run(ctx)
}

// An evaluator measures a model on a source, as often as is wanted. From the
// second time on it allocates only the score.
type evaluator[B any] struct {
	objective Objective[B]
	source    data.Source[B]
	tape      *autograd.Tape
	meter     meter
}

func newEvaluator[B any](f Objective[B], on data.Source[B], metrics []metric.Metric) *evaluator[B] {
	e := &evaluator[B]{objective: f, source: on, tape: autograd.NewTape(), meter: meter{metrics: metrics}}
	e.tape.SetMode(autograd.Eval)
	e.tape.SetRecording(false)
	return e
}

func (e *evaluator[B]) run(ctx context.Context) (Score, error) {
	e.meter.clear()
	for b, err := range e.source.Epoch() {
		if err != nil {
			return Score{}, err
		}
		if ctx.Err() != nil {
			return Score{}, context.Cause(ctx)
		}
		e.tape.Reset()
		o := e.objective(e.tape, b)
		e.meter.add(&o, o.Loss.Item())
	}
	return e.meter.score(), nil
}

// A meter sums up the outcomes of batches.
type meter struct {
	metrics  []metric.Metric
	examples int
	sum      float64 // of the losses of all examples
}

func (m *meter) clear() {
	m.examples, m.sum = 0, 0
	for _, x := range m.metrics {
		x.Reset()
	}
}

// add takes in an outcome, whose loss is given.
func (m *meter) add(o *Outcome, loss float64) {
	n := o.count()
	if n > 0 { // a mean of nothing is 0/0
		m.examples += n
		m.sum += loss * float64(n)
	}
	if len(m.metrics) == 0 {
		return
	}
	b := o.batch(loss)
	for _, x := range m.metrics {
		x.Add(b)
	}
}

// state returns the sums of m, without its metrics.
func (m *meter) state() []float64 { return []float64{float64(m.examples), m.sum} }

func (m *meter) setState(s []float64) error {
	if len(s) != 2 {
		return fmt.Errorf("%s has %d numbers for the meter; want 2", recordFile, len(s))
	}
	m.examples, m.sum = int(s[0]), s[1]
	return nil
}

func (m *meter) score() Score {
	s := Score{Examples: m.examples, Loss: math.NaN()}
	if m.examples > 0 {
		s.Loss = m.sum / float64(m.examples)
	}
	if len(m.metrics) > 0 {
		s.Metrics = make([]Value, 0, len(m.metrics))
	}
	for _, x := range m.metrics {
		s.Metrics = append(s.Metrics, Value{x.Name(), x.Value()})
	}
	return s
}
