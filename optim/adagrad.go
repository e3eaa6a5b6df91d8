package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Adagrad divides the gradient by the root of the sum of all its squares so far,
// so that steps become smaller. The zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html.
type Adagrad struct {
	LR          float64 // learning rate; 0 stands for 0.01
	LRDecay     float64 // divides the rate by 1 + LRDecay (t − 1)
	WeightDecay float64 // λ, adds λ p to the gradient
	Initial     float64 // the sum of squares before the first step
	Eps         float64 // ε, keeps the divisor from being 0; 0 stands for 1e-10
	Maximize    bool    // climb instead of descending
}

// NewAdagrad returns an optimizer that changes params by [Adagrad]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewAdagrad(params []*autograd.Param, c Adagrad) *Groups { return newGroups("adagrad", params, c) }

func (c Adagrad) settle() rule {
	c.LR, c.Eps = setting(c.LR, 0.01), setting(c.Eps, 1e-10)
	c.LRDecay, c.WeightDecay, c.Initial = setting(c.LRDecay, 0), setting(c.WeightDecay, 0), setting(c.Initial, 0)
	checkNotNegative("adagrad", "LR", c.LR)
	checkNotNegative("adagrad", "LRDecay", c.LRDecay)
	checkNotNegative("adagrad", "WeightDecay", c.WeightDecay)
	checkNotNegative("adagrad", "Initial", c.Initial)
	checkNotNegative("adagrad", "Eps", c.Eps)
	return &adagrad{c}
}

type adagrad struct{ Adagrad }

func (r *adagrad) rate() float64 { return r.LR }

func (r *adagrad) parts() []part { return []part{{name: "sum", first: r.Initial}} }

func (r *adagrad) setMomentum(float64) { noMomentum("Adagrad") }

func (r *adagrad) step(s *slot, g *tensor.Tensor, lr float64) {
	n := tensor.Adagrad{LR: lr / (1 + float64(s.steps)*r.LRDecay), Eps: r.Eps, WeightDecay: r.WeightDecay, Maximize: r.Maximize}
	n.Update(s.param.Value, g, s.at(0))
	s.steps++
}
