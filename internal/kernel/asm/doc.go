// Package asm holds the loops of package kernel in assembly. All of it is
// generated, except for this file and for cpu*.go, which choose the instruction
// set: nobody reads or edits the rest. A loop is described once, in the folder
// gen, and comes out for each instruction set and element type.
//
// # From a loop to its assembly
//
// The loop tanh, for example, goes through four places:
//
//   - kernel.Tanh, in Go, is what others call. Its comment names the description.
//   - gen/mathematics.go describes tanh, in an expression for one vector.
//   - asm/mathematics_amd64.s and asm/mathematics_arm64.s are what comes out. The
//     function for float32 and AVX2 is called tanhF32AVX2.
//   - asm/dispatch_amd64.go and its neighbours hold [Tanh], which calls the right
//     one of these functions; stubs_amd64.go declares them for the compiler.
//
// A dispatching function reports whether there was an assembly loop. If not, the
// caller does the work in Go; this is always so on other architectures and with
// the build tag purego (dispatch_other.go). Of empty slices nothing is left to
// do, which the function reports as done: loops need not ask. The slices after
// the first must be as long as the first; the caller sees to it.
//
// # Instruction sets
//
// There are loops for AVX2 with FMA and for AVX-512 on amd64, and for NEON on
// arm64. The best [Level] that the processor has is chosen once, at start. The
// environment variable DESCENT_CPU names a lower one: generic, neon, avx2 or
// avx512.
//
// tiling.go is generated, too: numbers on which Go and assembly must agree.
package asm

//go:generate go -C ../gen run .

// Float is the element type of every loop.
type Float interface{ float32 | float64 }
