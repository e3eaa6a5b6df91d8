package main

import (
	"fmt"
	"io"
	"strings"
)

// dispatch writes a Go function for every kernel. This function calls the assembly
// for the chosen instruction set and element type, and reports whether there is
// one.
func dispatch(w io.Writer, constraint string, levels []string) {
	fmt.Fprint(w, header(constraint), "package ", room, "\n")
	if levels != nil {
		fmt.Fprint(w, "\nimport (\n\t\"math\"\n\t\"unsafe\"\n)\n")
	}
	for _, f := range families {
		for _, k := range f.loops {
			describe(w, k.name, k.doc, f.name)
			k.dispatch(w, levels)
		}
		for _, r := range f.routines {
			describe(w, r.name, r.doc, f.name)
			r.dispatch(w, levels)
		}
	}
}

// goName returns the name of the Go function for a kernel.
func goName(kernel string) string { return strings.ToUpper(kernel[:1]) + kernel[1:] }

// describe writes the comment of a kernel's Go function.
func describe(w io.Writer, name, doc, family string) {
	if doc == goName(name)+"." {
		doc = "the loop of that name in package kernel."
	}
	fmt.Fprintf(w, "\n// %s is %s\n//\n// It is described in gen/%s.go.\n", goName(name), doc, family)
}

func (k *loop) dispatch(w io.Writer, levels []string) {
	params := strings.Join(k.slices(), ", ") + " []T"
	if len(k.numbers) > 0 {
		params += ", " + strings.Join(k.numbers, ", ") + " T"
	}
	var folds, zeros, nothing, typed []string
	for _, f := range k.folds {
		folds, zeros, typed = append(folds, f.name), append(zeros, "0"), append(typed, "T("+f.name+")")
		if f.largest {
			nothing = append(nothing, "T(math.Inf(-1))")
		} else {
			nothing = append(nothing, "0")
		}
	}
	results, ok := "bool", func(names []string, ok string) string { return strings.Join(append(names, ok), ", ") }
	if folds != nil {
		results = fmt.Sprintf("(%s T, ok bool)", strings.Join(folds, ", "))
	}
	fmt.Fprintf(w, "func %s[T Float](%s) %s {\n", goName(k.name), params, results)
	if levels == nil {
		fmt.Fprintf(w, "\treturn %s\n}\n", ok(zeros, "false"))
		return
	}
	first := k.slices()[0]
	fmt.Fprintf(w, "\tif len(%s) == 0 {\n\t\treturn %s\n\t}\n", first, ok(nothing, "true"))
	fmt.Fprintf(w, "\tif len(%s) > Longest {\n\t\treturn %s\n\t}\n", first, k.call(k.halves(), ""))
	var names, args []string
	for _, s := range k.slices() {
		names, args = append(names, s+"0"), append(args, fmt.Sprintf("unsafe.Pointer(&%s[0])", s))
	}
	fmt.Fprintf(w, "\t%s := %s\n", strings.Join(names, ", "), strings.Join(args, ", "))
	fmt.Fprint(w, "\tswitch single := unsafe.Sizeof(*new(T)) == 4; {\n")
	for _, size := range []int{4, 8} {
		if size == 8 && !k.double {
			continue
		}
		elem, width := elemType(size), "single"
		if size == 8 {
			width = "!single"
		}
		var call []string
		for _, n := range names {
			call = append(call, fmt.Sprintf("(*%s)(%s)", elem, n))
		}
		call = append(call, "len("+first+")")
		for _, n := range k.numbers {
			call = append(call, elem+"("+n+")")
		}
		for _, l := range levels {
			fmt.Fprintf(w, "\tcase %s && level == %s:\n\t\t", width, l)
			f := functionName(k.name, size, l) + "(" + strings.Join(call, ", ") + ")"
			if folds == nil {
				fmt.Fprintf(w, "%s\n\t\treturn true\n", f)
			} else {
				fmt.Fprintf(w, "%s := %s\n\t\treturn %s\n", strings.Join(folds, ", "), f, ok(typed, "true"))
			}
		}
	}
	fmt.Fprintf(w, "\t}\n\treturn %s\n}\n", ok(zeros, "false"))
	k.split(w, params, results)
}

// call returns a call of the Go function name of k, with the part of each slice
// that bounds say.
func (k *loop) call(name, bounds string) string {
	var args []string
	for _, s := range k.slices() {
		args = append(args, s+bounds)
	}
	return name + "(" + strings.Join(append(args, k.numbers...), ", ") + ")"
}

// split writes a Go function for slices that are too long for one call of the
// assembly. It calls the function of the kernel for both halves. It is a function
// of its own so that the other one stays short in the instruction cache.
func (k *loop) split(w io.Writer, params, results string) {
	fmt.Fprintf(w, "\n//go:noinline\nfunc %s[T Float](%s) %s {\n\tmiddle := half(len(%s))\n", k.halves(), params, results, k.slices()[0])
	defer fmt.Fprint(w, "}\n")
	left, right := k.call(goName(k.name), "[:middle]"), k.call(goName(k.name), "[middle:]")
	if k.folds == nil {
		fmt.Fprintf(w, "\treturn %s && %s\n", left, right)
		return
	}
	var lefts, rights, both []string
	for _, f := range k.folds {
		l, r := f.name+"0", f.name+"1"
		lefts, rights = append(lefts, l), append(rights, r)
		if f.largest {
			both = append(both, fmt.Sprintf("max(%s, %s)", l, r))
		} else {
			both = append(both, l+" + "+r)
		}
	}
	fmt.Fprintf(w, "\t%s, ok := %s\n\t%s, _ := %s\n", strings.Join(lefts, ", "), left, strings.Join(rights, ", "), right)
	fmt.Fprintf(w, "\treturn %s, ok\n", strings.Join(both, ", "))
}

// halves is the name of the Go function that [loop.split] writes.
func (k *loop) halves() string { return k.name + "Halves" }
