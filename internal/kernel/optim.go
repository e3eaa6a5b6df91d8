package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// An SGD holds the numbers of one step of stochastic gradient descent.
type SGD struct {
	LR, Momentum, Dampening, WeightDecay float64
	Nesterov                             bool
	Maximize                             bool // maximize: use −g
	First                                bool // the first step: the momentum buffer becomes the gradient
}

// SGDStep is
//
//	for i := range p {
//		d := g[i] + WeightDecay * p[i] // −g[i] to maximize
//		buf[i] = Momentum * buf[i] + (1 − Dampening) * d // d itself on the first step
//		d = buf[i] (d + Momentum * buf[i] with Nesterov)
//		p[i] -= LR * d
//	}
//
// Without momentum, buf is not touched and may be nil.
func SGDStep[T Float](p, g, buf []T, s SGD) {
	if len(p) >= largeWork {
		runStep(stepTask[T]{p: p, g: g, a: buf, sgd: s})
		return
	}
	sgdStep(p, g, buf, s)
}

// sgdStep is [SGDStep] on the calling goroutine.
//
// Assembly: gen/optim.go
func sgdStep[T Float](p, g, buf []T, s SGD) {
	g = g[:len(p)]
	lr, decay := T(s.LR), T(s.WeightDecay)
	sign := T(1)
	if s.Maximize {
		sign = -1
	}
	if s.Momentum == 0 {
		if decay == 0 && asm.Sgd(p, g, lr, sign) || decay != 0 && asm.SgdDecay(p, g, lr, sign, decay) {
			return
		}
		for i, d := range g {
			if s.Maximize {
				d = -d
			}
			if decay != 0 {
				d += T(decay * p[i])
			}
			p[i] -= T(lr * d)
		}
		return
	}
	buf = buf[:len(p)]
	mu, damp := T(s.Momentum), T(1-s.Dampening)
	if !s.First && fastStep(p, buf, g, lr, sign, mu, damp, decay, s.Nesterov) {
		return
	}
	for i, d := range g {
		if s.Maximize {
			d = -d
		}
		if decay != 0 {
			d += T(decay * p[i])
		}
		b := d
		if !s.First {
			b = T(mu*buf[i]) + T(damp*d)
		}
		buf[i] = b
		if s.Nesterov {
			b = d + T(mu*b)
		}
		p[i] -= T(lr * b)
	}
}

// fastStep is a step with momentum in assembly, for every step but the first. It
// reports whether it did the work.
//
// Assembly: gen/optim.go
func fastStep[T Float](p, buf, g []T, lr, sign, mu, damp, decay T, nesterov bool) bool {
	switch {
	case nesterov && decay == 0:
		return asm.Nesterov(p, buf, g, lr, sign, mu, damp)
	case nesterov:
		return asm.NesterovDecay(p, buf, g, lr, sign, mu, damp, decay)
	case decay == 0:
		return asm.Momentum(p, buf, g, lr, sign, mu, damp)
	}
	return asm.MomentumDecay(p, buf, g, lr, sign, mu, damp, decay)
}

// An Adam holds the numbers of one step of Adam or AdamW.
type Adam struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64
	Decoupled                          bool // AdamW: shrink p instead of adding to g
	Maximize                           bool // maximize: use −g
	Step                               int  // from 1
}

// AdamStep is
//
//	for i := range p {
//		m[i] += (1 − Beta1) * (g − m[i])
//		v[i] = Beta2 * v[i] + (1 − Beta2) * g * g
//		top[i] = max(top[i], v[i])                  // AMSGrad, when top is not nil
//		p[i] -= LR/(1−Beta1ᵗ) * m[i] / (sqrt(v[i])/sqrt(1−Beta2ᵗ) + Eps)
//	}
//
// where g is g[i] + WeightDecay * p[i]. With Decoupled, g is g[i], and first
// p[i] *= 1 − LR*WeightDecay. To maximize, −g[i] replaces g[i]. AMSGrad divides by
// the root of top instead of that of v.
//
// When Beta1 is ½ or less, m[i] = g − Beta1 * (g − m[i]). This is the same number
// with a smaller rounding error, and with none when Beta1 is 0.
func AdamStep[T Float](p, g, m, v, top []T, s Adam) {
	if len(p) >= largeWork {
		runStep(stepTask[T]{p: p, g: g, a: m, b: v, c: top, adam: s})
		return
	}
	adamStep(p, g, m, v, top, s)
}

// adamStep is [AdamStep] on the calling goroutine.
//
// Assembly: gen/optim.go
func adamStep[T Float](p, g, m, v, top []T, s Adam) {
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	t := float64(s.Step)
	step := T(s.LR / (1 - math.Pow(s.Beta1, t)))
	root := T(math.Sqrt(1 - math.Pow(s.Beta2, t)))
	keep, eps, decay := T(1-s.LR*s.WeightDecay), T(s.Eps), T(s.WeightDecay)
	c1, b2, c2 := T(1-s.Beta1), T(s.Beta2), T(1-s.Beta2)
	near := c1 < 0.5
	if near && top == nil {
		shrink, grow, sign := T(1), decay, T(1)
		if s.Decoupled {
			shrink, grow = keep, 0
		}
		if s.Maximize {
			sign = -1
		}
		if grow == 0 && asm.Adam(p, m, v, g, step, 1/root, eps, shrink, sign, c1, b2, c2) ||
			grow != 0 && asm.AdamDecay(p, m, v, g, step, 1/root, eps, shrink, sign, c1, b2, c2, grow) {
			return
		}
	}
	for i, d := range g {
		if s.Maximize {
			d = -d
		}
		if decay != 0 {
			if s.Decoupled {
				p[i] *= keep
			} else {
				d += T(decay * p[i])
			}
		}
		if near {
			m[i] += T(c1 * (d - m[i]))
		} else {
			m[i] = d - T((1-c1)*(d-m[i]))
		}
		v[i] = T(b2*v[i]) + T(T(c2*d)*d)
		u := v[i]
		if top != nil {
			u = max(top[i], u)
			top[i] = u
		}
		p[i] -= T(step * m[i] / (T(math.Sqrt(float64(u)))/root + eps))
	}
}

// A stepTask is an optimizer's step on a large parameter. Each part is one block.
// It is a step of Adam if there is a second moment b, else of SGD.
type stepTask[T Float] struct {
	p, g, a, b, c []T
	sgd           SGD
	adam          Adam
}

var stepTasks work.Tasks[stepTask[float32], stepTask[float64]]

func runStep[T Float](t stepTask[T]) {
	work.Do(&stepTasks, true, (len(t.p)+blockSize-1)/blockSize, t)
}

func (t *stepTask[T]) Do(part int) {
	from, to := part*blockSize, min(len(t.p), (part+1)*blockSize)
	block := func(s []T) []T {
		if s == nil {
			return nil
		}
		return s[from:to]
	}
	if t.b != nil {
		adamStep(block(t.p), block(t.g), block(t.a), block(t.b), block(t.c), t.adam)
	} else {
		sgdStep(block(t.p), block(t.g), block(t.a), t.sgd)
	}
}
