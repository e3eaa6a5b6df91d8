package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestWhere(t *testing.T) {
	src := newSource(8)
	for _, dt := range dtypes {
		for _, s := range [][3][]int{
			{{}, {}, {}}, {{3}, {3}, {3}}, {{2, 3}, {3}, {2, 1}}, {{3}, {2, 1}, {}}, {{}, {4, 1, 2}, {3, 1}}, {{2, 1}, {0}, {1, 1}}, {{1100}, {1}, {2, 1}},
		} {
			cond := src.integers(0, 1, s[0]...)
			a, b := src.odd(src.grid(-9, 9, s[1]...)), src.odd(src.grid(-9, 9, s[2]...))
			want := each(broadcast(s[0], s[1], s[2]), func(i []int) float64 {
				if cond.at(i) != 0 {
					return a.at(i)
				}
				return b.at(i)
			})
			for _, l := range layouts {
				for _, m := range layouts {
					c, x, y := l.put(dt, cond), m.put(dt, a), l.put(dt, b)
					require.Equal(t, want.shape, tensor.Dims{}.Where(c, x, y))
					want.near(t, tensor.Where(c, x, y), exact)
					m.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.WhereTo(dst, c, x, y) })
				}
			}
		}
		g := src.grid(-9, 9, 3, 4)
		x := put(dt, g)
		tensor.WhereTo(x, tensor.Less(x, tensor.ZerosLike(x)), tensor.Neg(x), x)
		g.apply(math.Abs).near(t, x, exact)
	}
	require.Equal(t, 2.0, tensor.Where(tensor.Scalar(math.NaN()), tensor.Scalar(2), tensor.Scalar(3)).Item(), "NaN is not zero")
}

func TestIsFinite(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			g := newSource(9).grid(-1, 1, 5, 7)
			require.True(t, tensor.IsFinite(l.put(dt, g)), "what surrounds a view does not count")
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				for _, at := range []int{0, 17, 34} {
					h := g.apply(func(x float64) float64 { return x })
					h.v[at] = bad
					require.False(t, tensor.IsFinite(l.put(dt, h)))
				}
			}
			require.True(t, tensor.IsFinite(l.put(dt, newGrid(2, 0))))
		}
	}
}

func TestNanToNum(t *testing.T) {
	for _, dt := range dtypes {
		x := tensor.New([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 1}, 4).To(dt)
		require.Equal(t, []float64{0.5, dt.Largest(), -dt.Largest(), 1}, tensor.Values(tensor.NanToNum(x, 0.5)))
	}
}

func TestMaskedFill(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			x, mask := l.put(dt, grid{[]int{2, 2}, []float64{1, 2, 3, 4}}), l.put(dt, grid{[]int{2}, []float64{0, math.NaN()}})
			grid{[]int{2, 2}, []float64{1, -7, 3, -7}}.near(t, tensor.MaskedFill(x, mask, -7), exact)
		}
	}
}

func TestAnyAndAll(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := l.put(dt, grid{[]int{3, 2}, []float64{0, 0, 0, math.NaN(), math.Inf(1), -1}})
			require.Equal(t, []float64{0, 1, 1}, tensor.Values(tensor.Any(x, 1)))
			require.Equal(t, []float64{0, 0, 1}, tensor.Values(tensor.All(x, 1)))
			require.Equal(t, []float64{1, 1}, tensor.Values(tensor.Any(x, 0)))
			require.Equal(t, 1.0, tensor.Any(x).Item())
			require.Equal(t, 0.0, tensor.All(x).Item())
		}
		require.Equal(t, 0.0, tensor.Any(tensor.ZerosOf(dt, 0)).Item())
		require.Equal(t, []float64{1, 1}, tensor.Values(tensor.All(tensor.ZerosOf(dt, 2, 0), 1)))
	}
}
