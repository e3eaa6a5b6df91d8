package optim

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Adamax is [Adam] with the largest gradient, which is slowly forgotten, in place
// of the root of the average square. The zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html.
type Adamax struct {
	LR          float64    // learning rate; 0 stands for 2e-3
	Betas       [2]float64 // β₁ and β₂, the shares of the averages that stay at each step; 0 stands for 0.9 and for 0.999
	Eps         float64    // ε, is added to the size of the gradient; 0 stands for 1e-8
	WeightDecay float64    // λ, adds λ p to the gradient
	Maximize    bool       // climb instead of descending
}

// NewAdamax returns an optimizer that changes params by [Adamax]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewAdamax(params []*autograd.Param, c Adamax) *Groups { return newGroups("adamax", params, c) }

func (c Adamax) settle() rule {
	c.LR, c.Eps, c.WeightDecay = setting(c.LR, 2e-3), setting(c.Eps, 1e-8), setting(c.WeightDecay, 0)
	c.Betas = [2]float64{setting(c.Betas[0], 0.9), setting(c.Betas[1], 0.999)}
	checkNotNegative("adamax", "LR", c.LR)
	checkNotNegative("adamax", "Eps", c.Eps)
	checkNotNegative("adamax", "WeightDecay", c.WeightDecay)
	checkBetas("adamax", c.Betas[0], c.Betas[1])
	return &adamax{c}
}

type adamax struct{ Adamax }

func (r *adamax) rate() float64 { return r.LR }

func (r *adamax) parts() []part { return []part{{name: "exp_avg"}, {name: "exp_inf"}} }

func (r *adamax) setMomentum(mu float64) { r.Betas[0] = beta("Adamax", mu) }

func (r *adamax) step(s *slot, g *tensor.Tensor, lr float64) {
	s.steps++
	n := tensor.Adamax{
		LR: lr / (1 - math.Pow(r.Betas[0], float64(s.steps))), Beta1: r.Betas[0], Beta2: r.Betas[1],
		Eps: r.Eps, WeightDecay: r.WeightDecay, Maximize: r.Maximize,
	}
	n.Update(s.param.Value, g, s.at(0), s.at(1))
}
