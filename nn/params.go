package nn

import (
	"iter"
	"slices"
	"strings"

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

// Freeze makes constants of the parameters that have these names or begin with
// them, as "encoder" is the beginning of "encoder.0.weight": they get no gradient
// and optimizers leave them alone. Without names it freezes all. It panics when a
// name belongs to no parameter. Batch norm goes on with its running statistics;
// set its Mode to stop them.
//
// PyTorch: requires_grad_(False).
func Freeze(model any, names ...string) { setFrozen("freeze", model, true, names) }

// Unfreeze undoes [Freeze].
func Unfreeze(model any, names ...string) { setFrozen("unfreeze", model, false, names) }

func setFrozen(op string, model any, frozen bool, names []string) {
	list := walk(model)
	for _, name := range names {
		if !slices.ContainsFunc(list, func(f found) bool { return f.param != nil && under(name, f.name) }) {
			var all []string
			for _, f := range list {
				if f.param != nil {
					all = append(all, f.name)
				}
			}
			tensor.BadArg(op, "no parameter is called %q or begins with %q; %s", name, name+".",
				nearest(name, all, "the parameters are "+strings.Join(all, ", ")))
		}
	}
	for _, f := range list {
		if f.param != nil && (len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return under(name, f.name) })) {
			f.param.Frozen = frozen
		}
	}
}

// under reports whether a name is that of a part of a model, or of a part of that
// part.
func under(part, name string) bool { return name == part || strings.HasPrefix(name, part+".") }
