package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// An Average keeps an average of a model's weights over the steps of a run,
// which often does better than the weights of any single step. With Decay it is
// exponential (EMA), else the plain mean (SWA, https://arxiv.org/abs/1803.05407):
//
//	average ← Decay · average + (1 − Decay) · weights     with Decay
//	average ← average + (weights − average) / n           the n-th time, without
//
// Until the first weights are taken it is a copy of those of the last step. Buffers, such as the running statistics of
// batch norm, are copied, not averaged, as PyTorch's AveragedModel does.
// See https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema.
type Average struct {
	Decay float64 // such as 0.999; 0 means the plain mean
	From  int     // the step, from 0, whose weights are the first to be taken
	Every int     // take the weights of every so many steps; 0 means each

	pairs []pair
	steps int // seen
	taken int // whose weights were taken
}

// A pair is a tensor of the model and what stands for it in the average.
type pair struct {
	name    string
	own     *tensor.Tensor
	average *tensor.Tensor
	room    *tensor.Tensor // for a difference
	param   bool
}

// begin copies the weights of the model, unless they are known already.
func (a *Average) begin(model any) {
	switch {
	case !(a.Decay >= 0 && a.Decay < 1):
		misuse("the Decay of an Average is %v; it must be at least 0 and less than 1", a.Decay)
	case a.From < 0 || a.Every < 0:
		misuse("From is %d and Every %d in an Average; neither may be negative", a.From, a.Every)
	case a.pairs != nil:
		return
	}
	var params []*tensor.Tensor
	for _, p := range nn.Params(model) {
		params = append(params, p.Value)
	}
	for _, s := range nn.State(model) {
		a.pairs = append(a.pairs, pair{s.Name, s.Value, s.Value.Clone(), tensor.ZerosLike(s.Value), slices.Contains(params, s.Value)})
	}
}

// update takes the weights of a step.
func (a *Average) update() {
	n := a.steps - a.From
	a.steps++
	if n > 0 && n%max(1, a.Every) != 0 {
		return
	}
	if n >= 0 {
		a.taken++
	}
	for _, p := range a.pairs {
		switch {
		case !p.param || a.taken <= 1:
			p.average.CopyFrom(p.own)
		case a.Decay > 0:
			p.blend(1 - a.Decay)
		default:
			p.blend(1 / float64(a.taken))
		}
	}
}

// blend moves the average towards the weights by the fraction f of the way.
func (p *pair) blend(f float64) {
	tensor.SubTo(p.room, p.own, p.average)
	tensor.MulScalarTo(p.room, p.room, f)
	tensor.AddTo(p.average, p.average, p.room)
}

// Swap exchanges the average and the weights of the model: to measure or to
// save the average, and once more to train on.
func (a *Average) Swap() {
	for _, p := range a.pairs {
		p.room.CopyFrom(p.own)
		p.own.CopyFrom(p.average)
		p.average.CopyFrom(p.room)
	}
}

// State returns what an Average of the same model needs to go on: its tensors,
// and "steps" and "taken".
func (a *Average) State() []tensor.Named {
	list := []tensor.Named{
		{Name: "steps", Value: tensor.New([]float64{float64(a.steps)})},
		{Name: "taken", Value: tensor.New([]float64{float64(a.taken)})},
	}
	for _, p := range a.pairs {
		list = append(list, tensor.Named{Name: "average." + p.name, Value: p.average})
	}
	return list
}

// LoadState takes what State returned. After an error nothing has changed.
func (a *Average) LoadState(state []tensor.Named) error {
	given := map[string]*tensor.Tensor{}
	for _, s := range state {
		given[s.Name] = s.Value
	}
	for _, p := range a.pairs {
		x := given["average."+p.name]
		if x == nil || x.DType() != p.average.DType() || !slices.Equal(x.Shape(), p.average.Shape()) {
			return fmt.Errorf("the average of the weights has no %s of shape %v and type %v; it is one of another model", p.name, p.average.Shape(), p.average.DType())
		}
	}
	steps, taken := count(given["steps"]), count(given["taken"])
	if taken < 0 || taken > steps {
		return fmt.Errorf("the average of the weights does not say how many steps it is of; steps and taken must be whole numbers, 0 ≤ taken ≤ steps")
	}
	for _, p := range a.pairs {
		p.average.CopyFrom(given["average."+p.name])
	}
	a.steps, a.taken = steps, taken
	return nil
}

// count returns the whole number that x holds, or −1 when it holds none.
func count(x *tensor.Tensor) int {
	if x == nil || x.Len() != 1 {
		return -1
	}
	v := tensor.Values(x)[0]
	if !(v >= 0 && v <= math.MaxInt32) || v != math.Trunc(v) {
		return -1
	}
	return int(v)
}
