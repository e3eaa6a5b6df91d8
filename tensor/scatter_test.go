package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestScatter(t *testing.T) {
	src := newSource(34)
	for _, c := range gathers {
		axis := (c.axis + len(c.x)) % len(c.x)
		x, add := src.grid(-1, 1, c.x...), src.integers(-9, 9, c.index...)
		index := src.ints(len(add.v), max(1, c.x[axis]))
		want := each(c.x, x.at)
		sources, mask := make([]float64, len(x.v)), newGrid(c.x...)
		i := 0
		for idx := range places(c.index) {
			to := want.offset(reach(idx, axis, index[i]))
			want.v[to], sources[to], mask.v[to] = add.v[i], float64(i), 1
			i++
		}
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, m := range layouts {
					tx, ta := m.put(dt, x), l.put(dt, add)
					want.near(t, tensor.Scatter(tx, c.axis, index, ta), exact)
					x.near(t, tx, exact)
					l.into(t, dt, want, exact, func(dst *tensor.Tensor) {
						dst.CopyFrom(tx)
						dst.Scatter(c.axis, index, ta)
					})
					from, got := make([]int, len(x.v)), tensor.ZerosOf(dt, c.x...)
					tx.ScatterSources(from, got, c.axis, index, ta)
					mask.near(t, got, exact)
					requireInts(t, sources, from)
				}
			}
		}
	}
	require.Equal(t, 5.0, tensor.Scatter(tensor.Scalar(1), 0, []int{0}, tensor.Scalar(5)).Item())
}

// Each mode reduces what is there and what comes, a NaN stays NaN, and what nothing
// comes to stays.
func TestScatterReduce(t *testing.T) {
	nan := math.NaN()
	x, src := grid{[]int{2, 3}, []float64{1, 2, 3, nan, 5, 6}}, grid{[]int{2, 2}, []float64{4, 7, 2, -2}}
	index := []int{0, 0, 2, 0} // along axis 1
	for how, want := range map[tensor.ScatterMode][2][]float64{
		tensor.ScatterSum:  {{11, 2, 3, -2, 5, 2}, {12, 2, 3, nan, 5, 8}},
		tensor.ScatterMean: {{5.5, 2, 3, -2, 5, 2}, {4, 2, 3, nan, 5, 4}},
		tensor.ScatterProd: {{28, 2, 3, -2, 5, 2}, {28, 2, 3, nan, 5, 12}},
		tensor.ScatterAMax: {{7, 2, 3, -2, 5, 2}, {7, 2, 3, nan, 5, 6}},
		tensor.ScatterAMin: {{4, 2, 3, -2, 5, 2}, {1, 2, 3, nan, 5, 2}},
	} {
		for self := range 2 {
			for _, dt := range dtypes {
				for _, l := range layouts {
					y := tensor.ScatterReduce(l.put(dt, x), 1, index, l.put(dt, src), how, self == 1)
					grid{x.shape, want[self]}.near(t, y, exact)
				}
			}
		}
	}
	require.Equal(t, 3.0, tensor.ScatterReduce(tensor.Scalar(1), 0, []int{0}, tensor.Scalar(2), tensor.ScatterSum, true).Item())
}

func TestIndexCopyAndFill(t *testing.T) {
	x := grid{[]int{2, 3}, []float64{1, 2, 3, 4, 5, 6}}
	for _, dt := range dtypes {
		for _, l := range layouts {
			tx := l.put(dt, x)
			got := tensor.IndexCopy(tx, -1, []int{2, 0, 2}, l.put(dt, grid{[]int{2, 3}, []float64{7, 8, 9, 10, 11, 12}}))
			grid{[]int{2, 3}, []float64{8, 2, 9, 11, 5, 12}}.near(t, got, exact)
			grid{[]int{2, 3}, []float64{1, 2, 3, -1, -1, -1}}.near(t, tensor.IndexFill(tx, 0, []int{1}, -1), exact)
			x.near(t, tx, exact)
		}
		from, mask := make([]int, 3), tensor.ZerosOf(dt, 3)
		put(dt, x).IndexSources("op", from, mask, 1, []int{2, 0, 2}, put(dt, x))
		require.Equal(t, []int{1, 0, 2}, from)
		require.Equal(t, []float64{1, 0, 1}, tensor.Values(mask))
	}
	require.Equal(t, 5.0, tensor.IndexCopy(tensor.Scalar(1), 0, []int{0}, tensor.Scalar(5)).Item())
	require.Equal(t, 5.0, tensor.IndexFill(tensor.Scalar(1), -1, []int{0}, 5).Item())
}

