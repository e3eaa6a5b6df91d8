// Package kernel holds descent's hot loops: plain functions on slices, without
// shapes, tapes or errors. It is the only package that may use unsafe or
// assembly.
//
// # Grammar
//
// The destination comes first. Elementwise kernels read operands of exactly
// the destination's length, and may be called with an operand that is the
// destination itself; any other overlap is forbidden. The doc comment of a
// kernel is its loop. Strided and broadcast operands are the caller's
// business, except for the matrix product, which packs what it reads.
//
// # Rounding
//
// Every kernel rounds after each operation: loops write T(a*b) + c so that no
// compiler fuses the two. Sums are taken in an order that depends on the
// length alone, never on the number of threads, so results are the same bits
// for any GOMAXPROCS.
//
// # Threads
//
// A kernel splits large work into blocks whose size depends on the shape
// alone and gives them to a fixed pool (see [Run]); small work stays on the
// calling goroutine. Nothing is allocated in steady state.
package kernel
