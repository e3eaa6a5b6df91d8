//go:build !purego

package asm

import "golang.org/x/sys/cpu"

// available returns the levels that this processor has, lowest first.
func available() []Level {
	levels := []Level{Generic}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasBMI2 {
		levels = append(levels, AVX2)
		if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW {
			levels = append(levels, AVX512)
		}
	}
	return levels
}
