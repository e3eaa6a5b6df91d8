package images

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// A warp says from where in a picture each pixel of another comes. Places are
// measured from the middle of the picture, x to the right and y down:
//
//	x' = xx x + xy y + x0
//	y' = yx x + yy y + y0
//
// Of the result, a part is taken that begins at row top and column left.
type warp struct {
	xx, xy, x0, yx, yy, y0 float64
	top, left              int
	straight               bool // the rows stay rows, and places are whole pixels
	moves                  bool // there is something to do
}

// newWarp returns the inverse of: flip, then rotate by angle degrees and scale
// about the middle, then move by dx, dy pixels.
func newWarp(flipX, flipY bool, angle, scale, dx, dy float64) warp {
	sin, cos := math.Sincos(angle * math.Pi / 180)
	w := warp{xx: cos / scale, xy: sin / scale, yx: -sin / scale, yy: cos / scale}
	w.x0 = -(float64(w.xx*dx) + float64(w.xy*dy))
	w.y0 = -(float64(w.yx*dx) + float64(w.yy*dy))
	if flipX {
		w.xx, w.xy, w.x0 = -w.xx, -w.xy, -w.x0
	}
	if flipY {
		w.yx, w.yy, w.y0 = -w.yx, -w.yy, -w.y0
	}
	w.straight = angle == 0 && scale == 1 && dx == 0 && dy == 0
	w.moves = !w.straight || flipX || flipY
	return w
}

// drawWarp draws a warp for a picture.
func (a *Augment) drawWarp(p pictures, r *tensor.Rand) warp {
	flipX := a.FlipHorizontal > 0 && r.Float64() < a.FlipHorizontal
	flipY := a.FlipVertical > 0 && r.Float64() < a.FlipVertical
	angle, scale, dx, dy := 0.0, 1.0, 0.0, 0.0
	if a.Rotate > 0 {
		angle = between(r, -a.Rotate, a.Rotate)
	}
	if a.Scale > 0 {
		scale = between(r, 1-a.Scale, 1+a.Scale)
	}
	if a.Translate > 0 {
		dx = between(r, -a.Translate, a.Translate) * float64(p.w)
		dy = between(r, -a.Translate, a.Translate) * float64(p.h)
	}
	w := newWarp(flipX, flipY, angle, scale, dx, dy)
	if rooms := [2]int{p.h + 2*a.Pad - p.outH, p.w + 2*a.Pad - p.outW}; rooms != [2]int{} {
		w.top = below(r, rooms[0]+1) - a.Pad
		w.left = below(r, rooms[1]+1) - a.Pad
		w.moves = true
	}
	return w
}

// apply writes what the warp makes of a picture to dst.
func (w *warp) apply(dst, picture []float32, p pictures) {
	midX, midY := float64(p.w-1)/2, float64(p.h-1)/2
	in, out := p.h*p.w, p.outH*p.outW
	for i := range p.outH {
		row := w.top + i
		for j := range p.outW {
			column, k := w.left+j, i*p.outW+j
			if row < 0 || row >= p.h || column < 0 || column >= p.w {
				for c := range p.c {
					dst[c*out+k] = 0
				}
				continue
			}
			x, y := float64(column)-midX, float64(row)-midY
			atX := float64(w.xx*x) + float64(w.xy*y) + w.x0 + midX
			atY := float64(w.yx*x) + float64(w.yy*y) + w.y0 + midY
			if w.straight {
				from := int(atY)*p.w + int(atX)
				for c := range p.c {
					dst[c*out+k] = picture[c*in+from]
				}
				continue
			}
			t := newTap(atX, atY, p.h, p.w)
			for c := range p.c {
				dst[c*out+k] = t.of(picture[c*in : (c+1)*in])
			}
		}
	}
}

// A tap is the four pixels about a place, and their weights. A pixel outside the
// picture has the weight 0.
type tap struct {
	at     [4]int
	weight [4]float32
}

func newTap(x, y float64, h, w int) (t tap) {
	if !(x > -1 && y > -1 && x < float64(w) && y < float64(h)) {
		return t
	}
	left, top := math.Floor(x), math.Floor(y)
	right, down := float32(x-left), float32(y-top)
	for k, weight := range [4]float32{(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right} {
		i, j := int(top)+k/2, int(left)+k%2
		if i >= 0 && i < h && j >= 0 && j < w {
			t.at[k], t.weight[k] = i*w+j, weight
		}
	}
	return t
}

// of returns the value at the place in a plane.
func (t *tap) of(plane []float32) float32 {
	v := float32(0)
	for k, weight := range t.weight {
		if weight != 0 {
			v += float32(plane[t.at[k]] * weight)
		}
	}
	return v
}
