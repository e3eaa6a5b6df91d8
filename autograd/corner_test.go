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

// The second derivative of a norm and of a standard deviation at 0 is 0, where
// PyTorch has NaN: it multiplies a 0 with the infinite slope of the quotient.
func TestSecondDerivativeOfNormAtZero(t *testing.T) {
	for name, f := range map[string]func(x Var) Var{
		"Norm": func(x Var) Var { return x.Norm(1) },
		"Std":  func(x Var) Var { return x.Std(1) },
	} {
		tape := autograd.NewTape()
		x := tape.Var(tensor.New([]float64{0, 0, 0, 1, 2, 2}, 2, 3))
		dy := tape.Var(vec(3, 1))
		dx := autograd.VJP(f(x), dy, x)[0]
		require.Equal(t, []float64{0, 0, 0}, tensor.Values(dx.Value())[:3], name)
		second := autograd.VJP(dx, tape.Const(tensor.New([]float64{1, 2, 3, 4, 5, 6}, 2, 3)), x, dy)
		require.Equal(t, []float64{0, 0, 0}, tensor.Values(second[0].Value())[:3], name)
		require.Zero(t, second[1].Value().At(0), name)
		require.NotZero(t, second[1].Value().At(1), name)
		if name == "Norm" {
			inDelta(t, []float64{10. / 27, -7. / 27, 2. / 27}, tensor.Values(second[0].Value())[3:])
			inDelta(t, []float64{26. / 3}, tensor.Values(second[1].Value())[1:])
		}
	}
}

// A maximum is linear in what it chooses from, so that each derivative by the
// gradient given last chooses or puts back: of every second order they agree.
func TestMaxPoolOfHigherOrder(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(mat(1, 1, 2, 4, 5))
	y := x.MaxPool2d(tensor.PoolShape{Kernel: [2]int{2, 3}, Stride: [2]int{2, 1}})
	small, large := tape.Var(mat(2, y.Shape()...)), tape.Var(mat(3, x.Shape()...))
	again := tape.Var(mat(2, y.Shape()...))
	last := tape.Var(mat(3, x.Shape()...))

	put := autograd.VJP(y, small, x)[0]
	taken := autograd.VJP(put, large, small)[0]
	putAgain := autograd.VJP(taken, again, large)[0]
	takenAgain := autograd.VJP(putAgain, last, again)[0]
	require.Equal(t, tensor.Values(put.Value()), tensor.Values(putAgain.Value()))
	require.Equal(t, tensor.Values(taken.Value()), tensor.Values(takenAgain.Value()))

	sum := 0.0 // ⟨put(dy), z⟩ = ⟨dy, take(z)⟩
	for i, v := range tensor.Values(small.Value()) {
		sum += v * tensor.Values(taken.Value())[i]
	}
	require.InDelta(t, sum, put.Mul(large).Sum().Item(), 1e-12)
}
