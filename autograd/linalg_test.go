package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// The gradient of a determinant is the matrix of cofactors, also where an elimination
// finds no pivot, and beside a matrix where it does.
func TestDetOfSingularMatrices(t *testing.T) {
	for _, c := range []struct {
		shape   []int
		x, want []float64
	}{
		{[]int{2, 2}, []float64{1, 2, 2, 4}, []float64{4, -2, -2, 1}},
		{[]int{3, 3}, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, []float64{-3, 6, -3, 6, -12, 6, -3, 6, -3}},
		{[]int{3, 3}, []float64{0, 0, 0, 0, 1, 2, 0, 3, 4}, []float64{-2, 0, 0, 0, 0, 0, 0, 0, 0}},
		{[]int{2, 2}, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}},
		{[]int{1, 1}, []float64{0}, []float64{1}},
		{[]int{2, 2, 2}, []float64{1, 2, 2, 4, 3, 1, 2, 4}, []float64{4, -2, -2, 1, 4, -2, -1, 3}},
	} {
		x := autograd.NewTape().Var(tensor.New(c.x, c.shape...))
		y := x.Det()
		require.InDelta(t, 0, tensor.Values(y.Value())[0], 1e-15)
		require.InDeltaSlice(t, c.want, tensor.Values(autograd.Grad(y, x)[0].Value()), 1e-14)
		require.InDeltaSlice(t, c.want, tensor.Values(y.Sum().Backward().Of(x)), 1e-14)
	}
}

// Where a matrix is nearly singular, the cofactors keep their digits, in either type.
func TestDetOfNearlySingularMatrices(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		tolerance := map[tensor.DType]float64{tensor.Float32: 1e-5, tensor.Float64: 1e-13}[dt]
		x := autograd.NewTape().Var(tensor.New([]float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}, 3, 3).To(dt))
		want := []float64{-0.03, 0.06, -0.03, 0.06, -0.12, 0.06, -0.03, 0.06, -0.03}
		require.InDeltaSlice(t, want, tensor.Values(x.Det().Backward().Of(x)), tolerance)
	}
}

func TestSLogDetOfSingularMatrices(t *testing.T) {
	x := autograd.NewTape().Var(tensor.New([]float64{1, 0, 0, 0}, 2, 2))
	sign, log := x.SLogDet()
	require.Zero(t, sign.Item())
	require.Equal(t, math.Inf(-1), log.Item())
	require.Equal(t, math.Inf(-1), x.LogDet().Item())
	d := log.Backward().Of(x)
	require.False(t, d.At(1, 1)-d.At(1, 1) == 0, "it is infinite, or NaN")
}

// A loss of the singular values alone has a gradient where they are equal, or 0, and so
// has one of the eigenvalues alone.
func TestNuclearNormOfLowRank(t *testing.T) {
	x := autograd.NewTape().Var(tensor.New([]float64{3, 0, 0, 0, 4, 0}, 2, 3))
	y := x.MatrixNorm(autograd.Nuclear)
	require.InDelta(t, 7, y.Item(), 1e-14)
	require.InDeltaSlice(t, []float64{1, 0, 0, 0, 1, 0}, tensor.Values(y.Backward().Of(x)), 1e-14)
	x = autograd.NewTape().Var(tensor.New([]float64{3, 4, 0, 0}, 2, 2))
	_, s, _ := x.SVD()
	require.InDeltaSlice(t, []float64{0.6, 0.8}, tensor.Values(s.Select(0, 0).Backward().Of(x))[:2], 1e-14)
	x = autograd.NewTape().Var(tensor.Eye(3))
	values, _ := x.Eigh()
	require.Equal(t, tensor.Values(tensor.Eye(3)), tensor.Values(values.Sum().Backward().Of(x)))
}
