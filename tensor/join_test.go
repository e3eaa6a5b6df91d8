package tensor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestConcat(t *testing.T) {
	src := newSource(26)
	for _, c := range []struct {
		axis   int
		shapes [][]int
	}{
		{0, [][]int{{3}}},
		{0, [][]int{{3}, {1}, {2}}},
		{1, [][]int{{2, 3}, {2, 1}}},
		{-1, [][]int{{2, 3}, {2, 0}, {2, 4}}},
		{-2, [][]int{{2, 3}, {5, 3}}},
		{1, [][]int{{2, 1, 3}, {2, 4, 3}, {2, 2, 3}}},
		{0, [][]int{{0, 2}, {0, 2}}},
	} {
		first := c.shapes[0]
		axis := (c.axis + len(first)) % len(first)
		shape := slices.Clone(first)
		shape[axis] = 0
		var gs []grid
		for _, s := range c.shapes {
			gs = append(gs, src.grid(-1, 1, s...))
			shape[axis] += s[axis]
		}
		want := each(shape, func(i []int) float64 {
			at, k := i[axis], 0
			for ; at >= gs[k].shape[axis]; k++ {
				at -= gs[k].shape[axis]
			}
			return gs[k].at(reach(i, axis, at))
		})
		for _, dt := range dtypes {
			for i, l := range layouts {
				var ts []*tensor.Tensor
				for k, g := range gs {
					ts = append(ts, layouts[(i+k)%len(layouts)].put(dt, g))
				}
				require.Equal(t, shape, tensor.Dims{}.Concat(c.axis, ts...))
				want.near(t, tensor.Concat(c.axis, ts...), exact)
				l.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.ConcatTo(dst, c.axis, ts...) })
			}
		}
	}
}

func TestStack(t *testing.T) {
	src := newSource(27)
	for axis, want := range [][]int{{3, 2, 4}, {2, 3, 4}, {2, 4, 3}} {
		gs := []grid{src.grid(-1, 1, 2, 4), src.grid(-1, 1, 2, 4), src.grid(-1, 1, 2, 4)}
		for _, l := range layouts {
			var ts []*tensor.Tensor
			for _, g := range gs {
				ts = append(ts, l.put(tensor.Float64, g))
			}
			g := each(want, func(i []int) float64 { return gs[i[axis]].at(slices.Delete(slices.Clone(i), axis, axis+1)) })
			g.near(t, tensor.Stack(axis, ts...), exact)
			g.near(t, tensor.Stack(axis-3, ts...), exact)
		}
	}
	require.Equal(t, []float64{1, 2}, tensor.Values(tensor.Stack(0, tensor.Scalar(1), tensor.Scalar(2))))
}

func TestSplit(t *testing.T) {
	x := tensor.Arange(14).Reshape(2, 7)
	parts := x.Split(-1, 3)
	require.Len(t, parts, 3)
	for i, want := range [][]float64{{0, 1, 2, 7, 8, 9}, {3, 4, 5, 10, 11, 12}, {6, 13}} {
		require.Equal(t, want, tensor.Values(parts[i]))
	}
	parts[2].Set(-1, 1, 0)
	require.Equal(t, -1.0, x.At(1, 6), "the parts share storage")
	require.Len(t, x.Split(0, 2), 1)
	require.Equal(t, tensor.Values(x), tensor.Values(tensor.Concat(1, parts...)))
}

func TestPad(t *testing.T) {
	src := newSource(28)
	for _, c := range []struct{ x, pads []int }{
		{[]int{}, nil},
		{[]int{3}, []int{1, 2}},
		{[]int{2, 3}, []int{0, 0, 2, 1}},
		{[]int{2, 3, 2}, []int{1, 0, 0, 3, 2, 2}},
		{[]int{0, 2}, []int{1, 1, 0, 1}},
		{[]int{2, 2}, []int{0, 0, 0, 0}},
		{[]int{4, 3}, []int{-1, 2, -1, -1}},
		{[]int{3}, []int{2, -3}},
		{[]int{3}, []int{2, -4}},
		{[]int{3}, []int{-4, 2}},
		{[]int{3}, []int{-1, -2}},
	} {
		x := src.grid(-1, 1, c.x...)
		shape := slices.Clone(c.x)
		for i := range shape {
			shape[i] += c.pads[2*i] + c.pads[2*i+1]
		}
		want := each(shape, func(i []int) float64 {
			i = slices.Clone(i)
			for k, d := range c.x {
				if i[k] -= c.pads[2*k]; i[k] < 0 || i[k] >= d {
					return 2.5
				}
			}
			return x.at(i)
		})
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, m := range layouts {
					tx := m.put(dt, x)
					require.Equal(t, append([]int{}, shape...), tensor.Dims{}.Pad(tx, c.pads...))
					want.near(t, tensor.Pad(tx, 2.5, c.pads...), exact)
					l.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.PadTo(dst, tx, 2.5, c.pads...) })
				}
			}
		}
	}
}

