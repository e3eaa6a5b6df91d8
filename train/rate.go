package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A RateTest says which learning rates [Fit.TestRates] tries. Its zero value is
// that of fast.ai.
type RateTest struct {
	From  float64 // the first rate; 0 means 1e-7
	To    float64 // the last; 0 means 10
	Steps int     // how many, each a constant factor larger than the one before; 0 means 100
}

// Rates are the result of [Fit.TestRates].
type Rates struct {
	Points []RatePoint // in the order of the steps

	// Suggestion is where the loss falls the fastest by the logarithm of the rate:
	// fast.ai's "steep". It leaves out the first tenth of the steps and the last
	// five points, as fast.ai does; when fewer than two are left, it is 0.
	Suggestion float64
}

// A RatePoint is a step of a [RateTest].
type RatePoint struct {
	LR   float64
	Loss float64 // a mean of the losses so far, in which each step back counts 0.98 as much
}

const (
	rateSmoothing = 0.98
	rateDiverged  = 4 // times the smallest loss
)

// TestRates trains with a learning rate that grows with every step, and tells
// what the loss was (https://arxiv.org/abs/1506.01186). It ends early when the
// loss is more than four times its smallest value, or not finite. A good rate for
// a run is the suggestion, or a rate somewhat below the one with the least loss.
// See https://docs.fast.ai/callback.schedule.html#learner.lr_find.
//
// It uses the Model, the Objective, Opt, Train, Clip, Accumulate, Workers,
// Seed, OnGradients and Generators of the run, and no other field. Afterwards parameters, buffers, the
// optimizer, the generators and the place in the data are as they were; a source
// that had been left in the middle of an epoch goes on there. When ctx is done, or
// the data cannot be read, it returns the points so far and a [*StopError].
func (f *Fit[B]) TestRates(ctx context.Context, test RateTest) (rates *Rates, err error) {
	sweep := newSweep(test)
	rates = &Rates{}
	probe := &Fit[B]{
		Model: f.Model, Objective: f.Objective, Opt: f.Opt, Train: f.Train, Epochs: sweep.steps, Schedule: sweep,
		Clip: f.Clip, Accumulate: f.Accumulate, Workers: f.Workers, Seed: f.Seed, OnGradients: f.OnGradients, Generators: f.Generators,
	}
	probe.check()
	var mean, weight float64
	least := math.Inf(1)
	probe.OnStep = func(s Step) error {
		mean += (1 - rateSmoothing) * (s.Loss - mean)
		weight += (1 - rateSmoothing) * (1 - weight)
		loss := mean / weight
		rates.Points = append(rates.Points, RatePoint{s.LR, loss})
		least = min(least, loss)
		if s.Number == sweep.steps || loss > rateDiverged*least {
			return ErrEnough
		}
		return nil
	}
	back := probe.remember()
	defer func() { err = errors.Join(err, back()) }()
	_, err = probe.Run(ctx)
	if nan := (*autograd.NaNError)(nil); errors.As(err, &nan) {
		err = nil // it diverged
	}
	rates.Suggestion = steepest(rates.Points, sweep.steps)
	return rates, err
}

// remember returns a function that makes the parts of a run what they are now.
func (f *Fit[B]) remember() (back func() error) {
	weights := nn.Snapshot(f.Model)
	state := f.Opt.State()
	for i, s := range state {
		state[i].Value = s.Value.Clone()
	}
	lr, position := f.Opt.LR(), f.Train.Position()
	generators := (&run[B]{Fit: f}).generators()
	drawn := make([]tensor.Rand, len(generators))
	for i, g := range generators {
		drawn[i] = *g
	}
	return func() error {
		for i, g := range generators {
			*g = drawn[i]
		}
		f.Opt.SetLR(lr)
		return errors.Join(nn.LoadState(f.Model, weights), f.Opt.LoadState(state), f.Train.Seek(position))
	}
}

// A sweep is the schedule of a [RateTest].
type sweep struct {
	from, to float64
	steps    int
}

func newSweep(t RateTest) sweep {
	s := sweep{t.From, t.To, t.Steps}
	if s.from == 0 {
		s.from = 1e-7
	}
	if s.to == 0 {
		s.to = 10
	}
	if s.steps == 0 {
		s.steps = 100
	}
	if !(s.from > 0 && s.to > s.from && !math.IsInf(s.to, 0)) || s.steps < 2 {
		misuse("a RateTest from %v to %v in %d steps; want 0 < From < To and at least 2 steps", s.from, s.to, s.steps)
	}
	return s
}

func (s sweep) At(step int) float64 {
	return s.from * math.Pow(s.to/s.from, float64(step)/float64(s.steps-1))
}

// steepest returns the rate where the loss falls the fastest, or 0.
func steepest(points []RatePoint, steps int) (best float64) {
	first, last := steps/10, len(points)-5
	slope := math.Inf(1)
	for i := first; i+1 < last; i++ {
		a, b := points[i], points[i+1]
		if s := (b.Loss - a.Loss) / math.Log(b.LR/a.LR); s < slope {
			best, slope = a.LR, s
		}
	}
	return best
}

// String tells the suggestion, and the range in which the loss was measured.
func (r *Rates) String() string {
	if len(r.Points) == 0 {
		return "no step was done"
	}
	first, last := r.Points[0], r.Points[len(r.Points)-1]
	return fmt.Sprintf("%d learning rates from %.3g to %.3g, steepest at %.3g", len(r.Points), first.LR, last.LR, r.Suggestion)
}
