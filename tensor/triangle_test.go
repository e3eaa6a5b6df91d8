package tensor_test

import (
	"testing"

	"github.com/descent-ml/descent/tensor"
)

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
