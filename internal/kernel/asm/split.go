package asm

// Longest is the largest number of elements that one call of a loop in assembly
// processes. For a routine it is about the largest number of vectors. Go cannot
// stop a goroutine within assembly, so a garbage collection has to wait for the
// call to end. A longer slice is split in two, and each part again if it is
// still too long. The sum of a slice is the sum of its two parts.
const Longest = 1 << 16

// half returns the length of the first part of n elements, a multiple of
// Longest.
func half(n int) int { return (n/2 + Longest - 1) / Longest * Longest }
