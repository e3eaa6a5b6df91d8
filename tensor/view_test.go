package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

// A view is one call of a view method, in both forms: as a value, and in place.
// from says what it means: it maps the index of an element in the view to its
// index in the operand.
type view struct {
	name  string
	shape []int // of the operand
	want  []int // of the view
	value func(x *tensor.Tensor) *tensor.Tensor
	set   func(dst, x *tensor.Tensor)
	from  func(idx []int) []int
}

var views = []view{
	{"transpose", []int{2, 3, 4}, []int{4, 3, 2},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Transpose(0, -1) },
		func(dst, x *tensor.Tensor) { dst.AsView().Transpose(x, 0, -1) },
		func(i []int) []int { return []int{i[2], i[1], i[0]} }},
	{"T", []int{2, 3, 4}, []int{2, 4, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.T() },
		func(dst, x *tensor.Tensor) { dst.AsView().Transpose(x, 1, 2) },
		func(i []int) []int { return []int{i[0], i[2], i[1]} }},
	{"permute", []int{2, 3, 4}, []int{4, 2, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Permute(-1, 0, 1) },
		func(dst, x *tensor.Tensor) { dst.AsView().Permute(x, -1, 0, 1) },
		func(i []int) []int { return []int{i[1], i[2], i[0]} }},
	{"permute nothing", []int{}, []int{},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Permute() },
		func(dst, x *tensor.Tensor) { dst.AsView().Permute(x) },
		func(i []int) []int { return nil }},
	{"slice", []int{2, 7}, []int{2, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Slice(1, 1, 6, 2) },
		func(dst, x *tensor.Tensor) { dst.AsView().Slice(x, 1, 1, 6, 2) },
		func(i []int) []int { return []int{i[0], 1 + 2*i[1]} }},
	{"slice from the end", []int{5, 2}, []int{2, 2},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Slice(-2, -3, -1, 1) },
		func(dst, x *tensor.Tensor) { dst.AsView().Slice(x, -2, -3, -1, 1) },
		func(i []int) []int { return []int{i[0] + 2, i[1]} }},
	{"slice to the end", []int{2, 7}, []int{2, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Slice(1, 2, tensor.End, 2) },
		func(dst, x *tensor.Tensor) { dst.AsView().Slice(x, 1, 2, tensor.End, 2) },
		func(i []int) []int { return []int{i[0], 2 + 2*i[1]} }},
	{"slice nothing", []int{5, 2}, []int{0, 2},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Slice(0, 5, 5, 1) },
		func(dst, x *tensor.Tensor) { dst.AsView().Slice(x, 0, 5, 5, 1) },
		nil},
	{"slice by a giant step", []int{5}, []int{1},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Slice(0, 2, 5, math.MaxInt) },
		func(dst, x *tensor.Tensor) { dst.AsView().Slice(x, 0, 2, 5, math.MaxInt) },
		func(i []int) []int { return []int{2} }},
	{"select", []int{2, 7, 3}, []int{2, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Select(1, 4) },
		func(dst, x *tensor.Tensor) { dst.AsView().Select(x, 1, 4) },
		func(i []int) []int { return []int{i[0], 4, i[1]} }},
	{"select from the end", []int{5}, []int{},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Select(-1, -2) },
		func(dst, x *tensor.Tensor) { dst.AsView().Select(x, -1, -2) },
		func(i []int) []int { return []int{3} }},
	{"expand", []int{1, 3, 1}, []int{2, 4, 3, 5},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Expand(2, 4, -1, 5) },
		func(dst, x *tensor.Tensor) { dst.AsView().Expand(x, 2, 4, -1, 5) },
		func(i []int) []int { return []int{0, i[2], 0} }},
	{"expand a scalar", []int{}, []int{2, 2},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Expand(2, 2) },
		func(dst, x *tensor.Tensor) { dst.AsView().Expand(x, 2, 2) },
		func(i []int) []int { return nil }},
	{"expand to nothing", []int{1, 3}, []int{0, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Expand(0, 3) },
		func(dst, x *tensor.Tensor) { dst.AsView().Expand(x, 0, 3) },
		nil},
	{"squeeze all", []int{1, 2, 1, 3}, []int{2, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Squeeze() },
		func(dst, x *tensor.Tensor) { dst.AsView().Squeeze(x) },
		func(i []int) []int { return []int{0, i[0], 0, i[1]} }},
	{"squeeze one", []int{1, 2, 1, 3}, []int{1, 2, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Squeeze(-2) },
		func(dst, x *tensor.Tensor) { dst.AsView().Squeeze(x, -2) },
		func(i []int) []int { return []int{0, i[1], 0, i[2]} }},
	{"unsqueeze", []int{2, 3}, []int{2, 1, 3},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Unsqueeze(1) },
		func(dst, x *tensor.Tensor) { dst.AsView().Unsqueeze(x, 1) },
		func(i []int) []int { return []int{i[0], i[2]} }},
	{"unsqueeze last", []int{2, 3}, []int{2, 3, 1},
		func(x *tensor.Tensor) *tensor.Tensor { return x.Unsqueeze(-1) },
		func(dst, x *tensor.Tensor) { dst.AsView().Unsqueeze(x, -1) },
		func(i []int) []int { return []int{i[0], i[1]} }},
}