func TestMaskedSelectAndNonZero(t *testing.T) {
	nan := math.NaN()
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := l.put(dt, grid{[]int{2, 3}, []float64{0, 2, nan, 4, math.Copysign(0, -1), 6}})
			grid{[]int{4}, []float64{0, nan, 4, 6}}.near(t, tensor.MaskedSelect(x, l.put(dt, grid{[]int{3}, []float64{nan, 0, -1}})), exact)
			require.Equal(t, [][]int{{0, 1}, {0, 2}, {1, 0}, {1, 2}}, tensor.NonZero(x))
			require.Equal(t, []int{9, 1, 2, 3, 5}, tensor.Places([]int{9}, x))
		}
	}
	require.Equal(t, [][]int{{}}, tensor.NonZero(tensor.Scalar(2)))
	require.Empty(t, tensor.NonZero(tensor.Scalar(0)))
	require.Empty(t, tensor.NonZero(tensor.Zeros(0, 2)))
}

func TestTakeAlongDim(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := l.put(dt, grid{[]int{2, 3}, []float64{1, 2, 3, 4, 5, 6}})
			grid{[]int{2, 2}, []float64{3, 1, 6, 4}}.near(t, tensor.TakeAlongDim(x, []int{2, 0}, 1, 1, 2), exact)
			grid{[]int{1, 3}, []float64{4, 5, 6}}.near(t, tensor.TakeAlongDim(x, []int{1}, 0, 1, 1), exact)
			grid{[]int{2, 1}, []float64{2, 4}}.near(t, tensor.TakeAlongDim(x, []int{1, 0}, -1, 2, 1), exact)
		}
	}
	out, wide := tensor.Dims{}.TakeAlong(tensor.Dims{}, tensor.Zeros(1, 3), 1, 4, []int{2, 2})
	require.Equal(t, []int{2, 2}, out)
	require.Equal(t, []int{2, 3}, wide)
	index := make([]int, 6)
	tensor.ExpandTo(index, []int{2, 3}, []int{7, 8}, []int{2, 1})
	require.Equal(t, []int{7, 7, 7, 8, 8, 8}, index)
}

func TestScatterRounds(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			x, src := l.put(dt, newGrid(2, 2)), l.put(dt, newGrid(2, 3))
			index, counts := []int{0, 1, 0, 1, 1, 1}, make([]int, 4)
			places := make([]int, 6)
			x.ScatterPlaces("op", places, 1, index, src)
			require.Equal(t, []int{0, 1, 0, 3, 3, 3}, places)
			require.Equal(t, 3, x.ScatterCounts(counts, places))
			require.Equal(t, []int{2, 1, 0, 3}, counts)
			from, mask := make([]int, 12), tensor.ZerosOf(dt, 3, 4)
			x.ScatterRounds(from, mask, counts, places)
			require.Equal(t, []int{0, 1, 0, 3, 2, 0, 0, 4, 0, 0, 0, 5}, from)
			require.Equal(t, []float64{1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1}, tensor.Values(mask))
		}
	}
}

// The places in rows of one length and of another, along each axis.
func TestScatterPlaces(t *testing.T) {
	x := tensor.Zeros(2, 3, 4)
	for axis, want := range [][]int{{12, 13, 4, 17}, {0, 9, 4, 5}, {1, 2, 4, 7}} {
		places := make([]int, 4)
		x.ScatterPlaces("op", places, axis, [][]int{{1, 1, 0, 1}, {0, 2, 1, 1}, {1, 2, 0, 3}}[axis], tensor.Zeros(1, 2, 2))
		require.Equal(t, want, places)
	}
}
