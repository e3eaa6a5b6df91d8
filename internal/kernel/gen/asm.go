package main

import (
	"fmt"
	"strings"
)

// A vec, a mask and a gpr are virtual registers of the function that is being
// written: a vector of lanes, a condition for each lane, and a general register.
// The assembler assigns real registers to them, and panics if there are too few.
type (
	vec  int
	mask int
	gpr  int
)

// A mem is a place in memory: base, plus index if there is one, plus disp
// bytes.
type mem struct {
	base  gpr
	index gpr // 0 for none
	disp  int
}

func at(base gpr, disp int) mem { return mem{base: base, disp: disp} }

// An arg is a parameter or a result of a function.
type arg struct {
	name string
	kind argKind
}

type argKind int

const (
	pointer argKind = iota // to elements
	integer                // int
	number                 // one element
	offsets                // *int
)

func elemType(bytes int) string { return fmt.Sprintf("float%d", 8*bytes) }

// functionName returns a kernel's name with the suffix of the element type and
// the instruction set.
func functionName(kernel string, elem int, isa string) string {
	return fmt.Sprintf("%sF%d%s", kernel, 8*elem, isa)
}

// signature returns the parameters and results of a function in Go.
func signature(elem int, params, results []arg) string {
	types := [...]string{pointer: "*" + elemType(elem), integer: "int", number: elemType(elem), offsets: "*int"}
	list := func(args []arg) string {
		var s []string
		for _, a := range args {
			s = append(s, a.name+" "+types[a.kind])
		}
		return "(" + strings.Join(s, ", ") + ")"
	}
	if results == nil {
		return list(params)
	}
	return list(params) + " " + list(results)
}

// An assembler writes functions for one instruction set and one element type. A
// kernel is described once, by calls of this interface, and so exists for each of
// them.
//
// Vector operations do not change their operands and return a new register,
// unless their comment says that they change one.
type assembler interface {
	size() int      // bytes of an element
	lanes() int     // elements of a vector
	registers() int // vector registers

	// begin starts a function; name gets the suffix of the element type and
	// the instruction set. end clears the upper halves of the vector registers
	// and returns.
	begin(name, doc string, params, results []arg)
	end()
	ptr(name string) gpr                    // a pointer or integer parameter
	num(name string) vec                    // a number, in every lane
	result(name string, v vec)              // the first lane
	label() string                          // a new label …
	place(label string)                     // … and its place
	jump(label string)                      // go on there
	jumpLess(a gpr, n int, label string)    // if a < n
	jumpAtLeast(a gpr, n int, label string) // if a ≥ n
	jumpZero(a gpr, label string)           // if a == 0

	// General registers. The first three change a, the others return new ones.
	add(a, b gpr)
	addInt(a gpr, n int)
	scale(a gpr) // elements to bytes
	copyOf(a gpr) gpr
	newInt(n int) gpr  // with n
	loadInt(m mem) gpr // with the int at m

	// partial makes loads and stores in body touch only the n remaining
	// elements, fewer than a vector has. body runs once for all of them, or once
	// for each; then ptrs move on. Other lanes are loaded as zero.
	partial(n gpr, ptrs []gpr, body func())
	// live returns v, with neutral in the lanes that partial leaves out.
	live(v vec, neutral float64) vec

	load(m mem) vec
	store(v vec, m mem)
	// loadPairs loads two vectors, or in partial twice as many elements as
	// remain. It returns the first elements of all pairs, and the second ones.
	loadPairs(m mem) (first, second vec)
	addFirst(v vec, m mem) // adds the first lane to the element at m
	broadcast(m mem) vec   // one element, in every lane
	konst(x float64) vec   // in every lane
	bits(b uint64) vec     // in every lane
	zero() vec
	clone(v vec) vec
	assign(dst, src vec) // changes dst
	// transpose returns the columns of the square matrix whose rows are given,
	// as many as a vector has lanes.
	transpose(rows []vec) []vec

	plus(a, b vec) vec
	minus(a, b vec) vec
	times(a, b vec) vec
	over(a, b vec) vec
	sqrt(a vec) vec
	mulAdd(a, b, c vec) vec    // a*b + c, rounded once
	negMulAdd(a, b, c vec) vec // c − a*b, rounded once
	fma(acc, a, b vec)         // changes acc: acc += a*b
	accumulate(acc, v vec)     // changes acc: acc += v
	// max and min return b if b is NaN. If a is NaN, the result is NaN or b,
	// depending on the processor. So does the sign of the result if both are
	// zeros.
	max(a, b vec) vec
	min(a, b vec) vec
	// larger and smaller return a if it is strictly larger or smaller, else b.
	// So they return b if one is NaN or both are zeros. They may cost more than
	// max and min.
	larger(a, b vec) vec
	smaller(a, b vec) vec
	round(a vec, how rounding) vec

	less(a, b vec) mask
	lessEqual(a, b vec) mask
	equal(a, b vec) mask
	unordered(a vec) mask      // NaN
	pick(m mask, a, b vec) vec // a where m holds, else b

	// The bits of lanes.
	and(a, b vec) vec
	or(a, b vec) vec
	xor(a, b vec) vec
	andNot(a, b vec) vec // a without the bits of b
	plusInt(a, b vec) vec
	minusInt(a, b vec) vec
	shiftLeft(a vec, n int) vec
	shiftRight(a vec, n int) vec // zeros move in
	toInt(a vec) vec             // rounded to nearest
	fromInt(a vec) vec

	// ldexp returns a · 2ⁿ for an integral number n in each lane, rounded once
	// unless the result is denormal.
	ldexp(a, n vec) vec
	// frexp returns m in [½, 1) and e with a = m · 2ᵉ, for positive finite a.
	frexp(a vec) (m, e vec)

	sum(v vec) vec     // of the lanes, in the first one
	largest(v vec) vec // of the lanes, none of them NaN, in the first one
}

type rounding int

const (
	nearest rounding = iota // halves to even
	floor
	ceiling
	towardZero
)
