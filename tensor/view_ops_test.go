package tensor_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

// A family is a kind of operation on a view x whose elements are g. It checks
// the result against a plain computation on g. A family that needs more axes
// or elements than x has is skipped.
type family struct {
	name    string
	rank    int // at least
	element bool
	check   func(t *rapid.T, x *tensor.Tensor, g grid)
}

var families = []family{
	{"unary", 0, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		anyLayout(t).into(t, x.DType(), g.apply(func(x float64) float64 { return 3 - 2*x }), exact, func(dst *tensor.Tensor) {
			tensor.MulScalarTo(dst, x, -2)
			tensor.AddScalarTo(dst, dst, 3)
		})
	}},
	{"binary", 0, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		b := countTo(shortened(t, g.shape, "partner"))
		y := anyLayout(t).put(x.DType(), b)
		apply2(g, b, minus).near(t, tensor.Sub(x, y), exact)
		apply2(b, g, times).near(t, tensor.Mul(y, x), exact)
	}},
	{"where", 0, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		want := g.apply(func(x float64) float64 { return larger(x, 4) })
		four := tensor.ZerosOf(x.DType())
		four.Fill(4)
		want.near(t, tensor.Where(tensor.Less(x, four), four, x), exact)
	}},
	{"copy", 0, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		g.near(t, x.Clone(), exact)
		g.near(t, x.To(rapid.SampledFrom(dtypes).Draw(t, "to")), exact)
		anyLayout(t).into(t, rapid.SampledFrom(dtypes).Draw(t, "into"), g, exact, func(dst *tensor.Tensor) { dst.CopyFrom(x) })
	}},
	{"reduce", 1, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		axes := []int{rapid.IntRange(0, len(g.shape)-1).Draw(t, "axis")}
		for i := range g.shape {
			if i != axes[0] && rapid.Bool().Draw(t, "also") {
				axes = append(axes, i)
			}
		}
		g.reduce(axes, sum).without(axes).near(t, tensor.Sum(x, axes...), exact)
		if x.Count(x.AxesOf("test", axes...)) > 0 {
			g.reduce(axes, fold(larger, -1)).without(axes).near(t, tensor.Max(x, axes...), exact)
			kept := g.reduce(axes, mean)
			anyLayout(t).into(t, x.DType(), kept, loose, func(dst *tensor.Tensor) { tensor.MeanTo(dst, x, x.AxesOf("test", axes...)) })
		}
	}},
	{"along", 1, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		axis := rapid.IntRange(0, len(g.shape)-1).Draw(t, "axis")
		for _, c := range rowCases {
			if c.value != nil {
				tol := tolerance{256, c.tol.abs}
				along(axis, c.want, g).near(t, c.value(x, axis), tol)
			}
		}
	}},
	{"arg", 1, true, func(t *rapid.T, x *tensor.Tensor, g grid) {
		axis := rapid.IntRange(0, len(g.shape)-1).Draw(t, "axis")
		want := g.reduce([]int{axis}, func(x []float64) float64 { return float64(slices.Index(x, slices.Max(x))) })
		require.Equal(t, toInts(want.v), tensor.ArgMax(x, axis))
	}},
	{"matmul", 1, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		w := countTo([]int{g.shape[len(g.shape)-1], rapid.IntRange(0, 6).Draw(t, "columns")})
		want, bound := matmul(g, w)
		within(t, want, bound, tensor.MatMul(x, anyLayout(t).put(x.DType(), w)))

		k := g.shape[max(0, len(g.shape)-2)]
		w = countTo([]int{rapid.IntRange(0, 6).Draw(t, "rows"), k})
		want, bound = matmul(w, g)
		within(t, want, bound, tensor.MatMul(anyLayout(t).put(x.DType(), w), x))
	}},
	{"select", 1, true, func(t *rapid.T, x *tensor.Tensor, g grid) {
		axis := rapid.IntRange(0, len(g.shape)-1).Draw(t, "axis")
		index := rapid.SliceOfN(rapid.IntRange(0, g.shape[axis]-1), 0, 5).Draw(t, "index")
		want := each(reach(g.shape, axis, len(index)), func(i []int) float64 { return g.at(reach(i, axis, index[i[axis]])) })
		want.near(t, tensor.IndexSelect(x, axis, index), exact)

		all := make([]int, 0, len(want.v))
		for i := range places(want.shape) {
			all = append(all, index[i[axis]])
		}
		want.near(t, tensor.Gather(x, axis, all, want.shape...), exact)
	}},
	{"join", 1, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		axis := rapid.IntRange(0, len(g.shape)-1).Draw(t, "axis")
		d := g.shape[axis]
		twice := each(reach(g.shape, axis, 2*d), func(i []int) float64 { return g.at(reach(i, axis, i[axis]%d)) })
		twice.near(t, tensor.Concat(axis, x, x), exact)

		pads := make([]int, 2*len(g.shape))
		pads[2*axis] = 1
		padded := each(reach(g.shape, axis, d+1), func(i []int) float64 {
			if i[axis] == 0 {
				return -1
			}
			return g.at(reach(i, axis, i[axis]-1))
		})
		padded.near(t, tensor.Pad(x, -1, pads...), exact)
	}},
	{"triangle", 2, false, func(t *rapid.T, x *tensor.Tensor, g grid) {
		want := each(g.shape, func(i []int) float64 { return truth(i[len(i)-1] <= i[len(i)-2]) * g.at(i) })
		want.near(t, tensor.Tril(x, 0), exact)
	}},
	{"images", 2, true, func(t *rapid.T, x *tensor.Tensor, g grid) {
		h, w := g.shape[len(g.shape)-2], g.shape[len(g.shape)-1]
		flat := grid{[]int{len(g.v) / (h * w), 1, h, w}, g.v}
		images := x.Reshape(flat.shape...)
		filter := tensor.ZerosOf(x.DType(), 1, 1, 1, 1)
		filter.Fill(2)
		flat.apply(func(x float64) float64 { return 2 * x }).near(t, tensor.Conv2d(images, filter, tensor.ConvShape{}), exact)
		y, _ := tensor.MaxPool2d(images, tensor.PoolShape{Kernel: [2]int{h, w}})
		flat.reduce([]int{2, 3}, fold(larger, -1)).near(t, y, exact)
	}},
}

func anyLayout(t *rapid.T) layout {
	return layouts[rapid.IntRange(0, len(layouts)-1).Draw(t, "layout")]
}

// countTo returns the grid of 1, 2, 3 ….
func countTo(shape []int) grid {
	n := 0.0
	return each(shape, func([]int) float64 { n++; return n })
}

// Every family of operations reads a view by its strides, whichever methods made
// the view.
func TestOperationsOnViews(t *testing.T) {
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			property.Check(t, func(t *rapid.T) {
				x, _ := walk(t, 6)
				if x.Rank() >= f.rank && (!f.element || x.Len() > 0) {
					f.check(t, x, gridOf(x))
				}
			})
		})
	}
}
