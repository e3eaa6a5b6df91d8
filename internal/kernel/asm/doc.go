// Package asm holds the loops of package kernel in assembly. People wrote this
// file, cpu*.go, which choose the instruction set, and split.go, which limits
// the length of a call. All other files are generated: nobody reads or edits
// them. A loop is described once, in the folder gen. The generator writes it for
// each instruction set and element type.
//
// # From a loop to its assembly
//
// The loop tanh, for example, goes through four places:
//
//   - kernel.Tanh is the Go function that other packages call. Its comment names
//     the file that describes the loop.
//   - gen/mathematics.go describes tanh, in an expression for one vector.
//   - asm/mathematics_amd64.s and asm/mathematics_arm64.s are generated from it.
//     The function for float32 and AVX2 is called tanhF32AVX2.
//   - asm/dispatch_amd64.go and its neighbours hold [Tanh], which calls the right
//     one of these functions; stubs_amd64.go declares them for the compiler.
//
// A function in dispatch_*.go reports whether it did the work in assembly. If it
// did not, the caller does the work in Go. This is always so on other
// architectures and with the build tag purego (dispatch_other.go). For empty
// slices there is no work, and the function reports that it is done. All slices
// must be as long as the first; the caller checks this.
//
// # Instruction sets
//
// There are loops for AVX2 with FMA and for AVX-512 on amd64, and for NEON on
// arm64. The best [Level] that the processor has is chosen once, at start. The
// environment variable DESCENT_CPU names a lower one: generic, neon, avx2 or
// avx512.
//
// tiling.go is generated, too. It holds the tile sizes on which Go and assembly
// must agree.
package asm

//go:generate go -C ../gen run .

// Float is the element type of every loop.
type Float interface{ float32 | float64 }
