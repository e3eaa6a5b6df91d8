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
	var buf [max(packPart, blockM, blockK)]T
	if !p.Transposed { // a row is a tap
		line := buf[:k]
		for i := range (m + tile - 1) / tile * tile {
			panel := dst[i/tile*tile*k+i%tile:]
			if i < m {
				patchLine(line, img, p, i0+i, p0)
			} else {
				clear(line)
			}
			Scatter(panel, line, tile)
		}
		return
	}
	line := buf[:m]
	for q := range k { // a column is
		patchLine(line, img, p, p0+q, i0)
		for i := 0; i < m; i += tile {
			row := dst[i*k+q*tile:][:tile]
			clear(row[copy(row, line[i:]):])
		}
	}
}

// patchLine writes what one tap sees at positions pos, pos+1, ….
func patchLine[T Float](line, img []T, p *Patches, tap, pos int) {
	taps, size := p.Kernel[0]*p.Kernel[1], p.image()
	img = img[tap/taps*size[0]*size[1]:][:size[0]*size[1]]
	kh, kw := tap%taps/p.Kernel[1], tap%p.Kernel[1]
	width := p.positions()[1]
	y, x := pos/width, pos%width
	for len(line) > 0 {
		row := line[:min(width-x, len(line))]
		line = line[len(row):]
		iy := p.see(0, y, kh)
		switch {
		case iy < 0:
			clear(row)
		case p.Stride[1] == 1:
			// Pixel x + shift, where there is one.
			shift := kw*p.Dilation[1] - p.Pad[1]
			if p.Back {
				shift = -shift
			}
			from := min(max(0, -shift-x), len(row))
			to := max(from, min(len(row), size[1]-shift-x))
			clear(row[:from])
			if from < to {
				copy(row[from:to], img[iy*size[1]+x+shift+from:])
			}
			clear(row[to:])
		default:
			for i := range row {
				row[i] = 0
				if ix := p.see(1, x+i, kw); ix >= 0 {
					row[i] = img[iy*size[1]+ix]
				}
			}
		}
		y, x = y+1, 0
	}
}
