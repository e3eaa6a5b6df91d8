package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// SGD is stochastic gradient descent, with or without momentum. The zero value
// is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html.
type SGD struct {
	LR          float64 // learning rate; 0 stands for 1e-3
	Momentum    float64 // μ, the share of the last step that goes into this one
	Dampening   float64 // τ, makes the share of the gradient in the momentum smaller
	WeightDecay float64 // λ, adds λ p to the gradient
	Nesterov    bool    // look ahead along the momentum; needs a positive Momentum and no Dampening
	Maximize    bool    // climb instead of descending
}

// NewSGD returns an optimizer that changes params by [SGD]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewSGD(params []*autograd.Param, c SGD) *Groups { return newGroups("sgd", params, c) }

func (c SGD) settle() rule {
	c.LR = setting(c.LR, 1e-3)
	c.Momentum, c.Dampening, c.WeightDecay = setting(c.Momentum, 0), setting(c.Dampening, 0), setting(c.WeightDecay, 0)
	checkNotNegative("sgd", "LR", c.LR)
	checkNotNegative("sgd", "Momentum", c.Momentum)
	checkNotNegative("sgd", "Dampening", c.Dampening)
	checkNotNegative("sgd", "WeightDecay", c.WeightDecay)
	if c.Nesterov && (c.Momentum == 0 || c.Dampening != 0) {
		tensor.BadArg("sgd", "Nesterov needs a positive Momentum and no Dampening; they are %v and %v", c.Momentum, c.Dampening)
	}
	return &sgd{c, c.Momentum != 0}
}

type sgd struct {
	SGD
	buffered bool // there is or was momentum
}

func (r *sgd) rate() float64 { return r.LR }

func (r *sgd) parts() []part {
	if r.buffered {
		return []part{{name: "momentum_buffer"}}
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
