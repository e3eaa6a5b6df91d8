// Package kernel holds descent's hot loops: plain functions on slices, without
// shapes, tapes or errors. It is the only package that may use unsafe or
// assembly.
//
// # Grammar
//
// The destination comes first. Elementwise kernels read as many elements of
// each operand as the destination has, and panic where its memory holds fewer.
// They may be called with an operand that is the destination itself; any other
// overlap is forbidden. The doc comment of a kernel is its loop. Strided and
// broadcast operands are the caller's business, except for the matrix product,
// which reads operands where they lie or packs them.
//
// # Rounding
//
// Portable loops round after each operation: they write T(a*b) + c so that no
// compiler fuses the two. Sums are taken in an order that depends on the
// length alone, never on the number of threads, so results are the same bits
// for any GOMAXPROCS.
//
// Mathematical functions of float32 that have a twin in assembly promise a
// largest error in units in the last place (ulp), over all arguments and for
// every instruction set; their comments state it and a test holds them to it.
// Zeros keep their signs, denormals their values, and infinities and NaN give
// what package math gives. The others, and those of float64, are package
// math's.
//
// # Instruction sets
//
// A kernel is portable Go, or has a twin in assembly: for AVX2 with FMA and
// for AVX-512 on amd64, and for NEON on arm64. The NEON twins are tested under
// emulation; nobody has measured them on such a processor. The best
// instruction set that the processor has is chosen once, at start; the
// environment variable DESCENT_CPU names a lower one: generic, neon, avx2 or
// avx512. With the build tag purego there is only Go. The assembly is generated
// by the module in gen, which describes each loop once for all of them; a test
// there fails when it is stale. An instruction set may fuse a multiplication
// with an addition, and so round differently from another, but always in the
// same way.
//
// # Threads
//
// A kernel splits large work into blocks whose size depends on the shape
// alone and gives them to a fixed pool (see [Run]); small work stays on the
// calling goroutine. Nothing is allocated in steady state.
package kernel
