//go:build purego || !(amd64 || arm64)

package asm

// available returns the levels that this processor has, lowest first.
func available() []Level { return []Level{Generic} }
