package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/property"
)

// window draws a window that fits into an image.
func window(t *rapid.T, dilated bool) kernel.Window {
	var w kernel.Window
	w.Channels = rapid.IntRange(1, 4).Draw(t, "channels")
	for i := range 2 {
		w.Kernel[i] = rapid.IntRange(1, 4).Draw(t, "kernel")
		w.Stride[i] = rapid.IntRange(1, 4).Draw(t, "stride")
		w.Pad[i] = rapid.IntRange(0, 3).Draw(t, "pad")
		w.Dilation[i] = 1
		if dilated {
			w.Dilation[i] = rapid.IntRange(1, 3).Draw(t, "dilation")
		}
		least := max(1, w.Dilation[i]*(w.Kernel[i]-1)+1-2*w.Pad[i])
		beyond := 9
		if i == 1 { // rows of several vectors
			beyond = 40
		}
		w.In[i] = least + rapid.IntRange(0, beyond).Draw(t, "beyond")
		w.Out[i] = kernel.OutSize(w.In[i], w.Kernel[i], w.Stride[i], w.Pad[i], w.Dilation[i])
		require.GreaterOrEqual(t, w.Out[i], 1)
	}
	return w
}

// taps calls f for each pixel that the window sees at an output position, and the
// tap through which the window sees it.
func taps(w kernel.Window, oy, ox int, f func(pixel, tap int)) {
	for kh := range w.Kernel[0] {
		for kw := range w.Kernel[1] {
			y := oy*w.Stride[0] - w.Pad[0] + kh*w.Dilation[0]
			x := ox*w.Stride[1] - w.Pad[1] + kw*w.Dilation[1]
			if y >= 0 && y < w.In[0] && x >= 0 && x < w.In[1] {
				f(y*w.In[1]+x, kh*w.Kernel[1]+kw)
			}
		}
	}
}

func TestOutSize(t *testing.T) {
	for _, c := range [][6]int{ // in, kernel, stride, pad, dilation, out
		{5, 3, 1, 0, 1, 3}, {5, 3, 2, 0, 1, 2}, {6, 3, 2, 0, 1, 2}, {5, 3, 1, 1, 1, 5}, {5, 3, 1, 0, 2, 1},
		{5, 5, 3, 0, 1, 1}, {4, 5, 1, 0, 1, 0}, {4, 5, 9, 0, 1, 0}, {0, 1, 1, 0, 1, 0}, {0, 2, 1, 1, 1, 1},
	} {
		require.Equal(t, c[5], kernel.OutSize(c[0], c[1], c[2], c[3], c[4]), "%v", c)
	}
}

func TestConv2d(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		property.Check(t, func(t *rapid.T) {
			c := kernel.Conv{Window: window(t, true)}
			if rapid.IntRange(0, 9).Draw(t, "whole") == 0 {
				c.In, c.Out = c.Kernel, [2]int{1, 1}
				c.Pad, c.Dilation = [2]int{}, [2]int{1, 1}
			}
			c.Batch = rapid.IntRange(0, 17).Draw(t, "batch")
			c.Groups = rapid.IntRange(1, 3).Draw(t, "groups")
			c.Filters = rapid.IntRange(0, 14).Draw(t, "filters")
			seed := rapid.Uint64().Draw(t, "seed")
			if rapid.IntRange(0, 19).Draw(t, "no channels") == 0 {
				c.Channels = 0
			}
			checkConv[float32](t, c, newSource(seed))
			checkConv[float64](t, c, newSource(seed))
		})
	})
}

func checkConv[T kernel.Float](t *rapid.T, c kernel.Conv, src source) {
	pixels, cells, area := c.In[0]*c.In[1], c.Out[0]*c.Out[1], c.Kernel[0]*c.Kernel[1]
	x := random[T](src, c.Batch*c.Groups*c.Channels*pixels, -1, 1)
	w := random[T](src, c.Groups*c.Filters*c.Channels*area, -1, 1)
	dy := random[T](src, c.Batch*c.Groups*c.Filters*cells, -1, 1)
	y, dx, dw := newSums(len(dy)), newSums(len(x)), newSums(len(w))
	for n := range c.Batch {
		for f := range c.Groups * c.Filters {
			for ch := range c.Channels {
				image := (n*c.Groups+f/c.Filters)*c.Channels + ch
				for cell := range cells {
					taps(c.Window, cell/c.Out[1], cell%c.Out[1], func(pixel, tap int) {
						i, j, k := image*pixels+pixel, (f*c.Channels+ch)*area+tap, (n*c.Groups*c.Filters+f)*cells+cell
						y.add(k, float64(x[i])*float64(w[j]))
						dx.add(i, float64(dy[k])*float64(w[j]))
						dw.add(j, float64(dy[k])*float64(x[i]))
					})
				}
			}
		}
	}
	bias, biased := random[T](src, c.Groups*c.Filters, -1, 1), newSums(len(dy))
	for i := range biased.v {
		biased.v[i], biased.size[i], biased.count[i] = y.v[i], y.size[i], y.count[i]
		biased.add(i, float64(bias[i/cells%len(bias)]))
	}
	gx, gw, gdy := copyOf(x, 1), copyOf(w, 2), copyOf(dy, 3)
	check := func(what string, s sums, f func(dst []T)) {
		dst := guardedSlice[T](len(s.v), 1)
		for i := range dst.s {
			dst.s[i] = T(math.NaN())
		}
		f(dst.s)
		dst.intact(t, what)
		gx.unchanged(t, what, x)
		gw.unchanged(t, what, w)
		gdy.unchanged(t, what, dy)
		for i, got := range dst.s {
			near(t, what, s.v[i], got, 1, float64(s.count[i])*s.size[i])
		}
	}
	check("Conv2d", y, func(dst []T) { kernel.Conv2d(dst, gx.s, gw.s, nil, c) })
	check("Conv2d with bias", biased, func(dst []T) { kernel.Conv2d(dst, gx.s, gw.s, bias, c) })
	check("Conv2dInput", dx, func(dst []T) { kernel.Conv2dInput(dst, gdy.s, gw.s, c) })
	check("Conv2dFilter", dw, func(dst []T) { kernel.Conv2dFilter(dst, gx.s, gdy.s, c) })
}

