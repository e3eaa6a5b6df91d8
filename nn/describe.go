package nn

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Describe returns a model with a line for each of its layers. Layers have this
// form already: fmt.Println(nn.Sequential{…}) shows it. A type of your own gets
// it by a method:
//
//	func (n *Net) String() string { return nn.Describe(n) }
//
// Describe finds the layers as [Params] finds parameters, and gives them the
// same names.
func Describe(model any) string {
	var d describer
	v := reflect.ValueOf(model)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		d.way = append(d.way, v.Pointer())
		v = v.Elem()
	}
	s, _ := d.parts(v)
	return s
}

// A describer keeps the pointers on the way from the model to where it is, so that
// it does not go round in a cycle.
type describer struct{ way []uintptr }

// parts describes the fields of a struct or the elements of a slice. It reports
// whether a layer is among them.
func (d *describer) parts(v reflect.Value) (text string, found bool) {
	if !v.IsValid() {
		return "nil", false
	}
	var b strings.Builder
	add := func(name string, v reflect.Value) {
		if s, ok := d.layer(v); ok {
			found = true
			fmt.Fprintf(&b, "  (%s): %s\n", name, strings.ReplaceAll(s, "\n", "\n  "))
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			tag := f.Tag.Get("nn")
			switch {
			case !f.IsExported() || tag == "-":
			case tag != "":
				add(tag, v.Field(i))
			default:
				add(snake(f.Name), v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			add(strconv.Itoa(i), v.Index(i))
		}
	}
	name := v.Type().Name()
	if name == "" {
		name = "Model"
		if v.Kind() != reflect.Struct {
			name = "List"
		}
	}
	if !found {
		return name + "()", false
	}
	return name + "(\n" + b.String() + ")", true
}

// layer describes a layer, or what has layers. It reports whether v is one.
func (d *describer) layer(v reflect.Value) (text string, ok bool) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return "", false
		}
		return d.layer(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || slices.Contains(d.way, v.Pointer()) {
			return "", false
		}
		d.way = append(d.way, v.Pointer())
		defer func() { d.way = d.way[:len(d.way)-1] }()
		if s, ok := itself(v.Interface()); ok {
			return s, true
		}
		return d.layer(v.Elem())
	case reflect.Struct:
		pointer := reflect.New(v.Type()) // methods may want one
		pointer.Elem().Set(v)
		if s, ok := itself(pointer.Interface()); ok {
			return s, true
		}
		_, isLayer := pointer.Interface().(Layer)
		s, found := d.parts(v)
		return s, isLayer || found
	case reflect.Slice, reflect.Array, reflect.Func:
		if s, ok := itself(v.Interface()); ok {
			return s, true
		}
		if v.Kind() == reflect.Func {
			return "", false
		}
		return d.parts(v)
	}
	return "", false
}

// itself returns what a layer says of itself.
func itself(x any) (text string, ok bool) {
	switch x.(type) {
	case Layer, *Embedding, *EmbeddingBag, *Bilinear, MaxUnpool1d, MaxUnpool2d:
	default:
		return "", false
	}
	s, ok := x.(fmt.Stringer)
	if !ok {
		return "", false
	}
	return s.String(), true
}
