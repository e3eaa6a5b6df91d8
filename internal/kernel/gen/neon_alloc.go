package main

import (
	"fmt"
	"slices"
)

// An inst is an instruction of a NEON function, or the place of a label.
type inst struct {
	op     *op    // an encoded instruction, or nil
	format string // otherwise: text for the Go assembler
	args   []any  // the arguments of op or format; a vec or gpr becomes the number of a register
	sets   any    // if the only effect is to set a vec or gpr, that register; else nil
	copies bool   // it moves the first of args to the second
	dups   bool   // it moves the first lane of the first of args to every lane of the second
	place  string // the label that stands before it
	jump   string // the label that it may jump to
}

// compile assigns real registers to instructions. It removes those whose result
// nobody reads.
func compile(name string, code []inst) []inst {
	multiplyByElement(code)
	code = withoutDead(code)
	allocate(name, code)
	return slices.DeleteFunc(code, func(i inst) bool { return i.copies && i.args[0] == i.args[1] })
}

// uses calls f for every vec and gpr among the arguments of code.
func uses(code []inst, f func(at int, arg *any)) {
	for i := range code {
		for j := range code[i].args {
			switch code[i].args[j].(type) {
			case vec, gpr:
				f(i, &code[i].args[j])
			}
		}
	}
}

// multiplyByElement makes multiplications read the first lane of a vector directly.
// It does so where a copy of this lane in every lane of another vector has no other
// use.
func multiplyByElement(code []inst) {
	source := map[any]any{} // from a vector with one number in every lane to the vector it was copied from
	for _, i := range code {
		if i.dups {
			source[i.args[1]] = i.args[0]
		}
	}
	for _, i := range code {
		for j, a := range i.args {
			// Only one of two factors can be an element: the second, if both could.
			_, second := source[i.args[len(i.args)-1]]
			factor := byElements[i.op] != nil && (j == 2 || j == 1 && !second)
			if !factor && !(i.dups && j == 1) {
				delete(source, a)
			}
		}
	}
	for n, i := range code {
		o := byElements[i.op]
		if o == nil {
			continue
		}
		if s, ok := source[i.args[2]]; ok {
			code[n].op, code[n].args = o, []any{i.args[0], i.args[1], s}
		} else if s, ok := source[i.args[1]]; ok {
			code[n].op, code[n].args = o, []any{i.args[0], i.args[2], s}
		}
	}
}

// withoutDead removes instructions whose result does not occur elsewhere.
func withoutDead(code []inst) []inst {
	for {
		count := map[any]int{}
		uses(code, func(_ int, arg *any) { count[*arg]++ })
		n := len(code)
		code = slices.DeleteFunc(code, func(i inst) bool { return i.sets != nil && count[i.sets] == 1 })
		if len(code) == n {
			return code
		}
	}
}

// A span is the live range of a value: from the instruction that first sets it to
// the last one that reads it.
type span struct {
	value       any // vec or gpr
	first, last int
}

// spans returns the live ranges of all values in the order in which they begin.
func spans(code []inst) []*span {
	var all []*span
	of := map[any]*span{}
	uses(code, func(at int, arg *any) {
		s := of[*arg]
		if s == nil {
			s = &span{value: *arg, first: at}
			of[*arg] = s
			all = append(all, s)
		}
		s.last = at
	})
	// A value that is set before a loop and read in it is needed until the end of
	// the loop. Jumps back come in the order of the ends of loops, so inner loops
	// come first.
	places := map[string]int{}
	for end, i := range code {
		if i.place != "" {
			places[i.place] = end
		}
		top, back := places[i.jump]
		if i.jump == "" || !back {
			continue
		}
		for _, s := range all {
			if s.first < top && s.last >= top && s.last < end {
				s.last = end
			}
		}
	}
	return all
}

// generalRegisters are those that a function may use: not 16, 17 and 27 (the
// linker's and the assembler's), 18 (the platform's), 26 (closures), and 28 and
// higher (the goroutine, the frame, the link).
var generalRegisters = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25}

// allocate replaces values by real registers, in one pass over their live ranges.
// There is no spilling.
func allocate(name string, code []inst) {
	vectors := make([]int, 32) // for each register, the end of the live range that it holds
	general := make([]int, len(generalRegisters))
	number := map[any]int{} // for each value, the number of its register
	for _, s := range spans(code) {
		busy := vectors
		if _, ok := s.value.(gpr); ok {
			busy = general
		}
		// An instruction reads before it writes, so a live range may begin where
		// another ends. If the instruction is a copy, it should: then the copy
		// costs nothing.
		free := slices.IndexFunc(busy, func(end int) bool { return end <= s.first })
		if free < 0 {
			panic(fmt.Sprintf("%s: more than %d values at a time", name, len(busy)))
		}
		if i := code[s.first]; i.copies && busy[number[i.args[0]]] == s.first {
			free = number[i.args[0]]
		}
		number[s.value], busy[free] = free, s.last
	}
	uses(code, func(_ int, arg *any) {
		n := number[*arg]
		if _, ok := (*arg).(gpr); ok {
			n = generalRegisters[n]
		}
		*arg = n
	})
}
