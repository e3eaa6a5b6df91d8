package kernel_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

func TestNormalizationGradients(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkNormalizationGradients[float32](t)
		checkNormalizationGradients[float64](t)
	})
}

// checkNormalizationGradients compares the sums over a row, and the gradients
// computed from them, with their formulas in float64, for all sizes and alignments.
func checkNormalizationGradients[T kernel.Float](t *testing.T) {
	const mean, rstd, shift, slope = 0.25, 2, 0.5, -0.75
	src := newSource(31)
	for _, n := range sizes {
		for at := range shifts(n) {
			draw := func() []T { return random[T](src, n, -1, 1) }
			x, dy, w, dw, db := draw(), draw(), draw(), draw(), draw()
			gx, gdy, gw := copyOf(x, at), copyOf(dy, 1), copyOf(w, 2)
			dx, gdw, gdb := guardedSlice[T](n, 3), copyOf(dw, at), copyOf(db, 1)
			sum, dot := kernel.NormalizeGradSums(gx.s, gdy.s, mean)
			sumW, dotW := kernel.LayerNormGradSums(gx.s, gdy.s, gw.s, mean)
			kernel.LayerNormGrad(dx.s, gdw.s, gdb.s, gx.s, gdy.s, gw.s, mean, rstd, shift, slope)

			what := fmt.Sprintf("gradient of a normalization of %d", n)
			gx.unchanged(t, what, x)
			gdy.unchanged(t, what, dy)
			gw.unchanged(t, what, w)
			dx.intact(t, what)
			gdw.intact(t, what)
			gdb.intact(t, what)
			var want [4]float64
			for i := range n {
				d, g, weight := float64(x[i])-mean, float64(dy[i]), float64(w[i])
				want[0] += g
				want[1] += g * d
				want[2] += g * weight
				want[3] += g * weight * d
				near(t, what+" by x", rstd*(g*weight-shift-d*slope), dx.s[i], 2, 8)
				near(t, what+" by weight", float64(dw[i])+g*d*rstd, gdw.s[i], 2, 8)
				near(t, what+" by bias", float64(db[i])+g, gdb.s[i], 1, 0)
			}
			for i, got := range []T{sum, dot, sumW, dotW} {
				near(t, fmt.Sprintf("%s: sum %d", what, i), want[i], got, 1, float64(n)*math.Sqrt(float64(n)))
			}
		}
	}
}

// The rounding of the mean does not show: the distances from it correct it.
func TestSpreadOfOffset(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, n := range []int{1, 7, 100, 768, 100000} {
			same, two := make([]float32, n), make([]float32, n)
			kernel.Fill(same, 12345.678)
			for i := range two { // neighbours in float32, as many of each
				if two[i] = 12345.678; i%2 == 1 {
					two[i] = math.Nextafter32(12345.678, 1e9)
				}
			}
			mean, squares := kernel.Spread(same)
			require.Equal(t, same[0], mean, "the mean of %d equals", n)
			require.Zero(t, squares, "the spread of %d equals", n)
			if gap := float64(two[min(1, n-1)] - two[0]); n%2 == 0 {
				mean, squares = kernel.Spread(two)
				require.InDelta(t, float64(two[0])+gap/2, float64(mean), gap/2)
				require.InEpsilon(t, float64(n)*gap*gap/4, float64(squares), 1e-5, "the spread of %d", n)
			}
		}
	})
}

// The distances of ordinary numbers from their mean have rounding errors, which do
// not spoil a mean that is right. Sums of few multiples of 1/64 are exact.
func TestSpreadKeepsGoodMeans(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		src := newSource(50)
		for range 1000 {
			x := random[float32](src, 5, -8, 8)
			sum := 0.0
			for i, v := range x {
				x[i] = float32(math.Round(float64(v)*64) / 64)
				sum += float64(x[i])
			}
			mean, _ := kernel.Spread(x)
			require.Equal(t, float32(sum/5), mean, "the mean of %v", x)
			statistics := make([]float32, 3)
			batch := kernel.BatchNorm[float32]{X: x, Batch: 5, Channels: 1, Size: 1, Mean: statistics[:1], Variance: statistics[1:2], Eps: 1e-5}
			batch.Value(make([]float32, 5))
			require.Equal(t, mean, statistics[0], "batch norm, the mean of %v", x)
		}
	})
}

