package tensor

import (
	"fmt"
	"strings"
)

// ShapeError is the panic of an operation whose operands do not fit together,
// or whose axis or index is out of range. It reads as a sentence.
type ShapeError struct {
	Op     string  // the operation, in lower case
	Shapes [][]int // the shapes of its operands
	Reason string  // what does not fit
}

func (e *ShapeError) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	for i, s := range e.Shapes {
		if i > 0 {
			b.WriteString(" ×")
		}
		fmt.Fprintf(&b, " %v", s)
	}
	b.WriteString(": ")
	b.WriteString(e.Reason)
	return b.String()
}

// BadShape panics with a [*ShapeError] about the shapes of the tensors, for
// packages that build on this one.
func BadShape(op, reason string, ts ...*Tensor) {
	e := &ShapeError{Op: op, Reason: reason}
	for _, t := range ts {
		e.Shapes = append(e.Shapes, append([]int{}, t.Shape()...))
	}
	panic(e)
}

// DTypeError is the panic of an operation on tensors of different element
// types, or of generic access with the wrong one.
type DTypeError struct {
	Op        string // the operation, in lower case
	Operand   string // the operand that is at fault, as in "the second operand"
	Want, Got DType
}

func (e *DTypeError) Error() string {
	return fmt.Sprintf("%s: %s is %v, want %v; convert it with To(tensor.%v)",
		e.Op, e.Operand, e.Got, e.Want, title(e.Want))
}

func title(d DType) string {
	if d == Float64 {
		return "Float64"
	}
	return "Float32"
}

// An ArgError is the panic of a call with a bad argument that is no shape, axis,
// index or element type: a probability outside [0, 1], bounds in the wrong order,
// an operand that is missing. It reads as a sentence.
type ArgError struct {
	Op     string // the operation, in lower case
	Reason string // what was wanted, and what came
}

func (e *ArgError) Error() string { return e.Op + ": " + e.Reason }

// BadArg panics with an [*ArgError], for packages that build on this one. The
// reason is formatted as by [fmt.Sprintf].
func BadArg(op, format string, args ...any) {
	panic(&ArgError{Op: op, Reason: fmt.Sprintf(format, args...)})
}

// sameDType panics when t, which op calls by the given name, does not have the
// element type of x.
func sameDType(op, name string, x, t *Tensor) {
	if x.dtype != t.dtype {
		panic(&DTypeError{Op: op, Operand: name, Want: x.dtype, Got: t.dtype})
	}
}

// destination panics when dst, which op is about to write, does not have the
// shape that op's operands give, and counts the change.
func destination(op string, dst *Tensor, want []int, operands ...*Tensor) {
	sameShape(op, dst, want, operands...)
	dst.written()
}

// sameShape panics when dst does not have the shape that op's operands give.
func sameShape(op string, dst *Tensor, want []int, operands ...*Tensor) {
	if dst.hasShape(want) {
		return
	}
	e := &ShapeError{Op: op, Reason: fmt.Sprintf("the destination has shape %v, want %v",
		append([]int{}, dst.Shape()...), append([]int{}, want...))}
	for _, t := range operands {
		e.Shapes = append(e.Shapes, append([]int{}, t.Shape()...))
	}
	panic(e)
}

// contiguous panics when the destination dst of op is strided.
func contiguous(op string, dst *Tensor) {
	if !dst.packed {
		BadShape(op, "the destination must be contiguous", dst)
	}
}
