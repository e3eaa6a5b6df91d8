package optim

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// LBFGS is the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno. It
// estimates the curvature from the last gradients, and reaches the bottom of a
// smooth bowl in few steps. It is for few parameters and gradients of all the data.
// The zero value is PyTorch's default.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html.
type LBFGS struct {
	LR              float64 // learning rate; 0 stands for 1
	MaxIter         int     // the most iterations in a step; 0 stands for 20
	MaxEval         int     // the most evaluations in a step; 0 stands for MaxIter · 5/4
	ToleranceGrad   float64 // a step ends when no gradient is larger than this; 0 stands for 1e-7
	ToleranceChange float64 // a step ends when the weights or the loss change by less than this; 0 stands for 1e-9
	History         int     // the number of iterations that it remembers; 0 stands for 100
	StrongWolfe     bool    // search along each direction for a point that fulfils the strong Wolfe conditions
	Maximize        bool    // climb instead of descending
}

// A Closure computes the loss with the weights as they are, and its gradients.
type Closure func() (loss float64, grads autograd.Grads)

// A QuasiNewton is the optimizer that [NewLBFGS] makes. Only one goroutine may use
// it at a time.
type QuasiNewton struct {
	LBFGS
	params  []*autograd.Param
	closure Closure
	first   float64

	lr            float64
	iters, evals  int
	t, scale      float64     // the last length, and the first estimate of the inverse Hessian
	dir, prev     []float64   // the last direction, and the gradient where it began
	grads, moves  [][]float64 // the differences of gradients and weights that it remembers, oldest first
	rho           []float64   // 1 over their products
	grad, x       []float64   // the gradient, and the weights at the start of a search
	alpha         []float64
	still         []bool // the parameters that are not to move
	trial, before []float64
	bracket       [2]point
}

var _ Optimizer = (*QuasiNewton)(nil)

// NewLBFGS returns an optimizer that changes params by [LBFGS]. A step of it needs
// the loss and its gradients at several points, so it takes the closure that
// computes them from the weights as they are:
//
//	closure := func() (float64, autograd.Grads) {
//		tape.Reset()
//		loss := nn.MSE(model.Forward(tape.Const(x)), tape.Const(y))
//		return loss.Item(), loss.Backward()
//	}
//	opt := optim.NewLBFGS(nn.Params(model), optim.LBFGS{StrongWolfe: true}, closure)
//	for range 20 {
//		opt.Step(autograd.Grads{})
//	}
//
// Every [Optimizer] is given gradients; this one calls the closure instead, also at
// the start of a step, and does not look at those. So it can stand where another
// optimizer does, at the price of one evaluation more in a step. There is one group
// of parameters. It computes in float64. NewLBFGS panics with a [*tensor.ArgError]
// when a setting is out of range, when there are no parameters, or no closure.
func NewLBFGS(params []*autograd.Param, c LBFGS, closure Closure) *QuasiNewton {
	const op = "lbfgs"
	newGroups(op, params, SGD{}) // checks the parameters
	if closure == nil {
		tensor.BadArg(op, "the closure is nil")
	}
	c.LR, c.ToleranceGrad, c.ToleranceChange = setting(c.LR, 1), setting(c.ToleranceGrad, 1e-7), setting(c.ToleranceChange, 1e-9)
	checkNotNegative(op, "LR", c.LR)
	checkNotNegative(op, "ToleranceGrad", c.ToleranceGrad)
	checkNotNegative(op, "ToleranceChange", c.ToleranceChange)
	if c.MaxIter == 0 {
		c.MaxIter = 20
	}
	if c.MaxEval == 0 {
		c.MaxEval = max(1, c.MaxIter*5/4)
	}
	if c.History == 0 {
		c.History = 100
	}
	if c.MaxIter < 0 || c.MaxEval < 0 || c.History < 0 {
		tensor.BadArg(op, "MaxIter, MaxEval and History are %d, %d and %d; they must be positive", c.MaxIter, c.MaxEval, c.History)
	}
	n := 0
	for _, p := range params {
		n += p.Value.Len()
	}
	o := &QuasiNewton{LBFGS: c, params: slices.Clone(params), closure: closure, lr: c.LR, scale: 1, first: math.NaN(), still: make([]bool, len(params))}
	for _, v := range []*[]float64{&o.dir, &o.prev, &o.grad, &o.x, &o.trial, &o.before, &o.bracket[0].grad, &o.bracket[1].grad} {
		*v = make([]float64, n)
	}
	o.alpha = make([]float64, c.History)
	return o
}

// LR returns the learning rate.
func (o *QuasiNewton) LR() float64 { return o.lr }

// SetLR changes the learning rate from the next step on. It panics with a
// [*tensor.ArgError] when lr is negative or not finite.
func (o *QuasiNewton) SetLR(lr float64) {
	checkNotNegative("set learning rate", "the learning rate", lr)
	o.lr = lr
}

