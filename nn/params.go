package nn

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

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
	walk(model, func(name string, p *autograd.Param, _ *tensor.Tensor) {
		if p != nil && !seen[p] {
			seen[p] = true
			list = append(list, NamedParam{name, p})
		}
	})
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

// State returns the parameters and buffers of a model with their names. The
// tensors are the model's own: changing them changes the model.
func State(model any) []tensor.Named {
	var list []tensor.Named
	seen := map[*tensor.Tensor]bool{}
	walk(model, func(name string, p *autograd.Param, b *tensor.Tensor) {
		if p != nil {
			b = p.Value
		}
		if !seen[b] {
			seen[b] = true
			list = append(list, tensor.Named{Name: name, Value: b})
		}
	})
	return list
}

// LoadState sets the parameters and buffers of a model, converting element
// types. The names must be those of [State], in any order, and the shapes
// equal; otherwise the error says what differs, and the model is unchanged.
func LoadState(model any, state []tensor.Named) error {
	given := map[string]*tensor.Tensor{}
	for _, s := range state {
		if given[s.Name] != nil {
			return fmt.Errorf("load state: %q is there twice", s.Name)
		}
		given[s.Name] = s.Value
	}
	own := State(model)
	for _, s := range own {
		v, ok := given[s.Name]
		if !ok {
			return fmt.Errorf("load state: %q is missing; the model has %d tensors, the state %d", s.Name, len(own), len(state))
		}
		if !slices.Equal(v.Shape(), s.Value.Shape()) {
			return fmt.Errorf("load state: %q has shape %v, the model wants %v", s.Name, v.Shape(), s.Value.Shape())
		}
		delete(given, s.Name)
	}
	for _, s := range state {
		if given[s.Name] != nil {
			return fmt.Errorf("load state: the model has no %q", s.Name)
		}
	}
	for _, s := range state {
		given[s.Name] = s.Value
	}
	for _, s := range own {
		s.Value.CopyFrom(given[s.Name])
	}
	return nil
}

// To converts every parameter and buffer of a model to an element type.
// Optimizers of the model must be made afterwards.
func To(model any, dt tensor.DType) {
	walk(model, func(_ string, p *autograd.Param, b *tensor.Tensor) {
		if p != nil {
			p.Value = p.Value.To(dt)
		} else {
			*b = *b.To(dt)
		}
	})
}

var (
	paramType  = reflect.TypeFor[*autograd.Param]()
	tensorType = reflect.TypeFor[*tensor.Tensor]()
)

// walk calls visit for every parameter and every buffer of a model.
func walk(model any, visit func(name string, p *autograd.Param, b *tensor.Tensor)) {
	w := walker{visit: visit, path: map[uintptr]bool{}}
	w.value(reflect.ValueOf(model), "", "the model")
}

type walker struct {
	visit func(name string, p *autograd.Param, b *tensor.Tensor)
	path  map[uintptr]bool // pointers on the way from the model
}

// value visits what v holds. name is its name in the state, place its name in
// the program.
func (w *walker) value(v reflect.Value, name, place string) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			w.value(v.Elem(), name, place)
		}
	case reflect.Pointer:
		if v.IsNil() || w.path[v.Pointer()] {
			return
		}
		switch {
		case !v.CanInterface(): // behind an unexported field
			if v.Type() == paramType {
				panic(fmt.Sprintf("nn: the parameter %s stands behind an unexported field and would not be trained; export the field, or tag it `nn:\"-\"`", place))
			}
		case v.Type() == paramType:
			w.visit(name, v.Interface().(*autograd.Param), nil)
			return
		case v.Type() == tensorType:
			w.visit(name, nil, v.Interface().(*tensor.Tensor))
			return
		}
		w.path[v.Pointer()] = true
		w.value(v.Elem(), name, place)
		delete(w.path, v.Pointer())
	case reflect.Struct:
		if pkg := v.Type().PkgPath(); strings.HasSuffix(pkg, "descent/tensor") || strings.HasSuffix(pkg, "descent/autograd") {
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			tag := f.Tag.Get("nn")
			if tag == "-" {
				continue
			}
			child := name
			if !f.Anonymous || tag != "" {
				if tag == "" {
					tag = snake(f.Name)
				}
				child = join(name, tag)
			}
			w.value(v.Field(i), child, place+"."+f.Name)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.value(v.Index(i), join(name, strconv.Itoa(i)), place+"["+strconv.Itoa(i)+"]")
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if holdsParam(v.MapIndex(k)) {
				panic(fmt.Sprintf("nn: %s is a map with parameters, whose order is not fixed; use a slice or a struct", place))
			}
		}
	}
}

// holdsParam reports whether v is a parameter or leads to one.
func holdsParam(v reflect.Value) (found bool) {
	defer func() { found = found || recover() != nil }()
	w := walker{path: map[uintptr]bool{}, visit: func(_ string, p *autograd.Param, _ *tensor.Tensor) { found = found || p != nil }}
	w.value(v, "", "")
	return found
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// snake writes a field name as PyTorch would: FC1 is fc1, InProj in_proj.
func snake(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1]) && unicode.IsUpper(rs[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
