package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Adam divides an average of the gradient by the root of an average of its
// square. So each weight moves by about the learning rate. The zero value is
// PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html.
type Adam struct {
	LR          float64    // learning rate; 0 stands for 1e-3
	Betas       [2]float64 // β₁ and β₂, the shares of the averages that stay at each step; 0 stands for 0.9 and for 0.999
	Eps         float64    // ε, keeps the divisor from being 0; 0 stands for 1e-8
	WeightDecay float64    // λ, adds λ p to the gradient
	AMSGrad     bool       // divide by the largest average so far
	Maximize    bool       // climb instead of descending
}

// NewAdam returns an optimizer that changes params by [Adam]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewAdam(params []*autograd.Param, c Adam) *Groups { return newGroups("adam", params, c) }

// AdamW is [Adam] with another weight decay. It does not pass through the
// averages: each step first multiplies the weights by 1 − lr λ. The zero value
// is PyTorch's default, which decays.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html.
type AdamW struct {
	LR          float64    // learning rate; 0 stands for 1e-3
	Betas       [2]float64 // β₁ and β₂, the shares of the averages that stay at each step; 0 stands for 0.9 and for 0.999
	Eps         float64    // ε, keeps the divisor from being 0; 0 stands for 1e-8
	WeightDecay float64    // λ; 0 stands for 0.01, Zero for no decay
	AMSGrad     bool       // divide by the largest average so far
	Maximize    bool       // climb instead of descending
}

// NewAdamW returns an optimizer that changes params by [AdamW]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewAdamW(params []*autograd.Param, c AdamW) *Groups { return newGroups("adamw", params, c) }

func (c Adam) settle() rule { return c.rule("adam", 0) }

func (c AdamW) settle() rule { return Adam(c).rule("adamw", 0.01) }

// rule fills in the defaults. They differ in the weight decay.
func (c Adam) rule(op string, decay float64) rule {
	n := tensor.Adam{
		LR: setting(c.LR, 1e-3), Beta1: setting(c.Betas[0], 0.9), Beta2: setting(c.Betas[1], 0.999), Eps: setting(c.Eps, 1e-8),
		WeightDecay: setting(c.WeightDecay, decay), Decoupled: op == "adamw", Maximize: c.Maximize,
	}
	checkNotNegative(op, "LR", n.LR)
	checkNotNegative(op, "Eps", n.Eps)
	checkNotNegative(op, "WeightDecay", n.WeightDecay)
	checkBetas(op, n.Beta1, n.Beta2)
	return &adam{n, c.AMSGrad}
}

type adam struct {
	tensor.Adam
	amsgrad bool
}

func (r *adam) rate() float64 { return r.LR }

func (r *adam) parts() []part {
	if r.amsgrad {
		return append(moments(), part{name: "max_exp_avg_sq"})
	}
	return moments()
}

// moments are the state of most rules of Adam's family.
func moments() []part { return []part{{name: "exp_avg"}, {name: "exp_avg_sq"}} }

func (r *adam) setMomentum(mu float64) { r.Beta1 = beta("Adam", mu) }

// beta returns mu as β₁ of a rule.
func beta(rule string, mu float64) float64 {
	if mu >= 1 {
		tensor.BadArg("set momentum", "the momentum is %v; β₁ of %s must be less than 1", mu, rule)
	}
	return mu
}

// checkBetas panics when β₁ or β₂ of a rule is out of range.
func checkBetas(op string, beta1, beta2 float64) {
	for i, b := range [2]float64{beta1, beta2} {
		if !(b >= 0 && b < 1) {
			tensor.BadArg(op, "Betas[%d] is %v; it must be at least 0 and less than 1", i, b)
		}
	}
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
