package main

import (
	"fmt"
	"io"
	"strings"
)

// A routine is a kernel that is not a loop over slices. Its Go function takes
// ints, slices of numbers, slices of ints and more ints, in this order. It reports
// whether there is assembly for the processor. The assembly takes pointers instead
// of slices.
type routine struct {
	name, doc                  string
	ints, slices, tables, more []string
	write                      func(t assembler)
}

func (r *routine) begin(t assembler) {
	var params []arg
	for _, s := range r.ints {
		params = append(params, arg{s, integer})
	}
	for _, s := range r.slices {
		params = append(params, arg{s, pointer})
	}
	for _, s := range r.tables {
		params = append(params, arg{s, offsets})
	}
	for _, s := range r.more {
		params = append(params, arg{s, integer})
	}
	t.begin(r.name, r.doc, params, nil)
	r.write(t)
}

func (r *routine) dispatch(w io.Writer, levels []string) {
	var params []string
	list := func(names []string, elem string) {
		if names != nil {
			params = append(params, strings.Join(names, ", ")+" "+elem)
		}
	}
	list(r.ints, "int")
	list(r.slices, "[]T")
	list(r.tables, "[]int")
	list(r.more, "int")
	fmt.Fprintf(w, "func %s[T Float](%s) bool {\n", goName(r.name), strings.Join(params, ", "))
	defer fmt.Fprint(w, "\treturn false\n}\n")
	if levels == nil {
		return
	}
	var names, args []string
	for _, s := range r.slices {
		names, args = append(names, s+"0"), append(args, fmt.Sprintf("unsafe.Pointer(unsafe.SliceData(%s))", s))
	}
	fmt.Fprintf(w, "\t%s := %s\n", strings.Join(names, ", "), strings.Join(args, ", "))
	fmt.Fprint(w, "\tswitch single := unsafe.Sizeof(*new(T)) == 4; {\n")
	for _, size := range []int{4, 8} {
		call := append([]string{}, r.ints...)
		for _, n := range names {
			call = append(call, fmt.Sprintf("(*%s)(%s)", elemType(size), n))
		}
		for _, s := range r.tables {
			call = append(call, fmt.Sprintf("unsafe.SliceData(%s)", s))
		}
		call = append(call, r.more...)
		for _, l := range levels {
			fmt.Fprintf(w, "\tcase %s && level == %s:\n\t\t%s(%s)\n\t\treturn true\n",
				map[int]string{4: "single", 8: "!single"}[size], l, functionName(r.name, size, l), strings.Join(call, ", "))
		}
	}
	fmt.Fprint(w, "\t}\n")
}
