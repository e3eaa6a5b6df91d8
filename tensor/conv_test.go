package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// A convCase is the geometry of a convolution: images, filters and how they
// meet.
type convCase struct {
	name  string
	x, w  []int
	shape tensor.ConvShape
}

var convCases = []convCase{
	{"one pixel", []int{1, 1, 1, 1}, []int{1, 1, 1, 1}, tensor.ConvShape{}},
	{"3×3", []int{2, 3, 6, 5}, []int{4, 3, 3, 3}, tensor.ConvShape{}},
	{"1×1", []int{2, 3, 4, 5}, []int{7, 3, 1, 1}, tensor.ConvShape{}},
	{"pad", []int{1, 2, 5, 4}, []int{3, 2, 3, 3}, tensor.ConvShape{Padding: [2]int{1, 2}}},
	{"pad beyond the kernel", []int{1, 1, 3, 3}, []int{2, 1, 2, 2}, tensor.ConvShape{Padding: [2]int{3, 4}}},
	{"stride", []int{2, 2, 7, 8}, []int{3, 2, 3, 2}, tensor.ConvShape{Stride: [2]int{2, 3}}},
	{"stride beyond the kernel", []int{1, 2, 9, 7}, []int{2, 2, 2, 1}, tensor.ConvShape{Stride: [2]int{4, 3}}},
	{"stride and pad", []int{2, 1, 6, 7}, []int{2, 1, 3, 4}, tensor.ConvShape{Stride: [2]int{2, 2}, Padding: [2]int{1, 3}}},
	{"dilation", []int{1, 2, 9, 8}, []int{3, 2, 3, 2}, tensor.ConvShape{Dilation: [2]int{2, 3}}},
	{"everything", []int{3, 4, 9, 10}, []int{6, 2, 3, 2}, tensor.ConvShape{Stride: [2]int{2, 1}, Padding: [2]int{2, 1}, Dilation: [2]int{2, 3}, Groups: 2}},
	{"groups", []int{2, 6, 4, 5}, []int{9, 2, 3, 3}, tensor.ConvShape{Groups: 3}},
	{"depthwise", []int{2, 5, 6, 4}, []int{5, 1, 3, 3}, tensor.ConvShape{Groups: 5, Padding: [2]int{1, 1}}},
	{"depthwise with a multiplier", []int{1, 3, 5, 5}, []int{6, 1, 2, 3}, tensor.ConvShape{Groups: 3}},
	{"row kernel", []int{2, 2, 3, 9}, []int{2, 2, 1, 5}, tensor.ConvShape{Padding: [2]int{0, 2}}},
	{"column kernel", []int{2, 2, 9, 3}, []int{2, 2, 5, 1}, tensor.ConvShape{Stride: [2]int{3, 1}}},
	{"kernel as large as the image", []int{2, 3, 4, 5}, []int{2, 3, 4, 5}, tensor.ConvShape{}},
	{"more terms than a block", []int{2, 40, 7, 6}, []int{5, 40, 3, 3}, tensor.ConvShape{Padding: [2]int{1, 1}}},
	{"more positions than a block", []int{1, 2, 30, 31}, []int{3, 2, 3, 3}, tensor.ConvShape{Padding: [2]int{1, 1}}},
	{"more filters than a block", []int{1, 3, 5, 5}, []int{70, 3, 3, 3}, tensor.ConvShape{Stride: [2]int{2, 2}}},
	{"a batch of several chunks", []int{19, 2, 5, 5}, []int{3, 2, 3, 3}, tensor.ConvShape{}},
	{"grouped chunks", []int{17, 4, 4, 4}, []int{4, 2, 2, 2}, tensor.ConvShape{Groups: 2, Stride: [2]int{2, 2}}},
	{"no images", []int{0, 2, 5, 5}, []int{3, 2, 3, 3}, tensor.ConvShape{}},
	{"no filters", []int{2, 2, 5, 5}, []int{0, 2, 3, 3}, tensor.ConvShape{}},
	{"no channels", []int{2, 0, 5, 5}, []int{3, 0, 3, 3}, tensor.ConvShape{}},
}

// terms calls f for every product of a pixel and a weight that a convolution
// adds up, with the places of pixel, weight and sum.
func (c convCase) terms(f func(x, w, y int)) (out []int) {
	one := func(n int) int { return max(n, 1) }
	s := c.shape
	sh, sw, dh, dw, groups := one(s.Stride[0]), one(s.Stride[1]), one(s.Dilation[0]), one(s.Dilation[1]), one(s.Groups)
	batch, channels, height, width := c.x[0], c.x[1], c.x[2], c.x[3]
	filters, per, kh, kw := c.w[0], c.w[1], c.w[2], c.w[3]
	oh := (height+2*s.Padding[0]-dh*(kh-1)-1)/sh + 1
	ow := (width+2*s.Padding[1]-dw*(kw-1)-1)/sw + 1
	for n := range batch {
		for o := range filters {
			for p := range oh * ow * per * kh * kw {
				x, p := p%kw, p/kw
				y, p := p%kh, p/kh
				k, p := p%per, p/per
				ix := p%ow*sw - s.Padding[1] + x*dw
				iy := p/ow*sh - s.Padding[0] + y*dh
				if ix < 0 || ix >= width || iy < 0 || iy >= height {
					continue
				}
				channel := o/(filters/groups)*per + k
				f(((n*channels+channel)*height+iy)*width+ix, ((o*per+k)*kh+y)*kw+x, (n*filters+o)*oh*ow+p)
			}
		}
	}
	return []int{batch, filters, oh, ow}
}

// sums holds sums of terms: the value of a convolution, or one of its two
// gradients. The bound of each sum's error is in units of ε.
type sums struct{ v, bound grid }

