package train

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// buffers are the tensors of a model that are part of its state and that no
// optimizer moves, such as the running statistics of batch norm. A forward
// pass in training mode changes them.
type buffers struct {
	own    []tensor.Named   // the model's
	before []*tensor.Tensor // what they held before the step
}

func buffersOf(model any) buffers {
	var b buffers
	isParam := map[*tensor.Tensor]bool{}
	for _, p := range nn.Params(model) {
		isParam[p.Value] = true
	}
	for _, s := range nn.State(model) {
		if !isParam[s.Value] {
			b.own = append(b.own, s)
			b.before = append(b.before, s.Value.Clone())
		}
	}
	return b
}

// soundParams returns the parameters of a model that are finite.
func soundParams(model any) []*autograd.Param {
	return slices.DeleteFunc(nn.Params(model), func(p *autograd.Param) bool { return !tensor.IsFinite(p.Value) })
}

// save remembers the buffers.
func (b *buffers) save() {
	for i, s := range b.own {
		b.before[i].CopyFrom(s.Value)
	}
}

// restore gives the buffers the values that they had at the last save.
func (b *buffers) restore() {
	for i, s := range b.own {
		s.Value.CopyFrom(b.before[i])
	}
}

// spoiled returns an [*autograd.NaNError] when an optimizer has made NaN or Inf
// of a parameter, or when the last step has of a buffer. The next step would
// notice most of that, but after the last step there is none.
func (r *run[B]) spoiled() error {
	for _, p := range r.sound {
		if !tensor.IsFinite(p.Value) {
			return notFinite("the optimizer", fmt.Sprintf("the parameter %s%v", nameOf(r.Model, p), p.Value.Shape()), p.Value)
		}
	}
	for i, s := range r.buffers.own {
		if !tensor.IsFinite(s.Value) && tensor.IsFinite(r.buffers.before[i]) {
			return notFinite("the step", fmt.Sprintf("the buffer %s %v", s.Name, s.Value.Shape()), s.Value)
		}
	}
	return nil
}

// notFinite returns the error that op has made NaN or Inf of what x was.
func notFinite(op, what string, x *tensor.Tensor) error {
	e := &autograd.NaNError{Op: op, Made: "Inf", Operands: []string{what}}
	for _, v := range tensor.Values(x) {
		if v != v {
			e.Made = "NaN"
		}
	}
	return e
}

// nameOf returns the name of a parameter and a space, or nothing when the model
// does not show it.
func nameOf(model any, p *autograd.Param) string {
	for name, q := range nn.NamedParams(model) {
		if q == p {
			return name + " "
		}
	}
	return ""
}
