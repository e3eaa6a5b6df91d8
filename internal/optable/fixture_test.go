package optable

import (
	"cmp"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

func TestFixtures(t *testing.T) {
	var all struct{ Cases []fixture.Case }
	require.NoError(t, fixture.Decode(ops, &all))
	list, elsewhere, err := pytorchCases(all.Cases)
	require.NoError(t, err)
	agree(t, list)
	for _, op := range inNN {
		require.True(t, elsewhere[op], "there is no fixture %s to leave out", op)
	}
}

// The samples on which PyTorch tries its own operations: some of them, or all,
// in the file that DESCENT_SAMPLES names (testdata/fixtures/samples.py writes it).
func TestSamples(t *testing.T) {
	list, _, err := pytorchCases(fixture.Cases(t, cmp.Or(os.Getenv("DESCENT_SAMPLES"), "testdata/samples.json")))
	require.NoError(t, err)
	t.Logf("%d cases", len(list))
	agree(t, list)
}

// agree demands PyTorch's values and gradients.
func agree(t *testing.T, list []pytorchCase) {
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("it panics: %v", p)
				}
			}()
			tape := autograd.NewTape()
			y, leaves := c.apply(tape)
			require.NoError(t, c.Output.Diff(y.Value(), c.rtol(0), 1e-12), "value")
			if !y.NeedsGrad() {
				return
			}
			wants := c.gradients()
			for i, g := range autograd.VJP(y, tape.Const(c.Seed.Tensor(tensor.Float64)), leaves...) {
				require.NoError(t, wants[i].Diff(g.Value(), c.rtol(1), 1e-12), "gradient %d by VJP", i)
			}
			grads := y.BackwardSeed(c.Seed.Tensor(tensor.Float64))
			for i, leaf := range leaves {
				require.NotNil(t, grads.Of(leaf), "gradient %d", i)
				require.NoError(t, wants[i].Diff(grads.Of(leaf), c.rtol(1), 1e-12), "gradient %d", i)
			}
		})
	}
}
