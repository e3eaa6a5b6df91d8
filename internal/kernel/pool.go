package kernel

import (
	"math"
	"sync/atomic"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A poolTask computes pooling or its gradient. Each part is some planes.
type poolTask[T Float] struct {
	pooling[T]
	strays atomic.Bool // whether an index lies outside its plane
}

// A pooling says which pooling a poolTask computes, and holds its operands.
type pooling[T Float] struct {
	Window
	kind       poolKind
	dst, x     []T
	index      []int
	planes     int
	includePad bool
}

type poolKind uint8

const (
	maxPool poolKind = iota
	maxPoolGrad
	avgPool
	avgPoolGrad
)

var poolTasks work.Tasks[poolTask[float32], poolTask[float64]]

// poolPart is the number of pixels of one part, unless a single plane has more.
const poolPart = 1 << 14

// planesOf returns how many planes one part has.
func (t *poolTask[T]) planesOf() int { return max(1, poolPart/max(1, t.In[0]*t.In[1])) }

// run pools, and reports whether every index lies in its plane.
func (p *pooling[T]) run() (ok bool) {
	t := work.Take[poolTask[T]](&poolTasks)
	t.pooling = *p
	n := t.planesOf()
	work.Run((t.planes+n-1)/n, t)
	ok = !t.strays.Swap(false)
	t.pooling = pooling[T]{}
	work.Keep(&poolTasks, t)
	return ok
}

func (t *poolTask[T]) Do(part int) {
	n := t.planesOf()
	pixels, cells := t.In[0]*t.In[1], t.Out[0]*t.Out[1]
	for plane := part * n; plane < min(t.planes, (part+1)*n); plane++ {
		switch i, o := plane*pixels, plane*cells; t.kind {
		case maxPool:
			maxPlane(t.dst[o:][:cells], t.index[o:][:cells], t.x[i:][:pixels], i, &t.Window)
		case maxPoolGrad:
			if !maxPlaneGrad(t.dst[i:][:pixels], t.index[o:][:cells], t.x[o:][:cells], i) {
				t.strays.Store(true)
			}
		case avgPool:
			avgPlane(t.dst[o:][:cells], t.x[i:][:pixels], &t.Window, t.includePad)
		case avgPoolGrad:
			avgPlaneGrad(t.dst[i:][:pixels], t.x[o:][:cells], &t.Window, t.includePad)
		}
	}
}

// MaxPool computes the largest pixel under each window position and its index in
// x. x has planes images of one channel each. Of equal pixels the first counts; a
// NaN counts as the largest. Every window position must contain a pixel of the
// image.
func MaxPool[T Float](dst []T, index []int, x []T, w *Window, planes int) {
	p := pooling[T]{Window: *w, kind: maxPool, dst: dst, index: index, x: x, planes: planes}
	p.run()
}

// MaxPoolGrad computes the gradient of [MaxPool] by x from dy, the gradient by its
// result, and the index. It reports whether every index lies in the image of its
// plane. If not, the contents of dx are of no use.
func MaxPoolGrad[T Float](dx, dy []T, index []int, w *Window, planes int) bool {
	p := pooling[T]{Window: *w, kind: maxPoolGrad, dst: dx, x: dy, index: index, planes: planes}
	return p.run()
}

// AvgPool computes the mean of the pixels under each window position.
// Padding counts as zeros if includePad is set, else not at all.
func AvgPool[T Float](dst, x []T, w *Window, planes int, includePad bool) {
	p := pooling[T]{Window: *w, kind: avgPool, dst: dst, x: x, planes: planes, includePad: includePad}
	p.run()
}

// AvgPoolGrad computes the gradient of [AvgPool] by x.
func AvgPoolGrad[T Float](dx, dy []T, w *Window, planes int, includePad bool) {
	p := pooling[T]{Window: *w, kind: avgPoolGrad, dst: dx, x: dy, planes: planes, includePad: includePad}
	p.run()
}

// pairs reports whether the windows are 2 × 2 pixels without overlap or padding.
func (w *Window) pairs() bool {
	two, one := [2]int{2, 2}, [2]int{1, 1}
	return !w.Adaptive && w.Kernel == two && w.Stride == two && w.Dilation == one && w.Pad == [2]int{} && 2*w.Out[0] <= w.In[0] && 2*w.Out[1] <= w.In[1]
}

// maxPlane is MaxPool for the image x, whose first pixel has index at0.
func maxPlane[T Float](dst []T, index []int, x []T, at0 int, w *Window) {
	if w.pairs() {
		which, lent := work.Borrow[T](len(dst))
		maxPairs(w.Out[0], w.Out[1], dst, which, x, w.In[1])
		offsets := [4]int{0, 1, w.In[1], w.In[1] + 1}
		for oy := range w.Out[0] {
			row := which[oy*w.Out[1]:][:w.Out[1]]
			to, at := index[oy*w.Out[1]:][:len(row)], at0+2*oy*w.In[1]
			for i, v := range row {
				to[i] = at + offsets[int(v)&3]
				at += 2
			}
		}
		work.Return(lent)
		return
	}
	q := 0
	for oy := range w.Out[0] {
		y, h0, h1 := w.taps(0, oy)
		for ox := range w.Out[1] {
			x0, w0, w1 := w.taps(1, ox)
			best, at := T(math.Inf(-1)), -1
			for kh := h0; kh < h1; kh++ {
				i := (y+kh*w.Dilation[0])*w.In[1] + x0 + w0*w.Dilation[1]
				for range w1 - w0 {
					if v := x[i]; v > best || at < 0 || v != v {
						best, at = v, i
					}
					i += w.Dilation[1]
				}
			}
			dst[q], index[q] = best, at0+at
			q++
		}
	}
}

// maxPlaneGrad is MaxPoolGrad for one image, whose first pixel has index at0.
func maxPlaneGrad[T Float](img []T, index []int, dy []T, at0 int) (ok bool) {
	clear(img)
	dy = dy[:len(index)]
	for i, j := range index {
		j -= at0
		if uint(j) >= uint(len(img)) {
			return false
		}
		img[j] += dy[i]
	}
	return true
}

// taps returns where the window at position o has its first tap along an axis,
// and which taps see the image.
func (w *Window) taps(axis, o int) (first, from, to int) {
	if w.Adaptive {
		first, to = w.part(axis, o)
		return first, 0, to - first
	}
	first, d := o*w.Stride[axis]-w.Pad[axis], w.Dilation[axis]
	if first < 0 {
		from = (d - 1 - first) / d
	}
	to = max(from, min(w.Kernel[axis], (w.In[axis]-first+d-1)/d))
	return first, from, to
}

// part returns where part o of an image that is divided along an axis begins and
// ends.
func (w *Window) part(axis, o int) (from, to int) {
	n, parts := w.In[axis], w.Out[axis]
	return o * n / parts, ((o+1)*n + parts - 1) / parts
}

// span returns where along an axis the pixels begin and end that lie under the
// window at position o, which has no dilation.
func (w *Window) span(axis, o int) (from, to int) {
	if w.Adaptive {
		return w.part(axis, o)
	}
	return clip(o*w.Stride[axis]-w.Pad[axis], w.Kernel[axis], w.In[axis])
}

// maxPairs pools by windows of 2 × 2:
//
//	for r := range rows {
//		for i := range n {
//			dst[r*n+i] = the largest of src[2*r*lds+2*i:][:2] and src[(2*r+1)*lds+2*i:][:2]
//			which[r*n+i] = 0, 1, 2 or 3, the first of these that it is, or the last NaN
//		}
//	}
//
// Assembly: gen/pool.go
func maxPairs[T Float](rows, n int, dst, which, src []T, lds int) {
	_, _ = dst[:rows*n], which[:rows*n]
	if rows == 0 || n == 0 {
		return
	}
	_ = src[(2*rows-1)*lds+2*n-1]
	for most := max(1, 16*asm.Longest/n); rows > most; rows -= most {
		maxPairs(most, n, dst, which, src, lds)
		dst, which, src = dst[most*n:], which[most*n:], src[2*most*lds:]
	}
	for rows == 1 && n > asm.Longest {
		maxPairs(1, asm.Longest, dst, which, src, lds)
		dst, which, src, n = dst[asm.Longest:], which[asm.Longest:], src[2*asm.Longest:], n-asm.Longest
	}
	if asm.MaxPairs(rows, n, dst, which, src, lds) {
		return
	}
	for range rows {
		top, bottom := src[:2*n], src[lds:][:2*n]
		to, at := dst[:n], which[:n]
		for i := range to {
			if len(top) < 2 || len(bottom) < 2 {
				break
			}
			best, k := top[0], T(0)
			if v := top[1]; v > best || v != v {
				best, k = v, 1
			}
			if v := bottom[0]; v > best || v != v {
				best, k = v, 2
			}
			if v := bottom[1]; v > best || v != v {
				best, k = v, 3
			}
			to[i], at[i] = best, k
			top, bottom = top[2:], bottom[2:]
		}
		dst, which, src = dst[n:], which[n:], src[min(len(src), 2*lds):]
	}
}

// avgCount returns how many pixels the window at (oy, ox) averages over.
func avgCount(w *Window, oy, ox int, includePad bool) int {
	count := 1
	for axis, o := range [2]int{oy, ox} {
		if w.Adaptive {
			from, to := w.part(axis, o)
			count *= to - from
			continue
		}
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

// avgPlane is AvgPool for one image.
func avgPlane[T Float](out, img []T, w *Window, includePad bool) {
	if w.pairs() {
		for oy := range w.Out[0] {
			row := out[oy*w.Out[1]:][:w.Out[1]]
			top, bottom := img[2*oy*w.In[1]:][:2*len(row)], img[(2*oy+1)*w.In[1]:][:2*len(row)]
			for i := range row {
				if len(top) < 2 || len(bottom) < 2 {
					break
				}
				row[i] = (top[0] + top[1] + bottom[0] + bottom[1]) / 4
				top, bottom = top[2:], bottom[2:]
			}
		}
		return
	}
	for oy := range w.Out[0] {
		y0, y1 := w.span(0, oy)
		for ox := range w.Out[1] {
			x0, x1 := w.span(1, ox)
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

// avgPlaneGrad is AvgPoolGrad for one image.
func avgPlaneGrad[T Float](img, out []T, w *Window, includePad bool) {
	clear(img)
	for oy := range w.Out[0] {
		y0, y1 := w.span(0, oy)
		for ox := range w.Out[1] {
			x0, x1 := w.span(1, ox)
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

// clip returns the part of [from, from+n) that lies in [0, size).
func clip(from, n, size int) (int, int) {
	lo := max(from, 0)
	return lo, max(lo, min(from+n, size))
}
