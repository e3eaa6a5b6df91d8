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
