// Package optable is the table of all operations: a row for each says how it is
// applied, what it should give, written as plainly as can be, and the operands to
// try it on. The tests of this package do the rest: values, gradients by finite
// differences, second derivatives, float32, strided and empty operands, messages
// of errors, allocations, and PyTorch's numbers, which testdata/ops.json holds. So
// does descent gradcheck.
//
// A row stands in the file of its family, which has the same name in package
// autograd.
package optable
