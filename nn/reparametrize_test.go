package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Spectral norm improves its vectors in training alone, once for a step that is
// computed twice, and two forward passes may come before one backward pass.
func TestSpectralNormSteps(t *testing.T) {
	r := tensor.NewRand(1)
	n := nn.NewSpectralNorm(r, nn.NewLinear(r, 4, 3))
	r.Normal(n.Original.Value, 0, 1)
	x := normal(tensor.Float32, 2, 5, 4)
	before := tensor.Values(n.U)
	n.Forward(evalTape().Const(x))
	require.Equal(t, before, tensor.Values(n.U))

	tape := autograd.NewTape()
	a, b := n.Forward(tape.Const(x)), n.Forward(tape.Const(x))
	require.NotEqual(t, before, tensor.Values(n.U))
	grads := a.Sub(b.MulScalar(2)).Sum().Backward()
	require.NotNil(t, grads.Of(n.Original))

	run := func(recompute bool) [][]float64 {
		r := tensor.NewRand(3)
		n := nn.NewSpectralNorm(r, nn.NewLinear(r, 4, 3))
		r.Normal(n.Original.Value, 0, 1)
		f := func(xs ...autograd.Var) autograd.Var { return n.Forward(xs[0]).Square() }
		y := f
		if recompute {
			y = func(xs ...autograd.Var) autograd.Var { return autograd.Recompute(f, xs...) }
		}
		v := autograd.NewTape().Var(x)
		grads := y(v).Sum().Backward()
		return [][]float64{tensor.Values(n.U), tensor.Values(n.V), tensor.Values(grads.Of(n.Original)), tensor.Values(grads.Of(v))}
	}
	require.Equal(t, run(false), run(true))
	require.Equal(t, "weight-norm: a nn.ReLU has no weight that could be replaced; want a Linear or a convolution", sentence(func() { nn.NewWeightNorm(nn.ReLU{}) }))
	require.Equal(t, "spectral-norm: a *nn.ConvTranspose1d is not supported", sentence(func() {
		nn.NewSpectralNorm(r, nn.NewConvTranspose1d(r, 2, 2, nn.ConvTranspose1dOptions{Kernel: 1}))
	}))
}

// A training step with computed weights allocates nothing.
func TestParametrizedSteady(t *testing.T) {
	r := tensor.NewRand(1)
	net := nn.Sequential{nn.NewSpectralNorm(r, nn.NewLinear(r, 4, 3)), nn.NewWeightNorm(nn.NewLinear(r, 3, 2))}
	x, tape := normal(tensor.Float32, 2, 5, 4), autograd.NewTape()
	requireNoAllocs(t, func() {
		tape.Reset()
		net.Forward(tape.Const(x)).Sum().Backward()
	})
}
