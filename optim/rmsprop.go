package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// RMSprop divides the gradient by the root of an average of its square. The zero
// value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html.
type RMSprop struct {
	LR          float64 // learning rate; 0 stands for 0.01
	Alpha       float64 // α, the share of the average that stays at each step; 0 stands for 0.99
	Eps         float64 // ε, keeps the divisor from being 0; 0 stands for 1e-8
	WeightDecay float64 // λ, adds λ p to the gradient
	Momentum    float64 // μ, the share of the last step that goes into this one
	Centered    bool    // divide by the root of the variance, not of the square
	Maximize    bool    // climb instead of descending
}

// NewRMSprop returns an optimizer that changes params by [RMSprop]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewRMSprop(params []*autograd.Param, c RMSprop) *Groups { return newGroups("rmsprop", params, c) }

func (c RMSprop) settle() rule {
	c.LR, c.Alpha, c.Eps = setting(c.LR, 0.01), setting(c.Alpha, 0.99), setting(c.Eps, 1e-8)
	c.WeightDecay, c.Momentum = setting(c.WeightDecay, 0), setting(c.Momentum, 0)
	checkNotNegative("rmsprop", "LR", c.LR)
	checkNotNegative("rmsprop", "Alpha", c.Alpha)
	checkNotNegative("rmsprop", "Eps", c.Eps)
	checkNotNegative("rmsprop", "WeightDecay", c.WeightDecay)
	checkNotNegative("rmsprop", "Momentum", c.Momentum)
	return &rmsprop{c, c.Momentum != 0}
}

type rmsprop struct {
	RMSprop
	buffered bool // there is or was momentum
}

func (r *rmsprop) rate() float64 { return r.LR }

func (r *rmsprop) parts() []part {
	parts := []part{{name: "square_avg"}}
	if r.Centered {
		parts = append(parts, part{name: "grad_avg"})
	}
	if r.buffered {
		parts = append(parts, part{name: "momentum_buffer"})
	}
	return parts
}

func (r *rmsprop) setMomentum(mu float64) {
	r.Momentum = mu
	r.buffered = r.buffered || mu != 0
}

func (r *rmsprop) step(s *slot, g *tensor.Tensor, lr float64) {
	var mean, buf *tensor.Tensor
	if r.Centered {
		mean = s.at(1)
	}
	if r.Momentum != 0 {
		buf = s.at(len(s.state) - 1)
	}
	n := tensor.RMSprop{LR: lr, Alpha: r.Alpha, Eps: r.Eps, WeightDecay: r.WeightDecay, Momentum: r.Momentum, Maximize: r.Maximize}
	n.Update(s.param.Value, g, s.at(0), mean, buf)
	s.steps++
}
