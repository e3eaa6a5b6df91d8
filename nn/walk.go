package nn

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A found is a parameter or a buffer of a model.
type found struct {
	name   string // in the state: fc1.weight
	place  string // in the program: Net.FC1.Weight
	param  *autograd.Param
	buffer *tensor.Tensor // nil for a parameter
}

func (f *found) value() *tensor.Tensor {
	if f.param != nil {
		return f.param.Value
	}
	return f.buffer
}

// refusal is the panic of a model whose parameters cannot be found or named.
func refusal(reason string, args ...any) *tensor.ArgError {
	return &tensor.ArgError{Op: "nn", Reason: fmt.Sprintf(reason, args...)}
}

// walk returns the parameters and buffers of a model in the order of its
// fields. A tied one is there once for each of its names. walk panics when the
// only way to a parameter or a tensor leads through an unexported field or a
// map.
func walk(model any) []found {
	v := reflect.ValueOf(model)
	place := "model"
	if v.IsValid() && reflect.Indirect(v).IsValid() && reflect.Indirect(v).Type().Name() != "" {
		place = reflect.Indirect(v).Type().Name()
	}
	w := walker{visits: map[visit]*visited{}, maps: map[uintptr]bool{}}
	w.value(v, "", place)
	reached := map[uintptr]bool{}
	for _, f := range w.list {
		reached[f.address()] = true
		reached[reflect.ValueOf(f.value()).Pointer()] = true
	}
	for _, h := range w.hidden {
		if !reached[h.address] {
			panic(refusal("%s", h.reason))
		}
	}
	return w.list
}

// address returns that of the parameter or the buffer.
func (f *found) address() uintptr {
	if f.param != nil {
		return reflect.ValueOf(f.param).Pointer()
	}
	return reflect.ValueOf(f.buffer).Pointer()
}

type walker struct {
	list   []found
	hidden []hidden
	visits map[visit]*visited
	maps   map[uintptr]bool
}

// A hidden is a parameter or a tensor that was met behind an unexported field or
// in a map. It may be found elsewhere.
type hidden struct {
	address uintptr
	reason  string
}

// A visit is a pointer or a slice that was walked through.
type visit struct {
	typ      reflect.Type
	address  uintptr
	length   int
	exported bool
}

// A visited is what a visit has found: part of the list, under the names that
// begin with name.
type visited struct {
	from, to    int // to is −1 during the visit
	name, place string
}

// once calls f when it comes to v for the first time. When it comes there by
// another way, it adds what f found, under other names. Within f itself, v is a
// cycle, and there is nothing to add.
func (w *walker) once(v reflect.Value, length int, name, place string, f func()) {
	k := visit{v.Type(), v.Pointer(), length, v.CanInterface()}
	before := w.visits[k]
	if before == nil {
		now := &visited{len(w.list), -1, name, place}
		w.visits[k] = now
		f()
		now.to = len(w.list)
		return
	}
	for i := before.from; i < before.to; i++ {
		again := w.list[i]
		again.name = join(name, strings.TrimPrefix(again.name[len(before.name):], "."))
		again.place = place + again.place[len(before.place):]
		w.list = append(w.list, again)
	}
}

var (
	paramType  = reflect.TypeFor[*autograd.Param]()
	tensorType = reflect.TypeFor[*tensor.Tensor]()
)

// value adds the parameters and buffers in v to the list. name is the name of v
// in the state, and place its name in the program.
func (w *walker) value(v reflect.Value, name, place string) {
	switch v.Kind() {
	case reflect.Interface:
		w.value(v.Elem(), name, place)
	case reflect.Pointer:
		if !v.IsNil() {
			w.pointer(v, name, place)
		}
	case reflect.Struct:
		w.structure(v, name, place)
	case reflect.Slice, reflect.Array:
		switch {
		case leaf(v.Type().Elem().Kind()):
		case v.Kind() == reflect.Slice:
			w.once(v, v.Len(), name, place, func() { w.elements(v, name, place) })
		default:
			w.elements(v, name, place)
		}
	case reflect.Map:
		w.mapping(v, place)
	}
}

func (w *walker) elements(v reflect.Value, name, place string) {
	for i := range v.Len() {
		w.value(v.Index(i), join(name, strconv.Itoa(i)), place+"["+strconv.Itoa(i)+"]")
	}
}

