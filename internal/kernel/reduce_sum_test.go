package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// wholeNumbers returns small whole numbers, whose sums are exact.
func wholeNumbers(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%13 - 5)
	}
	return x
}

func TestSumRows(t *testing.T) {
	for _, c := range []struct {
		places int
		rows   kernel.SumLayout
	}{
		{1, kernel.SumLayout{Count: 1, Len: 1}},
		{0, kernel.SumLayout{Count: 1, Len: 1}},
		{3, kernel.SumLayout{Place: 5, Count: 1, Len: 5}},
		{3, kernel.SumLayout{Place: 4, Next: 12, Count: 7, Len: 4}},
		{6, kernel.SumLayout{Place: 1000, Next: 6000, Count: 9, Len: 997}}, // shared among goroutines
		{5000, kernel.SumLayout{Place: 9, Next: 3, Count: 3, Len: 3}},
		{2, kernel.SumLayout{Place: 60000, Count: 1, Len: 60000}},
	} {
		x := wholeNumbers(max(0, c.places-1)*c.rows.Place + (c.rows.Count-1)*c.rows.Next + c.rows.Len)
		want := make([]float32, c.places)
		for i := range want {
			for j := range c.rows.Count {
				for _, v := range x[i*c.rows.Place+j*c.rows.Next:][:c.rows.Len] {
					want[i] += v
				}
			}
		}
		dst := guardedSlice[float32](c.places, 1)
		kernel.SumRows(dst.s, x, c.rows)
		dst.intact(t, "SumRows")
		require.Equal(t, want, dst.s, "%+v", c)
	}
}

func TestSumColumns(t *testing.T) {
	for _, c := range []struct{ m, n int }{{0, 0}, {0, 3}, {0, 1}, {1, 1}, {7, 1}, {1, 7}, {5, 3}, {256, 2}, {257, 2}, {600, 5}, {513, 127}, {300, 129}, {100, 700}} {
		x := wholeNumbers(c.m * c.n)
		want := make([]float32, c.n)
		for i, v := range x {
			want[i%c.n] += v
		}
		dst := guardedSlice[float32](c.n, 1)
		kernel.Fill(dst.s, 7)
		kernel.SumColumns(dst.s, x)
		dst.intact(t, "SumColumns")
		require.Equal(t, want, dst.s, "%+v", c)
	}
}

// Pairwise and Cascade add up many numbers without losing digits.
func TestSumsOfMany(t *testing.T) {
	const n = 1 << 16
	var pairs kernel.Pairwise[float32]
	var sum [1]float32
	var column kernel.Cascade[float32]
	column.Begin(sum[:], n)
	for range n {
		pairs.Add(0.1)
		column.Add([]float32{0.1})
	}
	want := n * float64(float32(0.1))
	require.Equal(t, n, pairs.Count)
	require.InEpsilon(t, want, float64(pairs.Sum()), 1e-7)
	require.Zero(t, pairs.Count)
	require.InEpsilon(t, want, float64(sum[0]), 1e-6)
}

// Long sums in float32 keep their digits, however they are reached: their error
// does not grow with the number of terms.
func TestLongSums(t *testing.T) {
	const n, c = 200000, float64(float32(0.1))
	x, ones, dst := make([]float32, 3*n), make([]float32, n), make([]float32, n)
	kernel.Fill(x, 0.1)
	kernel.Fill(ones, 1)
	eachLevel(t, func(t *testing.T) {
		close := func(what string, want float64, got float32) {
			t.Helper()
			require.InEpsilon(t, want, float64(got), 3e-6, what)
		}
		kernel.SumColumns(dst[:3], x)
		close("SumColumns", n*c, dst[0])
		close("SumColumns", n*c, dst[2])
		kernel.CumSum(dst, x[:n])
		close("CumSum", n*c, dst[n-1])
		close("CumSum", n/2*c, dst[n/2-1])
		close("Dot", n*c, kernel.Dot(x[:n], ones))
		sum, dot := kernel.NormalizeGradSums(ones, x[:n], 0)
		close("NormalizeGradSums", n*c, sum)
		close("NormalizeGradSums", n*c, dot)
		sum, dot = kernel.LayerNormGradSums(ones, x[:n], ones, 0)
		close("LayerNormGradSums", n*c, sum)
		close("LayerNormGradSums", n*c, dot)
		_, squares := kernel.Spread(alternating(n))
		close("Spread", n*c*c, squares)
		logits := make([]float32, n)
		logits[7] = 1
		e := math.E + n - 1
		kernel.Softmax(dst, logits)
		close("Softmax", math.E/e, dst[7])
		close("LogSumExp", math.Log(e), kernel.LogSumExp(logits))
	})
}

// alternating returns n numbers, 0.1 and −0.1 in turn.
func alternating(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 0.1 * float32(1-2*(i%2))
	}
	return x
}
