package tensor_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

func TestSize(t *testing.T) {
	const most = min(math.MaxInt, 1<<47) / 8
	for _, c := range []struct {
		shape []int
		n     int
		err   string
	}{
		{nil, 1, ""},
		{[]int{0}, 0, ""},
		{[]int{7}, 7, ""},
		{[]int{2, 3, 4}, 24, ""},
		{[]int{2, 0, 4}, 0, ""},
		{[]int{1, 1, 1, 1, 1, 1, 1, 2}, 2, ""},
		{[]int{most}, most, ""},
		{[]int{most, 1}, most, ""},
		{[]int{most / 2, 2}, most / 2 * 2, ""},
		{[]int{0, most}, 0, ""},
		{[]int{1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, "shape has 9 axes, more than 8"},
		{[]int{-1}, 0, "dimension -1 of axis 0 is negative"},
		{[]int{0, -2}, 0, "dimension -2 of axis 1 is negative"},
		{[]int{most, -2}, 0, "dimension -2 of axis 1 is negative"},
		{[]int{most + 1}, 0, fmt.Sprintf("shape [%d] has more elements than memory can address", most+1)},
		{[]int{2, most/2 + 1}, 0, fmt.Sprintf("shape [2 %d] has more elements than memory can address", most/2+1)},
		{[]int{1 << 30, 1 << 30}, 0, "shape [1073741824 1073741824] has more elements than memory can address"},
		{[]int{1 << 30, 1 << 30, 16}, 0, "shape [1073741824 1073741824 16] has more elements than memory can address"},
		{[]int{0, 1 << 30, 1 << 30}, 0, "shape [0 1073741824 1073741824] has more elements than memory can address"},
		{[]int{1 << 30, 1 << 30, 0}, 0, "shape [1073741824 1073741824 0] has more elements than memory can address"},
		{[]int{3, math.MaxInt}, 0, fmt.Sprintf("shape [3 %d] has more elements than memory can address", math.MaxInt)},
	} {
		n, err := tensor.Size(c.shape)
		if c.err != "" {
			require.EqualError(t, err, c.err)
		} else {
			require.NoError(t, err)
		}
		require.Equal(t, c.n, n, "%v", c.shape)
	}
}

// A shape that no memory can hold panics with a sentence, before anything is
// allocated.
func TestTooLarge(t *testing.T) {
	const huge = min(math.MaxInt, 1<<50)
	want := fmt.Sprintf("zeros [%d]: shape [%d] has more elements than memory can address", huge, huge)
	for _, f := range []func(){func() { tensor.Zeros(huge) }, func() { tensor.Zeros64(huge) }, func() { tensor.Arange(huge) }} {
		func() {
			defer func() { require.EqualError(t, recover().(*tensor.ShapeError), want) }()
			f()
		}()
	}
}

func TestBroadcastShapes(t *testing.T) {
	for _, c := range []struct{ a, b, want []int }{
		{nil, nil, []int{}},
		{nil, []int{3}, []int{3}},
		{[]int{2, 3}, []int{3}, []int{2, 3}},
		{[]int{2, 1}, []int{1, 3}, []int{2, 3}},
		{[]int{5, 1, 4}, []int{3, 1}, []int{5, 3, 4}},
		{[]int{1}, []int{0}, []int{0}},
		{[]int{0, 1}, []int{1, 4}, []int{0, 4}},
		{[]int{2}, []int{3}, nil},
		{[]int{2}, []int{0}, nil},
		{[]int{2, 3}, []int{2}, nil},
	} {
		for _, ab := range [][2][]int{{c.a, c.b}, {c.b, c.a}} {
			got, ok := tensor.Dims{}.BroadcastShapes(ab[0], ab[1])
			require.Equal(t, c.want != nil, ok, "%v %v", ab[0], ab[1])
			if ok {
				require.Equal(t, c.want, got)
			}
		}
	}
	got, ok := tensor.Dims{9}.BroadcastShapes([]int{2, 1}, []int{3})
	require.True(t, ok)
	require.Equal(t, []int{9, 2, 3}, got, "the shape is appended")
}

// Two shapes that are made from a third broadcast with each other. To make one,
// some axes get the length one, and some leading axes are dropped.
func TestBroadcastShapeProperty(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(0, 5), 0, tensor.MaxRank).Draw(t, "shape")
		a := shortened(t, whole, "a")
		b := shortened(t, whole, "b")
		got, ok := tensor.Dims{}.BroadcastShapes(a, b)
		require.True(t, ok)
		require.Equal(t, broadcast(a, b), got)
	})
}

// shortened returns shape with some axes of length one and some leading axes
// missing.
func shortened(t *rapid.T, shape []int, label string) []int {
	out := []int{}
	for _, d := range shape[rapid.IntRange(0, len(shape)).Draw(t, label+" lead"):] {
		if rapid.Bool().Draw(t, label+" one") {
			d = 1
		}
		out = append(out, d)
	}
	return out
}
