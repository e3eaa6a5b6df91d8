package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// reduce applies f to the elements of g that differ only along axes. The
// result keeps these axes with length one.
func (g grid) reduce(axes []int, f func(x []float64) float64) grid {
	shape := slices.Clone(g.shape)
	inner := slices.Clone(g.shape)
	for i := range shape {
		if slices.Contains(axes, i) {
			shape[i] = 1
		} else {
			inner[i] = 1
		}
	}
	sum := make([]int, len(shape))
	return each(shape, func(at []int) float64 {
		row := []float64{}
		for in := range places(inner) {
			for i := range sum {
				sum[i] = at[i] + in[i]
			}
			row = append(row, g.at(sum))
		}
		return f(row)
	})
}

// without returns g without axes, whose length is one.
func (g grid) without(axes []int) grid {
	shape := []int{}
	for i, d := range g.shape {
		if !slices.Contains(axes, i) {
			shape = append(shape, d)
		}
	}
	return grid{shape, g.v}
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

func prod(x []float64) float64 {
	p := 1.0
	for _, v := range x {
		p *= v
	}
	return p
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }

func norm(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v * v
	}
	return math.Sqrt(s)
}

func variance(x []float64, correction int) float64 {
	m, s := mean(x), 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return s / math.Max(0, float64(len(x)-correction))
}

func fold(f func(a, b float64) float64, start float64) func(x []float64) float64 {
	return func(x []float64) float64 {
		m := start
		for _, v := range x {
			m = f(m, v)
		}
		return m
	}
}

func logSumExp(x []float64) float64 {
	m := fold(larger, math.Inf(-1))(x)
	if math.IsInf(m, 0) {
		return m
	}
	s := 0.0
	for _, v := range x {
		s += math.Exp(v - m)
	}
	return m + math.Log(s)
}

type reduceCase struct {
	name  string
	to    func(dst, x *tensor.Tensor, axes tensor.Axes)
	value func(x *tensor.Tensor, axes ...int) *tensor.Tensor
	want  func(x []float64) float64
	tol   tolerance
	empty bool // whether the operation has a value for no elements
}

var reduceCases = []reduceCase{
	{"sum", tensor.SumTo, tensor.Sum, sum, tolerance{4, 200}, true},
	{"mean", tensor.MeanTo, tensor.Mean, mean, tolerance{4, 20}, true},
	{"prod", tensor.ProdTo, tensor.Prod, prod, tolerance{64, 0}, true},
	{"max", tensor.MaxTo, tensor.Max, fold(larger, math.Inf(-1)), exact, false},
	{"min", tensor.MinTo, tensor.Min, fold(smaller, math.Inf(1)), exact, false},
	{"log-sum-exp", tensor.LogSumExpTo, tensor.LogSumExp, logSumExp, tolerance{8, 16}, true},
	{"norm", tensor.NormTo, tensor.Norm, norm, loose, true},
	{"variance", func(dst, x *tensor.Tensor, axes tensor.Axes) { tensor.VarianceTo(dst, x, axes, 1) }, tensor.Variance,
		func(x []float64) float64 { return variance(x, 1) }, tolerance{16, 64}, true},
	{"biased variance", func(dst, x *tensor.Tensor, axes tensor.Axes) { tensor.VarianceTo(dst, x, axes, 0) }, nil,
		func(x []float64) float64 { return variance(x, 0) }, tolerance{16, 64}, true},
	{"variance with many degrees of freedom", func(dst, x *tensor.Tensor, axes tensor.Axes) { tensor.VarianceTo(dst, x, axes, 3) }, nil,
		func(x []float64) float64 { return variance(x, 3) }, tolerance{16, 64}, true},
	{"std", func(dst, x *tensor.Tensor, axes tensor.Axes) { tensor.StdTo(dst, x, axes, 1) }, tensor.Std,
		func(x []float64) float64 { return math.Sqrt(variance(x, 1)) }, tolerance{16, 64}, true},
	{"biased std", func(dst, x *tensor.Tensor, axes tensor.Axes) { tensor.StdTo(dst, x, axes, 0) }, nil,
		func(x []float64) float64 { return math.Sqrt(variance(x, 0)) }, tolerance{16, 64}, true},
	normCase("0-norm", 0, func(x []float64) float64 {
		n := 0.0
		for _, v := range x {
			n += truth(v != 0)
		}
		return n
	}, exact),
	normCase("1-norm", 1, func(x []float64) float64 { return sum(absolute(x)) }, tolerance{4, 32}),
	normCase("2-norm", 2, norm, loose),
	normCase("3-norm", 3, func(x []float64) float64 { return powers(x, 3) }, loose),
	normCase("½-norm", 0.5, func(x []float64) float64 { return powers(x, 0.5) }, tolerance{32, 2}),
	normCase("max-norm", math.Inf(1), func(x []float64) float64 { return fold(larger, 0)(absolute(x)) }, exact),
	normCase("min-norm", math.Inf(-1), func(x []float64) float64 { return fold(smaller, math.Inf(1))(absolute(x)) }, exact),
	normCase("−1-norm", -1, func(x []float64) float64 { return powers(x, -1) }, tolerance{32, 2}),
}

