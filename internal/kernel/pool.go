package kernel

import "math"

// MaxPool computes, for each of planes images of one channel, the largest
// pixel under each window position, and its index within all of x. Ties go to
// the first; a NaN wins. The window must not lie wholly outside an image.
func MaxPool[T Float](dst []T, index []int, x []T, w *Window, planes int) {
	pixels, q := w.In[0]*w.In[1], 0
	for plane := range planes {
		img := x[plane*pixels:][:pixels]
		for oy := range w.Out[0] {
			for ox := range w.Out[1] {
				best, at := T(math.Inf(-1)), -1
				for kh := range w.Kernel[0] {
					y := oy*w.Stride[0] - w.Pad[0] + kh*w.Dilation[0]
					if uint(y) >= uint(w.In[0]) {
						continue
					}
					for kw := range w.Kernel[1] {
						x := ox*w.Stride[1] - w.Pad[1] + kw*w.Dilation[1]
						if uint(x) >= uint(w.In[1]) {
							continue
						}
						i := y*w.In[1] + x
						if v := img[i]; v > best || at < 0 || v != v {
							best, at = v, i
						}
					}
				}
				dst[q], index[q] = best, plane*pixels+at
				q++
			}
		}
	}
}

// avgCount returns how many pixels the window at (oy, ox) averages over.
func avgCount(w *Window, oy, ox int, includePad bool) int {
	count := 1
	for axis, o := range [2]int{oy, ox} {
		from := o*w.Stride[axis] - w.Pad[axis]
		to := from + w.Kernel[axis]
		if includePad {
			to = min(to, w.In[axis]+w.Pad[axis])
		} else {
			from, to = max(from, 0), min(to, w.In[axis])
		}
		count *= to - from
	}
	return count
}

// AvgPool computes the mean of the pixels under each window position.
// Padding counts as zeros if includePad is set, else not at all.
func AvgPool[T Float](dst, x []T, w *Window, planes int, includePad bool) {
	pixels, cells := w.In[0]*w.In[1], w.Out[0]*w.Out[1]
	for plane := range planes {
		img, out := x[plane*pixels:][:pixels], dst[plane*cells:][:cells]
		for oy := range w.Out[0] {
			y0, y1 := clip(oy*w.Stride[0]-w.Pad[0], w.Kernel[0], w.In[0])
			for ox := range w.Out[1] {
				x0, x1 := clip(ox*w.Stride[1]-w.Pad[1], w.Kernel[1], w.In[1])
				var s T
				for y := y0; y < y1; y++ {
					for _, v := range img[y*w.In[1]+x0 : y*w.In[1]+x1] {
						s += v
					}
				}
				out[oy*w.Out[1]+ox] = s / T(avgCount(w, oy, ox, includePad))
			}
		}
	}
}

// AvgPoolGrad computes the gradient of [AvgPool] by x.
func AvgPoolGrad[T Float](dx, dy []T, w *Window, planes int, includePad bool) {
	pixels, cells := w.In[0]*w.In[1], w.Out[0]*w.Out[1]
	clear(dx[:planes*pixels])
	for plane := range planes {
		img, out := dx[plane*pixels:][:pixels], dy[plane*cells:][:cells]
		for oy := range w.Out[0] {
			y0, y1 := clip(oy*w.Stride[0]-w.Pad[0], w.Kernel[0], w.In[0])
			for ox := range w.Out[1] {
				x0, x1 := clip(ox*w.Stride[1]-w.Pad[1], w.Kernel[1], w.In[1])
				g := out[oy*w.Out[1]+ox] / T(avgCount(w, oy, ox, includePad))
				for y := y0; y < y1; y++ {
					row := img[y*w.In[1]+x0 : y*w.In[1]+x1]
					for i := range row {
						row[i] += g
					}
				}
			}
		}
	}
}

// clip returns the part of [from, from+n) that lies in [0, size).
func clip(from, n, size int) (int, int) {
	lo := max(from, 0)
	return lo, max(lo, min(from+n, size))
}
