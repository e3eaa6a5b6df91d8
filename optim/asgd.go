package optim

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// ASGD is descent at a rate that falls, and an average of the weights over steps,
// the part "ax" of its state. The zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html.
type ASGD struct {
	LR          float64 // learning rate; 0 stands for 0.01
	Lambda      float64 // how fast the rate falls, and the weights with it; 0 stands for 1e-4
	Alpha       float64 // the power with which the rate falls; 0 stands for 0.75
	Start       float64 // the step from which weights are averaged, PyTorch's t0; 0 stands for 1e6
	WeightDecay float64 // λ, adds λ p to the gradient
	Maximize    bool    // climb instead of descending
}

// NewASGD returns an optimizer that changes params by [ASGD]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewASGD(params []*autograd.Param, c ASGD) *Groups { return newGroups("asgd", params, c) }

func (c ASGD) settle() rule {
	c.LR, c.Lambda, c.Alpha = setting(c.LR, 0.01), setting(c.Lambda, 1e-4), setting(c.Alpha, 0.75)
	c.Start, c.WeightDecay = setting(c.Start, 1e6), setting(c.WeightDecay, 0)
	checkNotNegative("asgd", "LR", c.LR)
	checkNotNegative("asgd", "Lambda", c.Lambda)
	checkNotNegative("asgd", "Alpha", c.Alpha)
	checkNotNegative("asgd", "Start", c.Start)
	checkNotNegative("asgd", "WeightDecay", c.WeightDecay)
	return &asgd{c}
}

type asgd struct{ ASGD }

func (r *asgd) rate() float64 { return r.LR }

func (r *asgd) parts() []part {
	return []part{{name: "eta", first: r.LR, scalar: true}, {name: "mu", first: 1, scalar: true}, {name: "ax"}}
}

func (r *asgd) setMomentum(float64) { noMomentum("ASGD") }

// step uses the rate and the share of the average that the step before has left:
// as in PyTorch, a rate that is set takes effect a step later.
func (r *asgd) step(s *slot, g *tensor.Tensor, lr float64) {
	eta, mu := s.at(0), s.at(1)
	if s.steps == 0 {
		eta.Fill(lr)
	}
	n := tensor.ASGD{Eta: eta.Item(), Lambda: r.Lambda, Share: mu.Item(), WeightDecay: r.WeightDecay, Maximize: r.Maximize}
	n.Update(s.param.Value, g, s.at(2))
	s.steps++
	t := float64(s.steps)
	eta.Fill(lr / math.Pow(1+r.Lambda*lr*t, r.Alpha))
	mu.Fill(1 / max(1, t-r.Start))
}
