package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

// matmul is the product, and the bound of its rounding error in units of ε: k
// times the sum of the terms' magnitudes.
func matmul(a, b grid) (product, bound grid) {
	x, y := a, b
	if len(a.shape) == 1 {
		x.shape = []int{1, a.shape[0]}
	}
	if len(b.shape) == 1 {
		y.shape = []int{b.shape[0], 1}
	}
	i, j := len(x.shape)-2, len(y.shape)-2
	m, k, n := x.shape[i], x.shape[i+1], y.shape[j+1]
	batch := broadcast(x.shape[:i], y.shape[:j])
	product = newGrid(append(slices.Clone(batch), m, n)...)
	bound = newGrid(product.shape...)
	at := 0
	for idx := range places(batch) {
		ma := grid{x.shape[:i], nil}.offset(idx) * m * k
		mb := grid{y.shape[:j], nil}.offset(idx) * k * n
		for r := range m {
			for c := range n {
				for p := range k {
					term := x.v[ma+r*k+p] * y.v[mb+p*n+c]
					product.v[at] += term
					bound.v[at] += math.Abs(term) * float64(k)
				}
				at++
			}
		}
	}
	shape := slices.Clone(batch)
	if len(a.shape) > 1 {
		shape = append(shape, m)
	}
	if len(b.shape) > 1 {
		shape = append(shape, n)
	}
	product.shape, bound.shape = shape, shape
	return product, bound
}

// within checks got against want with a bound, in units of ε, per element.
func within(t tester, want, bound grid, got *tensor.Tensor) {
	t.Helper()
	scaled := each(want.shape, func(i []int) float64 {
		d := got.At(i...) - want.at(i)
		if math.Abs(d) <= bound.at(i)*eps(got.DType()) {
			return 0
		}
		return d
	})
	newGrid(want.shape...).near(t, tensor.New(scaled.v, got.Shape()...), exact)
}

func TestMatMul(t *testing.T) {
	src := newSource(15)
	for _, c := range [][2][]int{
		{{3}, {3}},
		{{3}, {3, 4}},
		{{2, 3}, {3}},
		{{2, 3}, {3, 4}},
		{{1, 1}, {1, 1}},
		{{1, 5}, {5, 1}},
		{{5, 1}, {1, 5}},
		{{7, 6}, {6, 9}},
		{{4, 2, 3}, {3, 5}},
		{{4, 1, 3}, {3, 5}},
		{{4, 2, 3}, {3}},
		{{2, 3}, {4, 3, 5}},
		{{3}, {4, 3, 5}},
		{{4, 2, 3}, {4, 3, 5}},
		{{2, 1, 2, 3}, {4, 3, 5}},
		{{2, 1, 3, 2, 3}, {4, 1, 3, 1}},
		{{3, 1, 2, 1}, {1, 3}},
		{{2, 0}, {0, 3}},
		{{0}, {0}},
		{{0, 2}, {2, 3}},
		{{2, 3}, {3, 0}},
		{{0, 2, 3}, {3, 4}},
		{{1, 1, 3}, {0, 3, 2}},
		{{3, 2, 0}, {0, 2}},
		{{2, 3, 0}, {2, 0, 2}},
	} {
		a, b := src.grid(-1, 1, c[0]...), src.grid(-1, 1, c[1]...)
		want, bound := matmul(a, b)
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, m := range layouts {
					x, y := l.put(dt, a), m.put(dt, b)
					require.Equal(t, want.shape, tensor.Dims{}.MatMul(x, y))
					within(t, want, bound, tensor.MatMul(x, y))
					dst := tensor.ZerosOf(dt, want.shape...)
					dst.Fill(math.NaN()) // the old elements must not matter
					tensor.MatMulTo(dst, x, y)
					within(t, want, bound, dst)
				}
			}
		}
	}
}

