package autograd_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// TestMain runs all tests with each instruction set that there is, and
// benchmarks and fuzzing with the best. DESCENT_CPU chooses a single one.
func TestMain(m *testing.M) {
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
