package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// SGD is stochastic gradient descent, with momentum or without. The zero value
// is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html.
type SGD struct {
	LR          float64 // learning rate; 0 means 1e-3
	Momentum    float64 // μ, the share of the last step that goes into this one
	Dampening   float64 // τ, takes from the gradient's share in the momentum
	WeightDecay float64 // λ, adds λ p to the gradient
	Nesterov    bool    // look ahead along the momentum, which must be positive, without dampening
	Maximize    bool    // climb instead of descending
}

// NewSGD returns an optimizer that changes params by stochastic gradient
// descent. It panics with a [*ConfigError] when the settings make no sense.
func NewSGD(params []*autograd.Param, c SGD) *Groups { return newGroups("sgd", params, c) }

func (c SGD) settle() rule {
	notNegative("sgd", "LR", c.LR)
	notNegative("sgd", "Momentum", c.Momentum)
	notNegative("sgd", "Dampening", c.Dampening)
	notNegative("sgd", "WeightDecay", c.WeightDecay)
	if c.Nesterov && (c.Momentum == 0 || c.Dampening != 0) {
		refuse("sgd", "Nesterov wants positive Momentum and no Dampening; they are %v and %v", c.Momentum, c.Dampening)
	}
	c.LR = or(c.LR, 1e-3)
	return &sgd{c, c.Momentum != 0}
}

type sgd struct {
	SGD
	buffered bool // there is or was momentum
}

func (r *sgd) rate() float64 { return r.LR }

func (r *sgd) parts() []string {
	if r.buffered {
		return []string{"momentum_buffer"}
	}
	return nil
}

func (r *sgd) setMomentum(mu float64) {
	r.Momentum = mu
	r.buffered = r.buffered || mu != 0
}

func (r *sgd) step(s *slot, g *tensor.Tensor, lr float64) {
	n := tensor.SGD{
		LR: lr, Momentum: r.Momentum, Dampening: r.Dampening, WeightDecay: r.WeightDecay,
		Nesterov: r.Nesterov, Maximize: r.Maximize, First: s.steps == 0,
	}
	if r.Momentum == 0 {
		n.Update(s.param.Value, g, nil)
		return
	}
	n.Update(s.param.Value, g, s.state[0].Value)
	s.steps++
}
