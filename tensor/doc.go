// Package tensor provides dense n-dimensional arrays of float32 or float64,
// and the value of every operation that descent can differentiate.
//
// # Element type
//
// The element type is a property of the tensor at run time, as in NumPy and
// PyTorch, so that no type argument spreads through a program. Generic
// functions stand at the edges: [New] takes a slice, [Data] gives one back.
// Constructors make float32. For float64 there are [Zeros64] and [ZerosOf], to be
// filled, and [Tensor.To]. The operands of an operation have one element type;
// anything else panics with a [*DTypeError]. Indices and labels are []int.
//
// # Names
//
// An operation Op comes in two forms. Op(a, b) allocates its result.
// OpTo(dst, a, b) writes it into dst, which has the result's shape, and
// allocates nothing. An elementwise operation may have one of its operands as
// destination; no other operation may, unless it says so. Operands may be
// strided views; they are read where they lie.
//
// # Views
//
// Reshape, Transpose, T, Permute, Slice, Select, Expand, Squeeze, Unsqueeze and
// Flatten return tensors that share the storage of their operand: writing to one
// writes to the other. Only Reshape and Flatten may have to copy, and do so when
// the strides leave no other way.
//
// # For those who build on it
//
// Three types hold what other packages of descent call, and a program seldom
// does: [Grad] has the gradients of operations, [View] makes views without an
// allocation, and [Dims] tells the shapes of results.
//
// # Broadcasting
//
// Elementwise operations follow NumPy: shapes are aligned at the last axis, and
// an axis of length one stretches to its partner's length.
//
// # Misuse
//
// A bad argument is a mistake of the program and panics. The error is a sentence
// that names the operation and says what to do:
//
//   - a [*ShapeError] for shapes that do not fit, and for axes, indices and
//     lengths along an axis that are out of range,
//   - a [*DTypeError] for element types that differ,
//   - an [*ArgError] for any other argument.
//
// The other packages of descent panic with the same types. Data from outside the
// program is checked by those who read it, with [Size].
package tensor
