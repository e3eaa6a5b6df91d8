package tensor_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestRepeatAndTile(t *testing.T) {
	src := newSource(31)
	for _, c := range []struct{ x, many []int }{
		{[]int{2, 3}, []int{2, 3}}, {[]int{3}, []int{2, 1, 2}}, {[]int{}, []int{4}}, {[]int{2, 1, 3}, []int{1, 3, 2}}, {[]int{2, 3}, []int{0, 1}}, {[]int{0, 2}, []int{2, 2}},
	} {
		x := src.grid(-1, 1, c.x...)
		from := slices.Concat(slices.Repeat([]int{1}, len(c.many)-len(c.x)), c.x)
		shape := slices.Clone(from)
		for i := range shape {
			shape[i] *= c.many[i]
		}
		want := each(shape, func(idx []int) float64 {
			at := slices.Clone(idx)
			for i := range at {
				at[i] %= from[i]
			}
			return x.at(at)
		})
		for _, dt := range dtypes {
			for _, l := range layouts {
				want.near(t, tensor.Repeat(l.put(dt, x), c.many...), exact)
				want.near(t, tensor.Tile(l.put(dt, x), c.many...), exact)
			}
		}
	}
	x := tensor.Arange(4).Reshape(2, 2)
	require.Equal(t, []float64{0, 1, 0, 1, 2, 3, 2, 3}, tensor.Values(tensor.Tile(x, 2)))
}

func TestRepeatInterleave(t *testing.T) {
	src := newSource(32)
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := src.grid(-1, 1, 2, 3, 2)
			tx := l.put(dt, x)
			each([]int{2, 6, 2}, func(i []int) float64 { return x.at([]int{i[0], i[1] / 2, i[2]}) }).near(t, tensor.RepeatInterleave(tx, []int{2}, 1), exact)
			from := []int{0, 0, 0, 2}
			each([]int{2, 4, 2}, func(i []int) float64 { return x.at([]int{i[0], from[i[1]], i[2]}) }).near(t, tensor.RepeatInterleave(tx, []int{3, 0, 1}, -2), exact)
		}
	}
	require.Equal(t, []float64{7, 7}, tensor.Values(tensor.RepeatInterleave(tensor.Scalar(7), []int{2}, 0)))
	k, sum := tensor.Zeros(2, 3).Interleave([]int{1, 0, 4}, -1)
	require.Equal(t, []int{1, 5}, []int{k, sum})
	index := make([]int, sum)
	tensor.InterleaveTo(index, []int{1, 0, 4})
	require.Equal(t, []int{0, 2, 2, 2, 2}, index)
	require.Equal(t, []int{0, 3}, tensor.RepeatInterleave(tensor.Zeros(2, 3), []int{0}, 0).Shape())
}
