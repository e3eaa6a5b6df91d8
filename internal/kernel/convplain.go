package kernel

// The fast loops of the gradients multiply numbers with zeros that stand around
// an image or a result, which changes nothing unless a number is infinite or
// NaN. Then these loops take over.

// reach returns the first output position, and that after the last, that sees a
// pixel of the image through tap k of an axis.
func (c *Conv) reach(axis, k int) (from, to int) {
	s, first := c.Stride[axis], k*c.Dilation[axis]-c.Pad[axis]
	from = max(0, (s-1-first)/s)
	return from, min(c.Out[axis], (c.In[axis]-first+s-1)/s)
}

// eachTap calls f for each image, channel, filter and tap, with the pixel that
// position (0, 0) sees through it, which may lie outside of the image, with the
// places of this position in the result and of the tap among the filters.
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

// plainInput is [Conv2dInput] without products with what is no result.
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

// plainFilter is [Conv2dFilter] without products with what is no result. As in
// PyTorch, those with the zeros of the padding count.
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
