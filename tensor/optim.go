package tensor

import (
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
)

// An SGD holds the numbers of one step of stochastic gradient descent.
type SGD struct {
	LR, Momentum, Dampening, WeightDecay float64
	Nesterov                             bool // look ahead along the momentum
	Maximize                             bool // go up instead of down: use −g
	First                                bool // the momentum buffer is still empty and becomes the gradient
}

// Update changes a parameter p by one step of stochastic gradient descent:
//
//	d   = g + WeightDecay p
//	buf = Momentum buf + (1 − Dampening) d
//	p   = p − LR buf
//
// or p − LR (d + Momentum buf) with Nesterov. Without momentum p = p − LR d, and
// buf may be nil. The tensors have one shape and element type and are
// contiguous.
func (s SGD) Update(p, g, buf *Tensor) {
	checkStep("sgd step", "the gradient", p, g)
	p.written()
	if s.Momentum == 0 {
		buf = p // not touched
	}
	checkStep("sgd step", "the state", p, buf)
	if p.dtype == Float64 {
		kernel.SGDStep(p.f64[:p.n], g.f64, buf.f64, kernel.SGD(s))
	} else {
		kernel.SGDStep(p.f32[:p.n], g.f32, buf.f32, kernel.SGD(s))
	}
}

// An Adam holds the numbers of one step of Adam.
type Adam struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64
	Decoupled                          bool // weight decay shrinks p instead of being added to g: AdamW
	Maximize                           bool // go up instead of down: use −g
	Step                               int  // t in the formulas, from 1
}

// Update changes a parameter p by one step of Adam:
//
//	g = g + WeightDecay p            p = p − LR WeightDecay p when Decoupled
//	m = Beta1 m + (1 − Beta1) g
//	v = Beta2 v + (1 − Beta2) g²
//	p = p − LR m/(1 − Beta1ᵗ) / (√v/√(1 − Beta2ᵗ) + Eps)
//
// With top, which is nil otherwise, it is AMSGrad: top becomes the maximum of
// itself and v, and takes the place of v in the last line. The tensors have one
// shape and element type and are contiguous.
func (s Adam) Update(p, g, m, v, top *Tensor) {
	checkStep("adam step", "the gradient", p, g)
	p.written()
	checkStep("adam step", "the state", p, m)
	checkStep("adam step", "the state", p, v)
	var top32 []float32
	var top64 []float64
	if top != nil {
		checkStep("adam step", "the state", p, top)
		top32, top64 = top.f32, top.f64
	}
	if p.dtype == Float64 {
		kernel.AdamStep(p.f64[:p.n], g.f64, m.f64, v.f64, top64, kernel.Adam(s))
	} else {
		kernel.AdamStep(p.f32[:p.n], g.f32, m.f32, v.f32, top32, kernel.Adam(s))
	}
}

// checkStep panics when t, of the given name, does not fit the parameter p of an
// optimizer step.
func checkStep(op, name string, p, t *Tensor) {
	sameDType(op, name, p, t)
	if !slices.Equal(p.Shape(), t.Shape()) {
		BadShape(op, "the gradient and the state must have the shape of the parameter", p, t)
	}
	if !p.packed || !t.packed {
		BadShape(op, "the parameter, its gradient and its state must be contiguous", p, t)
	}
}
