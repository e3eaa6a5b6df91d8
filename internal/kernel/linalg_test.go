package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

func TestSolve(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkSolve[float32](t, 1e-4)
		checkSolve[float64](t, 1e-12)
	})
}

func checkSolve[T kernel.Float](t *testing.T, tolerance float64) {
	src := newSource(12)
	for _, n := range []int{0, 1, 2, 3, 8, 9, 17, 40} {
		k := 3
		if n > 16 {
			k = n // rows that are long
		}
		a, x := random[T](src, n*n, -1, 1), random[T](src, n*k, -1, 1)
		for i := range n {
			a[i*n+(i+1)%n] += 4 // the largest elements are not on the diagonal
		}
		b := make([]T, n*k)
		for i := range n {
			for j := range k {
				for l := range n {
					b[i*k+j] += a[i*n+l] * x[l*k+j]
				}
			}
		}
		require.True(t, kernel.Solve(a, b, n, k))
		for i := range x {
			require.InDelta(t, float64(x[i]), float64(b[i]), tolerance)
		}
	}
	require.False(t, kernel.Solve([]T{1, 2, 2, 4}, []T{1, 1}, 2, 1))
}
