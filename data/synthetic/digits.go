package synthetic

import (
	"math"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// digitSide is the width and height of a picture of a digit.
const digitSide = 28

// Digits draws n pictures of handwritten digits: a [data.Examples] with X of shape
// [n 1 28 28], ink 1 on paper 0, and the digits as labels.
//
// Each picture is one of several ways of writing its digit, with the hand's
// trembling, slant, size, pressure and place drawn at random. Every ten
// pictures in a row are the ten digits in random order, so the labels are
// balanced, and the first pictures of a large set are the small set of the
// same seed. Use different seeds for training and testing.
//
// The same seed gives the same bits on every platform.
func Digits(n int, seed uint64) *data.Examples {
	s := &data.Examples{X: tensor.Zeros(n, 1, digitSide, digitSide), Labels: make([]int, n), Classes: 10}
	x := tensor.Data[float32](s.X)
	p := pen{rng: tensor.NewRand(seed)}
	digits := [10]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for i := range n {
		k := i % 10
		// Fisher and Yates' shuffle, a step for each picture.
		if j := k + p.pick(10-k); j != k {
			digits[k], digits[j] = digits[j], digits[k]
		}
		s.Labels[i] = digits[k]
		p.write(x[i*digitSide*digitSide:][:digitSide*digitSide], digits[k])
	}
	return s
}

// A pen writes digits. Its geometry is float64 arithmetic in which every
// product is rounded before something is added to it (see mul), so that no
// compiler may fuse the two operations. A product by a power of two is exact and
// needs no mul. Of the math package it uses only functions whose results are the
// same to the last bit on every platform.
type pen struct {
	rng  *tensor.Rand
	path []dab // of the digit being written
	ends []int // where each stroke ends in path
	hand stroke
}

// A dab is a point of the pen's way over the paper, in pixels, with the radius
// of the line there.
type dab struct{ x, y, r float64 }

// How much the hand varies.
const (
	curveSteps = 6    // line pieces between two points of a stroke
	wobble     = 0.9  // the most by which a point moves, in units of the grid
	tilt       = 0.18 // tangent of half the largest angle of rotation, 20°
	slant      = 0.3  // tangent of the largest angle of the shear
	drift      = 3.0  // of the digit's middle from the picture's, in pixels
	margin     = 0.5  // paper that stays around a digit, in pixels
)

// write draws one picture of a digit on blank paper.
func (p *pen) write(paper []float32, digit int) {
	ways := glyphs[digit]
	g := ways[p.pick(len(ways))]
	place := p.placing()
	radius := p.between(0.75, 1.55)

	p.path, p.ends = p.path[:0], p.ends[:0]
	for _, s := range g {
		p.tremble(s)
		for i, q := range p.hand {
			p.hand[i] = place.apply(q)
		}
		p.trace(radius)
		p.ends = append(p.ends, len(p.path))
	}
	p.settle()

	ink := p.between(0.7, 1)
	edge := p.between(0.9, 1.5)
	from := 0
	for _, to := range p.ends {
		for i := from + 1; i < to; i++ {
			line(paper, p.path[i-1], p.path[i], ink, edge)
		}
		from = to
	}
	p.specks(paper)
}

// A linear is a 2×2 matrix.
type linear struct{ xx, xy, yx, yy float64 }

func (m linear) apply(q point) point {
	return point{mul(m.xx, q.x) + mul(m.xy, q.y), mul(m.yx, q.x) + mul(m.yy, q.y)}
}

// placing draws a map from the grid, moved to have its middle at 0, to the
// picture: a rotation after a shear after a scaling of each axis.
func (p *pen) placing() linear {
	w, h := p.between(0.7, 1.15), p.between(0.75, 1.1)
	shear := mul(slant, p.tremor())
	// By the half-angle formulas a rotation takes no sine, whose last bit
	// would depend on the platform.
	t := mul(tilt, p.tremor())
	tt := mul(t, t)
	cos, sin := (1-tt)/(1+tt), 2*t/(1+tt)
	return linear{
		xx: mul(cos, w), xy: mul(mul(cos, -shear)-sin, h),
		yx: mul(sin, w), yy: mul(mul(sin, -shear)+cos, h),
	}
}

// tremble sets hand to a stroke whose points are moved a little, with the
// grid's middle at 0. Corners stay corners.
func (p *pen) tremble(s stroke) {
	p.hand = p.hand[:0]
	for i, q := range s {
		if i > 0 && q == s[i-1] {
			p.hand = append(p.hand, p.hand[i-1])
			continue
		}
		dx, dy := mul(wobble, p.tremor()), mul(wobble, p.tremor())
		p.hand = append(p.hand, point{q.x - 10 + dx, q.y - 10 + dy})
	}
}

// trace appends to path the smooth curve through the points of hand, a
// Catmull–Rom spline. The pressure changes steadily along the stroke.
func (p *pen) trace(radius float64) {
	h := p.hand
	start, end := mul(radius, p.between(0.8, 1.15)), mul(radius, p.between(0.7, 1.1))
	last := len(h) - 1
	for i := range last {
		before, a, b, after := h[max(i-1, 0)], h[i], h[i+1], h[min(i+2, last)]
		if a == b {
			continue
		}
		for k := range curveSteps {
			q := spline(before, a, b, after, float64(k)/curveSteps)
			along := (float64(i) + float64(k)/curveSteps) / float64(last)
			p.path = append(p.path, dab{q.x, q.y, start + mul(end-start, along)})
		}
	}
	p.path = append(p.path, dab{h[last].x, h[last].y, end})
}

// spline returns the point at time t of the way from a (t = 0) to b (t = 1).
//
//	½ (2a + (b − z) t + (2z − 5a + 4b − c) t² + (3a − z − 3b + c) t³)
func spline(z, a, b, c point, t float64) point {
	axis := func(z, a, b, c float64) float64 {
		k1 := b - z
		k2 := 2*z - mul(5, a) + 4*b - c
		k3 := mul(3, a-b) + c - z
		return a + mul(mul(mul(mul(k3, t)+k2, t)+k1, t), 0.5)
	}
	return point{axis(z.x, a.x, b.x, c.x), axis(z.y, a.y, b.y, c.y)}
}

// settle moves path to its place in the picture: near the middle, at random,
// and wholly inside.
func (p *pen) settle() {
	lo, hi := p.path[0], p.path[0]
	for _, d := range p.path {
		lo.x, hi.x = min(lo.x, d.x-d.r), max(hi.x, d.x+d.r)
		lo.y, hi.y = min(lo.y, d.y-d.r), max(hi.y, d.y+d.r)
	}
	dx := p.offset(lo.x, hi.x)
	dy := p.offset(lo.y, hi.y)
	for i := range p.path {
		p.path[i].x += dx
		p.path[i].y += dy
	}
}

// offset draws by how much to move what reaches from lo to hi along an axis.
func (p *pen) offset(lo, hi float64) float64 {
	room := min(max((digitSide-(hi-lo))/2-margin, 0), drift)
	return (digitSide-lo-hi)/2 + mul(room, p.tremor())
}

// line inks the pixels around the piece of a line from a to b. A pixel whose
// centre is at distance d from it gets
//
//	ink · clamp((r − d)/edge + ½, 0, 1)
//
// with the radius r of the line at the nearest point, if that is more than it
// has already.
func line(paper []float32, a, b dab, ink, edge float64) {
	reach := max(a.r, b.r) + edge/2
	x0, x1 := span(min(a.x, b.x)-reach, max(a.x, b.x)+reach)
	y0, y1 := span(min(a.y, b.y)-reach, max(a.y, b.y)+reach)
	ux, uy := b.x-a.x, b.y-a.y
	uu := mul(ux, ux) + mul(uy, uy)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			vx, vy := float64(x)+0.5-a.x, float64(y)+0.5-a.y
			t := 0.0
			if uu > 0 {
				t = min(max((mul(vx, ux)+mul(vy, uy))/uu, 0), 1)
			}
			vx -= mul(t, ux)
			vy -= mul(t, uy)
			d := math.Sqrt(mul(vx, vx) + mul(vy, vy))
			r := a.r + mul(t, b.r-a.r)
			v := float32(mul(ink, min((r-d)/edge+0.5, 1)))
			if i := y*digitSide + x; v > paper[i] {
				paper[i] = v
			}
		}
	}
}

// span returns the pixels that the interval from lo to hi touches, from ≤ i < to.
func span(lo, hi float64) (from, to int) {
	return max(int(math.Floor(lo)), 0), min(int(math.Floor(hi))+1, digitSide)
}

// specks puts dirt on about a third of the papers.
func (p *pen) specks(paper []float32) {
	if p.pick(3) != 0 {
		return
	}
	for range 1 + p.pick(3) {
		d := dab{p.between(0, digitSide), p.between(0, digitSide), p.between(0.1, 0.6)}
		line(paper, d, d, p.between(0.2, 0.7), 1)
	}
}

// between draws a number from lo ≤ v < hi.
func (p *pen) between(lo, hi float64) float64 { return lo + mul(hi-lo, p.rng.Float64()) }

// tremor draws a number between −1 and 1, those near 0 more often.
func (p *pen) tremor() float64 { return p.rng.Float64() + p.rng.Float64() - 1 }

// pick draws a whole number from 0 ≤ v < n.
func (p *pen) pick(n int) int { return int(mul(p.rng.Float64(), float64(n))) }

// mul returns the rounded product.
func mul(a, b float64) float64 { return float64(a * b) }
