package kernel

// Conv2dFilter computes the gradient of [Conv2d] by w, given that by its
// result. The batch falls into eight chunks or fewer; the sums of these are
// added in order.
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
	list := listOf[T, dotTask[T]](&dotTasks)
	t := list.get()
	t.Conv, t.x, t.dy = c, x, dy
	t.plan(len(dw))
	sums, lent := Borrow[T](t.chunks * len(dw))
	t.sums = sums
	parts := t.chunks * c.Groups * t.blocks
	if c.work() >= parallelProduct {
		Run(parts, t)
	} else {
		for i := range parts {
			t.Do(i)
		}
	}
	copy(dw, sums)
	for i := 1; i < t.chunks; i++ {
		Add(dw, dw, sums[i*len(dw):][:len(dw)])
	}
	Return(lent)
	t.x, t.dy, t.sums = nil, nil, nil
	list.put(t)
}

// A dotTask is the gradient by the filters: one part for each chunk of the
// batch, group and block of filters.
type dotTask[T Float] struct {
	Conv
	canvas        canvas
	sweep         sweep
	x, dy, sums   []T
	chunks, chunk int // of images
	blocks, block int // of filters

	// Within a chunk, so many images at a time. Their canvases are image
	// elements apart, and the places of one image are row elements of dy, laid
	// out as the places are.
	images, image, row int
	direct             bool // dy is laid out like that
}

var dotTasks typed[dotTask[float32], dotTask[float64]]

func (t *dotTask[T]) plan(size int) {
	t.canvas, t.sweep.offsets = t.Conv.canvas(t.sweep.offsets)
	s := &t.sweep
	s.out, s.first, s.width, s.step = t.Out, 0, t.Out[1], [2]int{1, 1}
	beyond := s.spread(t.canvas.size[1], lanes[T](), false)
	t.canvas.fit(beyond, lanes[T]())
	n := len(s.places)
	t.row = n / 2 * lanes[T]()

	// Few enough chunks that their sums do not fill the cache.
	t.chunks = min(t.Batch, 8, max(1, maxSums/size))
	t.chunk = (t.Batch + t.chunks - 1) / t.chunks
	t.chunks = (t.Batch + t.chunk - 1) / t.chunk
	t.blocks, t.block = splitFilters(t.Filters, t.chunks*t.Groups, dotPanels()[0])

	// So many places that the inner loop is worth beginning, and so few that
	// what it reads stays in the first-level cache.
	t.images = min(t.chunk, max(1, dotVectors/(n/2)))
	t.direct = t.images == 1 && t.row == t.Out[0]*t.Out[1]
	t.image = t.canvas.len()
	if t.canvas.direct {
		t.image = t.Groups * t.inLen()
	}
	for i := 1; i < t.images; i++ {
		for v := 0; v < n; v += 2 {
			s.places = append(s.places, i*t.image+s.places[v], i*t.row+s.places[v+1])
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
	x := t.x[(i*t.Groups+g)*in:]
	if !t.canvas.direct {
		painted, lent := Borrow[T](m * t.image)
		defer Return(lent)
		for j := range m {
			paint(&t.canvas, painted[j*t.image:], x[j*t.Groups*in:])
		}
		x = painted
	}
	dy, ldy := t.dy[(i*t.Groups+g)*out+f*cells:], cells
	if !t.direct {
		ldy = m * t.row
		laid, lent := Borrow[T](n * ldy)
		defer Return(lent)
		s := &t.sweep
		if s.pitch > s.out[1] || t.row > s.out[0]*s.out[1] {
			clear(laid)
		}
		for j := range m {
			for k := range n {
				moveRows(laid[k*ldy+j*t.row:], s.pitch, dy[j*t.Groups*out+k*cells:], s.out[1], s.out[1], s.out[0])
			}
		}
		dy = laid
	}
	taps, sizes := t.taps(), dotPanels()
	places := t.sweep.places[:m*2*t.row/lanes[T]()]
	for k := 0; k < n; {
		rows := panel(sizes, n-k)
		dotTile(rows, dst[k*taps:], taps, dy[k*ldy:], ldy, x, t.sweep.offsets, places)
		k += rows
	}
}
