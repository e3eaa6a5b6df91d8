package train

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A run is a [Fit] on its way.
type run[B any] struct {
	*Fit[B]
	turns   []Turn[B]
	group   []*B // the batches of the step that comes next
	own     []B  // room for them
	team    team[B]
	sound   []*autograd.Param // that were finite at the start
	buffers buffers
	meter   meter
	see     func(*result) // counts what came of a batch
	valid   *evaluator[B]
	epoch   int  // from 1
	began   bool // the epoch has begun, and the metrics are those of its batches so far
	trained bool // the batches of the epoch are done, but not its validation
	steps   int
	unused  int    // batches that the source has dealt out and no step has used
	paused  *pause // what a checkpoint holds while validation runs; nil at other times
	savedAt time.Time
	history History
}

func (f *Fit[B]) start() *run[B] {
	f.check()
	r := &run[B]{Fit: f, epoch: 1, sound: soundParams(f.Model), buffers: buffersOf(f.Model), meter: meter{metrics: f.Metrics}}
	r.turns = append([]Turn[B]{{f.Objective, f.Opt, f.Schedule, f.Clip}}, f.Also...)
	if f.Accumulate > 1 {
		r.own = make([]B, f.Accumulate)
	}
	r.see = func(x *result) { r.meter.add(&x.outcome, x.loss) }
	r.team.start(max(1, f.Accumulate), f.Workers)
	if f.Valid != nil {
		r.valid = newEvaluator(f.Objective, f.Valid, f.Metrics)
	}
	if f.Average != nil {
		f.Average.begin(f.Model)
	}
	const few = 1 << 16 // records that are worth memory in advance
	r.history.Epochs = make([]Epoch, 0, min(f.Epochs, few))
	if n := f.StepsPerEpoch(); n > 0 {
		r.history.Steps = make([]Step, 0, n*min(f.Epochs, max(1, few/n)))
		r.history.also = make([]float64, 0, cap(r.history.Steps)*len(f.Also))
	}
	return r
}

// close ends the goroutines of a run.
func (r *run[B]) close() { r.team.stop() }

// run does the epochs that are left.
func (r *run[B]) run(ctx context.Context) (*History, error) {
	// A run that Watch has ended stays at its end when it is resumed.
	for enough := r.Watch != nil && r.Watch.enough(); r.epoch <= r.Epochs && !enough; {
		epoch := r.epoch
		err := r.pass(ctx)
		enough = errors.Is(err, ErrEnough)
		if err != nil && !enough {
			return &r.history, &StopError{Epoch: epoch, Step: r.steps, Err: err}
		}
		if enough || r.epoch > r.Epochs || r.due() || r.isBest() {
			if err := r.save(); err != nil {
				return &r.history, &StopError{Epoch: epoch, Step: r.steps, Err: err}
			}
		}
	}
	if r.Watch != nil {
		r.Watch.restore(r.Model)
	}
	return &r.history, nil
}

// pass does one epoch, or the rest of the one that a checkpoint was saved in.
func (r *run[B]) pass(ctx context.Context) error {
	began := time.Now()
	if !r.began {
		r.meter.clear()
		r.began = true
	}
	if !r.trained {
		if err := r.train(ctx); err != nil {
			return err
		}
	}
	if err := r.spoiled(); err != nil {
		return err
	}
	e := Epoch{Number: r.epoch, Steps: r.steps, LR: r.Opt.LR(), Train: r.meter.score()}
	if r.Checkpoints != nil {
		r.paused = &pause{r.state(), r.metricStates()}
	}
	enough, err := r.validate(ctx, &e)
	if err != nil {
		return r.stop(err)
	}
	r.paused = nil
	e.Time = time.Since(began)
	r.history.Epochs = append(r.history.Epochs, e)
	r.epoch, r.began, r.trained = r.epoch+1, false, false
	if r.OnEpoch != nil {
		if err := r.OnEpoch(e); err != nil {
			return r.stop(err)
		}
	}
	if enough {
		return ErrEnough
	}
	return nil
}

// stop saves a checkpoint and returns err, or why it cannot be saved.
func (r *run[B]) stop(err error) error {
	if errors.Is(err, ErrEnough) {
		return err // run saves
	}
	return errors.Join(err, r.save())
}

// isBest reports whether the epoch that has just ended was the best. In the
// middle of the next one the weights are others.
func (r *run[B]) isBest() bool {
	return r.Watch != nil && r.Watch.epoch > 0 && r.Watch.epoch == r.epoch-1 && !r.began
}

