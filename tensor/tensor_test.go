package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestConstructors(t *testing.T) {
	type reading float32
	f32, f64 := tensor.Float32, tensor.Float64
	for _, c := range []struct {
		name  string
		got   *tensor.Tensor
		dt    tensor.DType
		shape []int
		want  []float64
	}{
		{"new float32", tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3), f32, []int{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{"new float64", tensor.New([]float64{1, 2}, 2, 1), f64, []int{2, 1}, []float64{1, 2}},
		{"new named type", tensor.New([]reading{1.5, 2}, 2), f32, []int{2}, []float64{1.5, 2}},
		{"new without axes", tensor.New([]float64{7}), f64, []int{}, []float64{7}},
		{"new of nothing", tensor.New([]float32(nil), 0, 3), f32, []int{0, 3}, []float64{}},
		{"new of no doubles", tensor.New([]float64(nil), 0), f64, []int{0}, []float64{}},
		{"zeros", tensor.Zeros(2, 2), f32, []int{2, 2}, []float64{0, 0, 0, 0}},
		{"zeros64", tensor.Zeros64(2), f64, []int{2}, []float64{0, 0}},
		{"zeros of float64", tensor.ZerosOf(f64, 1, 1), f64, []int{1, 1}, []float64{0}},
		{"zeros like", tensor.ZerosLike(tensor.Zeros64(3, 1).T()), f64, []int{1, 3}, []float64{0, 0, 0}},
		{"ones", tensor.Ones(3), f32, []int{3}, []float64{1, 1, 1}},
		{"full", tensor.Full(0.1, 2), f32, []int{2}, []float64{float64(float32(0.1)), float64(float32(0.1))}},
		{"scalar", tensor.Scalar(-2), f32, []int{}, []float64{-2}},
		{"arange", tensor.Arange(4), f32, []int{4}, []float64{0, 1, 2, 3}},
		{"arange of nothing", tensor.Arange(0), f32, []int{0}, []float64{}},
		{"eye", tensor.Eye(2), f32, []int{2, 2}, []float64{1, 0, 0, 1}},
		{"one-hot", tensor.OneHot([]int{2, 0}, 3), f32, []int{2, 3}, []float64{0, 0, 1, 1, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.dt, c.got.DType())
			require.Equal(t, c.shape, append([]int{}, c.got.Shape()...))
			require.Equal(t, len(c.shape), c.got.Rank())
			require.Equal(t, len(c.want), c.got.Len())
			require.Equal(t, c.want, tensor.Values(c.got))
			require.True(t, c.got.IsContiguous())
			if c.dt == f32 {
				require.Len(t, tensor.Data[float32](c.got), len(c.want))
			} else {
				require.Len(t, tensor.Data[float64](c.got), len(c.want))
			}
		})
	}
}

func TestNewSharesData(t *testing.T) {
	data := []float32{1, 2, 3, 4}
	x := tensor.New(data, 2, 2)
	data[3] = 9
	require.Equal(t, 9.0, x.At(1, 1))
	x.Set(7, 0, 1)
	require.Equal(t, float32(7), data[1])
	require.Same(t, &data[0], &tensor.Data[float32](x)[0])

	var w tensor.Tensor
	w.AsView().Wrap32(data, 4)
	w.AsView().Wrap64([]float64{5}, 1, 1)
	require.Equal(t, tensor.Float64, w.DType())
	require.Equal(t, []int{1, 1}, w.Shape())
	require.Equal(t, 5.0, w.Item())
}

// Data of a view has the elements of the view and no others. Appending to it does
// not write to the elements behind them.
func TestDataOfViews(t *testing.T) {
	x := tensor.Arange(12).Reshape(3, 4)
	row := tensor.Data[float32](x.Slice(0, 1, 2, 1))
	require.Equal(t, []float32{4, 5, 6, 7}, row)
	_ = append(row, 99)
	require.Equal(t, 8.0, x.At(2, 0))
	row[0] = -1
	require.Equal(t, -1.0, x.At(1, 0), "a contiguous view gives its storage")

	column := tensor.Data[float32](x.Slice(1, 0, 1, 1))
	require.Equal(t, []float32{0, -1, 8}, column)
	column[0] = 50
	require.Equal(t, 0.0, x.At(0, 0), "a strided view gives a copy")

	v := tensor.Values(x.Slice(0, 0, 1, 1))
	v[0] = 50
	require.Equal(t, 0.0, x.At(0, 0), "Values gives a copy")
}