// Sizes at and around the blocks of the product, with odd remainders, in every
// combination of transposed and strided operands.
func TestMatMulLarge(t *testing.T) {
	src := newSource(16)
	for _, c := range [][3]int{
		{64, 256, 256}, {63, 255, 257}, {169, 67, 255}, {167, 3, 513}, {1, 300, 300}, {300, 300, 1},
		{3, 500, 20}, {300, 1, 300}, {4, 4, 2000}, {340, 258, 2}, {66, 5, 300}, {7, 1025, 258}, {5, 1023, 30},
	} {
		m, n, k := c[0], c[1], c[2]
		a, b := src.grid(-1, 1, m, k), src.grid(-1, 1, k, n)
		want, bound := matmul(a, b)
		for i, dt := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Float32, tensor.Float32, tensor.Float32} {
			x, y := placed(dt, a), placed(dt, b)
			switch i {
			case 1:
				x = transposed(x)
			case 2:
				y = transposed(y)
			case 3:
				x, y = transposed(x), transposed(y)
			case 4:
				x, y = skipping(x), skipping(y)
			}
			within(t, want, bound, tensor.MatMul(x, y))
		}
	}
}

// placed is put for large grids.
func placed(dt tensor.DType, g grid) *tensor.Tensor { return tensor.New(g.v, g.shape...).To(dt) }

// transposed returns x laid out column by column.
func transposed(x *tensor.Tensor) *tensor.Tensor { return x.T().Clone().T() }

// skipping returns x laid out in every third element.
func skipping(x *tensor.Tensor) *tensor.Tensor {
	last := x.Rank() - 1
	shape := append([]int{}, x.Shape()...)
	shape[last] *= 3
	wide := tensor.ZerosOf(x.DType(), shape...)
	wide.Fill(math.NaN())
	v := wide.Slice(last, 1, shape[last], 3)
	v.CopyFrom(x)
	return v
}

// Expanded operands have the stride 0 along axes that are longer than one. Along
// an axis of length one the stride may be any number, since it is never used.
func TestMatMulOfViews(t *testing.T) {
	src := newSource(17)
	for _, dt := range dtypes {
		for _, c := range []struct {
			name string
			a, b []int
			view func(a, b *tensor.Tensor) (x, y *tensor.Tensor)
		}{
			{"a new axis of rows", []int{5, 3}, []int{3, 4},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Unsqueeze(1), b }},
			{"a new last axis", []int{5, 3}, []int{1, 4},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Unsqueeze(2), b }},
			{"new axes on the right", []int{5, 3}, []int{3},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a, b.Unsqueeze(1).Unsqueeze(0) }},
			{"expanded rows", []int{1, 3}, []int{3, 4},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Expand(6, 3), b }},
			{"expanded columns", []int{5, 1}, []int{3, 1},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Expand(5, 3), b.Expand(3, 7) }},
			{"an expanded batch", []int{2, 3}, []int{4, 3, 2},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Expand(4, 2, 3), b }},
			{"an expanded batch on both sides", []int{2, 3}, []int{3, 2},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) {
					return a.Expand(3, 2, 2, 3), b.Expand(2, 3, 2)
				}},
			{"scalars expanded", []int{1, 1}, []int{1},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Expand(20, 30), b.Expand(30, 25) }},
			{"a permuted batch", []int{2, 4, 3}, []int{3, 5},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Permute(1, 0, 2), b }},
			{"one row of each", []int{6, 4, 3}, []int{3, 5},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Slice(1, 2, 3, 1), b }},
			{"one row of a contiguous batch", []int{1, 6, 3}, []int{3, 5},
				func(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) { return a.Permute(1, 0, 2), b }},
		} {
			x, y := c.view(put(dt, src.grid(-1, 1, c.a...)), put(dt, src.grid(-1, 1, c.b...)))
			want, bound := matmul(gridOf(x), gridOf(y))
			t.Run(c.name, func(t *testing.T) { within(t, want, bound, tensor.MatMul(x, y)) })
		}
	}
}

func TestMatMulProperty(t *testing.T) {
	src := newSource(18)
	property.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 9)
		k := dim.Draw(t, "k")
		batch := rapid.SliceOfN(rapid.IntRange(1, 3), 0, 3).Draw(t, "batch")
		a := src.grid(-1, 1, append(shortened(t, batch, "a"), dim.Draw(t, "m"), k)...)
		b := src.grid(-1, 1, append(shortened(t, batch, "b"), k, dim.Draw(t, "n"))...)
		want, bound := matmul(a, b)
		dt := rapid.SampledFrom(dtypes).Draw(t, "dtype")
		l, m := rapid.IntRange(0, len(layouts)-1).Draw(t, "l"), rapid.IntRange(0, len(layouts)-1).Draw(t, "m")
		within(t, want, bound, tensor.MatMul(layouts[l].put(dt, a), layouts[m].put(dt, b)))
	})
}

