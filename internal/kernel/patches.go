package kernel

// A Window says how a rectangular window slides over images: the geometry that
// convolution and pooling share. Pairs are height, width.
type Window struct {
	Channels       int // of one image
	In, Out        [2]int
	Kernel, Stride [2]int
	Pad, Dilation  [2]int
}

// OutSize returns the number of window positions along an axis, or a number
// below one when the window does not fit.
func OutSize(in, kernel, stride, pad, dilation int) int {
	span := in + 2*pad - dilation*(kernel-1) - 1
	if span < 0 {
		return 0
	}
	return span/stride + 1
}

// Patches is the matrix of the patches of an image: row (c, kh, kw) and column
// (y, x) hold what tap (kh, kw) of the window at position (y, x) sees in
// channel c, zero outside. It is never stored; the matrix product packs its
// panels from the image.
type Patches struct {
	Window
	Transposed bool // rows are positions
	// Back turns the window around: positions are those of the window's input,
	// and the image is its output. Tap (kh, kw) at input position (y, x) sees
	// the output position that read (y, x) through that tap, if there is one.
	Back bool
}

// positions returns the grid of window positions, image that of the pixels.
func (p *Patches) positions() [2]int {
	if p.Back {
		return p.In
	}
	return p.Out
}

func (p *Patches) image() [2]int {
	if p.Back {
		return p.Out
	}
	return p.In
}

// see returns the pixel that a tap of the window at position pos sees along
// one axis, or −1.
func (p *Patches) see(axis, pos, tap int) int {
	if !p.Back {
		i := pos*p.Stride[axis] - p.Pad[axis] + tap*p.Dilation[axis]
		if uint(i) >= uint(p.In[axis]) {
			return -1
		}
		return i
	}
	i := pos + p.Pad[axis] - tap*p.Dilation[axis]
	if s := p.Stride[axis]; s > 1 {
		if i < 0 || i%s != 0 {
			return -1
		}
		i /= s
	}
	if uint(i) >= uint(p.Out[axis]) {
		return -1
	}
	return i
}

// packPatches packs rows [i0, i0+m) and columns [p0, p0+k) of the matrix of
// patches, as pack does.
func packPatches[T Float](dst, img []T, p *Patches, i0, p0, m, k, tile int) {
	for i := 0; i < m; i += tile {
		panel := dst[i*k:][:tile*k]
		rows := min(tile, m-i)
		if rows < tile {
			clear(panel)
		}
		if p.Transposed {
			for r := range rows {
				packPosition(panel[r:], img, p, i0+i+r, p0, k, tile)
			}
		} else {
			for r := range rows {
				packTap(panel[r:], img, p, i0+i+r, p0, k, tile)
			}
		}
	}
}

// packPosition packs taps [p0, p0+k) of one window position, step apart.
func packPosition[T Float](dst, img []T, p *Patches, pos, p0, k, step int) {
	width := p.positions()[1]
	y, x := pos/width, pos%width
	size := p.image()
	pixels := size[0] * size[1]
	taps := p.Kernel[0] * p.Kernel[1]
	for kh := range p.Kernel[0] {
		iy := p.see(0, y, kh)
		for kw := range p.Kernel[1] {
			ix := p.see(1, x, kw)
			tap := kh*p.Kernel[1] + kw
			c := max(0, (p0-tap+taps-1)/taps) // the first channel whose tap is in range
			if iy < 0 || ix < 0 {
				for q := c*taps + tap - p0; q < k; q += taps {
					dst[q*step] = 0
				}
				continue
			}
			at := c*pixels + iy*size[1] + ix
			for q := c*taps + tap - p0; q < k; q += taps {
				dst[q*step] = img[at]
				at += pixels
			}
		}
	}
}

// packTap packs positions [p0, p0+k) of one tap, step apart.
func packTap[T Float](dst, img []T, p *Patches, tap, p0, k, step int) {
	taps := p.Kernel[0] * p.Kernel[1]
	size := p.image()
	img = img[tap/taps*size[0]*size[1]:][:size[0]*size[1]]
	kh, kw := tap%taps/p.Kernel[1], tap%p.Kernel[1]
	width := p.positions()[1]
	y, x := p0/width, p0%width
	for q := 0; q < k; y, x = y+1, 0 {
		iy := p.see(0, y, kh)
		for ; x < width && q < k; x, q = x+1, q+1 {
			var v T
			if iy >= 0 {
				if ix := p.see(1, x, kw); ix >= 0 {
					v = img[iy*size[1]+ix]
				}
			}
			dst[q*step] = v
		}
	}
}
