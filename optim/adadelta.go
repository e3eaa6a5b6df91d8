package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Adadelta divides the gradient by the root of an average of its square, and
// multiplies it by that of the square of its own steps, so that it needs no
// learning rate. The zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html.
type Adadelta struct {
	LR          float64 // learning rate; 0 stands for 1
	Rho         float64 // ρ, the share of the averages that stays at each step; 0 stands for 0.9
	Eps         float64 // ε, is added under the roots; 0 stands for 1e-6
	WeightDecay float64 // λ, adds λ p to the gradient
	Maximize    bool    // climb instead of descending
}

// NewAdadelta returns an optimizer that changes params by [Adadelta]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewAdadelta(params []*autograd.Param, c Adadelta) *Groups {
	return newGroups("adadelta", params, c)
}

func (c Adadelta) settle() rule {
	c.LR, c.Rho, c.Eps, c.WeightDecay = setting(c.LR, 1), setting(c.Rho, 0.9), setting(c.Eps, 1e-6), setting(c.WeightDecay, 0)
	checkNotNegative("adadelta", "LR", c.LR)
	checkNotNegative("adadelta", "Eps", c.Eps)
	checkNotNegative("adadelta", "WeightDecay", c.WeightDecay)
	if !(c.Rho >= 0 && c.Rho <= 1) {
		tensor.BadArg("adadelta", "Rho is %v; it must be between 0 and 1", c.Rho)
	}
	return &adadelta{c}
}

type adadelta struct{ Adadelta }

func (r *adadelta) rate() float64 { return r.LR }

func (r *adadelta) parts() []part { return []part{{name: "square_avg"}, {name: "acc_delta"}} }

func (r *adadelta) setMomentum(float64) { noMomentum("Adadelta") }

func (r *adadelta) step(s *slot, g *tensor.Tensor, lr float64) {
	n := tensor.Adadelta{LR: lr, Rho: r.Rho, Eps: r.Eps, WeightDecay: r.WeightDecay, Maximize: r.Maximize}
	n.Update(s.param.Value, g, s.at(0), s.at(1))
	s.steps++
}
