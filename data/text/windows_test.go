package text

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

var _ data.Set[Batch] = (*Windows)(nil)

func upTo(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

func TestWindows(t *testing.T) {
	for _, c := range []struct{ tokens, length, stride, windows int }{
		{0, 3, 0, 0}, {3, 3, 0, 0}, {4, 3, 0, 1}, {6, 3, 0, 1}, {7, 3, 0, 2}, {10, 3, 1, 7}, {10, 3, 2, 4}, {10, 3, 100, 1},
		{2, 1, 1, 1}, {5, 4, 1, 1}, {100, 10, 3, 30},
	} {
		w := &Windows{Tokens: upTo(c.tokens), Length: c.length, Stride: c.stride}
		require.Equal(t, c.windows, w.Len(), c)
		stride := c.stride
		if stride == 0 {
			stride = c.length
		}
		var b Batch
		for i := c.windows - 1; i >= 0; i-- {
			require.NoError(t, w.Fill(&b, []int{i, 0}))
			require.Equal(t, 2, b.Rows)
			require.Equal(t, c.length, b.Length)
			require.Len(t, b.Tokens, 2*c.length)
			for j := range c.length {
				require.Equal(t, i*stride+j, b.Tokens[j], c)
				require.Equal(t, j, b.Tokens[c.length+j], c)
			}
			for j, token := range b.Tokens {
				require.Equal(t, token+1, b.Targets[j], c)
			}
		}
		// One window more would go over the end.
		require.Greater(t, c.windows*stride+c.length+1, c.tokens, c)
	}
}

func TestWindowsMisuse(t *testing.T) {
	w := &Windows{Tokens: upTo(10), Length: 3}
	b := Batch{Rows: 7}
	for _, i := range []int{-1, 3, math.MaxInt, math.MinInt} {
		require.PanicsWithError(t, fmt.Sprintf("text.windows [3 3]: there is no window with number %d", i), func() { _ = w.Fill(&b, []int{0, i}) })
		require.Equal(t, Batch{Rows: 7}, b)
	}
	require.NoError(t, w.Fill(&b, nil))
	require.Equal(t, 0, b.Rows)
	require.Empty(t, b.Tokens)
	for _, w := range []*Windows{{Length: 0}, {Length: -1}, {Length: 1, Stride: -1}} {
		for _, misuse := range []func(){func() { w.Len() }, func() { _ = w.Fill(&b, nil) }} {
			require.PanicsWithError(t, fmt.Sprintf("text.windows: want a length of at least 1 and a stride of at least 0, got %d and %d", w.Length, w.Stride), misuse)
		}
	}
}

func TestFillAllocatesNothing(t *testing.T) {
	w := &Windows{Tokens: upTo(1000), Length: 16, Stride: 1}
	var b Batch
	index := []int{5, 900, 3, 17}
	require.NoError(t, w.Fill(&b, index))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		index[0]++
		_ = w.Fill(&b, index)
	}))
}

// A loader deals each window out once, in another order in each epoch.
func TestLoader(t *testing.T) {
	loader := &data.Loader[Batch]{Set: &Windows{Tokens: upTo(101), Length: 5}, Batch: 8, Shuffle: tensor.NewRand(1)}
	var first []int
	for range 2 {
		seen := make([]bool, 101)
		var order []int
		for b, err := range loader.Epoch() {
			require.NoError(t, err)
			require.Len(t, b.Targets, b.Rows*b.Length)
			order = append(order, b.Tokens[0])
			for _, token := range b.Tokens {
				require.False(t, seen[token])
				seen[token] = true
			}
		}
		require.Len(t, order, 3)
		require.NotContains(t, seen[:100], false)
		require.NotEqual(t, first, order)
		first = order
	}
}
