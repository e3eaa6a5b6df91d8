package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// A Loss compares logits [batch classes] with labels and averages over the
// batch. [nn.CrossEntropy] is one; so is the Of method of a loss with settings.
type Loss func(logits autograd.Var, labels []int) autograd.Var

// A Fit is a training run of a classifier. Model, Opt, Train and Epochs must
// be filled in; the zero values of the others are as described.
type Fit struct {
	Model  nn.Layer // maps a batch of examples to logits [batch classes]
	Opt    optim.Optimizer
	Train  *data.Loader
	Epochs int

	Loss     Loss           // nil means nn.CrossEntropy
	Schedule optim.Schedule // the learning rate of each step, from 0; nil leaves the optimizer's
	Clip     float64        // the largest norm of a step's gradients; 0 means no limit
	Valid    *data.Set      // measured after each epoch, in batches of the loader's size; nil for none

	OnStep  func(Step)  // called after each step
	OnEpoch func(Epoch) // called after each epoch and its validation
}

// Run trains the model and returns the record of it, which is never nil. From
// the second epoch on a step allocates nothing.
//
// When ctx is done, Run finishes the step in progress and returns what has been
// done, with a [*StopError] that holds the context's cause. No number has been
// drawn for the steps that were not done, so that a second Run with the same
// parts goes on as if there had been no stop.
//
// When the loss or a gradient of a step is not finite, Run returns a
// [*StopError] that holds an [*autograd.NaNError]. The parameters, and buffers
// such as the running statistics of batch norm, are as they were before that
// step. Run also looks at the parameters after the last step of each epoch, and
// when it stops: when the optimizer has made NaN or Inf of one, it returns the
// same kind of error, and the parameters are spoiled.
//
// Run panics when a field that it needs is missing, as the layers and the loss
// do when shapes do not fit, and as [nn.State] does when a parameter of the
// model cannot be reached.
func (f *Fit) Run(ctx context.Context) (*History, error) {
	r := f.start()
	for r.epoch = 1; r.epoch <= f.Epochs; r.epoch++ {
		if err := r.pass(ctx); err != nil {
			return &r.history, &StopError{Epoch: r.epoch, Step: r.steps, Err: err}
		}
	}
	return &r.history, nil
}

// A run is a Fit on its way.
type run struct {
	Fit
	tape    *autograd.Tape
	grads   autograd.Grads // of the last step
	buffers buffers
	meter   meter
	valid   *evaluator
	epoch   int
	steps   int
	history History
}

func (f *Fit) start() *run {
	switch {
	case f.Model == nil, f.Opt == nil, f.Train == nil:
		panic(&tensor.ArgError{Op: "train", Reason: "a Fit needs a Model, an Opt and a Train loader"})
	case f.Epochs < 0:
		panic(&tensor.ArgError{Op: "train", Reason: fmt.Sprintf("Epochs is %d; it must not be negative", f.Epochs)})
	}
	r := &run{Fit: *f, tape: autograd.NewTape(), buffers: buffersOf(f.Model)}
	if r.Loss == nil {
		r.Loss = nn.CrossEntropy
	}
	if f.Valid != nil {
		r.valid = newEvaluator(f.Model, r.Loss, f.Valid, f.Train.Batch)
	}
	const few = 1 << 16 // records that are worth memory in advance
	r.history.Epochs = make([]Epoch, 0, min(f.Epochs, few))
	if b := f.Train.Batches(); b > 0 {
		r.history.Steps = make([]Step, 0, b*min(f.Epochs, max(1, few/b)))
	}
	return r
}

// pass does one epoch.
func (r *run) pass(ctx context.Context) error {
	began := time.Now()
	r.meter.clear()
	if err := r.train(ctx); err != nil {
		return err
	}
	if err := r.spoiled(); err != nil {
		return err
	}
	e := Epoch{Number: r.epoch, Steps: r.steps, LR: r.Opt.LR(), Train: r.meter.score()}
	if r.valid != nil {
		report, err := r.valid.run(ctx)
		if err != nil {
			return err
		}
		e.Valid = &report.Score
	}
	e.Time = time.Since(began)
	r.history.Epochs = append(r.history.Epochs, e)
	if r.OnEpoch != nil {
		r.OnEpoch(e)
	}
	return nil
}

// train does the steps of one epoch.
func (r *run) train(ctx context.Context) error {
	// The loop draws the order of the epoch. A stop before it must not.
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	first := true
	for b := range r.Train.Epoch() {
		if !first && ctx.Err() != nil {
			if err := r.spoiled(); err != nil {
				return err
			}
			return context.Cause(ctx)
		}
		first = false
		if err := r.step(b); err != nil {
			return err
		}
	}
	return nil
}

// step trains on one batch.
func (r *run) step(b data.Batch) error {
	if r.Schedule != nil {
		r.Opt.SetLR(r.Schedule.At(r.steps))
	}
	r.buffers.save()
	r.tape.Reset()
	logits := r.Model.Forward(r.tape.Const(b.X))
	loss := r.Loss(logits, b.Labels)
	value := loss.Item()
	if !finite(value) {
		return r.blame(b)
	}
	grads := loss.Backward()
	for _, g := range grads.All() {
		if !tensor.IsFinite(g) {
			return r.blame(b)
		}
	}
	if r.Clip > 0 {
		grads.ClipNorm(r.Clip)
	}
	r.Opt.Step(grads)
	r.grads = grads
	r.steps++
	s := Step{
		Epoch: r.epoch, Number: r.steps, LR: r.Opt.LR(),
		Examples: len(b.Labels), Correct: r.meter.add(logits, b.Labels, value), Loss: value,
	}
	r.history.Steps = append(r.history.Steps, s)
	if r.OnStep != nil {
		r.OnStep(s)
	}
	return nil
}

// blame puts the buffers back and does the last step once more, up to its
// gradients, with the same random numbers. It returns the [*autograd.NaNError]
// of the first operation that makes NaN or Inf of finite numbers.
func (r *run) blame(b data.Batch) (err error) {
	r.buffers.restore()
	r.tape.DetectNaN(true)
	defer func() {
		r.tape.DetectNaN(false)
		switch p := recover().(type) {
		case nil:
		case *autograd.NaNError:
			err = p
		default:
			panic(p)
		}
	}()
	r.tape.Replay(func() { r.Loss(r.Model.Forward(r.tape.Const(b.X)), b.Labels).Backward() })
	return errors.New("the loss or a gradient is infinite because an input or a constant of the model is")
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