func TestLinear(t *testing.T) {
	src := newSource(19)
	for _, c := range []struct{ x, w []int }{
		{[]int{3}, []int{4, 3}},
		{[]int{2, 3}, []int{4, 3}},
		{[]int{5, 2, 3}, []int{4, 3}},
		{[]int{0, 3}, []int{4, 3}},
		{[]int{2, 0}, []int{4, 0}},
		{[]int{2, 3}, []int{0, 3}},
		{[]int{1, 1}, []int{1, 1}},
		{[]int{70, 300}, []int{30, 300}},
	} {
		x, w, bias := src.grid(-1, 1, c.x...), src.grid(-1, 1, c.w...), src.grid(-1, 1, c.w[0])
		wt := each([]int{c.w[1], c.w[0]}, func(i []int) float64 { return w.at([]int{i[1], i[0]}) })
		plain, bound := matmul(x, wt)
		add := func(a, b float64) float64 { return a + b }
		want := apply2(plain, bias, add)
		bound = apply2(bound, bias, func(b, c float64) float64 { return b + float64(1+len(x.v))*math.Abs(c) })
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, m := range layouts {
					dst := tensor.ZerosOf(dt, want.shape...)
					tensor.LinearTo(dst, l.put(dt, x), m.put(dt, w), l.put(dt, bias))
					within(t, want, bound, dst)
					tensor.LinearTo(dst, m.put(dt, x), l.put(dt, w), nil)
					within(t, plain, bound, dst)
				}
			}
		}
	}
}

func TestLinearWeight(t *testing.T) {
	src := newSource(20)
	for _, c := range []struct{ dy, x []int }{
		{[]int{4}, []int{3}},
		{[]int{2, 4}, []int{2, 3}},
		{[]int{5, 2, 4}, []int{5, 2, 3}},
		{[]int{0, 4}, []int{0, 3}},
		{[]int{2, 0}, []int{2, 3}},
		{[]int{1, 1}, []int{1, 1}},
		{[]int{300, 30}, []int{300, 70}},
	} {
		dy, x := src.grid(-1, 1, c.dy...), src.grid(-1, 1, c.x...)
		m, n := c.dy[len(c.dy)-1], c.x[len(c.x)-1]
		rows := len(x.v) / n
		dyt := each([]int{m, rows}, func(i []int) float64 { return dy.v[i[1]*m+i[0]] })
		want, bound := matmul(dyt, grid{[]int{rows, n}, x.v})
		for _, dt := range dtypes {
			for _, l := range layouts {
				for _, k := range layouts {
					dst := tensor.ZerosOf(dt, m, n)
					dst.AsGrad().LinearWeight(l.put(dt, dy), k.put(dt, x))
					within(t, want, bound, dst)
				}
			}
		}
	}
}

func TestLinearWeightIsBounded(t *testing.T) {
	filled := func(dt tensor.DType, v float64, shape ...int) *tensor.Tensor {
		x := tensor.ZerosOf(dt, shape...)
		x.Fill(v)
		return x
	}
	for _, dt := range dtypes {
		bounded := func(dy, x float64, rows int) bool {
			return tensor.LinearWeightIsBounded(filled(dt, dy, rows, 32), filled(dt, x, rows, 64))
		}
		require.True(t, bounded(1, -1, 1))
		require.True(t, bounded(0, 0, 1))
		require.True(t, bounded(1e17, 1e17, 1))
		require.False(t, bounded(1, 1, 2), "two rows are an eighth of the product: looking is as fast")
		require.False(t, bounded(1e160, 1e160, 1))
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			require.False(t, bounded(v, 1, 1))
			require.False(t, bounded(1, v, 1))
			require.False(t, bounded(0, v, 1))
		}
		require.False(t, tensor.LinearWeightIsBounded(filled(dt, 1, 64, 1).Transpose(0, 1), filled(dt, 1, 1, 64).Slice(1, 0, 64, 2)), "not contiguous")
	}
}
