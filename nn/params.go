package nn

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A NamedParam is a parameter with its place in the model, as in "fc1.weight".
type NamedParam struct {
	Name string
	*autograd.Param
}

// NamedParams returns the parameters of a model with their names, in the order
// of its fields, each once. It panics when a parameter stands behind an
// unexported field.
func NamedParams(model any) []NamedParam {
	var list []NamedParam
	seen := map[*autograd.Param]bool{}
	for _, f := range walk(model) {
		if f.param != nil && !seen[f.param] {
			seen[f.param] = true
			list = append(list, NamedParam{f.name, f.param})
		}
	}
	return list
}

// Params returns the parameters of a model, in the order of its fields, each
// once: what an optimizer wants. It panics when a parameter stands behind an
// unexported field.
func Params(model any) []*autograd.Param {
	var list []*autograd.Param
	for _, p := range NamedParams(model) {
		list = append(list, p.Param)
	}
	return list
}

// State returns the parameters and buffers of a model with their names, each
// once, under the first of its names. The tensors are the model's own: changing
// them changes the model. It panics when two have one name, or a parameter
// stands behind an unexported field.
func State(model any) []tensor.Named {
	var list []tensor.Named
	seen := map[*tensor.Tensor]bool{}
	named := map[string]string{}
	for _, f := range walk(model) {
		v := f.value()
		if seen[v] {
			continue
		}
		seen[v] = true
		if first, ok := named[f.name]; ok {
			panic(fmt.Sprintf("nn: %s and %s are both named %q; tag one of them `nn:\"name\"`", first, f.place, f.name))
		}
		named[f.name] = f.place
		list = append(list, tensor.Named{Name: f.name, Value: v})
	}
	return list
}

// Snapshot is [State] with tensors of its own, which later steps leave alone.
// [LoadState] brings a model back to it.
func Snapshot(model any) []tensor.Named {
	list := State(model)
	for i := range list {
		list[i].Value = list[i].Value.Clone()
	}
	return list
}

// LoadState sets the parameters and buffers of a model, converting element
// types. The names must be those of [State], in any order, and the shapes
// equal; otherwise the error says what differs, and the model is unchanged.
func LoadState(model any, state []tensor.Named) error {
	given := map[string]*tensor.Tensor{}
	for _, s := range state {
		if _, ok := given[s.Name]; ok {
			return fmt.Errorf("load state: %q is there twice", s.Name)
		}
		if s.Value == nil {
			return fmt.Errorf("load state: %q has no tensor", s.Name)
		}
		given[s.Name] = s.Value
	}
	own := State(model)
	wanted := map[string]bool{}
	for _, s := range own {
		v, ok := given[s.Name]
		if !ok {
			return fmt.Errorf("load state: %q is missing; the model has %d tensors, the state %d", s.Name, len(own), len(state))
		}
		if !slices.Equal(v.Shape(), s.Value.Shape()) {
			return fmt.Errorf("load state: %q has shape %v, the model wants %v", s.Name, v.Shape(), s.Value.Shape())
		}
		wanted[s.Name] = true
	}
	for _, s := range state {
		if !wanted[s.Name] {
			return fmt.Errorf("load state: the model has no %q", s.Name)
		}
	}
	for _, s := range own {
		s.Value.CopyFrom(given[s.Name])
	}
	return nil
}

// To converts every parameter and buffer of a model to an element type.
// Optimizers of the model must be made afterwards.
func To(model any, dt tensor.DType) {
	for _, f := range walk(model) {
		v := f.value()
		*v = *v.To(dt) // in place: whoever shares the tensor goes on sharing it
	}
}
