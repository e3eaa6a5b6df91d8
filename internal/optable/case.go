package optable

import (
	"iter"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Case is an operation on some operands, in float64.
type Case struct {
	Name   string // of the exported function or method
	Sample string // says what the operands are like
	Flat   bool   // no gradient flows through the operation
	row    *row
	sample sample
	stored []*tensor.Tensor
}

// Cases yields all operations with all operands that they are tried on.
func Cases() iter.Seq[*Case] {
	return func(yield func(*Case) bool) {
		for _, r := range table() {
			for _, s := range r.samples {
				if !yield(&Case{r.name, s.String(), r.flat, &r, s, r.draw(s)}) {
					return
				}
			}
		}
	}
}

// Apply applies the operation on a tape. It returns the value, and the inputs that
// get a gradient.
func (c *Case) Apply(t *autograd.Tape) (y Var, leaves []Var) {
	return c.row.apply(t, c.sample, c.stored)
}

// Function returns the operation as a function of the inputs that get a
// gradient, and these inputs.
func (c *Case) Function() (f func(xs ...Var) Var, inputs []*tensor.Tensor) {
	for i, o := range c.sample.in {
		if !o.fixed {
			inputs = append(inputs, c.stored[i])
		}
	}
	return func(xs ...Var) Var {
		x, k := make([]Var, len(c.stored)), 0
		for i, o := range c.sample.in {
			if o.fixed {
				x[i] = o.view(xs[0].Tape().Const(c.stored[i]))
				continue
			}
			x[i] = o.view(xs[k])
			k++
		}
		return c.row.run(c.sample.attrs, x)
	}, inputs
}

// Names returns the names of all operations.
func Names() (names []string) {
	for _, r := range table() {
		names = append(names, r.name)
	}
	return names
}
