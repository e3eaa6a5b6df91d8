package kernel

// A canvas is a copy of an image with its padding. A convolution reads it
// instead of the image. On the canvas, neighbouring output positions see
// neighbouring elements through the same tap, so that one vector holds them. If
// the stride s is above 1, each channel is split into phases: planes that hold
// every s-th pixel of a row and every s-th row.
type canvas struct {
	channels int
	in       [2]int // the size of the image
	origin   [2]int // where its first pixel lies
	phases   [2]int
	seen     [2]uint64 // the phases that a tap sees, one bit each; phases from 64 on count as seen
	size     [2]int    // of a plane
	slack    int       // elements that may be read after the last plane
	direct   bool      // the image is its own canvas
}

func (c *canvas) plane() int { return c.size[0] * c.size[1] }

// channel returns the length of a channel with all its phases.
func (c *canvas) channel() int { return c.phases[0] * c.phases[1] * c.plane() }

// len returns the length of the copy.
func (c *canvas) len() int { return c.channels*c.channel() + c.slack }

// offset returns where pixel (y, x) of a channel lies, counted from the corner
// of the padded image.
func (c *canvas) offset(y, x int) int {
	phase := y%c.phases[0]*c.phases[1] + x%c.phases[1]
	return phase*c.plane() + y/c.phases[0]*c.size[1] + x/c.phases[1]
}

// fit leaves room for vectors that reach beyond the last position. It also
// decides whether the image can serve as its canvas without a copy.
func (c *canvas) fit(beyond, lanes int) {
	c.slack = lanes
	c.direct = beyond <= 0 && c.size == c.in && c.phases == [2]int{1, 1} && c.origin == [2]int{}
}

// paint copies an image to a canvas.
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

// clip returns the range of rows (axis 0) or columns (axis 1) of a phase that
// lie in the image, and the row or column of the image that is the first.
func (c *canvas) clip(axis, phase int) (pixel, from, to int) {
	s, o, n := c.phases[axis], c.origin[axis], c.in[axis]
	from = max(0, (o-phase+s-1)/s)
	to = min(c.size[axis], (n+o-phase+s-1)/s)
	return from*s + phase - o, from, to
}

// copyGrid copies rows of n elements. step is the distance between the elements
// of a row, pitch the distance between rows.
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

// A sweep is a convolution of stride 1 over a canvas: it computes the sum over
// taps at every position of a grid.
type sweep struct {
	out     [2]int // positions
	offsets []int  // of the taps, from a position
	taps    []int  // the index in a filter of the weight of each of these taps
	packed  int    // where the packed filters begin
	// The places of vectors: where each begins on the canvas and in the result.
	places []int
	// The first straightRows rows, which are straight vectors, are written
	// directly to the result. The other rows go to a buffer with rows of pitch
	// elements, and are copied from there.
	straightRows, straight, pitch int
	// Position (0, 0) is element first of the result. The next position is step
	// elements away in each direction; a row of the result has width elements.
	first, width int
	step         [2]int
}

// spread plans the places for vectors of the given number of lanes. straight
// says that the results of all positions lie side by side; only then can vectors
// be written directly to the result. spread returns how far the last vector
// reaches beyond the last position.
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
		// Rows are so short that it is faster to let vectors run on into the
		// padding and the next row.
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
		case h*w >= lanes: // a vector writes beyond its row; the next row overwrites that
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
