package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestSolve(t *testing.T) {
	src := newSource(66)
	for _, c := range [][2][]int{{{3, 3}, {3, 2}}, {{2, 3, 3}, {3, 1}}, {{2, 2}, {3, 2, 4}}, {{2, 1, 2, 2}, {3, 2, 1}}, {{0, 0}, {0, 2}}, {{0, 2, 2}, {2, 1}}} {
		a, b := src.grid(-1, 1, c[0]...), src.grid(-1, 1, c[1]...)
		for i := range a.v {
			if n := c[0][len(c[0])-1]; i%(n*n)%(n+1) == 0 {
				a.v[i] += 4
			}
		}
		for _, dt := range dtypes {
			for _, l := range layouts {
				x, y := l.put(dt, a), l.put(dt, b)
				got := tensor.Solve(x, y)
				require.Equal(t, got.Shape(), tensor.Dims{}.Solve(x, y))
				apply2(b, newGrid(got.Shape()...), func(v, _ float64) float64 { return v }).near(t, tensor.MatMul(x, got), tolerance{0, 16})
				eye := gridOf(x).apply(func(float64) float64 { return 0 })
				for i := range eye.v {
					if n := c[0][len(c[0])-1]; i%(n*n)%(n+1) == 0 {
						eye.v[i] = 1
					}
				}
				eye.near(t, tensor.MatMul(x, tensor.Inverse(x)), tolerance{0, 16})
			}
		}
	}
}