func TestViews(t *testing.T) {
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			for _, dt := range dtypes {
				for _, l := range layouts {
					g := newSource(3).grid(-1, 1, v.shape...)
					want := each(v.want, func(i []int) float64 { return g.at(v.from(i)) })
					x := l.put(dt, g)
					want.near(t, v.value(x), exact)

					var dst tensor.Tensor
					v.set(&dst, x)
					want.near(t, &dst, exact)
					require.Equal(t, dt, dst.DType())
					require.Equal(t, len(want.v), dst.Len())

					for i := range places(want.shape) { // written through the view, read in the operand
						dst.Set(5, i...)
						require.Equal(t, 5.0, x.At(v.from(i)...))
						break
					}

					self := l.put(dt, g)
					v.set(self, self)
					want.near(t, self, exact)
				}
			}
		})
	}
}

func TestReshape(t *testing.T) {
	for _, c := range []struct{ from, to, want []int }{
		{[]int{2, 3}, []int{3, 2}, []int{3, 2}},
		{[]int{2, 3}, []int{-1}, []int{6}},
		{[]int{2, 3, 4}, []int{2, -1, 1}, []int{2, 12, 1}},
		{[]int{1}, []int{}, []int{}},
		{[]int{}, []int{1, 1, 1}, []int{1, 1, 1}},
		{[]int{0, 3}, []int{3, -1}, []int{3, 0}},
		{[]int{0, 3}, []int{0}, []int{0}},
		{[]int{4, 6}, []int{2, 2, 3, 2}, []int{2, 2, 3, 2}},
	} {
		for _, dt := range dtypes {
			for _, l := range layouts {
				g := newSource(4).grid(-1, 1, c.from...)
				grid{c.want, g.v}.near(t, l.put(dt, g).Reshape(c.to...), exact)
			}
		}
	}
	x := tensor.Arange(6)
	x.Reshape(2, 3).Set(9, 1, 1)
	require.Equal(t, 9.0, x.At(4), "a reshape of a contiguous tensor shares its storage")

	g := newSource(5).grid(-1, 1, 2, 3, 4)
	for _, c := range []struct {
		from, to int
		want     []int
	}{{0, -1, []int{24}}, {1, 2, []int{2, 12}}, {0, 1, []int{6, 4}}, {-2, -2, []int{2, 3, 4}}} {
		require.Equal(t, c.want, tensor.Dims{}.Flatten(put(tensor.Float32, g), c.from, c.to))
		for _, l := range layouts {
			grid{c.want, g.v}.near(t, l.put(tensor.Float32, g).Flatten(c.from, c.to), exact)
		}
	}
	grid{[]int{1}, []float64{2}}.near(t, tensor.Scalar(2).Flatten(0, -1), exact)
}

// A model of a view: for each element, in row-major order, its place in the
// storage.
type model struct {
	shape []int
	at    []int
}

// pick returns the model of shape whose element at idx is that of m at
// from(idx).
func (m model) pick(shape []int, from func(idx []int) []int) model {
	index := make([]float64, len(m.at))
	for i, at := range m.at {
		index[i] = float64(at)
	}
	g := grid{m.shape, index}
	out := model{append([]int{}, shape...), []int{}}
	for idx := range places(shape) {
		out.at = append(out.at, int(g.at(from(idx))))
	}
	return out
}

// strided reports whether the places of m can be said by strides.
func (m model) strided() bool {
	if len(m.at) == 0 {
		return true
	}
	g := newGrid(m.shape...)
	i := 0
	for idx := range places(m.shape) {
		at := m.at[0]
		for k, d := range m.shape {
			if d > 1 {
				unit := make([]int, len(idx))
				unit[k] = 1
				at += idx[k] * (m.at[g.offset(unit)] - m.at[0])
			}
		}
		if m.at[i] != at {
			return false
		}
		i++
	}
	return true
}

// walk applies random view methods to a new tensor, and the same to its model. The
// elements of the tensor are their places in the storage.
func walk(t *rapid.T, steps int) (x *tensor.Tensor, m model) {
	shape := rapid.SliceOfN(rapid.SampledFrom([]int{2, 3, 1, 4, 2, 3, 5, 1, 2, 3, 4, 3, 2, 6, 0}), rapid.IntRange(0, 2).Draw(t, "least"), 4).Draw(t, "shape")
	dt := rapid.SampledFrom(dtypes).Draw(t, "dtype")
	n := 0
	g := each(shape, func([]int) float64 { n++; return float64(n - 1) })
	x, m = put(dt, g), model{shape, make([]int, n)}
	for i := range m.at {
		m.at[i] = i
	}
	for range rapid.IntRange(steps/2, steps).Draw(t, "steps") {
		x, m = step(t, x, m)
	}
	return x, m
}