// sums are sums in float64, with bounds of their rounding errors.
type sums struct {
	v, size []float64
	count   []int
}

func newSums(n int) sums { return sums{make([]float64, n), make([]float64, n), make([]int, n)} }

func (s sums) add(i int, term float64) {
	s.v[i] += term
	s.size[i] += math.Abs(term)
	s.count[i]++
}

func TestPooling(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		property.Check(t, func(t *rapid.T) {
			w := window(t, false)
			planes := rapid.IntRange(0, 5).Draw(t, "planes")
			if rapid.Bool().Draw(t, "pairs") {
				w.Kernel, w.Stride, w.Pad = [2]int{2, 2}, [2]int{2, 2}, [2]int{}
			}
			for i := range 2 {
				if w.Pad[i] > w.Kernel[i]/2 {
					w.Pad[i] = w.Kernel[i] / 2
				}
				w.In[i] = max(w.In[i], w.Kernel[i])
				w.Out[i] = kernel.OutSize(w.In[i], w.Kernel[i], w.Stride[i], w.Pad[i], 1)
			}
			seed := rapid.Uint64().Draw(t, "seed")
			checkPooling[float32](t, w, planes, newSource(seed))
			checkPooling[float64](t, w, planes, newSource(seed))
		})
	})
}

func checkMaxPool[T kernel.Float](t *rapid.T, w kernel.Window, planes int, gx guarded[T]) {
	pixels, cells, x := w.In[0]*w.In[1], w.Out[0]*w.Out[1], gx.s
	top, index := guardedSlice[T](planes*cells, 1), make([]int, planes*cells)
	kernel.MaxPool(top.s, index, x, &w, planes)
	top.intact(t, "MaxPool")
	for q, got := range top.s {
		at := -1
		taps(w, q%cells/w.Out[1], q%w.Out[1], func(pixel, _ int) {
			if pixel += q / cells * pixels; at < 0 || x[pixel] > x[at] || x[pixel] != x[pixel] {
				at = pixel
			}
		})
		require.Equal(t, at, index[q])
		near(t, "MaxPool", float64(x[at]), got, 0, 0)
	}
}

func checkMaxPoolGrad[T kernel.Float](t *rapid.T, w kernel.Window, planes int, x []T, gdy guarded[T]) {
	top, index := make([]T, len(gdy.s)), make([]int, len(gdy.s))
	kernel.MaxPool(top, index, x, &w, planes)
	dx, want := guardedSlice[T](len(x), 1), newSums(len(x))
	for i := range dx.s {
		dx.s[i] = T(math.NaN())
	}
	require.True(t, kernel.MaxPoolGrad(dx.s, gdy.s, index, &w, planes))
	dx.intact(t, "MaxPoolGrad")
	for q, j := range index {
		want.add(j, float64(gdy.s[q]))
	}
	for i, got := range dx.s {
		near(t, "MaxPoolGrad", want.v[i], got, 1, float64(want.count[i])*want.size[i])
	}
	for q := range index { // indices in another plane, or in none
		at := index[q]
		for _, stray := range []int{-1, len(x), at + w.In[0]*w.In[1]} {
			index[q] = stray
			require.False(t, kernel.MaxPoolGrad(dx.s, gdy.s, index, &w, planes))
		}
		index[q] = at
		if q == 3 {
			break
		}
	}
}

