package optim

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// NAdam is [Adam] with Nesterov's momentum: it looks ahead along the average. The
// zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html.
type NAdam struct {
	LR            float64    // learning rate; 0 stands for 2e-3
	Betas         [2]float64 // β₁ and β₂, the shares of the averages that stay at each step; 0 stands for 0.9 and for 0.999
	Eps           float64    // ε, keeps the divisor from being 0; 0 stands for 1e-8
	WeightDecay   float64    // λ, adds λ p to the gradient
	MomentumDecay float64    // ψ, how fast the momentum rises to β₁; 0 stands for 4e-3
	Decoupled     bool       // shrink the weights by 1 − lr λ instead, as AdamW does
	Maximize      bool       // climb instead of descending
}

// NewNAdam returns an optimizer that changes params by [NAdam]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewNAdam(params []*autograd.Param, c NAdam) *Groups { return newGroups("nadam", params, c) }

func (c NAdam) settle() rule {
	c.LR, c.Eps, c.WeightDecay, c.MomentumDecay = setting(c.LR, 2e-3), setting(c.Eps, 1e-8), setting(c.WeightDecay, 0), setting(c.MomentumDecay, 4e-3)
	c.Betas = [2]float64{setting(c.Betas[0], 0.9), setting(c.Betas[1], 0.999)}
	checkNotNegative("nadam", "LR", c.LR)
	checkNotNegative("nadam", "Eps", c.Eps)
	checkNotNegative("nadam", "WeightDecay", c.WeightDecay)
	checkNotNegative("nadam", "MomentumDecay", c.MomentumDecay)
	checkBetas("nadam", c.Betas[0], c.Betas[1])
	return &nadam{c}
}

type nadam struct{ NAdam }

func (r *nadam) rate() float64 { return r.LR }

func (r *nadam) parts() []part {
	return append(moments(), part{name: "mu_product", first: 1, scalar: true})
}

func (r *nadam) setMomentum(mu float64) { r.Betas[0] = beta("NAdam", mu) }

// momentum returns μ of a step.
func (r *nadam) momentum(step int) float64 {
	return r.Betas[0] * (1 - 0.5*math.Pow(0.96, float64(step)*r.MomentumDecay))
}

func (r *nadam) step(s *slot, g *tensor.Tensor, lr float64) {
	s.steps++
	mu, next := r.momentum(s.steps), r.momentum(s.steps+1)
	product := s.at(2).Item() * mu
	n := tensor.NAdam{
		Grad: lr * (1 - mu) / (1 - product), Mean: lr * next / (1 - product*next),
		Correct: 1 - math.Pow(r.Betas[1], float64(s.steps)),
		Beta1:   r.Betas[0], Beta2: r.Betas[1], Eps: r.Eps, WeightDecay: r.WeightDecay, Keep: 1, Maximize: r.Maximize,
	}
	if r.Decoupled {
		n.Keep, n.WeightDecay = 1-lr*r.WeightDecay, 0
	}
	n.Update(s.param.Value, g, s.at(0), s.at(1))
	s.at(2).Fill(product)
}
