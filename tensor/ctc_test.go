package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// Of the 27 paths of three steps and three classes, five spell two different
// labels, one spells a label twice, and six spell it once.
func TestCTC(t *testing.T) {
	for _, dt := range dtypes {
		x := tensor.ZerosOf(dt, 3, 4, 3) // each path has the probability 1
		c := tensor.CTCTarget{Labels: []int{1, 2, 1, 1, 2}, Lengths: []int{2, 2, 1, 0}, Steps: []int{3, 3, 3, 3}}
		dst := tensor.ZerosOf(dt, 4)
		tensor.CTCTo(dst, x, c)
		require.InDeltaSlice(t, []float64{-math.Log(5), 0, -math.Log(6), 0}, tensor.Values(dst), 1e-6)
		c.PerLabel, c.Steps = true, []int{2, 2, 0, 0}
		tensor.CTCTo(dst, x, c)
		require.InDeltaSlice(t, []float64{0, math.Inf(1), math.Inf(1), 0}, []float64{dst.At(0), dst.At(1), dst.At(2), dst.At(3)}, 1e-6)

		dx, dy := tensor.ZerosOf(dt, 3, 4, 3), tensor.ZerosOf(dt, 4)
		dx.Fill(7)
		dy.Set(2, 0)
		dx.AsGrad().CTC(dy, x, c) // one path is left, and 2 is divided by its labels
		require.Equal(t, -1.0, dx.At(0, 0, 1))
		require.Equal(t, -1.0, dx.At(1, 0, 2))
		require.InDelta(t, -2, tensor.Sum(dx).Item(), 1e-6)
	}
}
