package images

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// colour changes the values of the pixels of a picture with c channels.
func (a *Augment) colour(x []float32, c int, r *tensor.Rand) {
	if a.Brightness > 0 {
		brighten(x, float32(between(r, max(1-a.Brightness, 0), 1+a.Brightness)))
	}
	if a.Contrast > 0 {
		spread(x, c, float32(between(r, max(1-a.Contrast, 0), 1+a.Contrast)))
	}
	if a.Noise > 0 {
		for i, v := range x {
			x[i] = clamp(v + float32(float64(a.Noise*r.NormalFloat64())))
		}
	}
	plane := len(x) / c
	for k, mean := range a.Mean {
		m, s := float32(mean), float32(a.Std[k])
		for i, v := range x[k*plane : (k+1)*plane] {
			x[k*plane+i] = (v - m) / s
		}
	}
}

// brighten is torchvision's adjust_brightness.
func brighten(x []float32, factor float32) {
	for i, v := range x {
		x[i] = clamp(v * factor)
	}
}

// spread is torchvision's adjust_contrast. The grey of three channels is
// 0.2989 R + 0.587 G + 0.114 B; that of others is their mean.
func spread(x []float32, c int, factor float32) {
	plane := len(x) / c
	sum := 0.0
	if c == 3 {
		for i, v := range x[:plane] {
			sum += float64(0.2989*float64(v)) + float64(0.587*float64(x[plane+i])) + float64(0.114*float64(x[2*plane+i]))
		}
	} else {
		for _, v := range x {
			sum += float64(v) / float64(c)
		}
	}
	rest := float32((1 - factor) * float32(sum/float64(plane)))
	for i, v := range x {
		x[i] = clamp(float32(v*factor) + rest)
	}
}

func clamp(v float32) float32 { return min(max(v, 0), 1) }

// blank sets parts of a picture to 0.
func (a *Augment) blank(x []float32, p pictures, r *tensor.Rand) {
	h, w := p.outH, p.outW
	if a.Cutout > 0 {
		top, left := below(r, h)-a.Cutout/2, below(r, w)-a.Cutout/2
		clearBox(x, p, max(top, 0), max(left, 0), min(top+a.Cutout, h), min(left+a.Cutout, w))
	}
	if a.Erase > 0 && r.Float64() < a.Erase {
		for range 10 { // as torchvision tries
			area := float64(h*w) * between(r, 0.02, 0.33)
			aspect := math.Exp(between(r, math.Log(0.3), math.Log(3.3)))
			high, wide := int(math.RoundToEven(math.Sqrt(area*aspect))), int(math.RoundToEven(math.Sqrt(area/aspect)))
			if high < h && wide < w {
				top, left := below(r, h-high+1), below(r, w-wide+1)
				clearBox(x, p, top, left, top+high, left+wide)
				return
			}
		}
	}
}

// clearBox sets a rectangle to 0 in all channels.
func clearBox(x []float32, p pictures, top, left, bottom, right int) {
	for c := range p.c {
		for i := top; i < bottom; i++ {
			row := x[(c*p.outH+i)*p.outW:][:p.outW]
			clear(row[left:right])
		}
	}
}
