package kernel

import (
	"os"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Levels returns the instruction sets that tests try: those that this
// processor and build have, or only the one that DESCENT_CPU names.
func Levels() []asm.Level {
	if os.Getenv("DESCENT_CPU") != "" {
		return []asm.Level{asm.Chosen()}
	}
	return asm.Available()
}

// Force makes kernels use an instruction set until restore is called.
func Force(l asm.Level) (restore func()) { return asm.Force(l) }

// The loops of convolutions for numbers that are not finite.
var (
	PlainInput  = plainInput[float64]
	PlainFilter = plainFilter[float64]
)