func TestPadWith(t *testing.T) {
	x := tensor.New([]float32{1, 2, 3, 4}, 4)
	for _, c := range []struct {
		mode tensor.PadMode
		pads []int
		want []float64
	}{
		{tensor.Reflect, []int{3, 2}, []float64{4, 3, 2, 1, 2, 3, 4, 3, 2}},
		{tensor.Reflect, []int{2, -3}, []float64{3, 2, 1}},
		{tensor.Replicate, []int{2, 5}, []float64{1, 1, 1, 2, 3, 4, 4, 4, 4, 4, 4}},
		{tensor.Replicate, []int{-2, 1}, []float64{3, 4, 4}},
		{tensor.Circular, []int{4, 3}, []float64{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3}},
		{tensor.Circular, []int{2, -1}, []float64{2, 3, 1, 2, 3}},
		{tensor.Circular, []int{0, 0}, []float64{1, 2, 3, 4}},
	} {
		y := tensor.PadWith(x, c.mode, c.pads...)
		require.Equal(t, c.want, tensor.Values(y))
		y.Fill(0)
		require.Equal(t, 1.0, x.At(0), "the result shares storage")
		require.Len(t, c.mode.Index(nil, x, 0, c.pads[0], c.pads[1]), len(c.want))
	}
	y := tensor.PadWith(x.Reshape(2, 2), tensor.Reflect, 1, 0, 0, 1)
	require.Equal(t, []float64{3, 4, 3, 1, 2, 1, 3, 4, 3}, tensor.Values(y))
}

func TestRepeatAndTile(t *testing.T) {
	src := newSource(31)
	for _, c := range []struct{ x, many []int }{
		{[]int{2, 3}, []int{2, 3}}, {[]int{3}, []int{2, 1, 2}}, {[]int{}, []int{4}}, {[]int{2, 1, 3}, []int{1, 3, 2}}, {[]int{2, 3}, []int{0, 1}}, {[]int{0, 2}, []int{2, 2}},
	} {
		x := src.grid(-1, 1, c.x...)
		from := slices.Concat(slices.Repeat([]int{1}, len(c.many)-len(c.x)), c.x)
		shape := slices.Clone(from)
		for i := range shape {
			shape[i] *= c.many[i]
		}
		want := each(shape, func(idx []int) float64 {
			at := slices.Clone(idx)
			for i := range at {
				at[i] %= from[i]
			}
			return x.at(at)
		})
		for _, dt := range dtypes {
			for _, l := range layouts {
				want.near(t, tensor.Repeat(l.put(dt, x), c.many...), exact)
				want.near(t, tensor.Tile(l.put(dt, x), c.many...), exact)
			}
		}
	}
	x := tensor.Arange(4).Reshape(2, 2)
	require.Equal(t, []float64{0, 1, 0, 1, 2, 3, 2, 3}, tensor.Values(tensor.Tile(x, 2)))
}

func TestRepeatInterleave(t *testing.T) {
	src := newSource(32)
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := src.grid(-1, 1, 2, 3, 2)
			tx := l.put(dt, x)
			each([]int{2, 6, 2}, func(i []int) float64 { return x.at([]int{i[0], i[1] / 2, i[2]}) }).near(t, tensor.RepeatInterleave(tx, []int{2}, 1), exact)
			from := []int{0, 0, 0, 2}
			each([]int{2, 4, 2}, func(i []int) float64 { return x.at([]int{i[0], from[i[1]], i[2]}) }).near(t, tensor.RepeatInterleave(tx, []int{3, 0, 1}, -2), exact)
		}
	}
	require.Equal(t, []float64{7, 7}, tensor.Values(tensor.RepeatInterleave(tensor.Scalar(7), []int{2}, 0)))
	k, sum := tensor.Zeros(2, 3).Interleave([]int{1, 0, 4}, -1)
	require.Equal(t, []int{1, 5}, []int{k, sum})
	index := make([]int, sum)
	tensor.InterleaveTo(index, []int{1, 0, 4})
	require.Equal(t, []int{0, 2, 2, 2, 2}, index)
	require.Equal(t, []int{0, 3}, tensor.RepeatInterleave(tensor.Zeros(2, 3), []int{0}, 0).Shape())
}

func TestRepeatedTensorsHaveTheirOwnMemory(t *testing.T) {
	for name, f := range map[string]func(x *tensor.Tensor) *tensor.Tensor{
		"repeat":            func(x *tensor.Tensor) *tensor.Tensor { return tensor.Repeat(x, 3, 1) },
		"repeat once":       func(x *tensor.Tensor) *tensor.Tensor { return tensor.Repeat(x, 1, 1) },
		"tile":              func(x *tensor.Tensor) *tensor.Tensor { return tensor.Tile(x, 2, 1, 1) },
		"repeat-interleave": func(x *tensor.Tensor) *tensor.Tensor { return tensor.RepeatInterleave(x, []int{2}, 0) },
		"interleave once":   func(x *tensor.Tensor) *tensor.Tensor { return tensor.RepeatInterleave(x, []int{1}, 0) },
	} {
		x := tensor.New([]float32{1, 2, 3}, 1, 3)
		y := f(x)
		y.Set(9, make([]int, y.Rank())...)
		require.Equal(t, []float64{1, 2, 3}, tensor.Values(x), name)
		require.Equal(t, 1, strings.Count(fmt.Sprint(tensor.Values(y)), "9"), "%s: one element changed", name)
	}
}
