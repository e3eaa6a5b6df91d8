package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

var poolCases = []struct {
	name  string
	x     []int
	shape tensor.PoolShape
}{
	{"2×2", []int{2, 3, 6, 4}, tensor.PoolShape{Kernel: [2]int{2, 2}}},
	{"not a multiple", []int{1, 2, 7, 5}, tensor.PoolShape{Kernel: [2]int{2, 2}}},
	{"one image", []int{3, 4, 4}, tensor.PoolShape{Kernel: [2]int{2, 4}}},
	{"overlap", []int{2, 1, 6, 7}, tensor.PoolShape{Kernel: [2]int{3, 2}, Stride: [2]int{1, 1}}},
	{"stride beyond the kernel", []int{1, 2, 8, 9}, tensor.PoolShape{Kernel: [2]int{2, 1}, Stride: [2]int{3, 4}}},
	{"pad", []int{1, 2, 5, 6}, tensor.PoolShape{Kernel: [2]int{3, 4}, Stride: [2]int{2, 2}, Padding: [2]int{1, 2}}},
	{"pad excluded", []int{1, 2, 5, 6}, tensor.PoolShape{Kernel: [2]int{3, 4}, Stride: [2]int{2, 3}, Padding: [2]int{1, 2}, ExcludePadding: true}},
	{"a window that hangs over", []int{1, 1, 4, 4}, tensor.PoolShape{Kernel: [2]int{6, 6}, Stride: [2]int{1, 1}, Padding: [2]int{3, 3}}},
	{"one pixel", []int{1, 1, 1, 1}, tensor.PoolShape{Kernel: [2]int{1, 1}}},
	{"no images", []int{0, 2, 4, 4}, tensor.PoolShape{Kernel: [2]int{2, 2}}},
	{"dilation", []int{2, 2, 8, 9}, tensor.PoolShape{Kernel: [2]int{2, 3}, Stride: [2]int{1, 2}, Padding: [2]int{1, 1}, Dilation: [2]int{3, 2}}},
}

// windows calls f for every window: its place in the result, its pixels and
// how many places, padding included, it covers.
func windows(x []int, s tensor.PoolShape, f func(out int, pixels []int, covered int)) (shape []int) {
	rank := len(x)
	planes := 1
	for _, d := range x[:rank-2] {
		planes *= d
	}
	var n [2]int
	for i := range 2 {
		s.Stride[i], s.Dilation[i] = max(s.Stride[i], 0), max(s.Dilation[i], 1)
		if s.Stride[i] == 0 {
			s.Stride[i] = s.Kernel[i]
		}
		n[i] = (x[rank-2+i]+2*s.Padding[i]-s.Dilation[i]*(s.Kernel[i]-1)-1)/s.Stride[i] + 1
	}
	height, width := x[rank-2], x[rank-1]
	for p := range planes * n[0] * n[1] {
		plane, oy, ox := p/n[1]/n[0], p/n[1]%n[0], p%n[1]
		pixels, covered := []int{}, 0
		for ky := range s.Kernel[0] {
			for kx := range s.Kernel[1] {
				iy := oy*s.Stride[0] - s.Padding[0] + ky*s.Dilation[0]
				ix := ox*s.Stride[1] - s.Padding[1] + kx*s.Dilation[1]
				if iy < height+s.Padding[0] && ix < width+s.Padding[1] {
					covered++
				}
				if iy >= 0 && iy < height && ix >= 0 && ix < width {
					pixels = append(pixels, (plane*height+iy)*width+ix)
				}
			}
		}
		f(p, pixels, covered)
	}
	return append(append([]int{}, x[:rank-2]...), n[:]...)
}

func TestMaxPool2d(t *testing.T) {
	src := newSource(21)
	for _, c := range poolCases {
		t.Run(c.name, func(t *testing.T) {
			x := src.integers(-3, 3, c.x...) // with ties
			want := newGrid(windows(c.x, c.shape, func(int, []int, int) {})...)
			at := make([]int, len(want.v))
			windows(c.x, c.shape, func(out int, pixels []int, _ int) {
				at[out] = pixels[0]
				for _, p := range pixels {
					if x.v[p] > x.v[at[out]] {
						at[out] = p
					}
				}
				want.v[out] = x.v[at[out]]
			})
			dy, dx := src.integers(-3, 3, want.shape...), newGrid(c.x...)
			for out, i := range at {
				dx.v[i] += dy.v[out]
			}
			for _, dt := range dtypes {
				for _, l := range layouts {
					tx := l.put(dt, x)
					require.Equal(t, want.shape, tensor.Dims{}.Pool(tx, c.shape))
					y, index := tensor.MaxPool2d(tx, c.shape)
					want.near(t, y, exact)
					require.Equal(t, at, index)
					want.near(t, stale(dt, want.shape, func(dst *tensor.Tensor) { tensor.MaxPool2dTo(dst, index, tx, c.shape) }), exact)
					dx.near(t, stale(dt, c.x, func(dst *tensor.Tensor) { dst.AsGrad().MaxPool2d(l.put(dt, dy), index, c.shape) }), exact)
				}
			}
		})
	}
	nan := math.NaN()
	y, index := tensor.MaxPool2d(tensor.New([]float32{1, float32(nan), 3, 4}, 1, 2, 2), tensor.PoolShape{Kernel: [2]int{2, 2}})
	require.True(t, math.IsNaN(y.Item()))
	require.Equal(t, []int{1}, index)
	y, index = tensor.MaxPool2d(tensor.Full(math.Inf(-1), 1, 2, 2), tensor.PoolShape{Kernel: [2]int{2, 2}})
	require.Equal(t, math.Inf(-1), y.Item())
	require.Equal(t, []int{0}, index)
}

func TestAvgPool2d(t *testing.T) {
	src := newSource(22)
	for _, c := range poolCases {
		if c.name == "dilation" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			x := src.grid(-1, 1, c.x...)
			want := newGrid(windows(c.x, c.shape, func(int, []int, int) {})...)
			dy, dx := src.grid(-1, 1, want.shape...), newGrid(c.x...)
			windows(c.x, c.shape, func(out int, pixels []int, covered int) {
				if c.shape.ExcludePadding {
					covered = len(pixels)
				}
				for _, p := range pixels {
					want.v[out] += x.v[p] / float64(covered)
					dx.v[p] += dy.v[out] / float64(covered)
				}
			})
			for _, dt := range dtypes {
				for _, l := range layouts {
					tx, tdy := l.put(dt, x), l.put(dt, dy)
					want.near(t, tensor.AvgPool2d(tx, c.shape), tolerance{4, 8})
					want.near(t, stale(dt, want.shape, func(dst *tensor.Tensor) { tensor.AvgPool2dTo(dst, tx, c.shape) }), tolerance{4, 8})
					dx.near(t, stale(dt, c.x, func(dst *tensor.Tensor) { dst.AsGrad().AvgPool2d(tdy, c.shape) }), tolerance{4, 8})
				}
			}
		})
	}
}
