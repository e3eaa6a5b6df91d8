package kernel

// The fast loops of the gradients also multiply with the zeros of the padding.
// Such a product is 0, unless the other factor is infinite or NaN. For such
// factors the loops in this file are used.

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
