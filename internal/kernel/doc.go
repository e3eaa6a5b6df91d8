// Package kernel holds descent's hot loops: plain functions on slices, without
// shapes, tapes or errors. This folder has the loops in Go, which people write
// and read. Below it are package asm, the same loops in generated assembly, and
// package work, which shares work among goroutines and lends memory to it. Only kernel
// and asm may use unsafe, and only asm has assembly.
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
// what package math gives. The other functions, and those of float64, are
// computed by package math, or in float64.go where package math loses many
// digits.
//
// # Instruction sets
//
// A kernel is portable Go, or has a twin in assembly: for AVX2 with FMA and
// for AVX-512 on amd64, and for NEON on arm64. The NEON twins are tested under
// emulation; nobody has measured them on such a processor. A loop calls its
// twin first, a function of package asm, which reports whether it did the work.
// The last line of the loop's comment says where the twin is described:
// "Assembly: gen/mathematics.go". The generator in gen makes assembly for all
// instruction sets from this description. A test there fails when the generated
// files are stale. One instruction set may fuse a multiplication with an addition
// where another does not, so their results may round differently. Each always
// rounds in the same way.
//
// # Threads
//
// A kernel splits large work into blocks whose size depends on the shape
// alone and gives them to a fixed pool (see [work.Run]); small work stays on the
// calling goroutine. Nothing is allocated in steady state.
package kernel
