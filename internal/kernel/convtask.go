package kernel

import (
	"slices"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A convTask sweeps over the images of a batch. There is one part for each image,
// group and block of filters.
type convTask[T Float] struct {
	canvas
	sweeps []sweep
	dst, x []T
	dstLen int // of one filter's result
	packed []T // the filters, for each sweep and group

	batch, groups, filters int
	blocks, block          int // of filters
}

var convTasks work.Tasks[convTask[float32], convTask[float64]]

// resize returns s with n elements. It keeps old elements if possible, because
// the memory that they hold is used again.
func resize[E any](s []E, n int) []E {
	return slices.Grow(s[:0], n)[:n]
}

// plan plans the sweeps and divides the filters into blocks.
func (t *convTask[T]) plan() {
	beyond, at := 0, 0
	for i := range t.sweeps {
		s := &t.sweeps[i]
		beyond = max(beyond, s.spread(t.size[1], lanes[T](), s.step == [2]int{1, 1}))
		s.packed = at
		at += t.groups * s.packedLen(t.filters)
	}
	t.fit(beyond, lanes[T]())
	t.blocks, t.block = splitFilters(t.filters, t.batch*t.groups, asm.Tiles().Conv[0])
}

// splitFilters divides filters into blocks, and returns the number of blocks and
// of filters in one. There are several blocks if there are few parts otherwise.
// Every block but the last consists of whole bands.
func splitFilters(filters, parts, highest int) (blocks, block int) {
	if parts >= 4 {
		return 1, filters
	}
	block = roundUp((filters+3)/4, highest)
	return (filters + block - 1) / block, block
}

// packedLen returns the length of the packed filters of one group.
func (s *sweep) packedLen(filters int) int { return filters * (len(s.offsets) + 1) }

// pack packs the filters of a group for the inner loop. Each panel begins with
// the initial values of its sums: the bias, or 0. The weights of filter i begin
// at w[i*stride].
func (t *convTask[T]) pack(g int, s *sweep, w []T, stride int, bias []T) {
	n := s.packedLen(t.filters)
	dst := t.packed[s.packed+g*n:][:n]
	bands := asm.Tiles().Conv
	for f := 0; f < t.filters; {
		rows := band(bands, t.filters-f)
		if bias != nil {
			copy(dst[:rows], bias[f:][:rows])
		} else {
			clear(dst[:rows])
		}
		dst = dst[rows:]
		for _, p := range s.taps {
			for i := range dst[:rows] {
				dst[i] = w[(f+i)*stride+p]
			}
			dst = dst[rows:]
		}
		f += rows
	}
}

func (t *convTask[T]) run(adds int) {
	work.RunIf(adds >= parallelProduct, t.batch*t.groups*t.blocks, t)
}

func (t *convTask[T]) release() {
	t.dst, t.x, t.packed = nil, nil, nil
	work.Keep(&convTasks, t)
}

func (t *convTask[T]) Do(part int) {
	block, at := part%t.blocks, part/t.blocks
	size := t.channels * t.in[0] * t.in[1]
	x := t.x[at*size:][:size]
	if !t.direct {
		painted, lent := work.Borrow[T](t.len())
		defer work.Return(lent)
		paint(&t.canvas, painted, x)
		x = painted
	}
	f := block * t.block
	n := min(t.block, t.filters-f)
	for i := range t.sweeps {
		s := &t.sweeps[i]
		k := len(s.offsets) + 1
		a := t.packed[s.packed+(at%t.groups*t.filters+f)*k:][:n*k]
		sweepFilters(s, t.dst[(at*t.filters+f)*t.dstLen:][:n*t.dstLen], t.dstLen, x, a, n)
	}
}

// strip is the number of places that are computed for all filters before the
// next places are.
const strip = 24

// sweepFilters sweeps over x with n filters.
func sweepFilters[T Float](s *sweep, dst []T, size int, x, a []T, n int) {
	sweepStrips(dst, size, x, a, s.offsets, s.places[:2*s.straight], n)
	ld := s.bufferLen(lanes[T]())
	if ld == 0 {
		return
	}
	buf, lent := work.Borrow[T](n * ld)
	sweepStrips(buf, ld, x, a, s.offsets, s.places[2*s.straight:], n)
	for i := range n {
		to := dst[i*size+s.first+s.straightRows*s.step[0]*s.width:]
		copyGrid(to, s.step[0]*s.width, s.step[1], buf[i*ld:], s.pitch, 1, s.out[0]-s.straightRows, s.out[1])
	}
	work.Return(lent)
}

func sweepStrips[T Float](c []T, ldc int, x, a []T, offsets, places []int, n int) {
	bands := asm.Tiles().Conv
	for len(places) > 0 {
		now := places[:min(len(places), 2*strip)]
		for i := 0; i < n; {
			rows := band(bands, n-i)
			convTile(rows, c[i*ldc:], ldc, x, a[i*(len(offsets)+1):], offsets, now)
			i += rows
		}
		places = places[len(now):]
	}
}

// The fast loops of the gradients also multiply with the zeros of the padding.
// Such a product is 0, unless the other factor is infinite or NaN. For such
// factors the loops below are used.

// reach returns the range [from, to) of output positions along an axis that see
// a pixel of the image through tap k.
func (c *Conv) reach(axis, k int) (from, to int) {
	s, first := c.Stride[axis], k*c.Dilation[axis]-c.Pad[axis]
	from = max(0, (s-1-first)/s)
	return from, min(c.Out[axis], (c.In[axis]-first+s-1)/s)
}

// eachTap calls f for each image, channel, filter and tap (kh, kw). pixel is the
// index of the pixel that position (0, 0) sees through the tap; it may lie
// outside the image. cell is the index of this position in the result, and weight
// the index of the tap in the filters.
func (c *Conv) eachTap(f func(pixel, cell, weight, kh, kw int)) {
	pixels, cells := c.In[0]*c.In[1], c.Out[0]*c.Out[1]
	for image := range c.Batch * c.Groups {
		for filter := range c.Filters {
			for channel := range c.Channels {
				weight := ((image%c.Groups*c.Filters+filter)*c.Channels + channel) * c.area()
				for kh := range c.Kernel[0] {
					for kw := range c.Kernel[1] {
						y, x := kh*c.Dilation[0]-c.Pad[0], kw*c.Dilation[1]-c.Pad[1]
						f((image*c.Channels+channel)*pixels+y*c.In[1]+x, (image*c.Filters+filter)*cells, weight, kh, kw)
						weight++
					}
				}
			}
		}
	}
}

// plainInput is [Conv2dInput] without products with the zeros around dy.
func plainInput[T Float](dx, dy, w []T, c *Conv) {
	clear(dx)
	c.eachTap(func(pixel, cell, weight, kh, kw int) {
		y0, y1 := c.reach(0, kh)
		x0, x1 := c.reach(1, kw)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				dx[pixel+y*c.Stride[0]*c.In[1]+x*c.Stride[1]] += T(w[weight] * dy[cell+y*c.Out[1]+x])
			}
		}
	})
}

// plainFilter is [Conv2dFilter] without products with the zeros between the rows
// of dy. Products with the zeros around x count, as in PyTorch.
func plainFilter[T Float](dw, x, dy []T, c *Conv) {
	clear(dw)
	c.eachTap(func(pixel, cell, weight, kh, kw int) {
		y0, y1 := c.reach(0, kh)
		x0, x1 := c.reach(1, kw)
		for oy := range c.Out[0] {
			for ox := range c.Out[1] {
				v := T(0)
				if y0 <= oy && oy < y1 && x0 <= ox && ox < x1 {
					v = x[pixel+oy*c.Stride[0]*c.In[1]+ox*c.Stride[1]]
				}
				dw[weight] += T(dy[cell+oy*c.Out[1]+ox] * v)
			}
		}
	})
}
