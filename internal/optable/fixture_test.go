package optable

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

func TestFixtures(t *testing.T) {
	list, elsewhere, err := pytorchCases()
	require.NoError(t, err)
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			tape := autograd.NewTape()
			y, leaves := c.apply(tape)
			require.NoError(t, c.Output.Diff(y.Value(), c.rtol(0), 1e-12), "value")
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
	for _, op := range inNN {
		require.True(t, elsewhere[op], "there is no fixture %s to leave out", op)
	}
}
