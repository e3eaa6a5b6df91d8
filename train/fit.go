package train

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// A Fit is a training run on batches of type B. Model, Objective, Opt, Train
// and Epochs must be filled in; the zero values of the others are as described.
type Fit[B any] struct {
	Model     any // what the objective trains: a layer, or a struct of layers and parameters, as [nn.Params] takes it
	Objective Objective[B]
	Opt       optim.Optimizer
	Train     data.Source[B]
	Epochs    int

	Schedule optim.Schedule // the learning rate of each step, from 0; nil leaves the optimizer's
	Clip     float64        // the largest norm of a step's gradients; 0 means no limit
	Also     []Turn[B]      // further objectives, with optimizers of their own, that take their turn in each step

	// Accumulate is the number of batches in a step; 0 means 1. Their gradients
	// are averaged, so that the step is that of one large batch which need not fit
	// into memory. At the end of an epoch a step may have fewer.
	Accumulate int

	// Workers is the number of goroutines that work on the batches of a step, of
	// which there are Accumulate. Gradients are added in the order of the batches,
	// and each batch has random numbers of its own, which depend on Seed, so that
	// 1 worker and 16 give the same bits. 0 means no workers: then layers draw from
	// their generators in order, as a loop written out does, which gives other bits
	// where there is dropout. The objective must not write what another batch
	// reads. Running statistics take in the batches in order, when all are done:
	// those of batch norm, and those of a layer of one's own that uses
	// [autograd.Tape.Track].
	Workers int
	Seed    uint64

	Valid   data.Source[B]  // measured after each epoch; nil for none
	Metrics []metric.Metric // measured beside the loss, in training and validation
	Watch   *Watch          // stops a run that has ceased to improve, or keeps its best weights
	Average *Average        // an average of the weights over the steps, which validation then measures

	// Skip is the number of steps that may be left out because their loss or a
	// gradient is not finite. One more ends the run.
	Skip int

	Checkpoints *Checkpoints // saves what the run needs to go on; nil saves nothing

	// Generators are those that neither the layers of Model nor the sources know,
	// such as one that Objective draws from. Checkpoints save their states.
	Generators []*tensor.Rand

	OnGradients func(autograd.Grads) // sees, and may change, the gradients of each step before Clip
	OnStep      func(Step) error     // called after each step; an error ends the run
	OnEpoch     func(Epoch) error    // called after each epoch and its validation; an error ends the run
}

// A Turn is an objective and the optimizer that follows its gradients. A
// generator and the net that judges it are trained by two turns in each step.
// A turn sees the parameters as the turns before it have left them.
type Turn[B any] struct {
	Objective Objective[B]
	Opt       optim.Optimizer
	Schedule  optim.Schedule // of steps, as in [Fit]; nil leaves the optimizer's rate
	Clip      float64        // as in [Fit]
}

// ErrEnough ends a run in good order when OnStep or OnEpoch returns it: Run
// returns no error.
var ErrEnough = errors.New("enough")

// Run trains the model and returns the record of it, which is never nil. From
// the second epoch on a step allocates nothing.
//
// When ctx is done, Run finishes the step in progress and returns what has been
// done, with a [*StopError] that holds the context's cause. So it does when the
// data cannot be read, or a callback returns an error.
//
// When the loss or a gradient of a step is not finite, and Skip does not allow
// it, Run returns a [*StopError] that holds an [*autograd.NaNError]. The
// parameters, and buffers such as the running statistics of batch norm, are as
// they were before that step. (Where there are several turns, those that come
// before the one at fault have been taken.) Run also looks at the parameters
// after the last step of each epoch, and when it stops: when an optimizer has
// made NaN or Inf of one, it returns the same kind of error, and the parameters
// are spoiled.
//
// With Checkpoints, Run saves one before the first step, and refuses a folder
// that has any: [Fit.Resume] goes on from them.
//
// Run panics when a field that it needs is missing, as the layers and the loss
// do when shapes do not fit, and as [nn.State] does when a parameter of the
// model cannot be reached.
func (f *Fit[B]) Run(ctx context.Context) (*History, error) {
	r := f.start()
	defer r.close()
	if f.Checkpoints != nil {
		if err := r.firstSave(); err != nil {
			return &r.history, err
		}
	}
	return r.run(ctx)
}

// StepsPerEpoch returns the number of steps in an epoch, for a schedule, or −1
// when the source does not know its batches.
func (f *Fit[B]) StepsPerEpoch() int {
	group, batches := max(1, f.Accumulate), f.Train.Batches()
	if batches < 0 {
		return -1
	}
	return (batches + group - 1) / group
}

// check panics when a field makes no sense.
func (f *Fit[B]) check() {
	switch {
	case f.Model == nil, f.Objective == nil, f.Opt == nil, f.Train == nil:
		misuse("a Fit needs a Model, an Objective, an Opt and a Train source")
	case f.Epochs < 0:
		misuse("Epochs is %d; it must not be negative", f.Epochs)
	case f.Accumulate < 0, f.Workers < 0, f.Skip < 0:
		misuse("Accumulate is %d, Workers %d and Skip %d; none may be negative", f.Accumulate, f.Workers, f.Skip)
	case f.Watch != nil && f.Valid == nil:
		misuse("Watch looks at the validation, but there is no Valid source")
	case f.Watch != nil && !f.measures(f.Watch.Metric):
		misuse("Watch looks at the metric %q, which is not among the Metrics", f.Watch.Metric)
	}
	for _, m := range f.Metrics {
		if _, ok := m.(stateful); !ok && f.Checkpoints != nil {
			misuse("the metric %s cannot be saved in a checkpoint; give it the methods State() []float64 and SetState([]float64) error", m.Name())
		}
	}
	for i, t := range f.Also {
		if t.Objective == nil || t.Opt == nil {
			misuse("Also[%d] needs an Objective and an Opt", i)
		}
	}
}

// measures reports whether a score of the run has the metric of that name.
func (f *Fit[B]) measures(name string) bool {
	return name == "" || name == "loss" || slices.ContainsFunc(f.Metrics, func(m metric.Metric) bool { return m.Name() == name })
}

// misuse panics about a wrong use of the package.
func misuse(reason string, args ...any) {
	panic(&tensor.ArgError{Op: "train", Reason: fmt.Sprintf(reason, args...)})
}
