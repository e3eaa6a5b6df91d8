package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// along applies f to each row of the grids, which have one shape, along axis.
func along(axis int, f func(rows ...[]float64) []float64, gs ...grid) grid {
	out := newGrid(gs[0].shape...)
	outer := slices.Clone(out.shape)
	outer[axis] = 1
	for at := range places(outer) {
		rows := make([][]float64, len(gs))
		for i := range out.shape[axis] {
			at[axis] = i
			for k, g := range gs {
				rows[k] = append(rows[k], g.at(at))
			}
		}
		for i, v := range f(rows...) {
			at[axis] = i
			out.v[out.offset(at)] = v
		}
		at[axis] = 0
	}
	return out
}

// A rowCase is an operation along an axis, with or without a second operand.
type rowCase struct {
	name    string
	to      func(dst, x *tensor.Tensor, axis int)
	value   func(x *tensor.Tensor, axis int) *tensor.Tensor
	grad    func(dst, y, dy *tensor.Tensor, axis int)
	want    func(rows ...[]float64) []float64
	inPlace bool
	finite  bool // try no NaN and no infinities, of which the order of the factors decides
	tol     tolerance
}

var rowCases = []rowCase{
	{name: "softmax", to: tensor.SoftmaxTo, value: tensor.Softmax, inPlace: true, tol: tolerance{32, 0},
		want: func(x ...[]float64) []float64 { return softmax(x[0]) }},
	{name: "log-softmax", to: tensor.LogSoftmaxTo, value: tensor.LogSoftmax, inPlace: true, tol: tolerance{8, 8},
		want: func(x ...[]float64) []float64 { return logSoftmax(x[0]) }},
	{name: "cumsum", to: tensor.CumSumTo, value: tensor.CumSum, inPlace: true, tol: tolerance{8, 32},
		want: func(x ...[]float64) []float64 {
			out := slices.Clone(x[0])
			for i := 1; i < len(out); i++ {
				out[i] += out[i-1]
			}
			return out
		}},
	{name: "cumprod", to: tensor.CumProdTo, value: tensor.CumProd, inPlace: true, tol: tolerance{16, 0},
		want: func(x ...[]float64) []float64 {
			out := slices.Clone(x[0])
			for i := 1; i < len(out); i++ {
				out[i] *= out[i-1]
			}
			return out
		}},
	{name: "log-cumsum-exp", to: tensor.LogCumSumExpTo, value: tensor.LogCumSumExp, inPlace: true, tol: tolerance{16, 16},
		want: func(x ...[]float64) []float64 {
			out := make([]float64, len(x[0]))
			for i := range out {
				out[i] = logSumExp(x[0][:i+1])
			}
			return out
		}},
	{name: "flip", to: tensor.FlipTo, value: tensor.Flip,
		want: func(x ...[]float64) []float64 {
			out := slices.Clone(x[0])
			slices.Reverse(out)
			return out
		}},
	{name: "cumprod gradient", grad: func(dx, x, dy *tensor.Tensor, axis int) { dx.AsGrad().CumProd(x, dy, axis) }, finite: true, tol: tolerance{32, 32},
		want: func(x ...[]float64) []float64 {
			out := make([]float64, len(x[0]))
			for j := range out {
				for i := range j + 1 {
					out[i] += x[1][j] * without(x[0][:j+1], i)
				}
			}
			return out
		}},
	{name: "prod gradient", grad: func(dx, x, _ *tensor.Tensor, axis int) { dx.AsGrad().Prod(x, axis) }, finite: true, tol: tolerance{16, 0},
		want: func(x ...[]float64) []float64 {
			out := make([]float64, len(x[0]))
			for i := range out {
				out[i] = without(x[0], i)
			}
			return out
		}},
	{name: "softmax gradient", grad: func(dx, y, dy *tensor.Tensor, axis int) { dx.AsGrad().Softmax(y, dy, axis) }, tol: tolerance{16, 64},
		want: func(x ...[]float64) []float64 {
			out, dot := make([]float64, len(x[0])), 0.0
			for i, y := range x[0] {
				dot += y * x[1][i]
			}
			for i, y := range x[0] {
				out[i] = y * (x[1][i] - dot)
			}
			return out
		}},
	{name: "log-softmax gradient", grad: func(dx, y, dy *tensor.Tensor, axis int) { dx.AsGrad().LogSoftmax(y, dy, axis) }, tol: tolerance{16, 128},
		want: func(x ...[]float64) []float64 {
			out := make([]float64, len(x[0]))
			for i, y := range x[0] {
				out[i] = x[1][i] - math.Exp(y)*sum(x[1])
			}
			return out
		}},
}

