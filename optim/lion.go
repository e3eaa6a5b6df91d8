package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Lion takes steps of one size, in the direction of the sign of an average of the
// gradient. Its rate is some three to ten times smaller than Adam's, its decay that
// much larger. PyTorch has none; this is that of Chen and others, with the defaults
// of their code. See https://arxiv.org/abs/2302.06675.
type Lion struct {
	LR          float64    // learning rate; 0 stands for 1e-4
	Betas       [2]float64 // the share of the average in the step, and what stays of it; 0 stands for 0.9 and for 0.99
	WeightDecay float64    // λ, shrinks the weights by 1 − lr λ
	Maximize    bool       // climb instead of descending
}

// NewLion returns an optimizer that changes params by [Lion]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewLion(params []*autograd.Param, c Lion) *Groups { return newGroups("lion", params, c) }

func (c Lion) settle() rule {
	c.LR, c.WeightDecay = setting(c.LR, 1e-4), setting(c.WeightDecay, 0)
	c.Betas = [2]float64{setting(c.Betas[0], 0.9), setting(c.Betas[1], 0.99)}
	checkNotNegative("lion", "LR", c.LR)
	checkNotNegative("lion", "WeightDecay", c.WeightDecay)
	checkBetas("lion", c.Betas[0], c.Betas[1])
	return &lion{c}
}

type lion struct{ Lion }

func (r *lion) rate() float64 { return r.LR }

func (r *lion) parts() []part { return []part{{name: "exp_avg"}} }

func (r *lion) setMomentum(mu float64) { r.Betas[0] = beta("Lion", mu) }

func (r *lion) step(s *slot, g *tensor.Tensor, lr float64) {
	n := tensor.Lion{LR: lr, Beta1: r.Betas[0], Beta2: r.Betas[1], WeightDecay: r.WeightDecay, Maximize: r.Maximize}
	n.Update(s.param.Value, g, s.at(0))
	s.steps++
}
