package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Corners that the table cannot hold, because no finite difference exists
// there. The numbers are those of PyTorch 2.15.

func TestHardTanhWantsBoundsInOrder(t *testing.T) {
	x := autograd.NewTape().Const(vec(-2, 0.25, 2))
	require.PanicsWithError(t, "hard-tanh: want lo ≤ hi, got [0.5, -0.5]", func() { x.HardTanh(0.5, -0.5) })
	require.Equal(t, []float64{0.5, 0.5, 0.5}, tensor.Values(x.HardTanh(0.5, 0.5).Value()))
}

func TestAtan2AtTheOrigin(t *testing.T) {
	tape := autograd.NewTape()
	a := tape.Var(vec(0, math.Copysign(0, -1), 1e-200, 0))
	b := tape.Var(vec(0, 0, 0, 2))
	y := a.Atan2(b)
	require.Equal(t, []float64{0, math.Copysign(0, -1), math.Pi / 2, 0}, tensor.Values(y.Value()))
	grads := y.Sum().Backward()
	require.Equal(t, []float64{0, 0, 0, 0.5}, tensor.Values(grads.Of(a)))
	for _, v := range tensor.Values(grads.Of(b)) {
		require.Zero(t, v)
	}
}
