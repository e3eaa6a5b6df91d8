package nn

import (
	"iter"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// NamedParams yields the parameters of a model with their names, as
// "fc1.weight", in the order of its fields. A parameter that the model has
// twice is there once, under the first of its names. NamedParams panics when a
// parameter or a tensor stands behind an unexported field.
func NamedParams(model any) iter.Seq2[string, *autograd.Param] {
	list := walk(model)
	return func(yield func(string, *autograd.Param) bool) {
		seen := map[*autograd.Param]bool{}
		for _, f := range list {
			if f.param == nil || seen[f.param] {
				continue
			}
			seen[f.param] = true
			if !yield(f.name, f.param) {
				return
			}
		}
	}
}

// Params returns the parameters of a model in the order of its fields, each
// once. An optimizer takes them. Params panics when a parameter or a tensor
// stands behind an unexported field.
func Params(model any) []*autograd.Param {
	var list []*autograd.Param
	for _, p := range NamedParams(model) {
		list = append(list, p)
	}
	return list
}

// To converts all parameters and buffers of a model to an element type. Make the
// optimizer of the model afterwards.
func To(model any, dt tensor.DType) {
	for _, f := range walk(model) {
		v := f.value()
		*v = *v.To(dt) // in place: what shares the tensor shares it afterwards, too
	}
}
