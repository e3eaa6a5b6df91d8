package images

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// mix mixes each picture of b with the one before it, and the classes as well.
func (a *Augment) mix(b *data.Batch, s *scratch, r *tensor.Rand) {
	if !a.mixes() {
		return
	}
	shape := b.X.Shape()
	c, h, w := shape[1], shape[2], shape[3]
	share := 0.0 // of each picture that is its own
	if a.CutMix > 0 && (a.Mixup == 0 || r.Float64() < 0.5) {
		var cut box
		cut, share = drawBox(beta(r, a.CutMix), h, w, r)
		cutMix(tensor.Data[float32](b.X), c, h, w, cut, s)
	} else {
		share = beta(r, a.Mixup)
		mixUp(tensor.Data[float32](b.X), c*h*w, float32(share), s)
	}
	a.mixLabels(b, share)
}

// mixUp makes x[i] = share x[i] + (1 − share) x[i−1] for pictures of the given
// size, and takes the last for the one before the first.
func mixUp(x []float32, size int, share float32, s *scratch) {
	last := s.keep(x[len(x)-size:])
	for i := len(x) - size; i >= 0; i -= size {
		before := last
		if i > 0 {
			before = x[i-size : i]
		}
		for k, v := range x[i : i+size] {
			x[i+k] = float32(v*share) + float32(before[k]*(1-share))
		}
	}
}

// keep copies a picture to the memory of s.
func (s *scratch) keep(picture []float32) []float32 {
	s.picture = append(s.picture[:0], picture...)
	return s.picture
}

// A box is a rectangle of a picture.
type box struct{ top, left, bottom, right int }

// drawBox draws a rectangle of 1 − share of the area, which is cut off at the
// border, and returns the share of the picture that is really outside.
func drawBox(share float64, h, w int, r *tensor.Rand) (box, float64) {
	x, y := below(r, w), below(r, h)
	half := 0.5 * math.Sqrt(1-share)
	halfW, halfH := int(half*float64(w)), int(half*float64(h))
	b := box{max(y-halfH, 0), max(x-halfW, 0), min(y+halfH, h), min(x+halfW, w)}
	return b, 1 - float64((b.right-b.left)*(b.bottom-b.top))/float64(w*h)
}

// cutMix replaces a rectangle of each picture by that of the one before it.
func cutMix(x []float32, c, h, w int, b box, s *scratch) {
	size := c * h * w
	last := s.keep(x[len(x)-size:])
	for i := len(x) - size; i >= 0; i -= size {
		before := last
		if i > 0 {
			before = x[i-size : i]
		}
		for row := range c * h {
			if y := row % h; y >= b.top && y < b.bottom {
				copy(x[i+row*w+b.left:i+row*w+b.right], before[row*w+b.left:])
			}
		}
	}
}

// mixLabels makes Y the probabilities of the classes.
func (a *Augment) mixLabels(b *data.Batch, share float64) {
	n, k := len(b.Labels), a.Classes
	for i, l := range b.Labels {
		if l < 0 || l >= k {
			a.misuse(fmt.Sprintf("label %d is %d; want 0 to %d", i, l, k-1))
		}
	}
	y := b.MakeY(n, k)
	clear(y)
	for i, l := range b.Labels {
		y[i*k+l] += float32(share)
		y[i*k+b.Labels[(i+n-1)%n]] += 1 - float32(share)
	}
	b.Labels = b.Labels[:0]
}

// beta draws from the distribution Beta(a, a).
func beta(r *tensor.Rand, a float64) float64 {
	x, y := gamma(r, a), gamma(r, a)
	if x+y == 0 { // for a tiny a both underflow; the distribution is then a coin
		return math.Round(r.Float64())
	}
	return x / (x + y)
}

// gamma draws from the distribution Gamma(a, 1) (Marsaglia and Tsang, 2000).
func gamma(r *tensor.Rand, a float64) float64 {
	if a < 1 {
		return gamma(r, a+1) * math.Pow(1-r.Float64(), 1/a)
	}
	d := a - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormalFloat64()
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < float64(x*x/2)+d-float64(d*v)+float64(d*math.Log(v)) {
			return d * v
		}
	}
}
