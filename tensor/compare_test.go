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