func checkPooling[T kernel.Float](t *rapid.T, w kernel.Window, planes int, src source) {
	pixels, cells := w.In[0]*w.In[1], w.Out[0]*w.Out[1]
	x, dy := whole[T](src, planes*pixels), random[T](src, planes*cells, -1, 1)
	gx, gdy := copyOf(x, 1), copyOf(dy, 2)

	checkMaxPool(t, w, planes, gx)
	checkMaxPoolGrad(t, w, planes, x, gdy)
	checkMaxPool(t, w, planes, copyOf(odd[T](src, len(x), -1, 1), 3))

	for _, include := range []bool{false, true} {
		mean, dx := guardedSlice[T](planes*cells, 1), guardedSlice[T](planes*pixels, 1)
		kernel.AvgPool(mean.s, gx.s, &w, planes, include)
		kernel.AvgPoolGrad(dx.s, gdy.s, &w, planes, include)
		mean.intact(t, "AvgPool")
		dx.intact(t, "AvgPoolGrad")
		want := newSums(len(x))
		for q, got := range mean.s {
			oy, ox := q%cells/w.Out[1], q%w.Out[1]
			sum, count := 0.0, 0
			taps(w, oy, ox, func(pixel, _ int) { sum += float64(x[q/cells*pixels+pixel]); count++ })
			if include { // count the pixels of the padded image
				count = min(w.Kernel[0], w.In[0]+2*w.Pad[0]-oy*w.Stride[0]) * min(w.Kernel[1], w.In[1]+2*w.Pad[1]-ox*w.Stride[1])
			}
			near(t, "AvgPool", sum/float64(count), got, 1, 0)
			taps(w, oy, ox, func(pixel, _ int) { want.add(q/cells*pixels+pixel, float64(dy[q])/float64(count)) })
		}
		for i, got := range dx.s {
			near(t, "AvgPoolGrad", want.v[i], got, 1, float64(want.count[i]+1)*want.size[i])
		}
	}
	gx.unchanged(t, "pooling", x)
	gdy.unchanged(t, "pooling", dy)
}

// Infinite numbers spread no farther than in PyTorch, which pads images with
// zeros, and takes the gradient of an image without its padding.
func TestConvInfinite(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkConvInfinite[float32](t)
		checkConvInfinite[float64](t)
	})
}

func checkConvInfinite[T kernel.Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	c := kernel.Conv{Window: kernel.Window{Channels: 1, In: [2]int{3, 3}, Out: [2]int{3, 3}, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1},
		Pad: [2]int{1, 1}, Dilation: [2]int{1, 1}}, Batch: 1, Groups: 1, Filters: 1}
	ones := func(at int, v T) []T {
		s := []T{1, 1, 1, 1, 1, 1, 1, 1, 1}
		s[at] = v
		return s
	}
	x := []T{1, 2, 3, 4, 5, 6, 7, 8, 9}
	got := make([]T, 9)
	same := func(what string, want ...T) {
		t.Helper()
		for i, w := range want {
			require.True(t, sameBits(w, got[i]), "%s (%T), element %d: got %v, want %v", what, w, i, got[i], w)
		}
	}
	kernel.Conv2dInput(got, ones(0, 1), ones(0, inf), c)
	same("dx by an infinite weight", inf, inf, 4, inf, inf, 6, 4, 6, 4)
	kernel.Conv2dInput(got, ones(0, inf), ones(0, 1), c)
	same("dx by an infinite dy", inf, inf, 4, inf, inf, 6, 4, 6, 4)
	kernel.Conv2dFilter(got, x[:9], ones(0, inf), c)
	same("dw by an infinite dy", nan, nan, nan, nan, inf, inf, nan, inf, inf)
	x[8] = inf
	kernel.Conv2dFilter(got, x, ones(0, 1), c)
	same("dw by an infinite pixel", 12, 21, 16, 27, inf, inf, 24, inf, inf)
	kernel.Conv2d(got, x, ones(0, 1), nil, c)
	same("y by an infinite pixel", 12, 21, 16, 27, inf, inf, 24, inf, inf)
}

// The loops for infinite numbers give the same results as the others, for any
// geometry.
func TestConvPlain(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		c := kernel.Conv{Window: window(t, true), Batch: 2, Groups: 2, Filters: 3}
		src := newSource(rapid.Uint64().Draw(t, "seed"))
		draw := func(n int) []float64 {
			s := random[float64](src, n, -9, 9)
			kernel.Round(s, s) // whole numbers, whose sums are exact
			return s
		}
		x := draw(c.Batch * c.Groups * c.Channels * c.In[0] * c.In[1])
		w := draw(c.Groups * c.Filters * c.Channels * c.Kernel[0] * c.Kernel[1])
		dy := draw(c.Batch * c.Groups * c.Filters * c.Out[0] * c.Out[1])
		want, got := make([]float64, len(x)), make([]float64, len(x))
		kernel.Conv2dInput(want, dy, w, c)
		kernel.PlainInput(got, dy, w, &c)
		require.Equal(t, want, got, "by the image")
		want, got = want[:0], got[:0]
		want, got = append(want, w...), append(got, w...)
		kernel.Conv2dFilter(want, x, dy, c)
		kernel.PlainFilter(got, x, dy, &c)
		require.Equal(t, want, got, "by the filters")
	})
}