// normCase is the case of a p-norm. Norms that would be that of the largest or
// smallest of no elements have no value for none.
func normCase(name string, p float64, want func(x []float64) float64, tol tolerance) reduceCase {
	return reduceCase{name, func(dst, x *tensor.Tensor, axes tensor.Axes) { tensor.NormPTo(dst, x, axes, p) },
		func(x *tensor.Tensor, axes ...int) *tensor.Tensor { return tensor.NormP(x, p, axes...) }, want, tol, p >= 0 && !math.IsInf(p, 1)}
}

func absolute(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Abs(v)
	}
	return out
}

func powers(x []float64, p float64) float64 {
	s := 0.0
	for _, v := range x {
		s += math.Pow(math.Abs(v), p)
	}
	return math.Pow(s, 1/p)
}

var reduceShapes = [][]int{
	{}, {1}, {5}, {2, 3}, {1, 4}, {4, 1, 3}, {2, 3, 4}, {3, 2, 2, 3}, {50, 3}, {3, 50},
	{0}, {2, 0}, {0, 3}, {2, 0, 3},
}

func TestReduce(t *testing.T) {
	for _, c := range reduceCases {
		t.Run(c.name, func(t *testing.T) {
			src := newSource(10)
			for _, dt := range dtypes {
				for _, shape := range reduceShapes {
					for axes := range subsets(len(shape)) {
						c.check(t, src, dt, src.grid(-2, 2, shape...).round(dt), axes)
						if len(axes) > 0 && slices.Max(shape) < 9 {
							c.check(t, src, dt, src.odd(src.grid(-2, 2, shape...)).round(dt), axes)
						}
					}
				}
			}
		})
	}
}

func (c reduceCase) check(t *testing.T, src source, dt tensor.DType, g grid, axes []int) {
	t.Helper()
	count := 1
	for _, a := range axes {
		count *= g.shape[a]
	}
	l := layouts[src.IntN(len(layouts))]
	x := l.put(dt, g)
	var set tensor.Axes
	if len(axes) > 0 {
		set = x.AxesOf("test", axes...)
	}
	require.Equal(t, count, x.Count(set))
	kept := g.reduce(axes, c.want)
	flat := kept.without(axes)
	require.Equal(t, kept.shape, tensor.Dims{}.Reduce(x, set, true))
	require.Equal(t, flat.shape, tensor.Dims{}.Reduce(x, set, false))
	if count == 0 && !c.empty {
		require.Panics(t, func() { c.to(tensor.ZerosOf(dt, flat.shape...), x, set) })
		return
	}
	for _, m := range layouts {
		m.into(t, dt, kept, c.tol, func(dst *tensor.Tensor) { c.to(dst, x, set) })
		m.into(t, dt, flat, c.tol, func(dst *tensor.Tensor) { c.to(dst, x, set) })
	}
	if c.value != nil {
		if len(axes) > 0 {
			back := slices.Clone(axes) // counted from the end, in another order
			for i := range back {
				back[i] -= len(g.shape)
			}
			slices.Reverse(back)
			flat.near(t, c.value(x, back...), c.tol)
		}
		all := places1(len(g.shape))
		if len(g.v) > 0 || c.empty {
			g.reduce(all, c.want).without(all).near(t, c.value(x), c.tol)
		}
	}
	g.near(t, x, exact)
}

// Long sums lose few digits: the error grows with the logarithm of the length.
func TestSumIsAccurate(t *testing.T) {
	const n = 1 << 20
	src := newSource(11)
	g := src.grid(0, 1, n)
	x := put(tensor.Float32, g)
	want := sum(g.v)
	grid{[]int{}, []float64{want}}.near(t, tensor.Sum(x), tolerance{rel: 10})
	grid{[]int{}, []float64{want / n}}.near(t, tensor.Mean(x), tolerance{rel: 10})
	require.Equal(t, float64(1<<25), tensor.Sum(tensor.Ones(1).Expand(1<<25)).Item(), "beyond the integers of a float32")

	for _, rows := range []int{255, 256, 257, 511, 512, 513, 100000} { // columns
		g := src.grid(0, 1, rows, 3)
		g.reduce([]int{0}, sum).without([]int{0}).near(t, tensor.Sum(put(tensor.Float32, g), 0), tolerance{rel: 10})
	}
}

