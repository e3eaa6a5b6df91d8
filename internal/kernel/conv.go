package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// A Conv is the geometry of a convolution of Batch images in Groups groups.
// Window.Channels counts the input channels of one group, Filters the output
// channels of one group.
type Conv struct {
	Window
	Batch, Groups, Filters int
}

func (c *Conv) area() int   { return c.Kernel[0] * c.Kernel[1] }
func (c *Conv) taps() int   { return c.Channels * c.area() }
func (c *Conv) inLen() int  { return c.Channels * c.In[0] * c.In[1] }
func (c *Conv) outLen() int { return c.Filters * c.Out[0] * c.Out[1] }

// whole reports whether the window covers the whole image. The convolution is
// then a matrix product of images and filters.
func (c *Conv) whole() bool { return c.Out == [2]int{1, 1} && c.In == c.Kernel && c.Pad == [2]int{} }

// work counts the multiply-adds.
func (c *Conv) work() int { return c.Batch * c.Groups * c.outLen() * c.taps() }

// Conv2d computes dst[n, o, y, x] = bias[o] + Σ x[n, c, …] w[o, c, …], the
// cross-correlation of each image with each filter of its group. Images are
// [Batch, Groups·Channels, In], filters [Groups·Filters, Channels, Kernel]; bias
// is nil for none.
func Conv2d[T Float](dst, x, w, bias []T, c Conv) {
	if len(x) == 0 || len(w) == 0 {
		clear(dst)
		if size := c.Out[0] * c.Out[1]; bias != nil && size > 0 {
			for i := range len(dst) / size {
				Fill(dst[i*size:][:size], bias[i%len(bias)])
			}
		}
		return
	}
	if c.whole() {
		k := c.taps()
		for g := range c.Groups {
			a := Matrix[T]{Data: x[g*k:], Row: c.Groups * k, Col: 1}
			b := Matrix[T]{Data: w[g*c.Filters*k:], Row: 1, Col: k}
			var ep Epilogue[T]
			if bias != nil {
				ep.Bias = bias[g*c.Filters:][:c.Filters]
			}
			MatMul(dst[g*c.Filters:], c.Groups*c.Filters, a, b, c.Batch, c.Filters, k, ep)
		}
		return
	}
	t := work.Take[convTask[T]](&convTasks)
	t.dst, t.x, t.batch, t.groups, t.filters = dst, x, c.Batch, c.Groups, c.Filters
	t.sweeps = resize(t.sweeps, 1)
	s := &t.sweeps[0]
	t.canvas, s.offsets = c.canvas(s.offsets)
	s.taps = s.taps[:0]
	for p := range s.offsets {
		s.taps = append(s.taps, p)
	}
	s.out, s.first, s.width, s.step = c.Out, 0, c.Out[1], [2]int{1, 1}
	t.dstLen = c.Out[0] * c.Out[1]
	t.plan()
	packed, lent := work.Borrow[T](len(w) + c.Groups*c.Filters)
	t.packed = packed
	k := c.taps()
	for g := range c.Groups {
		if bias != nil {
			t.pack(g, s, w[g*c.Filters*k:], k, bias[g*c.Filters:])
		} else {
			t.pack(g, s, w[g*c.Filters*k:], k, nil)
		}
	}
	t.run(c.work())
	work.Return(lent)
	t.release()
}

