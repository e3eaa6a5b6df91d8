//go:build !purego

package asm

// available returns the levels that this processor has, lowest first. NEON is
// part of arm64.
func available() []Level { return []Level{Generic, NEON} }
