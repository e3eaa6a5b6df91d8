package kernel

import (
	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Conv2dFilter computes the gradient of [Conv2d] by w from dy, the gradient by
// its result. The batch is split into at most eight chunks. Each has a sum of its
// own, and these sums are added in order.
func Conv2dFilter[T Float](dw, x, dy []T, c Conv) {
	if len(x) == 0 || len(dy) == 0 {
		clear(dw)
		return
	}
	if c.whole() {
		k := c.taps()
		for g := range c.Groups {
			a := Matrix[T]{Data: dy[g*c.Filters:], Row: 1, Col: c.Groups * c.Filters}
			b := Matrix[T]{Data: x[g*k:], Row: c.Groups * k, Col: 1}
			MatMul(dw[g*c.Filters*k:], k, a, b, c.Filters, k, c.Batch, Epilogue[T]{})
		}
		return
	}
	dw = dw[:c.Groups*c.Filters*c.taps()]
	t := work.Take[dotTask[T]](&dotTasks)
	t.Conv, t.x, t.dy = c, x, dy
	t.plan(len(dw))
	sums, lent := work.Borrow[T](t.chunks * len(dw))
	t.sums = sums
	work.RunIf(c.work() >= parallelProduct, t.chunks*c.Groups*t.blocks, t)
	copy(dw, sums)
	for i := 1; i < t.chunks; i++ {
		Add(dw, dw, sums[i*len(dw):][:len(dw)])
	}
	work.Return(lent)
	t.x, t.dy, t.sums = nil, nil, nil
	work.Keep(&dotTasks, t)
	if !Finite(dw) { // a product with a zero around x, or between the rows of dy, may be NaN
		plainFilter(dw, x, dy, &c)
	}
}

// A dotTask computes the gradient by the filters. There is one part for each
// chunk of the batch, group and block of filters.
type dotTask[T Float] struct {
	Conv
	canvas        canvas
	sweep         sweep
	x, dy, sums   []T
	chunks, chunk int // of images
	blocks, block int // of filters

	// A chunk is processed images at a time. Their canvases are image elements
	// apart.
	images, image int
}

var dotTasks work.Tasks[dotTask[float32], dotTask[float64]]

func (t *dotTask[T]) plan(size int) {
	t.canvas, t.sweep.offsets = t.Conv.canvas(t.sweep.offsets)
	s := &t.sweep
	s.out, s.first, s.width, s.step = t.Out, 0, t.Out[1], [2]int{1, 1}
	beyond := s.spread(t.canvas.size[1], lanes[T](), false)
	t.canvas.fit(beyond, lanes[T]())
	n := len(s.places)

	// There are few chunks, so that their sums fit into the cache.
	t.chunks = min(t.Batch, 8, max(1, maxSums/size))
	t.chunk = (t.Batch + t.chunks - 1) / t.chunks
	t.chunks = (t.Batch + t.chunk - 1) / t.chunk
	t.blocks, t.block = splitFilters(t.Filters, t.chunks*t.Groups, asm.Tiles().Dot[0])

	// There are enough places to make up for the cost of starting the inner
	// loop, and few enough that the data fit into the first-level cache.
	t.images = min(t.chunk, max(1, dotVectors/(n/2)))
	t.image = t.canvas.len()
	if t.canvas.direct {
		t.image = t.Groups * t.inLen()
	}
	for i := 1; i < t.images; i++ {
		for v := 0; v < n; v += 2 {
			s.places = append(s.places, i*t.image+s.places[v], 0)
		}
	}
}

const (
	dotVectors = 128
	maxSums    = 1 << 20
)

func (t *dotTask[T]) Do(part int) {
	block, part := part%t.blocks, part/t.blocks
	g, chunk := part%t.Groups, part/t.Groups
	f := block * t.block
	n := min(t.block, t.Filters-f)
	taps := t.taps()
	dst := t.sums[((chunk*t.Groups+g)*t.Filters+f)*taps:][:n*taps]
	clear(dst)
	last := min(t.Batch, (chunk+1)*t.chunk)
	for i := chunk * t.chunk; i < last; i += t.images {
		t.add(dst, i, min(t.images, last-i), g, f, n)
	}
}

// add adds what images i … i+m−1 contribute to the gradient by filters f …
// f+n−1 of group g.
func (t *dotTask[T]) add(dst []T, i, m, g, f, n int) {
	in, out, cells := t.inLen(), t.outLen(), t.Out[0]*t.Out[1]
	x := t.x[(i*t.Groups+g)*in:][:((m-1)*t.Groups+1)*in]
	if !t.canvas.direct {
		painted, lent := work.Borrow[T](m * t.image)
		defer work.Return(lent)
		for j := range m {
			paint(&t.canvas, painted[j*t.image:], x[j*t.Groups*in:])
		}
		x = painted
	}
	places := t.sweep.places[:len(t.sweep.places)/t.images*m]
	taps, bands := t.taps(), asm.Tiles().Dot
	laid, lent := work.Borrow[T](bands[0] * len(places) / 2 * lanes[T]())
	dy := t.dy[(i*t.Groups+g)*out+f*cells:]
	for k := 0; k < n; {
		rows := band(bands, n-k)
		y := laid[:rows*len(places)/2*lanes[T]()]
		for j := range m {
			lay(y[j*len(y)/m:(j+1)*len(y)/m], dy[j*t.Groups*out+k*cells:], cells, rows, &t.sweep)
		}
		dotTile(rows, dst[k*taps:], taps, y, x, t.sweep.offsets, places)
		k += rows
	}
	work.Return(lent)
}

// lay copies dy to dst in the order in which dotTile reads it: for each place of
// the sweep, one vector for each of rows filters. Lanes without a position are
// zero. In dy, filters are size elements apart.
func lay[T Float](dst, dy []T, size, rows int, s *sweep) {
	h, w, n := s.out[0], s.out[1], lanes[T]()
	step := rows * n
	var row []T
	switch {
	case s.pitch%n != 0: // vectors run on from row to row
		var lent *work.Buffer[T]
		row, lent = work.Borrow[T](len(dst) / rows)
		defer work.Return(lent)
		clear(row)
	case w%n != 0:
		clear(dst)
	}
	for i := range rows {
		to, from := dst[i*n:], dy[i*size:]
		if row != nil {
			moveRows(row, s.pitch, from, w, w, h)
			moveRows(to, step, row, n, n, len(row)/n)
			continue
		}
		if w%n == 0 {
			moveRows(to, step, from, n, n, h*w/n)
			continue
		}
		pitch := s.pitch / n * step
		if h == 1 && w >= n {
			moveRows(to, step, from, n, n, w/n)
		} else {
			for x := 0; x+n <= w; x += n {
				moveRows(to[x/n*step:], pitch, from[x:], w, n, h)
			}
		}
		moveRows(to[w/n*step:], pitch, from[w/n*n:], w, w%n, h)
	}
}
