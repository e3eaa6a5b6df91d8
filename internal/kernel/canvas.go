package kernel

// A canvas is what a convolution reads instead of an image: a copy with its
// padding, in which what a tap sees at neighbouring positions are neighbouring
// elements. For a stride, the pixels that one tap sees are gathered: each
// channel is parted into phases, planes of every s-th pixel.
type canvas struct {
	channels int
	in       [2]int // the size of the image
	origin   [2]int // where its first pixel lies
	phases   [2]int
	seen     [2]uint64 // the phases that a tap sees, one bit each; higher ones count as seen
	size     [2]int    // of a plane
	slack    int       // elements that may be read after the last plane
	direct   bool      // the image is its own canvas
}

func (c *canvas) plane() int { return c.size[0] * c.size[1] }

// channel returns the length of a channel, phases and all.
func (c *canvas) channel() int { return c.phases[0] * c.phases[1] * c.plane() }

// len returns the length of the copy.
func (c *canvas) len() int { return c.channels*c.channel() + c.slack }

// offset returns where pixel (y, x) of a channel lies, counted from the corner
// of the padded image.
func (c *canvas) offset(y, x int) int {
	phase := y%c.phases[0]*c.phases[1] + x%c.phases[1]
	return phase*c.plane() + y/c.phases[0]*c.size[1] + x/c.phases[1]
}

// fit leaves room for vectors that reach beyond the last position, and
// decides whether the image can be its own canvas.
func (c *canvas) fit(beyond, lanes int) {
	c.slack = lanes
	c.direct = beyond <= 0 && c.size == c.in && c.phases == [2]int{1, 1} && c.origin == [2]int{}
}

// paint copies an image.
func paint[T Float](c *canvas, dst, img []T) {
	plane, pixels := c.plane(), c.in[0]*c.in[1]
	if c.size == c.in && c.phases == [2]int{1, 1} && c.origin == [2]int{} {
		n := copy(dst, img[:c.channels*plane])
		clear(dst[n:][:c.slack])
		return
	}
	for range c.channels {
		for py := range c.phases[0] {
			y, r0, r1 := c.clip(0, py)
			for px := range c.phases[1] {
				x, q0, q1 := c.clip(1, px)
				unseen := c.unseen(0, py) || c.unseen(1, px)
				if unseen || r1-r0 < c.size[0] || q1-q0 < c.size[1] {
					clear(dst[:plane])
				}
				if r0 < r1 && q0 < q1 && !unseen {
					to, from := dst[r0*c.size[1]+q0:plane], img[y*c.in[1]+x:pixels]
					copyGrid(to, c.size[1], 1, from, c.phases[0]*c.in[1], c.phases[1], r1-r0, q1-q0)
				}
				dst = dst[plane:]
			}
		}
		img = img[pixels:]
	}
	clear(dst[:c.slack])
}

// unseen reports whether no tap sees a phase.
func (c *canvas) unseen(axis, phase int) bool {
	return phase < 64 && c.seen[axis]>>phase&1 == 0
}

// clip returns which rows, or columns, of a phase lie in the image, and the
// pixel that the first of them is.
func (c *canvas) clip(axis, phase int) (pixel, from, to int) {
	s, o, n := c.phases[axis], c.origin[axis], c.in[axis]
	from = max(0, (o-phase+s-1)/s)
	to = min(c.size[axis], (n+o-phase+s-1)/s)
	return from*s + phase - o, from, to
}

// copyGrid copies rows of n elements. Elements of a row are some step apart,
// and rows some pitch.
func copyGrid[T Float](dst []T, pitch, step int, src []T, srcPitch, srcStep, rows, n int) {
	if step == 1 && srcStep == 1 {
		moveRows(dst, pitch, src, srcPitch, n, rows)
		return
	}
	for y := range rows {
		to, from := dst[y*pitch:], src[y*srcPitch:]
		for i, j := 0, 0; j < n*step; i, j = i+srcStep, j+step {
			to[j] = from[i]
		}
	}
}

// A sweep is a convolution of stride 1 over a canvas: at every position of a
// grid, the sum over taps.
type sweep struct {
	out     [2]int // positions
	offsets []int  // of the taps, from a position
	taps    []int  // where a filter has its numbers for these taps
	packed  int    // where the packed filters begin
	// The places of vectors: where each begins on the canvas and in the result.
	places []int
	// The results of so many rows and vectors go straight to where they belong.
	// Those of other rows go to a buffer with rows of pitch elements.
	straightRows, straight, pitch int
	// In the result, position (0, 0) is cell first, and its neighbours are some
	// steps away, in rows of width cells.
	first, width int
	step         [2]int
}

// spread plans the places, for vectors of so many lanes. Results of all
// positions must lie side by side for any to go straight to where they belong.
// It returns how far the last vector reaches beyond the last position.
func (s *sweep) spread(pitch, lanes int, straight bool) (beyond int) {
	s.places = s.places[:0]
	s.straightRows, s.straight = 0, 0
	if pitch == s.out[1] && s.step == [2]int{1, 1} && s.width == s.out[1] { // a single long row
		s.out = [2]int{1, s.out[0] * s.out[1]}
		pitch, s.width = s.out[1], s.out[1]
	}
	h, w := s.out[0], s.out[1]
	last := (h-1)*pitch + w
	if flat, byRow := (last+lanes-1)/lanes, h*((w+lanes-1)/lanes); 5*flat < 4*byRow {
		// Rows are so short that vectors had better run on into the padding.
		s.pitch = pitch
		for v := range flat {
			s.places = append(s.places, v*lanes, v*lanes)
		}
		return flat*lanes - last
	}
	s.pitch = roundUp(w, lanes)
	if straight {
		switch {
		case w >= lanes:
			s.straightRows = h
		case h*w >= lanes: // what one row writes too much, the next overwrites
			s.straightRows = (h*w-lanes)/w + 1
		}
	}
	for y := range h {
		if y == s.straightRows {
			s.straight = len(s.places) / 2
		}
		for x := 0; x < w; x += lanes {
			switch {
			case y >= s.straightRows:
				s.places = append(s.places, y*pitch+x, (y-s.straightRows)*s.pitch+x)
			case w >= lanes:
				x = min(x, w-lanes)
				fallthrough
			default:
				s.places = append(s.places, y*pitch+x, y*w+x)
			}
		}
	}
	if s.straightRows == h {
		s.straight = len(s.places) / 2
	}
	return s.places[len(s.places)-2] + lanes - last
}

// bufferLen returns the length of the buffer for one filter.
func (s *sweep) bufferLen(lanes int) int {
	if n := len(s.places); n > 2*s.straight {
		return s.places[n-1] + lanes
	}
	return 0
}