// without returns the product of the elements of x but for one.
func without(x []float64, i int) float64 {
	p := 1.0
	for j, v := range x {
		if j != i {
			p *= v
		}
	}
	return p
}

func softmax(x []float64) []float64 {
	out := logSoftmax(x)
	for i, v := range out {
		out[i] = math.Exp(v)
	}
	return out
}

func logSoftmax(x []float64) []float64 {
	m := fold(larger, math.Inf(-1))(x)
	l := 0.0
	for _, v := range x {
		l += math.Exp(v - m)
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v - m - math.Log(l)
	}
	return out
}

// The gradient of log-cumsum-exp is for rows that do not decrease.
func TestLogCumSumExpGradient(t *testing.T) {
	inf := math.Inf(1)
	y := tensor.New([]float64{-inf, -inf, -1, 0, 2, 2, inf, inf}, 8)
	dy := tensor.New([]float64{1, 2, 3, -4, 5, 0.5, 2, 1}, 8)
	for _, dt := range dtypes {
		dst := tensor.ZerosOf(dt, 8)
		dst.AsGrad().LogCumSumExp(y.To(dt), dy.To(dt), 0)
		e := math.Exp
		grid{[]int{8}, []float64{3, 2, 3 - 4*e(-1) + 5.5*e(-3), -4 + 5.5*e(-2), 5.5, 0.5, 3, 1}}.near(t, dst, loose)
	}
}

func TestAlongAxis(t *testing.T) {
	for _, c := range rowCases {
		t.Run(c.name, func(t *testing.T) {
			src := newSource(14)
			for _, dt := range dtypes {
				for _, shape := range [][]int{{1}, {6}, {2, 3}, {3, 1}, {2, 3, 4}, {4, 1, 2, 3}, {0}, {2, 0}, {0, 2}, {3, 2000}} {
					if c.finite && slices.Contains(shape, 2000) {
						shape = []int{3, 60}
					}
					for axis := range shape {
						a := src.grid(-2, 2, shape...)
						b := src.grid(-1, 1, shape...)
						if shape[len(shape)-1] < 9 && !c.finite {
							a = src.odd(a)
						}
						c.check(t, src, dt, a, b, axis)
					}
				}
			}
		})
	}
}

func (c rowCase) check(t *testing.T, src source, dt tensor.DType, a, b grid, axis int) {
	t.Helper()
	back := axis - len(a.shape)
	c.tol.abs *= float64(max(1, a.shape[axis]/4)) // sums lose digits with their length
	for _, l := range layouts {
		m := layouts[src.IntN(len(layouts))]
		if c.grad != nil {
			want := along(axis, c.want, a, b)
			y, dy := m.put(dt, a), layouts[src.IntN(len(layouts))].put(dt, b)
			l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) { c.grad(dst, y, dy, axis) })
			l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) { c.grad(dst, y, dy, back) })
			continue
		}
		want := along(axis, c.want, a)
		x := m.put(dt, a)
		l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) { c.to(dst, x, axis) })
		want.near(t, c.value(x, back), c.tol)
		a.near(t, x, exact)
		if c.inPlace {
			l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) {
				dst.CopyFrom(x)
				c.to(dst, dst, axis)
			})
		}
	}
}

// A tensor without axes is a row of one element.
func TestAlongNoAxis(t *testing.T) {
	for _, axis := range []int{0, -1} {
		for _, c := range rowCases {
			if c.value != nil {
				along(0, c.want, grid{[]int{1}, []float64{3}}).near(t, c.value(tensor.Scalar(3), axis).Reshape(1), exact)
			}
		}
		for _, c := range reduceCases {
			if c.value != nil {
				grid{[]int{}, []float64{c.want([]float64{3})}}.near(t, c.value(tensor.Scalar(3), axis), loose)
			}
		}
		require.Equal(t, []int{0}, tensor.ArgMax(tensor.Scalar(3), axis))
	}
}

