package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Adam divides an average of the gradient by the root of an average of its
// square, so that each weight moves by about the learning rate. The zero value
// is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html.
type Adam struct {
	LR          float64    // learning rate; 0 means 1e-3
	Betas       [2]float64 // β₁ and β₂, how much of the averages stays at each step; both zero mean 0.9 and 0.999
	Eps         float64    // ε, keeps the divisor from zero; 0 means 1e-8
	WeightDecay float64    // λ, adds λ p to the gradient
	AMSGrad     bool       // divide by the largest average so far
	Maximize    bool       // climb instead of descending
}

// NewAdam returns an optimizer that changes params by Adam. It panics with a
// [*ConfigError] when the settings make no sense.
func NewAdam(params []*autograd.Param, c Adam) *Groups { return newGroups("adam", params, c) }

// AdamW is [Adam] with weight decay that does not pass through the averages:
// each step first shrinks the weights by the factor 1 − lr λ. The zero value is
// PyTorch's default, which decays.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html.
type AdamW struct {
	LR          float64    // learning rate; 0 means 1e-3
	Betas       [2]float64 // β₁ and β₂, how much of the averages stays at each step; both zero mean 0.9 and 0.999
	Eps         float64    // ε, keeps the divisor from zero; 0 means 1e-8
	WeightDecay *float64   // λ; nil means 0.01, new(0.0) is none
	AMSGrad     bool       // divide by the largest average so far
	Maximize    bool       // climb instead of descending
}

// NewAdamW returns an optimizer that changes params by AdamW. It panics with a
// [*ConfigError] when the settings make no sense.
func NewAdamW(params []*autograd.Param, c AdamW) *Groups { return newGroups("adamw", params, c) }

func (c Adam) settle() rule { return c.rule("adam", false) }

func (c AdamW) settle() rule {
	decay := 0.01
	if c.WeightDecay != nil {
		decay = *c.WeightDecay
	}
	return Adam{c.LR, c.Betas, c.Eps, decay, c.AMSGrad, c.Maximize}.rule("adamw", true)
}

func (c Adam) rule(op string, decoupled bool) rule {
	notNegative(op, "LR", c.LR)
	notNegative(op, "Eps", c.Eps)
	notNegative(op, "WeightDecay", c.WeightDecay)
	if c.Betas == [2]float64{} {
		c.Betas = [2]float64{0.9, 0.999}
	}
	for i, b := range c.Betas {
		if !(b >= 0 && b < 1) {
			refuse(op, "Betas[%d] is %v; it must be at least 0 and less than 1", i, b)
		}
	}
	return &adam{tensor.Adam{
		LR: or(c.LR, 1e-3), Beta1: c.Betas[0], Beta2: c.Betas[1], Eps: or(c.Eps, 1e-8),
		WeightDecay: c.WeightDecay, Decoupled: decoupled, Maximize: c.Maximize,
	}, c.AMSGrad}
}

type adam struct {
	tensor.Adam
	amsgrad bool
}

func (r *adam) rate() float64 { return r.LR }

func (r *adam) parts() []string {
	if r.amsgrad {
		return []string{"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}
	}
	return []string{"exp_avg", "exp_avg_sq"}
}

func (r *adam) setMomentum(mu float64) {
	if mu >= 1 {
		refuse("set momentum", "the momentum is %v; β₁ of Adam must be less than 1", mu)
	}
	r.Beta1 = mu
}

func (r *adam) step(s *slot, g *tensor.Tensor, lr float64) {
	n := r.Adam
	n.LR, n.Step = lr, s.steps+1
	var top *tensor.Tensor
	if r.amsgrad {
		top = s.state[2].Value
	}
	n.Update(s.param.Value, g, s.state[0].Value, s.state[1].Value, top)
	s.steps++
}
