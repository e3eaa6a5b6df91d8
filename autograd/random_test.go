package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Noise on a tape is what the generator draws, in training and in evaluation.
func TestNormal(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		want := tensor.ZerosOf(dt, 3, 40)
		tensor.NewRand(7).Normal(want, 0, 1)
		for _, mode := range []autograd.Mode{autograd.Train, autograd.Eval} {
			tape := autograd.NewTape()
			tape.SetMode(mode)
			x := tape.Normal(dt, tensor.NewRand(7), 3, 40)
			require.Equal(t, dt, x.DType())
			require.Equal(t, []int{3, 40}, x.Shape())
			require.Equal(t, tensor.Values(want), tensor.Values(x.Value()))
			require.False(t, x.NeedsGrad())
		}
	}
}

// Recompute runs its function a second time, and must see the same noise. The
// generator goes on as if it had run once.
func TestNormalIsDrawnAgain(t *testing.T) {
	r, plain := tensor.NewRand(3), tensor.NewRand(3)
	noise := tensor.Zeros64(2)
	plain.Normal(noise, 0, 1)
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	y := autograd.Recompute(func(xs ...Var) Var {
		return xs[0].Mul(tape.Normal(tensor.Float64, r, 2)).Mul(xs[0])
	}, x)
	dx := autograd.Grad(y.Sum(), x)[0]
	require.Equal(t, []float64{2 * noise.At(0), 4 * noise.At(1)}, tensor.Values(dx.Value()))
	require.Equal(t, plain.Uint64(), r.Uint64())
}

func TestNormalAllocatesNothing(t *testing.T) {
	r, tape := tensor.NewRand(1), autograd.NewTape()
	step := func() {
		tape.Reset()
		tape.Normal(tensor.Float32, r, 5, 6).MulScalar(0.1)
	}
	step()
	step()
	require.Zero(t, testing.AllocsPerRun(20, step))
}