// Softmax neither overflows nor underflows on the way.
func TestSoftmaxIsStable(t *testing.T) {
	inf := math.Inf(1)
	for _, dt := range dtypes {
		for _, c := range []struct{ x, softmax, log []float64 }{
			{[]float64{1000, 1000}, []float64{0.5, 0.5}, []float64{-math.Ln2, -math.Ln2}},
			{[]float64{-1000, -1000}, []float64{0.5, 0.5}, []float64{-math.Ln2, -math.Ln2}},
			{[]float64{0, -10000}, []float64{1, 0}, []float64{0, -10000}},
			{[]float64{-inf, 3}, []float64{0, 1}, []float64{-inf, 0}},
		} {
			x := put(dt, grid{[]int{2}, c.x})
			grid{[]int{2}, c.softmax}.near(t, tensor.Softmax(x, 0), loose)
			grid{[]int{2}, c.log}.near(t, tensor.LogSoftmax(x, 0), loose)
		}
		for _, x := range []grid{{[]int{2}, []float64{-inf, -inf}}, {[]int{2}, []float64{inf, 0}}} {
			require.True(t, math.IsNaN(tensor.Softmax(put(dt, x), 0).At(0)))
		}
	}
}

// Roll takes every shift: negative ones, and ones beyond the length.
func TestRoll(t *testing.T) {
	x := tensor.New([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	require.Equal(t, []float64{3, 1, 2, 6, 4, 5}, tensor.Values(tensor.Roll(x, 1, 1)))
	require.Equal(t, []float64{3, 1, 2, 6, 4, 5}, tensor.Values(tensor.Roll(x, -5, -1)))
	require.Equal(t, []float64{4, 5, 6, 1, 2, 3}, tensor.Values(tensor.Roll(x, 3, 0)))
	require.Equal(t, []float64{4, 1, 5, 2, 6, 3}, tensor.Values(tensor.Roll(x.T(), 1, 1)))
	dst := tensor.Zeros64(3, 2)
	tensor.RollTo(dst.T(), x, 1, 1)
	require.Equal(t, []float64{3, 6, 1, 4, 2, 5}, tensor.Values(dst))
	require.Equal(t, []int{0, 3}, tensor.Roll(tensor.Zeros(0, 3), 2, 0).Shape())
}

func TestDiff(t *testing.T) {
	x := tensor.New([]float64{1, 4, 9, 0, 2, 5}, 2, 3)
	require.Equal(t, []float64{3, 5, 2, 3}, tensor.Values(tensor.Diff(x, 1, 1)))
	require.Equal(t, []float64{2, 1}, tensor.Values(tensor.Diff(x, 2, -1)))
	require.Equal(t, []float64{-1, -2, -4}, tensor.Values(tensor.Diff(x, 1, 0)))
	require.Equal(t, []int{0, 3}, tensor.Diff(x, 5, 0).Shape())
	require.Equal(t, tensor.Values(x), tensor.Values(tensor.Diff(x, 0, 0)))
	require.Equal(t, 0, tensor.CheckDiff(x, 1, -2))
}

// Many columns are copied some at a time; each gives what it gives alone.
func TestManyColumns(t *testing.T) {
	x := tensor.Uniform(tensor.NewRand(5), -1, 1, 3, 7, 150)
	for _, f := range []func(x *tensor.Tensor, axis int) *tensor.Tensor{tensor.Softmax, tensor.CumSum, tensor.Flip} {
		got, want := f(x, 1), f(x.Transpose(1, 2).Contiguous(), 2).Transpose(1, 2)
		require.Equal(t, tensor.Values(want.Contiguous()), tensor.Values(got))
		strided := f(x.Slice(2, 1, 150, 2), 1)
		require.Equal(t, tensor.Values(got.Slice(2, 1, 150, 2).Contiguous()), tensor.Values(strided))
	}
}