func TestArg(t *testing.T) {
	nan := math.NaN()
	inf := math.Inf(1)
	for _, c := range []struct {
		x        []float64
		max, min int
	}{
		{[]float64{3}, 0, 0},
		{[]float64{1, 3, 2}, 1, 0},
		{[]float64{2, 3, 1, 3, 1}, 1, 2},
		{[]float64{1, nan, 5, nan, -9}, 1, 1},
		{[]float64{nan, 7}, 0, 0},
		{[]float64{7, 8, nan}, 2, 2},
		{[]float64{-inf, -inf}, 0, 0},
		{[]float64{inf, inf}, 0, 0},
		{[]float64{0, math.Copysign(0, -1)}, 0, 0},
	} {
		x := tensor.New(c.x, len(c.x))
		require.Equal(t, []int{c.max}, tensor.ArgMax(x, 0), "%v", c.x)
		require.Equal(t, []int{c.min}, tensor.ArgMin(x, -1), "%v", c.x)
	}

	first := func(better func(a, b float64) bool) func(x []float64) float64 {
		return func(x []float64) float64 {
			at := 0
			for i, v := range x {
				if better(v, x[at]) {
					at = i
				}
			}
			return float64(at)
		}
	}
	src := newSource(12)
	for _, dt := range dtypes {
		for _, shape := range [][]int{{4}, {2, 3}, {3, 1, 5}, {2, 3, 4}, {0, 3}} {
			for axis, d := range shape {
				g := src.integers(-2, 2, shape...)
				if d == 0 {
					continue
				}
				for _, l := range layouts {
					x := l.put(dt, g)
					require.Equal(t, toInts(g.reduce([]int{axis}, first(func(a, b float64) bool { return a > b })).v), tensor.ArgMax(x, axis))
					want := toInts(g.reduce([]int{axis}, first(func(a, b float64) bool { return a < b })).v)
					require.Equal(t, want, tensor.ArgMin(x, axis-len(shape)))
					index := make([]int, len(want))
					tensor.ArgTo(index, x, axis, false)
					require.Equal(t, want, index)
				}
			}
		}
	}
}

func toInts(v []float64) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

func TestAxes(t *testing.T) {
	x := tensor.Zeros(2, 3, 4)
	require.Equal(t, tensor.Axes(0b111), x.AxesOf("test"))
	require.Equal(t, tensor.Axes(0b101), x.AxesOf("test", -1, 0))
	require.Equal(t, tensor.Axes(0), tensor.Scalar(1).AxesOf("test"))
	s := x.AxesOf("test", 1)
	require.Equal(t, []bool{false, true, false}, []bool{s.Has(0), s.Has(1), s.Has(2)})
}

func TestNormOf(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			g := newSource(13).grid(-1, 1, 4, 5)
			require.InDelta(t, norm(g.v), tensor.NormOf(l.put(dt, g)), 1e-14)
			require.Zero(t, tensor.NormOf(l.put(dt, newGrid(0))))
			require.Equal(t, tensor.NormOf(l.put(dt, g)), tensor.NormPOf(l.put(dt, g), 2))
			require.InDelta(t, tensor.NormP(l.put(tensor.Float64, g), 3).Item(), tensor.NormPOf(l.put(dt, g), 3), 1e-14)
		}
	}
	require.Equal(t, 5e30, tensor.NormOf(tensor.New([]float64{3e30, 4e30}, 2)))
	require.InEpsilon(t, 5e30, tensor.NormOf(tensor.New([]float32{3e30, 4e30}, 2)), 1e-7, "squares beyond a float32")
}

// Long sums keep their digits, whichever axes are summed.
func TestSumOfMany(t *testing.T) {
	for _, c := range []struct {
		shape, axes []int
	}{
		{[]int{20000}, []int{0}},
		{[]int{20000, 3}, []int{0}},
		{[]int{10000, 3, 2}, []int{0, 2}},
		{[]int{2, 10000, 3, 2}, []int{1, 3}},
		{[]int{100, 3, 100, 5}, []int{0, 2}},
		{[]int{100, 3, 100, 5, 2}, []int{0, 2, 4}},
	} {
		x := tensor.Full(0.1, c.shape...)
		s := tensor.Sum(x, c.axes...)
		want := float64(float32(0.1)) * float64(x.Len()/s.Len())
		for _, v := range tensor.Values(s) {
			require.InEpsilon(t, want, v, 4e-6, "sum of %v over %v", c.shape, c.axes)
		}
	}
}