func allZero(t *testing.T, s []float32) {
	t.Helper()
	require.Zero(t, max(kernel.Max(s), -kernel.Min(s)))
}

// A constant minus its mean is 0. The gradient of the sum by a constant is 0, too.
func TestNormOfConstant(t *testing.T) {
	const rows, size = 5, 768
	eachLevel(t, func(t *testing.T) {
		x, y, dx := make([]float32, rows*size), make([]float32, rows*size), make([]float32, rows*size)
		dy, dw, db := make([]float32, rows*size), make([]float32, size), make([]float32, size)
		kernel.Fill(x, 12345.678)
		kernel.Fill(dy, 1)
		layer := kernel.LayerNorm[float32]{X: x, Size: size, Mean: make([]float32, rows), Variance: make([]float32, rows), Eps: 1e-5}
		layer.Value(y)
		allZero(t, y)
		layer.Grad(dx, dw, db, dy)
		allZero(t, dx)
		allZero(t, dw)
		batch := kernel.BatchNorm[float32]{X: x, Batch: rows, Channels: 1, Size: size, Mean: make([]float32, 1), Variance: make([]float32, 1), Eps: 1e-5}
		batch.Value(y)
		allZero(t, y)
		batch.Grad(dx, dw[:1], db[:1], dy)
		allZero(t, dx)
		require.Zero(t, dw[0])
	})
}

// A bias is added also where there is no weight.
func TestBiasAlone(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		src := newSource(51)
		x, bias := random[float32](src, 3*20, -1, 1), random[float32](src, 20, -1, 1)
		plain, with := make([]float32, len(x)), make([]float32, len(x))
		layer := kernel.LayerNorm[float32]{X: x, Size: 20, Mean: make([]float32, 3), Variance: make([]float32, 3), Eps: 1e-5}
		layer.Value(plain)
		layer.Bias = bias
		layer.Value(with)
		for i, v := range plain {
			require.Equal(t, v+bias[i%20], with[i])
		}
	})
}

// A matrix is normalized by columns, several at once, with the bits of each column
// by itself.
func TestBatchNormOfColumns(t *testing.T) {
	testBatchNormOfColumns[float32](t)
	testBatchNormOfColumns[float64](t)
}

func testBatchNormOfColumns[T kernel.Float](t *testing.T) {
	for _, rows := range []int{1, 2, 7, 8, 33} {
		for _, cols := range []int{1, 5, 16, 17, 40} {
			x, dy := make([]T, rows*cols), make([]T, rows*cols)
			for i := range x {
				x[i], dy[i] = T(i*i%17)/4-1, T(i*7%13)/8-1
			}
			weight, bias := slices.Repeat([]T{1.5, -0.5, 2, 0.25}, 10)[:cols], slices.Repeat([]T{1, 2, 3, 4}, 10)[:cols]
			run := func(x, dy, weight, bias []T, cols int) [][]T {
				made := make([][]T, 6)
				for i := range made {
					made[i] = make([]T, cols)
				}
				b := kernel.BatchNorm[T]{X: x, Batch: rows, Channels: cols, Size: 1, Mean: made[0], Variance: made[1], Weight: weight, Bias: bias, Eps: 1e-5}
				made[4], made[5] = make([]T, len(x)), make([]T, len(x))
				b.Value(made[4])
				b.Grad(made[5], made[2], made[3], dy)
				return made
			}
			all := run(x, dy, weight, bias, cols)
			for c := range cols {
				column := func(from []T) []T {
					var out []T
					for i := c; i < len(from); i += cols {
						out = append(out, from[i])
					}
					return out
				}
				one := run(column(x), column(dy), weight[c:c+1], bias[c:c+1], 1)
				for i := range all {
					require.Equal(t, one[i], column(all[i]), fmt.Sprintf("%d rows, column %d of %d, result %d", rows, c, cols, i))
				}
			}
		}
	}
}
