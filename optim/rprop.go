package optim

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Rprop looks at the signs of the gradient only: a step becomes longer while the
// sign stays, and shorter when it changes. It is for gradients of all the data. The
// zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html.
type Rprop struct {
	LR       float64    // the size of the first step; 0 stands for 0.01. A rate that is set after that step changes nothing, as in PyTorch
	Etas     [2]float64 // what a size is multiplied by when the sign changes and when it stays; 0 stands for 0.5 and for 1.2
	Sizes    [2]float64 // the smallest and the largest size; 0 stands for 1e-6 and for 50
	Maximize bool       // climb instead of descending
}

// NewRprop returns an optimizer that changes params by [Rprop]. It panics with a
// [*tensor.ArgError] when a setting is out of range, or when there are no
// parameters.
func NewRprop(params []*autograd.Param, c Rprop) *Groups { return newGroups("rprop", params, c) }

func (c Rprop) settle() rule {
	c.LR = setting(c.LR, 0.01)
	c.Etas = [2]float64{setting(c.Etas[0], 0.5), setting(c.Etas[1], 1.2)}
	c.Sizes = [2]float64{setting(c.Sizes[0], 1e-6), setting(c.Sizes[1], 50)}
	checkNotNegative("rprop", "LR", c.LR)
	if !(c.Etas[0] > 0 && c.Etas[0] < 1 && c.Etas[1] > 1) {
		tensor.BadArg("rprop", "Etas are %v and %v; they must be between 0 and 1, and above 1", c.Etas[0], c.Etas[1])
	}
	if !(c.Sizes[0] >= 0 && c.Sizes[0] <= c.Sizes[1]) {
		tensor.BadArg("rprop", "Sizes are %v and %v; the smallest must not be negative or above the largest", c.Sizes[0], c.Sizes[1])
	}
	return &rprop{c}
}

type rprop struct{ Rprop }

func (r *rprop) rate() float64 { return r.LR }

func (r *rprop) parts() []part { return []part{{name: "prev"}, {name: "step_size", first: r.LR}} }

func (r *rprop) setMomentum(float64) { noMomentum("Rprop") }

func (r *rprop) step(s *slot, g *tensor.Tensor, lr float64) {
	if s.steps == 0 {
		s.at(1).Fill(lr)
	}
	n := tensor.Rprop{Shrink: r.Etas[0], Grow: r.Etas[1], Min: r.Sizes[0], Max: r.Sizes[1], Maximize: r.Maximize}
	n.Update(s.param.Value, g, s.at(0), s.at(1))
	s.steps++
}
