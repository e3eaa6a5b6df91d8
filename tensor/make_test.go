package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestArange(t *testing.T) {
	for _, c := range []struct {
		start, end, step float64
		want             []float64
	}{
		{1, 4, 1, []float64{1, 2, 3}}, {1, 2.5, 0.5, []float64{1, 1.5, 2}}, {0, 1.1, 0.5, []float64{0, 0.5, 1}}, {3, 0, -2, []float64{3, 1}}, {2, 2, 1, []float64{}},
	} {
		x := tensor.ArangeStep(c.start, c.end, c.step)
		require.Equal(t, tensor.Float32, x.DType())
		require.Equal(t, c.want, tensor.Values(x))
	}
	for _, dt := range dtypes {
		for _, l := range layouts {
			l.into(t, dt, grid{[]int{2, 2}, []float64{0.5, 0.25, 0, -0.25}}, exact, func(dst *tensor.Tensor) { tensor.ArangeTo(dst, 0.5, -0.25) })
		}
	}
}

func TestLinspace(t *testing.T) {
	require.Equal(t, []float64{3, 4.75, 6.5, 8.25, 10}, tensor.Values(tensor.Linspace(3, 10, 5)))
	require.Equal(t, []float64{1, 0.5, 0, -0.5}, tensor.Values(tensor.Linspace(1, -0.5, 4)))
	require.Equal(t, []float64{3}, tensor.Values(tensor.Linspace(3, 10, 1)))
	require.Equal(t, []int{0}, tensor.Linspace(3, 10, 0).Shape())
	for _, dt := range dtypes {
		for _, l := range layouts {
			want := each([]int{3, 5}, func(i []int) float64 { return -1 + 3.0*float64(5*i[0]+i[1])/14 })
			l.into(t, dt, want, tolerance{2, 2}, func(dst *tensor.Tensor) { tensor.LinspaceTo(dst, -1, 2) })
		}
	}
	x := tensor.Zeros64(11)
	tensor.LinspaceTo(x, 0.1, 0.7)
	require.Equal(t, []float64{0.1, 0.7}, []float64{x.At(0), x.At(10)}, "the ends are exact")
	require.True(t, math.IsNaN(tensor.Linspace(math.NaN(), 1, 3).At(0)))
}

func TestMeshgrid(t *testing.T) {
	x, y := tensor.New([]float64{1, 2}, 2), tensor.New([]float64{3, 4, 5}, 3)
	grids := tensor.Meshgrid(x, y)
	require.Len(t, grids, 2)
	require.Equal(t, []float64{1, 1, 1, 2, 2, 2}, tensor.Values(grids[0]))
	require.Equal(t, []float64{3, 4, 5, 3, 4, 5}, tensor.Values(grids[1]))
	require.Equal(t, []int{2, 3}, grids[1].Shape())
	require.Equal(t, []int{2, 1}, tensor.Dims{}.Meshgrid(x, tensor.Scalar(1)))
	require.Equal(t, []float64{7}, tensor.Values(tensor.Meshgrid(tensor.Scalar(7))[0]))
}
