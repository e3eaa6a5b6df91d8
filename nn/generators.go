package nn

import (
	"reflect"

	"github.com/descent-ml/descent/tensor"
)

// Generators returns the generators that the layers of a model draw from, such
// as those of dropout, each once, in the order of the fields. To continue a run
// with the same numbers, save their states beside [State]. A generator that only
// a function knows, such as one behind a [Func], is not found; one behind an
// unexported field is.
func Generators(model any) []*tensor.Rand {
	g := generators{visited: map[visit]bool{}}
	g.value(reflect.ValueOf(model))
	return g.list
}

type generators struct {
	list    []*tensor.Rand
	visited map[visit]bool
}

var randType = reflect.TypeFor[*tensor.Rand]()

func (g *generators) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		g.value(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || g.seen(v, 0) {
			return
		}
		if v.Type() == randType {
			g.list = append(g.list, (*tensor.Rand)(v.UnsafePointer()))
			return
		}
		g.value(v.Elem())
	case reflect.Struct:
		switch v.Type().PkgPath() {
		case paramType.Elem().PkgPath(), tensorType.Elem().PkgPath():
			return
		}
		for i := range v.NumField() {
			g.value(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if leaf(v.Type().Elem().Kind()) || v.Kind() == reflect.Slice && g.seen(v, v.Len()) {
			return
		}
		for i := range v.Len() {
			g.value(v.Index(i))
		}
	}
}

// seen reports whether v was visited before.
func (g *generators) seen(v reflect.Value, length int) bool {
	k := visit{typ: v.Type(), address: v.Pointer(), length: length}
	if g.visited[k] {
		return true
	}
	g.visited[k] = true
	return false
}
