package optim

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// RAdam is [Adam] whose first steps are plain momentum, until the average square
// rests on enough gradients. The zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html.
type RAdam struct {
	LR          float64    // learning rate; 0 stands for 1e-3
	Betas       [2]float64 // β₁ and β₂, the shares of the averages that stay at each step; 0 stands for 0.9 and for 0.999
	Eps         float64    // ε, keeps the divisor from being 0; 0 stands for 1e-8
	WeightDecay float64    // λ, adds λ p to the gradient
	Decoupled   bool       // shrink the weights by 1 − lr λ instead, as AdamW does
	Maximize    bool       // climb instead of descending
}

// NewRAdam returns an optimizer that changes params by [RAdam]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewRAdam(params []*autograd.Param, c RAdam) *Groups { return newGroups("radam", params, c) }

func (c RAdam) settle() rule {
	c.LR, c.Eps, c.WeightDecay = setting(c.LR, 1e-3), setting(c.Eps, 1e-8), setting(c.WeightDecay, 0)
	c.Betas = [2]float64{setting(c.Betas[0], 0.9), setting(c.Betas[1], 0.999)}
	checkNotNegative("radam", "LR", c.LR)
	checkNotNegative("radam", "Eps", c.Eps)
	checkNotNegative("radam", "WeightDecay", c.WeightDecay)
	checkBetas("radam", c.Betas[0], c.Betas[1])
	return &radam{c}
}

type radam struct{ RAdam }

func (r *radam) rate() float64 { return r.LR }

func (r *radam) parts() []part { return moments() }

func (r *radam) setMomentum(mu float64) { r.Betas[0] = beta("RAdam", mu) }

func (r *radam) step(s *slot, g *tensor.Tensor, lr float64) {
	s.steps++
	t := float64(s.steps)
	correct := 1 - math.Pow(r.Betas[1], t)
	most := 2/(1-r.Betas[1]) - 1 // the number of gradients that the average rests on, in the end and now
	now := most - 2*t*math.Pow(r.Betas[1], t)/correct
	n := tensor.RAdam{
		LR: lr / (1 - math.Pow(r.Betas[0], t)), Beta1: r.Betas[0], Beta2: r.Betas[1],
		Eps: r.Eps, WeightDecay: r.WeightDecay, Keep: 1, Maximize: r.Maximize,
	}
	if now > 5 {
		n.Rect = math.Sqrt((now-4)*(now-2)*most/((most-4)*(most-2)*now)) * math.Sqrt(correct)
	}
	if r.Decoupled {
		n.Keep, n.WeightDecay = 1-lr*r.WeightDecay, 0
	}
	n.Update(s.param.Value, g, s.at(0), s.at(1))
}
