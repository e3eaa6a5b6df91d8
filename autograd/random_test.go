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

// What is drawn on a tape is a constant, and each run of Replay draws it again.
func TestDraw(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		want := tensor.ZerosOf(dt, 2, 3)
		tensor.NewRand(7).Uniform(want, -1, 2)
		tape, r := autograd.NewTape(), tensor.NewRand(7)
		var x Var
		f := func() {
			x = tape.Draw(dt, r, func(r *tensor.Rand, dst *tensor.Tensor) { r.Uniform(dst, -1, 2) }, 2, 3)
		}
		f()
		require.Equal(t, dt, x.DType())
		require.Equal(t, tensor.Values(want), tensor.Values(x.Value()))
		require.False(t, x.NeedsGrad())
		tape.Replay(f)
		require.Equal(t, tensor.Values(want), tensor.Values(x.Value()))
		tape.Reset()
		tape.DrawFrom(3)
		f()
		require.NotEqual(t, tensor.Values(want), tensor.Values(x.Value()))
	}
}

func TestNormalAllocatesNothing(t *testing.T) {
	r, tape := tensor.NewRand(1), autograd.NewTape()
	step := func() {
		tape.Reset()
		tape.Normal(tensor.Float32, r, 5, 6).MulScalar(0.1)
		lo, hi := -1.0, 1.0
		tape.Draw(tensor.Float32, r, func(r *tensor.Rand, dst *tensor.Tensor) { r.Uniform(dst, lo, hi) }, 5, 6)
	}
	step()
	step()
	require.Zero(t, testing.AllocsPerRun(20, step))
}
