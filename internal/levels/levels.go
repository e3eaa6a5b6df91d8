// Package levels runs the tests of a package with each instruction set. Only
// tests import it.
package levels

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Run runs all tests of m, a [*testing.M], with each instruction set that there
// is, and benchmarks and fuzzing with the best. DESCENT_CPU chooses a single one.
// It ends the process when tests fail.
func Run(m interface{ Run() int }) {
	levels := asm.Available()
	other := func(arg string) bool {
		return strings.HasPrefix(arg, "-test.bench=") || strings.HasPrefix(arg, "-test.fuzz")
	}
	if os.Getenv("DESCENT_CPU") != "" || slices.ContainsFunc(os.Args, other) {
		levels = []asm.Level{asm.Chosen()}
	}
	for _, l := range levels {
		asm.Force(l)
		if code := m.Run(); code != 0 {
			fmt.Fprintf(os.Stderr, "these tests failed with DESCENT_CPU=%s\n", l)
			os.Exit(code)
		}
	}
}