// Loss returns the loss with which the last step began, and NaN before the first.
func (o *QuasiNewton) Loss() float64 { return o.first }

// Evaluations returns how often the closure was called.
func (o *QuasiNewton) Evaluations() int { return o.evals }

// Step takes up to MaxIter iterations. It calls the closure, and does not look at
// the gradients that it is given. Frozen parameters and those without a gradient
// stay as they are. It panics with a [*tensor.ArgError] when the value of a
// parameter has another length than when the optimizer was made.
func (o *QuasiNewton) Step(autograd.Grads) {
	o.check()
	loss := o.evaluate(o.grad)
	o.first = loss
	if o.Maximize {
		o.first = -loss
	}
	if largest(o.grad) <= o.ToleranceGrad {
		return
	}
	evals := 1
	for iter := 1; iter <= o.MaxIter; iter++ {
		o.iters++
		o.direct()
		copy(o.prev, o.grad)
		before := loss
		o.t = o.lr
		if o.iters == 1 {
			o.t = min(1, 1/total(o.grad)) * o.lr
		}
		slope := dot(o.grad, o.dir)
		if slope > -o.ToleranceChange {
			return
		}
		done := false
		if o.StrongWolfe {
			n := 0
			loss, n = o.search(loss, slope, o.MaxEval-evals)
			evals += n
			o.move(o.t)
			done = largest(o.grad) <= o.ToleranceGrad
		} else {
			o.move(o.t)
			if iter < o.MaxIter {
				loss = o.evaluate(o.grad)
				evals++
				done = largest(o.grad) <= o.ToleranceGrad
			}
		}
		if done || evals >= o.MaxEval || largest(o.dir)*math.Abs(o.t) <= o.ToleranceChange || math.Abs(loss-before) < o.ToleranceChange {
			return
		}
	}
}

// check panics when a value is not what it was when the optimizer was made.
func (o *QuasiNewton) check() {
	n := 0
	for i, p := range o.params {
		if !p.Value.IsContiguous() {
			tensor.BadArg("lbfgs step", "the value of parameter %d, of shape %v, is a strided view", i, p.Value.Shape())
		}
		n += p.Value.Len()
	}
	if n != len(o.dir) {
		tensor.BadArg("lbfgs step", "the parameters have %d elements; they had %d", n, len(o.dir))
	}
}

// direct sets the direction of the next iteration: that of the estimated inverse
// Hessian times the gradient, downwards.
func (o *QuasiNewton) direct() {
	if o.iters == 1 {
		for i, g := range o.grad {
			o.dir[i] = -g
		}
		return
	}
	o.remember()
	q := o.dir
	for i, g := range o.grad {
		q[i] = -g
	}
	for i := len(o.rho) - 1; i >= 0; i-- {
		o.alpha[i] = dot(o.moves[i], q) * o.rho[i]
		axpy(q, -o.alpha[i], o.grads[i])
	}
	for i := range q {
		q[i] *= o.scale
	}
	for i, rho := range o.rho {
		axpy(q, o.alpha[i]-dot(o.grads[i], q)*rho, o.moves[i])
	}
	at := 0
	for i, p := range o.params {
		if o.still[i] {
			clear(q[at : at+p.Value.Len()])
		}
		at += p.Value.Len()
	}
}

// remember adds the last iteration to the history, and forgets the oldest.
func (o *QuasiNewton) remember() {
	var ys, yy float64
	for i, g := range o.grad {
		dy, dx := g-o.prev[i], o.dir[i]*o.t
		ys += float64(dy * dx)
		yy += float64(dy * dy)
	}
	if !(ys > 1e-10) {
		return
	}
	if len(o.rho) < o.History {
		n := len(o.grad)
		o.grads, o.moves, o.rho = append(o.grads, make([]float64, n)), append(o.moves, make([]float64, n)), append(o.rho, 0)
	} else { // the oldest becomes the newest
		y, s := o.grads[0], o.moves[0]
		copy(o.grads, o.grads[1:])
		copy(o.moves, o.moves[1:])
		copy(o.rho, o.rho[1:])
		o.grads[o.History-1], o.moves[o.History-1] = y, s
	}
	last := len(o.rho) - 1
	for i, g := range o.grad {
		o.grads[last][i], o.moves[last][i] = g-o.prev[i], o.dir[i]*o.t
	}
	o.rho[last], o.scale = 1/ys, ys/yy
}

// evaluate calls the closure, and writes the gradient. Both are those to descend.
func (o *QuasiNewton) evaluate(grad []float64) float64 {
	loss, grads := o.closure()
	o.evals++
	sign := 1.0
	if o.Maximize {
		sign, loss = -1, -loss
	}
	at := 0
	for i, p := range o.params {
		part := grad[at : at+p.Value.Len()]
		at += len(part)
		g := grads.Of(p)
		if o.still[i] = g == nil || p.Frozen; o.still[i] {
			clear(part)
			continue
		}
		read(part, g, sign)
	}
	return loss
}
