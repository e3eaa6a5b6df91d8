package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// State returns what the optimizer has kept of its steps. A new optimizer of the
// same parameters with the same settings continues with it. Parameters are
// numbered from 0 through all groups. Each has, in this order,
//
//	"0.step"             the number of its steps, a float64 without axes
//	"0.momentum_buffer"  of SGD with momentum
//	"0.exp_avg"          of Adam and AdamW
//	"0.exp_avg_sq"
//	"0.max_exp_avg_sq"   with AMSGrad
//
// with the shape and element type of the parameter; and those of the other rules,
// with PyTorch's names. What is one number for a parameter, as NAdam's mu_product,
// is a float64 without axes. SGD without momentum has no state. The tensors are the optimizer's own: the next step changes them.
func (o *Groups) State() []tensor.Named {
	var list []tensor.Named
	for i, s := range o.all() {
		if len(s.state) == 0 {
			continue
		}
		list = append(list, tensor.Named{Name: stateName(i, "step"), Value: tensor.New([]float64{float64(s.steps)})})
		for _, part := range s.state {
			list = append(list, tensor.Named{Name: stateName(i, part.Name), Value: part.Value})
		}
	}
	return list
}

func stateName(i int, part string) string { return fmt.Sprintf("%d.%s", i, part) }

// LoadState copies a state into the optimizer. The names must be those of
// [Groups.State], in any order, with the same shapes and element types;
// otherwise the error says what differs, and the optimizer is unchanged.
func (o *Groups) LoadState(state []tensor.Named) error {
	given := make(map[string]*tensor.Tensor, len(state))
	for _, n := range state {
		if _, ok := given[n.Name]; ok {
			return fmt.Errorf("load optimizer state: %q is there twice", n.Name)
		}
		if n.Value == nil {
			return fmt.Errorf("load optimizer state: %q has no value", n.Name)
		}
		given[n.Name] = n.Value
	}
	known := make(map[string]bool, len(state))
	for i, s := range o.all() {
		if len(s.state) == 0 {
			continue
		}
		name := stateName(i, "step")
		known[name] = true
		if err := checkSteps(name, given[name]); err != nil {
			return err
		}
		for _, part := range s.state {
			name := stateName(i, part.Name)
			known[name] = true
			if err := checkPart(name, given[name], part.Value); err != nil {
				return err
			}
		}
	}
	for _, n := range state {
		if !known[n.Name] {
			return fmt.Errorf("load optimizer state: the optimizer has no %q; the state is one of other parameters or other settings", n.Name)
		}
	}
	for i, s := range o.all() {
		for k, part := range s.state {
			if k == 0 {
				s.steps = int(given[stateName(i, "step")].Item())
			}
			part.Value.CopyFrom(given[stateName(i, part.Name)])
		}
	}
	return nil
}

// checkSteps returns an error when x is not a number of steps.
func checkSteps(name string, x *tensor.Tensor) error {
	if x == nil {
		return missing(name)
	}
	if x.Len() != 1 {
		return fmt.Errorf("load optimizer state: %q has shape %v, want one number", name, x.Shape())
	}
	if n := x.Item(); !(n >= 0 && n <= 1<<53 && n == math.Trunc(n)) {
		return fmt.Errorf("load optimizer state: %q is %v, want a number of steps", name, n)
	}
	return nil
}

// checkPart returns an error when x cannot replace want.
func checkPart(name string, x, want *tensor.Tensor) error {
	switch {
	case x == nil:
		return missing(name)
	case !slices.Equal(x.Shape(), want.Shape()):
		return fmt.Errorf("load optimizer state: %q has shape %v, want %v", name, x.Shape(), want.Shape())
	case x.DType() != want.DType():
		return fmt.Errorf("load optimizer state: %q is %v, want %v", name, x.DType(), want.DType())
	}
	return nil
}

func missing(name string) error {
	return fmt.Errorf("load optimizer state: %q is missing; the state is one of other parameters or other settings", name)
}
