package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A Watch looks at the validation after each epoch. It ends a run that has
// ceased to improve (early stopping), and can give the model the weights of its
// best epoch back. Its zero value watches the loss and ends nothing.
type Watch struct {
	Metric   string  // the name of the metric to watch; "" means the loss
	Maximize bool    // whether more is better, as of an accuracy
	Patience int     // how many epochs without improvement end the run; 0 means that none do
	Least    float64 // what counts as an improvement: more than this
	KeepBest bool    // at the end of Run, the model gets what was best: the weights and buffers of that epoch, or their average

	best  float64
	epoch int // the best one; 0 for none
	since int // epochs since
	state []tensor.Named
}

// Best returns the number of the best epoch, from 1, and what the metric was
// there. Before the first validation, or when all were NaN, the number is 0.
func (w *Watch) Best() (epoch int, value float64) {
	if w.epoch == 0 {
		return 0, math.NaN()
	}
	return w.epoch, w.best
}

// see takes note of an epoch, and reports whether the run should end.
func (w *Watch) see(e Epoch, model any) (enough bool) {
	name := w.Metric
	if name == "" {
		name = "loss"
	}
	v := e.Valid.Of(name)
	gain := w.best - v
	if w.Maximize {
		gain = -gain
	}
	if w.epoch == 0 && !math.IsNaN(v) || gain > w.Least {
		w.best, w.epoch, w.since = v, e.Number, 0
		if w.KeepBest {
			w.keep(model)
		}
		return false
	}
	w.since++
	return w.enough()
}

// enough reports whether there was no improvement for too long.
func (w *Watch) enough() bool { return w.Patience > 0 && w.since >= w.Patience }

// keep copies the state of the model.
func (w *Watch) keep(model any) {
	if w.state == nil {
		w.state = nn.Snapshot(model)
		return
	}
	for i, s := range nn.State(model) {
		w.state[i].Value.CopyFrom(s.Value)
	}
}

// load takes a state that keep has copied.
func (w *Watch) load(model any, state []tensor.Named) error {
	own := nn.Snapshot(model)
	if len(own) != len(state) {
		return fmt.Errorf("there are %d tensors; the model has %d", len(state), len(own))
	}
	for i, s := range state {
		if s.Name != own[i].Name || s.Value.DType() != own[i].Value.DType() || !slices.Equal(s.Value.Shape(), own[i].Value.Shape()) {
			return fmt.Errorf("tensor %d is %s %v; the model has %s %v there", i, s.Name, s.Value.Shape(), own[i].Name, own[i].Value.Shape())
		}
		own[i].Value.CopyFrom(s.Value)
	}
	w.state = own
	return nil
}

// restore gives the model the state of its best epoch.
func (w *Watch) restore(model any) {
	if w.state == nil {
		return
	}
	for i, s := range nn.State(model) {
		s.Value.CopyFrom(w.state[i].Value)
	}
}
