package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// inOrder returns the places of x in order. Equal elements stay in order, and NaN
// is above all numbers.
func inOrder(x []float64, descending bool) []int {
	index := make([]int, len(x))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(i, j int) int {
		if descending {
			i, j = j, i
		}
		switch a, b := x[i], x[j]; {
		case math.IsNaN(a) && math.IsNaN(b) || a == b:
			return 0
		case math.IsNaN(a) || a > b:
			return 1
		}
		return -1
	})
	return index
}

func TestSortAndTopK(t *testing.T) {
	src := newSource(33)
	for _, dt := range dtypes {
		for _, shape := range [][]int{{1}, {7}, {2, 3}, {3, 1}, {2, 5, 3}, {0, 3}, {3, 0}, {2, 70}, {70, 2}} {
			for axis := range shape {
				x := src.odd(src.integers(-3, 3, shape...))
				for _, descending := range []bool{false, true} {
					places := along(axis, func(rows ...[]float64) []float64 {
						out := make([]float64, len(rows[0]))
						for i, j := range inOrder(rows[0], descending) {
							out[i] = float64(j)
						}
						return out
					}, x)
					values := each(shape, func(idx []int) float64 { return x.at(reach(idx, axis, int(places.at(idx)))) })
					k := shape[axis] - shape[axis]/3
					if shape[axis] > 64 {
						k = 1
					}
					part := each(reach(shape, axis, k), places.at)
					for _, l := range layouts {
						got, index := tensor.Sort(l.put(dt, x), axis-len(shape), descending)
						values.near(t, got, exact)
						requireInts(t, places.v, index)
						got, index = tensor.TopK(l.put(dt, x), k, axis, descending)
						each(part.shape, values.at).near(t, got, exact)
						requireInts(t, part.v, index)
					}
				}
			}
		}
	}
	x, index := tensor.Sort(tensor.Scalar(3), -1, true)
	require.Equal(t, []int{0}, index)
	require.Equal(t, 3.0, x.Item())
	require.Equal(t, []int{0}, tensor.Dims{}.TopK(tensor.Scalar(3), 0, 0))
	require.Equal(t, []int{1, 0}, tensor.ArgSort(tensor.New([]float32{2, 1}, 2), 0, false))
}

func requireInts(t *testing.T, want []float64, got []int) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		require.Equal(t, w, float64(got[i]), "integer %d", i)
	}
}

func TestMedian(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, dt := range dtypes {
		for _, c := range []struct {
			x, median []float64
			at        int
		}{
			{[]float64{3, 1, 2}, []float64{2}, 2}, {[]float64{4, 1, 3, 2}, []float64{2}, 3}, {[]float64{2, 1, 2, 2}, []float64{2}, 0},
			{[]float64{1, nan, 2, nan}, []float64{nan}, 1}, {[]float64{inf, -inf, inf}, []float64{inf}, 0}, {[]float64{5}, []float64{5}, 0},
		} {
			for _, l := range layouts {
				x := l.put(dt, grid{[]int{1, len(c.x)}, c.x})
				grid{[]int{1}, c.median}.near(t, tensor.Median(x, 1), exact)
				grid{[]int{}, c.median}.near(t, tensor.Median(x), exact)
				grid{[]int{1}, c.median}.near(t, tensor.Median(x.T(), 0), exact)
				require.Equal(t, []int{c.at}, tensor.ArgMedian(x, 1))
				l.into(t, dt, grid{[]int{1, 1}, c.median}, exact, func(dst *tensor.Tensor) { tensor.MedianTo(dst, x, 0b10) })
			}
		}
		require.True(t, math.IsNaN(tensor.Median(tensor.ZerosOf(dt, 0)).Item()))
	}
}

func TestQuantile(t *testing.T) {
	nan := math.NaN()
	x := grid{[]int{2, 4}, []float64{4, 1, 3, 2, 7, nan, 5, nan}}
	for _, dt := range dtypes {
		for _, l := range layouts {
			tx := l.put(dt, x)
			for how, want := range []float64{2.5, 2, 3, 2.5, 3} {
				grid{[]int{2}, []float64{want, nan}}.near(t, tensor.QuantileBy(tx, 0.5, 1, tensor.Interpolation(how)), exact)
			}
			grid{[]int{2}, []float64{3.25, nan}}.near(t, tensor.Quantile(tx, 0.75, -1), exact)
			grid{[]int{4}, []float64{4, nan, 3, nan}}.near(t, tensor.Quantile(tx, 0, 0), exact)
			lo, hi := make([]int, 2), make([]int, 2)
			require.InDelta(t, 0.4, tensor.QuantileIndexTo(lo, hi, tx, 0.8, 1, tensor.Linear), 1e-6)
			require.Equal(t, []int{2, 3}, lo)
			require.Equal(t, []int{0, 3}, hi)
		}
	}
	// In float32 the place is a float32.
	y := tensor.QuantileBy(tensor.Arange(11), 0.1, 0, tensor.Higher)
	require.Equal(t, 1.0, y.Item())
	require.Equal(t, 1.0, tensor.QuantileBy(tensor.Arange(11).Reshape(11, 1), 0.1, 0, tensor.Lower).Item())
}

func TestCumMaxAndCumMin(t *testing.T) {
	x := grid{[]int{2, 3}, []float64{1, 3, 3, 2, 1, 2}}
	for _, dt := range dtypes {
		for _, l := range layouts {
			y, index := tensor.CumMax(l.put(dt, x), 1)
			grid{[]int{2, 3}, []float64{1, 3, 3, 2, 2, 2}}.near(t, y, exact)
			require.Equal(t, []int{0, 1, 2, 0, 0, 2}, index)
			y, index = tensor.CumMin(l.put(dt, x), 0)
			grid{[]int{2, 3}, []float64{1, 3, 3, 1, 1, 2}}.near(t, y, exact)
			require.Equal(t, []int{0, 0, 0, 0, 1, 1}, index)
		}
	}
	_, index := tensor.CumMax(tensor.Scalar(2), 0)
	require.Equal(t, []int{0}, index)
}
