package kernel_test

import (
	"math"
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

// The pivot is the largest number of a column: a small one would lose all digits.
func TestSolveTakesTheLargestPivot(t *testing.T) {
	b := []float64{1, 2}
	require.True(t, kernel.Solve([]float64{1e-20, 1, 1, 1}, b, 2, 1))
	require.InDeltaSlice(t, []float64{1, 1}, b, 1e-15)
}

// The sign of a determinant is that of the numbers on the diagonal, too.
func TestSLogDetOfADiagonal(t *testing.T) {
	for _, c := range []struct{ a, d, sign float64 }{{2, 3, 1}, {-2, 3, -1}, {2, -3, -1}, {-2, -3, 1}} {
		sign, log := kernel.SLogDet([]float64{c.a, 0, 0, c.d}, 2)
		require.Equal(t, c.sign, sign)
		require.InDelta(t, math.Log(6), log, 1e-15)
	}
}
