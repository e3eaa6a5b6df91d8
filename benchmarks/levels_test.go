package benchmarks

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/tensor"
)

// agreement is the relative difference allowed between the losses of two instruction
// sets, in each of three steps. Instruction sets round and add up differently, and
// the differences grow during a training.
const agreement = 2e-5

// Every instruction set gives the same losses, within bounds. The set is chosen when
// a program starts, so this test starts itself once more for each set.
func TestInstructionSetsAgree(t *testing.T) {
	if os.Getenv("DESCENT_TEST_LOSSES") != "" {
		if asm.Misspelt() != nil {
			os.Exit(2)
		}
		require.NoError(t, json.NewEncoder(os.Stdout).Encode(losses()))
		os.Exit(0) // before the testing package prints
	}
	want := lossesWith(t, "generic")
	require.Len(t, want, len(steps()))
	sets := 0
	for _, set := range []string{"neon", "avx2", "avx512"} {
		got := lossesWith(t, set)
		if got == nil {
			continue
		}
		sets++
		for name, w := range want {
			require.InEpsilonSlice(t, w, got[name], agreement, "%s with %s", name, set)
		}
	}
	t.Logf("%d instruction sets beside portable Go", sets)
}

// lossesWith returns the losses of every step with an instruction set, or nil
// when this processor or build does not have it.
func lossesWith(t *testing.T, set string) (l map[string][]float64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestInstructionSetsAgree$")
	cmd.Env = append(os.Environ(), "DESCENT_CPU="+set, "DESCENT_TEST_LOSSES=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 2 { // this set is not available
		return nil
	}
	require.NoError(t, err, "%s", out)
	require.NoError(t, json.Unmarshal(out, &l), "%s", out)
	return l
}

// losses returns the losses of the first three steps of every training.
func losses() map[string][]float64 {
	all := map[string][]float64{}
	for _, s := range steps() {
		made := s.make(tensor.NewRand(1))
		loss := made.loss
		made.loss = func(tape *autograd.Tape) autograd.Var {
			y := loss(tape)
			all[s.name] = append(all[s.name], y.Item())
			return y
		}
		for range 3 {
			made.run()
		}
	}
	return all
}