func newSums(shape []int) sums { return sums{newGrid(shape...), newGrid(shape...)} }

func (s sums) add(at int, term float64, count int) {
	s.v.v[at] += term
	s.bound.v[at] += math.Abs(term) * float64(count)
}

func TestConv2d(t *testing.T) {
	for _, c := range convCases {
		t.Run(c.name, func(t *testing.T) {
			src := newSource(20)
			out := c.terms(func(x, w, y int) {})
			x, w, dy := src.grid(-1, 1, c.x...), src.grid(-1, 1, c.w...), src.grid(-1, 1, out...)
			y, dx, dw := newSums(out), newSums(c.x), newSums(c.w)
			c.terms(func(i, j, k int) {
				y.add(k, x.v[i]*w.v[j], c.w[1]*c.w[2]*c.w[3])
				dx.add(i, dy.v[k]*w.v[j], c.w[0]*c.w[2]*c.w[3])
				dw.add(j, dy.v[k]*x.v[i], out[0]*out[2]*out[3])
			})
			bias := src.grid(-1, 1, c.w[0])
			channels := grid{[]int{c.w[0], 1, 1}, bias.v}
			biased := apply2(y.v, channels, func(a, b float64) float64 { return a + b })
			bound := apply2(y.bound, channels, func(a, b float64) float64 { return a + float64(1+len(w.v))*math.Abs(b) })
			for _, dt := range dtypes {
				for i, l := range layouts {
					m := layouts[(i+2)%len(layouts)]
					tx, tw, tdy := l.put(dt, x), m.put(dt, w), m.put(dt, dy)
					require.Equal(t, out, tensor.Dims{}.Conv2d(tx, tw, c.shape))
					within(t, y.v, y.bound, tensor.Conv2d(tx, tw, c.shape))
					within(t, y.v, y.bound, stale(dt, out, func(dst *tensor.Tensor) { tensor.Conv2dTo(dst, tx, tw, nil, c.shape) }))
					within(t, biased, bound, stale(dt, out, func(dst *tensor.Tensor) { tensor.Conv2dTo(dst, tx, tw, l.put(dt, bias), c.shape) }))
					within(t, dx.v, dx.bound, stale(dt, c.x, func(dst *tensor.Tensor) { dst.AsGrad().Conv2dInput(tdy, tw, c.shape) }))
					within(t, dw.v, dw.bound, stale(dt, c.w, func(dst *tensor.Tensor) { dst.AsGrad().Conv2dFilter(tx, tdy, c.shape) }))
				}
			}
		})
	}
}

// stale returns a tensor that held NaN before f wrote to it.
func stale(dt tensor.DType, shape []int, f func(dst *tensor.Tensor)) *tensor.Tensor {
	dst := tensor.ZerosOf(dt, shape...)
	dst.Fill(math.NaN())
	f(dst)
	return dst
}

func TestUnfold(t *testing.T) {
	x := tensor.Arange(12).Reshape(1, 3, 4)
	y := tensor.Unfold(x, tensor.UnfoldShape{Kernel: [2]int{2, 2}})
	require.Equal(t, []int{4, 6}, y.Shape())
	require.Equal(t, []float64{0, 1, 2, 4, 5, 6, 1, 2, 3, 5, 6, 7, 4, 5, 6, 8, 9, 10, 5, 6, 7, 9, 10, 11}, tensor.Values(y))
	back := tensor.Fold(y, [2]int{3, 4}, tensor.UnfoldShape{Kernel: [2]int{2, 2}})
	require.Equal(t, []float64{0, 2, 4, 3, 8, 20, 24, 14, 8, 18, 20, 11}, tensor.Values(back))
}

// The columns times filters are a convolution, and folding is the gradient of it.
func TestUnfoldIsConvolution(t *testing.T) {
	src := newSource(65)
	for _, s := range []tensor.UnfoldShape{
		{Kernel: [2]int{2, 3}},
		{Kernel: [2]int{3, 2}, Stride: [2]int{2, 1}, Padding: [2]int{1, 0}},
		{Kernel: [2]int{2, 2}, Stride: [2]int{3, 2}, Padding: [2]int{2, 1}, Dilation: [2]int{2, 3}},
		{Kernel: [2]int{1, 1}, Padding: [2]int{0, 4}},
		{Kernel: [2]int{5, 1}, Padding: [2]int{4, 0}},
	} {
		for _, dt := range dtypes {
			for _, l := range layouts {
				x, w := l.put(dt, src.integers(-3, 3, 2, 3, 5, 6)), put(dt, src.integers(-2, 2, 4, 3, s.Kernel[0], s.Kernel[1]))
				cs := tensor.ConvShape{Stride: s.Stride, Padding: s.Padding, Dilation: s.Dilation}
				want := tensor.Conv2d(x, w, cs)
				columns := tensor.Unfold(x, s)
				require.Equal(t, columns.Shape(), tensor.Dims{}.Unfold(x, s))
				got := tensor.MatMul(w.Reshape(4, -1), columns)
				require.Equal(t, tensor.Values(want), tensor.Values(got))

				dx := tensor.ZerosOf(dt, 2, 3, 5, 6)
				dx.AsGrad().Conv2dInput(want, w, cs)
				places := l.put(dt, gridOf(tensor.MatMul(w.Reshape(4, -1).T(), got)))
				require.Equal(t, tensor.Values(dx), tensor.Values(tensor.Fold(places, [2]int{5, 6}, s)))
				require.Equal(t, dx.Shape(), tensor.Dims{}.Fold(places, [2]int{5, 6}, s))
			}
		}
	}
}
