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
	buffer *tensor.Tensor // when it is no parameter
}

func (f *found) value() *tensor.Tensor {
	if f.param != nil {
		return f.param.Value
	}
	return f.buffer
}

// walk returns the parameters and buffers of a model in the order of its
// fields; one that can be reached twice may be there twice. It panics when the
// only way to a parameter leads through an unexported field or a map.
func walk(model any) []found {
	v := reflect.ValueOf(model)
	place := "model"
	if v.IsValid() && reflect.Indirect(v).IsValid() && reflect.Indirect(v).Type().Name() != "" {
		place = reflect.Indirect(v).Type().Name()
	}
	w := walker{visited: map[visit]bool{}, maps: map[uintptr]bool{}}
	w.value(v, "", place)
	reached := map[uintptr]bool{}
	for _, f := range w.list {
		if f.param == nil {
			continue
		}
		reached[reflect.ValueOf(f.param).Pointer()] = true
	}
	for _, h := range w.hidden {
		if !reached[h.param] {
			panic("nn: " + h.reason)
		}
	}
	return w.list
}

type walker struct {
	list    []found
	hidden  []hidden
	visited map[visit]bool
	maps    map[uintptr]bool
}

// A hidden is a parameter that is not found, unless elsewhere.
type hidden struct {
	param  uintptr // its address
	reason string
}

// A visit is what need not be walked through again.
type visit struct {
	typ      reflect.Type
	address  uintptr
	length   int
	exported bool
}

func (w *walker) first(v reflect.Value, length int) bool {
	k := visit{v.Type(), v.Pointer(), length, v.CanInterface()}
	again := w.visited[k]
	w.visited[k] = true
	return !again
}

var (
	paramType  = reflect.TypeFor[*autograd.Param]()
	tensorType = reflect.TypeFor[*tensor.Tensor]()
)

// value adds what v holds to the list. name is its name in the state, place
// its name in the program.
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
		if leaf(v.Type().Elem().Kind()) || v.Kind() == reflect.Slice && !w.first(v, v.Len()) {
			return
		}
		for i := range v.Len() {
			w.value(v.Index(i), join(name, strconv.Itoa(i)), place+"["+strconv.Itoa(i)+"]")
		}
	case reflect.Map:
		w.mapping(v, place)
	}
}

func (w *walker) pointer(v reflect.Value, name, place string) {
	switch exported := v.CanInterface(); {
	case v.Type() == paramType && v.Elem().Field(0).IsNil(): // not in use
	case v.Type() == paramType && exported:
		w.list = append(w.list, found{name: name, place: place, param: v.Interface().(*autograd.Param)})
	case v.Type() == paramType:
		w.hidden = append(w.hidden, hidden{v.Pointer(), fmt.Sprintf(
			"the parameter %s stands behind an unexported field and would not be trained; export the field, or tag it `nn:\"-\"`", place)})
	case v.Type() == tensorType && exported:
		w.list = append(w.list, found{name: name, place: place, buffer: v.Interface().(*tensor.Tensor)})
	case v.Type() != tensorType && w.first(v, 0):
		w.value(v.Elem(), name, place)
	}
}

// recurrent returns the weights of a layer that names them itself. It asks for
// types, not for a method: a model that embeds such a layer has its methods,
// but other parameters, too.
func recurrent(v reflect.Value) (weights []NamedParam, ok bool) {
	if !v.CanInterface() {
		return nil, false
	}
	switch l := v.Interface().(type) {
	case LSTM:
		return l.stack().parameters(), true
	case GRU:
		return l.stack().parameters(), true
	}
	return nil, false
}

func (w *walker) structure(v reflect.Value, name, place string) {
	if weights, ok := recurrent(v); ok {
		for _, p := range weights {
			w.list = append(w.list, found{name: join(name, p.Name), place: place + "." + p.Name, param: p.Param})
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

// inline adds a parameter that is no pointer.
func (w *walker) inline(v reflect.Value, name, place string) {
	switch {
	case v.Field(0).IsNil(): // not in use
	case v.CanAddr():
		w.value(v.Addr(), name, place)
	default:
		w.hidden = append(w.hidden, hidden{0, fmt.Sprintf("the parameter %s is a copy; pass a pointer to the model", place)})
	}
}

// mapping hides the parameters of a map.
func (w *walker) mapping(v reflect.Value, place string) {
	if v.IsNil() || leaf(v.Type().Elem().Kind()) || w.maps[v.Pointer()] {
		return
	}
	w.maps[v.Pointer()] = true
	inner := walker{visited: map[visit]bool{}, maps: w.maps}
	for it := v.MapRange(); it.Next(); {
		inner.value(it.Value(), "", place)
	}
	reason := place + " is a map with parameters, whose order is not fixed; use a slice or a struct"
	for _, h := range inner.hidden {
		w.hidden = append(w.hidden, hidden{h.param, reason})
	}
	for _, f := range inner.list {
		if f.param != nil {
			w.hidden = append(w.hidden, hidden{reflect.ValueOf(f.param).Pointer(), reason})
		}
	}
}

// leaf reports whether values of kind k lead nowhere.
func leaf(k reflect.Kind) bool { return k <= reflect.Complex128 || k == reflect.String }

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