// validate measures the model, or the average of its weights, on the validation
// set, and asks Watch whether that is enough.
func (r *run[B]) validate(ctx context.Context, e *Epoch) (enough bool, err error) {
	if r.valid == nil {
		return false, nil
	}
	if r.Average != nil {
		r.Average.Swap()
		defer r.Average.Swap()
	}
	score, err := r.valid.run(ctx)
	if err != nil {
		return false, err
	}
	e.Valid = &score
	return r.Watch != nil && r.Watch.see(*e, r.Model), nil
}

// train does the steps of one epoch.
func (r *run[B]) train(ctx context.Context) error {
	// The loop draws the order of the epoch. A stop before it must not.
	if ctx.Err() != nil {
		return r.stop(context.Cause(ctx))
	}
	r.group, r.unused = r.group[:0], 0
	first := true
	for b, err := range r.Train.Epoch() {
		if err != nil {
			return err
		}
		r.unused++
		if !first && ctx.Err() != nil {
			if err := r.spoiled(); err != nil {
				return err
			}
			return r.stop(context.Cause(ctx))
		}
		first = false
		if err := r.take(b); err != nil {
			return err
		}
	}
	r.trained = true // but for the last step, and no checkpoint comes before it
	if len(r.group) > 0 {
		return r.step()
	}
	return nil
}

// take adds a batch to the group, and trains on the group when it is complete.
func (r *run[B]) take(b *B) error {
	if len(r.own) > 0 {
		mine := &r.own[len(r.group)]
		*mine, *b = *b, *mine
		b = mine
	}
	r.group = append(r.group, b)
	if len(r.group) < r.Accumulate {
		return nil
	}
	return r.step()
}

// step trains on the batches of the group.
func (r *run[B]) step() error {
	defer func() { r.group = r.group[:0] }()
	r.buffers.save()
	s := Step{Epoch: r.epoch, Number: r.steps + 1}
	for i := range r.turns {
		t := &r.turns[i]
		if t.Schedule != nil {
			t.Opt.SetLR(t.Schedule.At(r.steps))
		}
		see := ignore
		if i == 0 {
			see = r.see
		}
		grads, total, err := r.turn(i, see)
		if err != nil {
			return r.leaveOut(err)
		}
		if total.count == 0 && i == 0 { // there is nothing to learn
			r.unused = 0
			return nil
		}
		norm := 0.0
		if t.Clip > 0 {
			norm = grads.ClipNorm(t.Clip)
		}
		if total.count > 0 {
			t.Opt.Step(grads)
		}
		if i == 0 {
			s.Examples, s.Loss, s.Norm = total.count, total.mean(), norm
		} else {
			r.history.also = append(r.history.also, total.mean())
		}
	}
	if r.Average != nil {
		r.Average.update()
	}
	r.steps, r.unused = r.steps+1, 0
	s.LR = r.Opt.LR()
	if n := len(r.Also); n > 0 {
		all := r.history.also
		s.Also = all[len(all)-n : len(all) : len(all)]
	}
	r.history.Steps = append(r.history.Steps, s)
	if r.OnStep != nil {
		if err := r.OnStep(s); err != nil {
			return r.stop(err)
		}
	}
	if r.due() {
		return r.save()
	}
	return nil
}

// leaveOut returns the error of a step that is not finite, or nil when it is one
// of the steps that may be skipped.
func (r *run[B]) leaveOut(err error) error {
	r.history.also = r.history.also[:len(r.history.Steps)*len(r.Also)]
	if r.history.Skipped == r.Skip {
		return err
	}
	r.history.Skipped++
	r.unused = 0
	return nil
}

// turn computes the gradients of the group by the objective of a turn, and calls
// see with what came of each batch. When they, or the loss, are not finite, it
// returns an error, and buffers are as they were before the step.
func (r *run[B]) turn(number int, see func(*result)) (autograd.Grads, sum, error) {
	seed := tensor.Seed(r.Seed, uint64(r.steps), uint64(number))
	grads, total, bad := r.team.gradients(r.turns[number].Objective, r.group, seed, see)
	if bad < 0 {
		if r.OnGradients != nil && number == 0 {
			r.OnGradients(grads)
		}
		return grads, total, nil
	}
	r.buffers.restore()
	if r.history.Skipped < r.Skip {
		return grads, total, errNotFinite
	}
	return grads, total, r.team.blame(bad)
}

func ignore(*result) {}

var errNotFinite = errors.New("the loss or a gradient is infinite because an input or a constant of the model is")

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
