package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestDiagonal(t *testing.T) {
	src := newSource(35)
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := src.grid(-1, 1, 2, 3, 4)
			tx := l.put(dt, x)
			for offset := -4; offset <= 5; offset++ {
				n := max(0, min(3+min(offset, 0), 4-max(offset, 0)))
				want := each([]int{2, n}, func(i []int) float64 {
					return x.at([]int{i[0], i[1] + max(0, -offset), i[1] + max(0, offset)})
				})
				want.near(t, tx.Diagonal(offset, 1, 2), exact)
				want.near(t, tx.Diagonal(-offset, -1, 1), exact)
				back := tensor.DiagEmbed(l.put(dt, want), offset, 0, -1)
				require.Equal(t, []int{n + max(offset, -offset), 2, n + max(offset, -offset)}, back.Shape())
				want.near(t, back.Diagonal(offset, 0, 2), exact)
				sum := 0.0
				for _, v := range want.v {
					sum += v
				}
				require.InDelta(t, sum, tensor.Sum(back).Item(), 1e-5, "zeros elsewhere")
			}
			view := new(tensor.Tensor)
			view.AsView().Diagonal(tx, 1, 1, 2)
			view.Fill(5)
			require.Equal(t, 5.0, tx.At(1, 0, 1))
			require.Equal(t, x.at([]int{1, 0, 0}), round(tensor.Float64, tx.At(1, 0, 0)))
		}
	}
	m := tensor.Arange(6).Reshape(2, 3)
	require.Equal(t, []float64{1, 5}, tensor.Values(tensor.Diag(m, 1)))
	require.Equal(t, []float64{0, 2, 0, 0}, tensor.Values(tensor.Diag(tensor.New([]float32{2}, 1), 1)))
	require.Equal(t, 4.0, tensor.Trace(m).Item())
	require.Equal(t, []int{3, 3}, tensor.Dims{}.DiagEmbed(tensor.Zeros(2), -1, 0, 1))
}

func TestTriangles(t *testing.T) {
	src := newSource(29)
	for _, shape := range [][]int{{3, 3}, {2, 4}, {4, 2}, {2, 3, 3}, {1, 1}, {0, 3}, {3, 0}} {
		x := src.odd(src.grid(-1, 1, shape...))
		for diagonal := -4; diagonal <= 4; diagonal++ {
			part := func(keep func(above int) bool) grid {
				return each(shape, func(i []int) float64 {
					if keep(i[len(i)-1] - i[len(i)-2]) {
						return x.at(i)
					}
					return 0
				})
			}
			lower := part(func(above int) bool { return above <= diagonal })
			upper := part(func(above int) bool { return above >= diagonal })
			for _, dt := range dtypes {
				for _, l := range layouts {
					tx := layouts[src.IntN(len(layouts))].put(dt, x)
					lower.near(t, tensor.Tril(tx, diagonal), exact)
					upper.near(t, tensor.Triu(tx, diagonal), exact)
					l.into(t, dt, lower, exact, func(dst *tensor.Tensor) { tensor.TrilTo(dst, tx, diagonal) })
					l.into(t, dt, upper, exact, func(dst *tensor.Tensor) { tensor.TriuTo(dst, tx, diagonal) })
				}
			}
		}
	}
}