// Conv2dInput computes the gradient of [Conv2d] by x from dy, the gradient by its
// result. For a stride of s, every s-th pixel is seen by the same taps. The
// gradient by these pixels is a convolution of dy with these taps.
func Conv2dInput[T Float](dx, dy, w []T, c Conv) {
	if len(dy) == 0 || len(w) == 0 {
		clear(dx)
		return
	}
	if c.whole() {
		k := c.taps()
		for g := range c.Groups {
			a := Matrix[T]{Data: dy[g*c.Filters:], Row: c.Groups * c.Filters, Col: 1}
			b := Matrix[T]{Data: w[g*c.Filters*k:], Row: k, Col: 1}
			MatMul(dx[g*k:], c.Groups*k, a, b, c.Batch, k, c.Filters, Epilogue[T]{})
		}
		return
	}
	if !Finite(w) { // products of w with the zeros around dy would be NaN
		plainInput(dx, dy, w, &c)
		return
	}
	t := work.Take[convTask[T]](&convTasks)
	t.dst, t.x, t.batch, t.groups, t.filters = dx, dy, c.Batch, c.Groups, c.Channels
	t.canvas = canvas{channels: c.Filters, in: c.Out, phases: [2]int{1, 1}, seen: [2]uint64{1, 1}}
	for i := range 2 {
		t.origin[i] = max(0, (c.Kernel[i]-1)*c.Dilation[i]/c.Stride[i]-c.Pad[i]/c.Stride[i])
		t.size[i] = t.origin[i] + (c.In[i]-1+c.Pad[i])/c.Stride[i] + 1
	}
	t.sweeps = resize(t.sweeps, min(c.Stride[0], c.In[0])*min(c.Stride[1], c.In[1])) // no more phases than these have pixels
	t.dstLen = c.In[0] * c.In[1]
	n := 0
	for ry := range c.Stride[0] {
		for rx := range c.Stride[1] {
			if n < len(t.sweeps) && c.phase(&t.sweeps[n], &t.canvas, [2]int{ry, rx}) {
				n++
			}
		}
	}
	t.sweeps = t.sweeps[:n]
	t.plan()
	packed, lent := work.Borrow[T](len(w) + n*c.Groups*c.Channels)
	t.packed = packed
	area := c.area()
	for i := range t.sweeps {
		for g := range c.Groups {
			t.pack(g, &t.sweeps[i], w[g*c.Filters*c.Channels*area:], area, nil)
		}
	}
	t.run(c.work())
	work.Return(lent)
	t.release()
}

// phase makes s the sweep for the pixels r, r+Stride, … of the padded input,
// and reports whether there are any.
func (c *Conv) phase(s *sweep, t *canvas, r [2]int) bool {
	var from, at [2]int // the first pixel, and the position on the canvas of dy that reaches it through tap 0
	for i := range 2 {
		from[i] = ((r[i]-c.Pad[i])%c.Stride[i] + c.Stride[i]) % c.Stride[i]
		at[i] = (from[i]+c.Pad[i])/c.Stride[i] + t.origin[i]
		s.out[i] = (c.In[i] - from[i] + c.Stride[i] - 1) / c.Stride[i]
		if s.out[i] <= 0 {
			return false
		}
	}
	s.first, s.width, s.step = from[0]*c.In[1]+from[1], c.In[1], c.Stride
	s.offsets, s.taps = s.offsets[:0], s.taps[:0]
	for kh := range c.Kernel[0] {
		for kw := range c.Kernel[1] {
			y, x := kh*c.Dilation[0]-r[0], kw*c.Dilation[1]-r[1]
			if y%c.Stride[0] == 0 && x%c.Stride[1] == 0 {
				s.offsets = append(s.offsets, t.offset(at[0]-y/c.Stride[0], at[1]-x/c.Stride[1]))
				s.taps = append(s.taps, kh*c.Kernel[1]+kw)
			}
		}
	}
	one := len(s.offsets)
	for o := 1; o < t.channels; o++ {
		for i, off := range s.offsets[:one] {
			s.offsets = append(s.offsets, o*t.channel()+off)
			s.taps = append(s.taps, o*c.taps()+s.taps[i])
		}
	}
	return true
}

// canvas returns the canvas for the input images, and the offsets of the taps
// on it, in the memory of offsets.
func (c *Conv) canvas(offsets []int) (canvas, []int) {
	v := canvas{channels: c.Channels, in: c.In, origin: c.Pad, phases: c.Stride}
	for i := range 2 {
		v.size[i] = c.Out[i] + (c.Kernel[i]-1)*c.Dilation[i]/c.Stride[i]
		for k := range c.Kernel[i] {
			v.seen[i] |= 1 << (k * c.Dilation[i] % c.Stride[i])
		}
	}
	offsets = offsets[:0]
	for ch := range c.Channels {
		for kh := range c.Kernel[0] {
			for kw := range c.Kernel[1] {
				offsets = append(offsets, ch*v.channel()+v.offset(kh*c.Dilation[0], kw*c.Dilation[1]))
			}
		}
	}
	return v, offsets
}