func TestAccess(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			g := newSource(1).grid(-1, 1, 2, 3, 4)
			x := l.put(dt, g)
			g.near(t, x, exact)
			require.Equal(t, g.v, tensor.Values(x))
			require.Equal(t, []int{3, 4, 3}, []int{x.Dim(1), x.Dim(-1), x.Dim(-2)})
			require.Equal(t, g.at([]int{1, 2, 3}), x.Slice(0, 1, 2, 1).Slice(1, 2, 3, 1).Slice(2, 3, 4, 1).Item())

			c := x.Clone()
			require.True(t, c.IsContiguous())
			g.near(t, c, exact)
			c.Set(5, 0, 0, 0)
			g.near(t, x, exact)

			require.Equal(t, x.IsContiguous(), x.Contiguous() == x)
			g.near(t, x.Contiguous(), exact)
			require.Same(t, x, x.To(dt))
			for _, to := range dtypes {
				y := x.To(to)
				require.Equal(t, to, y.DType())
				g.near(t, y, exact)
			}
		}
	}
	require.Equal(t, 1e30, tensor.New([]float64{1e30}).To(tensor.Float64).Item())
	require.Equal(t, math.Inf(1), tensor.New([]float64{1e300}).To(tensor.Float32).Item())
	require.Equal(t, "float32 float64", tensor.Float32.String()+" "+tensor.Float64.String())
	require.Equal(t, []int{4, 8}, []int{tensor.Float32.Size(), tensor.Float64.Size()})
}

func TestFillAndCopy(t *testing.T) {
	src := newSource(2)
	for _, to := range dtypes {
		for _, from := range dtypes {
			for _, shapes := range [][2][]int{
				{{}, {}}, {{3}, {}}, {{3}, {3}}, {{2, 3}, {3}}, {{2, 3}, {2, 1}}, {{4, 2, 3}, {2, 1}},
				{{0}, {1}}, {{2, 0}, {}}, {{2500}, {2500}}, {{2, 1100}, {1}},
			} {
				g := src.odd(src.grid(-9, 9, shapes[1]...))
				want := each(shapes[0], g.at)
				for _, l := range layouts {
					for _, m := range layouts {
						l.into(t, to, want, exact, func(dst *tensor.Tensor) { dst.CopyFrom(m.put(from, g)) })
					}
					l.into(t, to, want.apply(func(float64) float64 { return 2.5 }), exact, func(dst *tensor.Tensor) { dst.Fill(2.5) })
				}
			}
		}
	}
}

// A tensor can get its shape first and its storage afterwards.
func TestSetShape(t *testing.T) {
	var x tensor.Tensor
	require.Equal(t, 6, x.AsView().SetShape("test", []int{2, 3}))
	x.AsView().Use32([]float32{1, 2, 3, 4, 5, 6, 7, 8})
	require.Equal(t, []float64{1, 2, 3, 4, 5, 6}, tensor.Values(&x))
	require.Equal(t, 2, x.AsView().SetShape("test", []int{2}))
	x.AsView().Use64([]float64{7, 8, 9})
	require.Equal(t, tensor.Float64, x.DType())
	require.Equal(t, []float64{7, 8}, tensor.Values(&x))
	require.Panics(t, func() { x.AsView().SetShape("test", []int{-1}) })
	require.Panics(t, func() { x.AsView().SetShape("test", make([]int, 9)) })
}

// Version counts the writes of operations, also those through views, and nothing
// else.
func TestVersion(t *testing.T) {
	x := tensor.Zeros(3, 4)
	before := x.Version()
	changed := func() bool {
		v := x.Version()
		defer func() { before = v }()
		return v != before
	}
	view := x.T().Slice(0, 1, 3, 1)
	require.False(t, changed())
	view.Fill(1)
	require.True(t, changed())
	require.Equal(t, x.Version(), view.Version())
	x.Set(2, 0, 0)
	require.True(t, changed())
	tensor.MulTo(x, x, tensor.Full(2, 4))
	require.True(t, changed())
	tensor.ExpTo(x, x)
	require.True(t, changed())
	tensor.Exp(x)
	tensor.Add(x, x)
	x.Clone().Fill(1)
	require.Zero(t, x.At(0, 0)-x.At(0, 0))
	require.False(t, changed(), "reading, and writing to a copy")
}
