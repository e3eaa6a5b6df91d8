package synthetic

import (
	"math"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// check panics unless n examples with this noise can be made with r.
func check(op string, n int, noise float64, r *tensor.Rand) {
	if n < 0 {
		tensor.BadArg(op, "want a number of examples, got %d", n)
	}
	if !(noise >= 0) || math.IsInf(noise, 1) {
		tensor.BadArg(op, "want a finite noise ≥ 0, got %v", noise)
	}
	if noise > 0 && r == nil {
		tensor.BadArg(op, "want a generator for noise %v", noise)
	}
}

// normal returns noise times a standard normal number, and 0 without noise.
func normal(r *tensor.Rand, noise float64) float64 {
	if noise == 0 {
		return 0
	}
	return noise * r.NormalFloat64()
}

// A cloud is a set of points in the making.
type cloud struct {
	x      []float32 // [n width]
	labels []int
	width  int
}

func newCloud(n, width int) *cloud {
	return &cloud{x: make([]float32, 0, n*width), labels: make([]int, 0, n), width: width}
}

// add adds a point with normal noise.
func (c *cloud) add(label int, noise float64, r *tensor.Rand, point ...float64) {
	for _, v := range point {
		c.x = append(c.x, float32(v+normal(r, noise)))
	}
	c.labels = append(c.labels, label)
}

// examples returns the points as a set, in random order unless r is nil.
func (c *cloud) examples(classes int, r *tensor.Rand) *data.Examples {
	n := len(c.labels)
	s := &data.Examples{X: tensor.New(c.x, n, c.width), Labels: c.labels, Classes: classes}
	if r == nil {
		return s
	}
	return s.Subset(r.Perm(n))
}

// Linspace returns number i of n from 0 to end, both included.
func linspace(i, n int, end float64) float64 {
	if n < 2 {
		return 0
	}
	return end * float64(i) / float64(n-1)
}

// Moons makes n points in the plane, [n 2], of two half circles that interlock:
//
//	label 0: (cos t, sin t)          label 1: (1 − cos t, ½ − sin t)     t from 0 to π
//
// with normal noise of the given deviation added to each coordinate. Label 0 has ⌊n/2⌋
// of them. Without noise they are those of scikit-learn's make_moons; see
// https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html.
//
// Like all functions here it panics with a [*tensor.ArgError] when a number makes
// no sense, or r is nil and there is noise.
func Moons(n int, noise float64, r *tensor.Rand) *data.Examples {
	check("moons", n, noise, r)
	c, outer := newCloud(n, 2), n/2
	for i := range outer {
		sin, cos := math.Sincos(linspace(i, outer, math.Pi))
		c.add(0, noise, r, cos, sin)
	}
	for i := range n - outer {
		sin, cos := math.Sincos(linspace(i, n-outer, math.Pi))
		c.add(1, noise, r, 1-cos, 1-sin-0.5)
	}
	return c.examples(2, r)
}

// Circles makes n points in the plane, [n 2]: those with label 0 lie evenly on
// a circle of radius 1, those with label 1 on one with the radius inner around
// the same centre, from 0 to below 1. Normal noise of the given deviation is
// added to each coordinate. Label 0 has ⌊n/2⌋ of them. Without noise they are
// those of scikit-learn's make_circles, whose radius is 0.8 by default; see
// https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_circles.html.
func Circles(n int, inner, noise float64, r *tensor.Rand) *data.Examples {
	check("circles", n, noise, r)
	if !(inner >= 0 && inner < 1) {
		tensor.BadArg("circles", "want an inner radius in [0, 1), got %v", inner)
	}
	c, outer := newCloud(n, 2), n/2
	for i := range n {
		label, radius, k, of := 0, 1.0, i, outer
		if i >= outer {
			label, radius, k, of = 1, inner, i-outer, n-outer
		}
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(of))
		c.add(label, noise, r, radius*cos, radius*sin)
	}
	return c.examples(2, r)
}

// Blobs makes n points, [n width], around centres, rows of as many numbers as
// a point has: normal noise of the given deviation around each. Nil stands for three
// centres in the plane, drawn evenly from −10 to 10. The label is the number of the
// centre. Each has ⌊n/k⌋ points of n around k centres, the first n mod k centres
// one more, as in scikit-learn's make_blobs; see
// https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_blobs.html.
func Blobs(n int, centers [][]float64, noise float64, r *tensor.Rand) *data.Examples {
	check("blobs", n, noise, r)
	if centers == nil {
		if r == nil {
			tensor.BadArg("blobs", "want centres, or a generator to draw them")
		}
		for range 3 {
			centers = append(centers, []float64{20*r.Float64() - 10, 20*r.Float64() - 10})
		}
	}
	if len(centers) == 0 {
		tensor.BadArg("blobs", "want one centre or more")
	}
	c := newCloud(n, len(centers[0]))
	for label, center := range centers {
		if len(center) != c.width || c.width == 0 {
			tensor.BadArg("blobs", "want centres of as many numbers each; centre %d has %d, and centre 0 has %d", label, len(center), c.width)
		}
		size := n / len(centers)
		if label < n%len(centers) {
			size++
		}
		for range size {
			c.add(label, noise, r, center...)
		}
	}
	return c.examples(len(centers), r)
}

// Spirals makes n points in the plane, [n 2], on arms that wind around the
// centre; the label is the number of the arm. Point i of m on arm k of K has
//
//	radius (i + 1)/m     angle 2π (k/K + turns · radius)
//
// with normal noise of the given deviation added to each coordinate. The points are
// dealt to the arms as those of [Blobs] to centres. The task is that of Lang and
// Witbrock (1988), who had two arms of three turns; three arms of less than one
// turn are a common picture in lessons.
func Spirals(n, arms int, turns, noise float64, r *tensor.Rand) *data.Examples {
	check("spirals", n, noise, r)
	if arms < 1 {
		tensor.BadArg("spirals", "want one arm or more, got %d", arms)
	}
	if math.IsNaN(turns) || math.IsInf(turns, 0) {
		tensor.BadArg("spirals", "want a finite number of turns, got %v", turns)
	}
	c := newCloud(n, 2)
	for arm := range arms {
		size := n / arms
		if arm < n%arms {
			size++
		}
		for i := range size {
			radius := float64(i+1) / float64(size)
			sin, cos := math.Sincos(2 * math.Pi * (float64(arm)/float64(arms) + turns*radius))
			c.add(arm, noise, r, radius*cos, radius*sin)
		}
	}
	return c.examples(arms, r)
}