func (w *walker) pointer(v reflect.Value, name, place string) {
	switch exported := v.CanInterface(); {
	case v.Type() == paramType && v.Elem().Field(0).IsNil(): // not in use
	case v.Type() == paramType && exported:
		w.list = append(w.list, found{name: name, place: place, param: v.Interface().(*autograd.Param)})
	case v.Type() == paramType:
		w.hide(v, "the parameter %s stands behind an unexported field and would not be trained; export the field, or tag it `nn:\"-\"`", place)
	case v.Type() == tensorType && exported:
		w.list = append(w.list, found{name: name, place: place, buffer: v.Interface().(*tensor.Tensor)})
	case v.Type() == tensorType:
		w.hide(v, "the tensor %s stands behind an unexported field and would not be saved; export the field, or tag it `nn:\"-\"`", place)
	default:
		w.once(v, 0, name, place, func() { w.value(v.Elem(), name, place) })
	}
}

func (w *walker) hide(v reflect.Value, reason, place string) {
	w.hidden = append(w.hidden, hidden{v.Pointer(), fmt.Sprintf(reason, place)})
}

// recurrent returns the weights of an LSTM, a GRU or an RNN, which names them itself. It
// asks for types, not for a method: a model that embeds an LSTM has its methods,
// but also parameters of its own.
func recurrent(v reflect.Value) (weights []found, ok bool) {
	if !v.CanInterface() {
		return nil, false
	}
	switch l := v.Interface().(type) {
	case LSTM:
		return l.stack().parameters(), true
	case GRU:
		return l.stack().parameters(), true
	case RNN:
		return l.stack().parameters(), true
	}
	return nil, false
}

func (w *walker) structure(v reflect.Value, name, place string) {
	if weights, ok := recurrent(v); ok {
		for _, p := range weights {
			w.list = append(w.list, found{name: join(name, p.name), place: place + "." + p.name, param: p.param})
		}
		return
	}
	switch pkg := v.Type().PkgPath(); {
	case v.Type() == paramType.Elem():
		w.inline(v, name, place)
		return
	case pkg == paramType.Elem().PkgPath(), pkg == tensorType.Elem().PkgPath():
		return
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag, child := f.Tag.Get("nn"), name
		switch {
		case tag == "-":
			continue
		case tag != "":
			child = join(name, tag)
		case !f.Anonymous || f.Type == paramType || f.Type == paramType.Elem() || f.Type == tensorType:
			child = join(name, snake(f.Name))
		}
		w.value(v.Field(i), child, place+"."+f.Name)
	}
}

// inline adds a parameter that is a field itself, not a pointer in a field.
func (w *walker) inline(v reflect.Value, name, place string) {
	switch {
	case v.Field(0).IsNil(): // not in use
	case v.CanAddr():
		w.value(v.Addr(), name, place)
	default:
		w.hidden = append(w.hidden, hidden{0, fmt.Sprintf("the parameter %s is a copy; pass a pointer to the model", place)})
	}
}

// mapping hides the parameters and tensors of a map.
func (w *walker) mapping(v reflect.Value, place string) {
	if v.IsNil() || leaf(v.Type().Elem().Kind()) || w.maps[v.Pointer()] {
		return
	}
	w.maps[v.Pointer()] = true
	inner := walker{visits: map[visit]*visited{}, maps: w.maps}
	for it := v.MapRange(); it.Next(); {
		inner.value(it.Value(), "", place)
	}
	reason := place + " is a map with parameters or tensors, whose order is not fixed; use a slice or a struct, or tag it `nn:\"-\"`"
	for _, h := range inner.hidden {
		w.hidden = append(w.hidden, hidden{h.address, reason})
	}
	for _, f := range inner.list {
		w.hidden = append(w.hidden, hidden{f.address(), reason})
	}
}

// leaf reports whether values of kind k cannot hold parameters.
func leaf(k reflect.Kind) bool { return k <= reflect.Complex128 || k == reflect.String }

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// snake returns the name that a field has in PyTorch: fc1 for FC1, and in_proj
// for InProj.
func snake(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 {
			before, word := rs[i-1], i+1 < len(rs) && unicode.IsLower(rs[i+1])
			if unicode.IsLower(before) || word && (unicode.IsUpper(before) || unicode.IsDigit(before)) {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
