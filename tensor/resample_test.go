package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// Resampling copies, or blends neighbours, along any axis; its gradient adds to
// where the numbers came from.
func TestResample(t *testing.T) {
	x := tensor.New([]float64{1, 2, 3, 10, 20, 30}, 2, 3)
	lo := []int{0, 2, 1}
	dst := tensor.Zeros64(2, 3)
	tensor.ResampleTo(dst, x, 1, lo, nil)
	require.Equal(t, []float64{1, 3, 2, 10, 30, 20}, tensor.Values(dst))
	tensor.ResampleTo(dst, x, -1, lo, tensor.New([]float64{0.5, 0.5, 0.25}, 3))
	require.Equal(t, []float64{1.5, 3, 2.25, 15, 30, 22.5}, tensor.Values(dst))
	dst = tensor.Zeros64(3, 2)
	tensor.ResampleTo(dst, x.T(), 0, lo, nil)
	require.Equal(t, []float64{1, 10, 3, 30, 2, 20}, tensor.Values(dst))

	dy := tensor.New([]float64{1, 2, 4, 8, 16, 32}, 2, 3)
	dx := tensor.Full(9, 2, 3).To(tensor.Float64)
	dx.AsGrad().Resample(dy, 1, []int{0, 0, 2}, nil)
	require.Equal(t, []float64{3, 0, 4, 24, 0, 32}, tensor.Values(dx))
	dx.AsGrad().Resample(dy, 1, []int{0, 0, 2}, tensor.New([]float64{0.5, 0, 0.25}, 3))
	require.Equal(t, []float64{2.5, 0.5, 4, 20, 4, 32}, tensor.Values(dx))

	for text, f := range map[string]func(){
		"resample [2 3]: index 3 is out of range for length 3": func() { tensor.ResampleTo(tensor.Zeros64(2, 1), x, 1, []int{3}, nil) },
		"resample [2 3] × [2]: want 3 weights, contiguous":     func() { tensor.ResampleTo(tensor.Zeros64(2, 3), x, 1, lo, tensor.Zeros64(2)) },
	} {
		require.PanicsWithError(t, text, f)
	}
}
