package tensor_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// gathers are shapes of a tensor, an axis, and the shape of an index into it.
var gathers = []struct {
	x     []int
	axis  int
	index []int
}{
	{[]int{5}, 0, []int{3}},
	{[]int{3, 4}, 0, []int{3, 4}},
	{[]int{3, 4}, 1, []int{3, 1}},
	{[]int{3, 4}, -1, []int{2, 7}},
	{[]int{3, 4}, 0, []int{6, 2}},
	{[]int{2, 3, 4}, 1, []int{2, 5, 3}},
	{[]int{2, 3, 4}, -3, []int{4, 3, 4}},
	{[]int{3, 4}, 0, []int{0, 4}},
	{[]int{3, 4}, 1, []int{0, 2}},
	{[]int{0, 4}, 1, []int{0, 2}},
}

// reach returns idx with its entry along axis replaced.
func reach(idx []int, axis, to int) []int {
	out := slices.Clone(idx)
	out[axis] = to
	return out
}

func TestGatherAndScatterAdd(t *testing.T) {
	src := newSource(23)
	for _, c := range gathers {
		axis := (c.axis + len(c.x)) % len(c.x)
		x, add := src.grid(-1, 1, c.x...), src.integers(-9, 9, c.index...)
		index := src.ints(len(add.v), max(1, c.x[axis]))
		want := newGrid(c.index...)
		sums := src.integers(-9, 9, c.x...)
		scattered := each(c.x, sums.at)
		i := 0
		for idx := range places(c.index) {
			from := reach(idx, axis, index[i])
			want.v[i] = x.at(from)
			scattered.v[scattered.offset(from)] += add.v[i]
			i++
		}
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, m := range layouts {
					tx, ts := m.put(dt, x), m.put(dt, sums)
					want.near(t, tensor.Gather(tx, c.axis, index, c.index...), exact)
					l.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.GatherTo(dst, tx, c.axis, index) })
					scattered.near(t, tensor.ScatterAdd(ts, c.axis, index, l.put(dt, add)), exact)
					sums.near(t, ts, exact)
					l.into(t, dt, scattered, exact, func(dst *tensor.Tensor) {
						dst.CopyFrom(ts)
						dst.ScatterAdd(c.axis, index, m.put(dt, add))
					})
				}
			}
		}
	}
}

func TestIndexSelectAndAdd(t *testing.T) {
	src := newSource(24)
	for _, c := range []struct {
		x       []int
		axis, n int
	}{
		{[]int{4}, 0, 6}, {[]int{4, 3}, 0, 6}, {[]int{4, 3}, -1, 2}, {[]int{2, 5, 3}, 1, 7}, {[]int{2, 5, 3}, 0, 3},
		{[]int{4, 3}, 0, 0}, {[]int{4, 0}, 0, 3}, {[]int{0, 3}, 0, 0}, {[]int{2, 5, 3}, -1, 4},
	} {
		axis := (c.axis + len(c.x)) % len(c.x)
		x := src.integers(-9, 9, c.x...)
		index := src.ints(c.n, max(1, c.x[axis]))
		shape := reach(c.x, axis, c.n)
		want := each(shape, func(i []int) float64 { return x.at(reach(i, axis, index[i[axis]])) })
		add := src.integers(-9, 9, shape...)
		sums := each(c.x, x.at)
		for idx := range places(shape) {
			sums.v[sums.offset(reach(idx, axis, index[idx[axis]]))] += add.at(idx)
		}
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, m := range layouts {
					tx := m.put(dt, x)
					want.near(t, tensor.IndexSelect(tx, c.axis, index), exact)
					l.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.IndexSelectTo(dst, tx, c.axis, index) })
					l.into(t, dt, sums, exact, func(dst *tensor.Tensor) {
						dst.CopyFrom(tx)
						dst.IndexAdd(c.axis, index, m.put(dt, add))
					})
				}
			}
		}
	}
}

func TestTakeAndPut(t *testing.T) {
	src := newSource(25)
	for _, dt := range dtypes {
		x := src.integers(-9, 9, 3, 4)
		index := src.ints(10, 12)
		want, sums := newGrid(2, 5), newGrid(3, 4)
		add := src.integers(-9, 9, 2, 5)
		for i, j := range index {
			want.v[i] = x.v[j]
			sums.v[j] += add.v[i]
		}
		for _, l := range layouts[:2] {
			want.near(t, stale(dt, want.shape, func(dst *tensor.Tensor) { tensor.TakeTo(dst, l.put(dt, x), index) }), exact)
			l.into(t, dt, sums, exact, func(dst *tensor.Tensor) { dst.AsGrad().Take(l.put(dt, add), index) })
		}
		tensor.TakeTo(tensor.ZerosOf(dt, 0), put(dt, x), nil)
		put(dt, x).AsGrad().Take(tensor.ZerosOf(dt, 0), nil)
	}
	x := tensor.Ones(3)
	x.AsGrad().Take(tensor.Ones(1), []int{2})
	require.Equal(t, []float64{0, 0, 1}, tensor.Values(x), "what the destination held is cleared")
}