func step(t *rapid.T, x *tensor.Tensor, m model) (*tensor.Tensor, model) {
	rank := len(m.shape)
	shape := append([]int{}, m.shape...)
	axis := 0
	if rank > 0 {
		axis = rapid.IntRange(0, rank-1).Draw(t, "axis")
	}
	switch kind := rapid.SampledFrom([]int{0, 1, 2, 1, 3, 0, 4, 2, 5}).Draw(t, "kind"); {
	case kind == 0:
		axes := rapid.Permutation(places1(rank)).Draw(t, "permute")
		for i, a := range axes {
			shape[i] = m.shape[a]
		}
		return x.Permute(axes...), m.pick(shape, func(idx []int) []int {
			from := make([]int, rank)
			for i, a := range axes {
				from[a] = idx[i]
			}
			return from
		})
	case kind == 1 && rank > 0:
		lo := rapid.IntRange(0, max(0, shape[axis]-2)).Draw(t, "from")
		hi := rapid.IntRange(min(lo+1, shape[axis]), shape[axis]).Draw(t, "to")
		by := rapid.IntRange(1, 3).Draw(t, "step")
		shape[axis] = (hi - lo + by - 1) / by
		return x.Slice(axis, lo, hi, by), m.pick(shape, func(idx []int) []int {
			from := append([]int{}, idx...)
			from[axis] = lo + by*idx[axis]
			return from
		})
	case kind == 2 && rank > 0 && shape[axis] == 1 && len(m.at) < 200:
		shape[axis] = rapid.IntRange(1, 4).Draw(t, "expand")
		return x.Expand(shape...), m.pick(shape, func(idx []int) []int { return idx })
	case kind == 3 && rank < 5:
		at := rapid.IntRange(0, rank).Draw(t, "unsqueeze")
		m.shape = append(append(append([]int{}, shape[:at]...), 1), shape[at:]...)
		return x.Unsqueeze(at), m
	case kind == 4:
		m.shape = []int{}
		for _, d := range shape {
			if d != 1 {
				m.shape = append(m.shape, d)
			}
		}
		return x.Squeeze(), m
	default:
		m.shape = factors(t, len(m.at))
		return x.Reshape(m.shape...), m
	}
}

// places1 returns 0 … n−1.
func places1(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// factors returns a random shape of n elements.
func factors(t *rapid.T, n int) []int {
	shape := []int{}
	if n == 0 {
		return append(shape, 0, rapid.IntRange(0, 3).Draw(t, "dimension"))
	}
	for d := 2; n > 1; {
		if n%d != 0 {
			d++
			continue
		}
		n /= d
		if len(shape) > 0 && rapid.Bool().Draw(t, "join") || len(shape) >= 5 {
			shape[len(shape)-1] *= d
		} else {
			shape = append(shape, d)
		}
	}
	return rapid.Permutation(shape).Draw(t, "order")
}

func TestViewProperty(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		x, m := walk(t, 6)
		want := newGrid(m.shape...)
		for i, at := range m.at {
			want.v[i] = float64(at)
		}
		require.Equal(t, append([]int{}, m.shape...), append([]int{}, x.Shape()...))
		require.Equal(t, want.v, gridOf(x).v)
		require.Equal(t, want.v, tensor.Values(x))
		require.Equal(t, want.v, tensor.Values(x.Contiguous()))
	})
}

// Reshape gives a view exactly when there are strides for one.
func TestReshapeProperty(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		x, m := walk(t, 3)
		m.shape = factors(t, x.Len())
		want := grid{m.shape, tensor.Values(x)}
		want.near(t, x.Reshape(m.shape...), exact)

		var v tensor.Tensor
		if v.AsView().Reshape(x, m.shape...) {
			want.near(t, &v, exact)
			if v.Len() > 0 {
				v.Set(-1, make([]int, v.Rank())...)
				require.Equal(t, -1.0, x.At(make([]int, x.Rank())...), "the view shares storage")
			}
			return
		}
		i := 0
		for idx := range places(x.Shape()) {
			m.at[i] = 0
			for k, s := range x.Strides() {
				m.at[i] += idx[k] * s
			}
			i++
		}
		require.False(t, m.strided(), "%v with strides %v has a view of shape %v", x.Shape(), x.Strides(), m.shape)
	})
}

// The stride of an axis of length 1 is never used, so it makes no gaps.
func TestAxesOfLengthOneHaveNoGaps(t *testing.T) {
	wide := tensor.Zeros(4, 3)
	for name, x := range map[string]*tensor.Tensor{
		"a row, turned":    tensor.Zeros(1, 3).Transpose(0, 1),
		"one row of many":  wide.Slice(0, 2, 3, 1),
		"every third row":  wide.Slice(0, 0, 1, 3),
		"a column of one":  tensor.Zeros(3, 1, 2).Transpose(0, 1),
		"a row, stretched": tensor.Zeros(3).Expand(1, 3),
	} {
		require.True(t, x.IsContiguous(), "%s: strides %v", name, x.Strides())
		require.Same(t, x, x.Contiguous(), name)
		x.Reshape(-1).Set(7, 0)
		require.Equal(t, 7.0, tensor.Values(x)[0], "%s: Reshape shares storage", name)
	}
	require.False(t, wide.Slice(1, 0, 1, 1).IsContiguous())
}
