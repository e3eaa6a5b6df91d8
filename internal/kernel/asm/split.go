package asm

// Longest is the number of elements that one call of a loop in assembly goes
// through, at most, and about the number of vectors that a routine computes. Go
// cannot stop a goroutine within assembly, and a garbage collection has to wait
// for it. Longer slices are done in two parts, and each of these again, with Go
// in between. Their sums are added in this way, too.
const Longest = 1 << 16

// half returns the length of the first part of n elements, a multiple of
// Longest.
func half(n int) int { return (n/2 + Longest - 1) / Longest * Longest }
