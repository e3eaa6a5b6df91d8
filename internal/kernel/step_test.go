package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/descent-ml/descent/internal/kernel"
)

// The tests compare optimizer steps with their formulas in float64, for all sizes and
// alignments.

func TestSGDStep(t *testing.T) {
	for _, s := range []kernel.SGD{
		{LR: 0.1},
		{LR: 0.1, WeightDecay: 0.25, Maximize: true},
		{LR: 0.1, Momentum: 0.75},
		{LR: 0.1, Momentum: 0.75, Dampening: 0.5, WeightDecay: 0.25},
		{LR: 0.1, Momentum: 0.75, Nesterov: true, First: true},
		{LR: 0.1, Momentum: 0.75, Nesterov: true, Maximize: true},
	} {
		eachLevel(t, func(t *testing.T) {
			checkSGDStep[float32](t, s)
			checkSGDStep[float64](t, s)
		})
	}
}

func checkSGDStep[T kernel.Float](t *testing.T, s kernel.SGD) {
	src := newSource(11)
	for _, n := range append(sizes, 50000) {
		for shift := range shifts(n) {
			p, g, buf := random[T](src, n, -1, 1), random[T](src, n, -1, 1), random[T](src, n, -1, 1)
			gp, gg, gb := copyOf(p, shift), copyOf(g, 1), copyOf(buf, 2)
			kernel.SGDStep(gp.s, gg.s, gb.s, s)
			what := fmt.Sprintf("SGDStep %+v", s)
			gp.intact(t, what)
			gb.intact(t, what)
			gg.unchanged(t, what, g)
			for i := range n {
				d, b := float64(g[i]), float64(buf[i])
				if s.Maximize {
					d = -d
				}
				d += s.WeightDecay * float64(p[i])
				if s.Momentum != 0 {
					if b = s.Momentum*b + (1-s.Dampening)*d; s.First {
						b = d
					}
					if d = b + 0; s.Nesterov {
						d = s.Momentum*b + signed(g[i], s) + s.WeightDecay*float64(p[i])
					}
				}
				near(t, what, b, gb.s[i], 2, 2)
				near(t, what, float64(p[i])-s.LR*d, gp.s[i], 2, 2)
			}
		}
	}
}

func signed[T kernel.Float](g T, s kernel.SGD) float64 {
	if s.Maximize {
		return -float64(g)
	}
	return float64(g)
}

func TestAdamStep(t *testing.T) {
	plain := kernel.Adam{LR: 0.1, Beta1: 0.75, Beta2: 0.5, Eps: 0.01, Step: 3}
	for _, change := range []func(s *kernel.Adam){
		func(s *kernel.Adam) {},
		func(s *kernel.Adam) { s.Step = 1 },
		func(s *kernel.Adam) { s.Beta1 = 0.25 },
		func(s *kernel.Adam) { s.Beta1 = 0 },
		func(s *kernel.Adam) { s.WeightDecay = 0.25 },
		func(s *kernel.Adam) { s.WeightDecay, s.Decoupled = 0.25, true },
		func(s *kernel.Adam) { s.Maximize = true },
	} {
		s := plain
		change(&s)
		for _, amsgrad := range []bool{false, true} {
			eachLevel(t, func(t *testing.T) {
				checkAdamStep[float32](t, s, amsgrad)
				checkAdamStep[float64](t, s, amsgrad)
			})
		}
	}
}

func checkAdamStep[T kernel.Float](t *testing.T, s kernel.Adam, amsgrad bool) {
	src := newSource(12)
	what := fmt.Sprintf("AdamStep %+v", s)
	steps := float64(s.Step)
	for _, n := range append(sizes, 50000) {
		for shift := range shifts(n) {
			p, g, m := random[T](src, n, -1, 1), random[T](src, n, -1, 1), random[T](src, n, -1, 1)
			v, top := random[T](src, n, 0, 1), random[T](src, n, 0, 1)
			gp, gg, gm, gv, gt := copyOf(p, shift), copyOf(g, 1), copyOf(m, 2), copyOf(v, 3), copyOf(top, shift)
			if amsgrad {
				kernel.AdamStep(gp.s, gg.s, gm.s, gv.s, gt.s, s)
			} else {
				kernel.AdamStep(gp.s, gg.s, gm.s, gv.s, nil, s)
				gt.unchanged(t, what, top)
			}
			gp.intact(t, what)
			gm.intact(t, what)
			gv.intact(t, what)
			gt.intact(t, what)
			gg.unchanged(t, what, g)
			for i := range n {
				x, d := float64(p[i]), float64(g[i])
				if s.Maximize {
					d = -d
				}
				if s.Decoupled {
					x -= s.LR * s.WeightDecay * x
				} else {
					d += s.WeightDecay * x
				}
				wantM := s.Beta1*float64(m[i]) + (1-s.Beta1)*d
				wantV := s.Beta2*float64(v[i]) + (1-s.Beta2)*d*d
				u := wantV
				if amsgrad {
					u = math.Max(u, float64(top[i]))
					near(t, what, u, gt.s[i], 2, 2)
				}
				step := s.LR / (1 - math.Pow(s.Beta1, steps)) * wantM / (math.Sqrt(u/(1-math.Pow(s.Beta2, steps))) + s.Eps)
				near(t, what, wantM, gm.s[i], 2, 2)
				near(t, what, wantV, gv.s[i], 2, 2)
				near(t, what, x-step, gp.s[i], 4, 64)
			}
		}
	}
}

func TestCrossEntropyRow(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkCrossEntropyRow[float32](t)
		checkCrossEntropyRow[float64](t)
	})
}

func checkCrossEntropyRow[T kernel.Float](t *testing.T) {
	src := newSource(13)
	for _, n := range sizes[1:101] {
		for _, smoothing := range []float64{0, 0.1, 1} {
			for _, weighted := range []bool{false, true} {
				a, w := random[T](src, n, -4, 4), random[T](src, n, 0, 2)
				ga, gw := copyOf(a, n%4), copyOf(w, 1)
				label, scale := src.IntN(n), T(src.Float64()*2-1)
				weights := gw.s
				if !weighted {
					weights = nil
				}
				logp, loss, total := logSoftmax(wide(a)), 0.0, 0.0
				target := make([]float64, n)
				for c := range target {
					if target[c] = smoothing / float64(n); c == label {
						target[c] += 1 - smoothing
					}
					if weighted {
						target[c] *= float64(w[c])
					}
					total += target[c]
					loss -= target[c] * logp[c]
				}
				what := fmt.Sprintf("cross entropy of %d classes, smoothed by %g", n, smoothing)
				near(t, what, loss, kernel.CrossEntropyRow(ga.s, label, weights, smoothing), 8, 8)
				dst := guardedSlice[T](n, 3)
				kernel.CrossEntropyRowGrad(dst.s, ga.s, label, weights, smoothing, scale)
				dst.intact(t, what)
				ga.unchanged(t, what, a)
				gw.unchanged(t, what, w)
				kernel.CrossEntropyRowGrad(ga.s, ga.s, label, weights, smoothing, scale)
				for c, got := range dst.s {
					want := float64(scale) * (math.Exp(logp[c])*total - target[c])
					near(t, what, want, got, 4, 8)
					near(t, what+", in place", want, ga.s[c], 4, 8)
				}
			}
		}
	}
}
