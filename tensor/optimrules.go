package tensor

import "github.com/descent-ml/descent/internal/kernel"

// The rules of optimizers below change a parameter p by its gradient g, in one
// pass. All tensors have one shape and element type and are contiguous. The
// gradient is −g with Maximize; then WeightDecay p is added to it. d is what that
// gives. Package optim says what the numbers mean.

// An RMSprop holds the numbers of one step of RMSprop.
type RMSprop struct {
	LR, Alpha, Eps, WeightDecay, Momentum float64
	Maximize                              bool // go up instead of down: use −g
}

// Update changes a parameter p by one step of RMSprop:
//
//	v   = Alpha v + (1 − Alpha) d²
//	m   = Alpha m + (1 − Alpha) d             m may be nil, and counts as 0 then
//	buf = Momentum buf + d/(√(v − m²) + Eps)  buf may be nil, and counts as 0 then
//	p   = p − LR buf
func (s RMSprop) Update(p, g, v, m, buf *Tensor) {
	step("rmsprop step", kernel.RMSprop(s), kernel.RMSpropStep[float32], kernel.RMSpropStep[float64], p, g, v, m, buf)
}

// An Adagrad holds the numbers of one step of Adagrad.
type Adagrad struct {
	LR, Eps, WeightDecay float64
	Maximize             bool // go up instead of down: use −g
}

// Update changes a parameter p by one step of Adagrad:
//
//	sum = sum + d²
//	p   = p − LR d/(√sum + Eps)
func (s Adagrad) Update(p, g, sum *Tensor) {
	step("adagrad step", kernel.Adagrad(s), kernel.AdagradStep[float32], kernel.AdagradStep[float64], p, g, sum, nil, nil)
}

// An Adadelta holds the numbers of one step of Adadelta.
type Adadelta struct {
	LR, Rho, Eps, WeightDecay float64
	Maximize                  bool // go up instead of down: use −g
}

// Update changes a parameter p by one step of Adadelta:
//
//	v     = Rho v + (1 − Rho) d²
//	δ     = d √(moved + Eps)/√(v + Eps)
//	moved = Rho moved + (1 − Rho) δ²
//	p     = p − LR δ
func (s Adadelta) Update(p, g, v, moved *Tensor) {
	step("adadelta step", kernel.Adadelta(s), kernel.AdadeltaStep[float32], kernel.AdadeltaStep[float64], p, g, v, moved, nil)
}

// An Adamax holds the numbers of one step of Adamax.
type Adamax struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64 // LR is divided by 1 − Beta1ᵗ already
	Maximize                           bool    // go up instead of down: use −g
}

// Update changes a parameter p by one step of Adamax:
//
//	m = Beta1 m + (1 − Beta1) d
//	u = max(Beta2 u, |d| + Eps)
//	p = p − LR m/u
func (s Adamax) Update(p, g, m, u *Tensor) {
	step("adamax step", kernel.Adamax(s), kernel.AdamaxStep[float32], kernel.AdamaxStep[float64], p, g, m, u, nil)
}

// A NAdam holds the numbers of one step of NAdam.
type NAdam struct {
	Grad, Mean                     float64 // the rates of the gradient and of its average
	Correct                        float64 // 1 − Beta2ᵗ
	Beta1, Beta2, Eps, WeightDecay float64
	Keep                           float64 // what decoupled decay leaves of p, else 1
	Maximize                       bool    // go up instead of down: use −g
}

// Update changes a parameter p by one step of NAdam:
//
//	m = Beta1 m + (1 − Beta1) d
//	v = Beta2 v + (1 − Beta2) d²
//	p = Keep p − (Grad d + Mean m)/(√(v/Correct) + Eps)
func (s NAdam) Update(p, g, m, v *Tensor) {
	step("nadam step", kernel.NAdam(s), kernel.NAdamStep[float32], kernel.NAdamStep[float64], p, g, m, v, nil)
}

// A RAdam holds the numbers of one step of RAdam.
type RAdam struct {
	LR                             float64 // divided by 1 − Beta1ᵗ already
	Rect                           float64 // the rectification times √(1 − Beta2ᵗ), or 0 for none
	Beta1, Beta2, Eps, WeightDecay float64
	Keep                           float64 // what decoupled decay leaves of p, else 1
	Maximize                       bool    // go up instead of down: use −g
}

// Update changes a parameter p by one step of RAdam:
//
//	m = Beta1 m + (1 − Beta1) d
//	v = Beta2 v + (1 − Beta2) d²
//	p = Keep p − LR m Rect/(√v + Eps)        Keep p − LR m when Rect is 0
func (s RAdam) Update(p, g, m, v *Tensor) {
	step("radam step", kernel.RAdam(s), kernel.RAdamStep[float32], kernel.RAdamStep[float64], p, g, m, v, nil)
}

// A Lion holds the numbers of one step of Lion.
type Lion struct {
	LR, Beta1, Beta2, WeightDecay float64
	Maximize                      bool // go up instead of down: use −g
}

// Update changes a parameter p by one step of Lion; WeightDecay shrinks p:
//
//	p = p − LR WeightDecay p − LR sign(Beta1 m + (1 − Beta1) d)
//	m = Beta2 m + (1 − Beta2) d
func (s Lion) Update(p, g, m *Tensor) {
	step("lion step", kernel.Lion(s), kernel.LionStep[float32], kernel.LionStep[float64], p, g, m, nil, nil)
}

// An Rprop holds the numbers of one step of Rprop.
type Rprop struct {
	Shrink, Grow, Min, Max float64
	Maximize               bool // go up instead of down: use −g
}

// Update changes a parameter p by one step of Rprop. Each element has a size of its
// steps. It is multiplied by Grow where the gradient has the sign of prev, and by
// Shrink where it has the other one, and held between Min and Max:
//
//	d    = 0 where the sign has changed
//	p    = p − size sign(d)
//	prev = d
func (s Rprop) Update(p, g, prev, size *Tensor) {
	step("rprop step", kernel.Rprop(s), kernel.RpropStep[float32], kernel.RpropStep[float64], p, g, prev, size, nil)
}

// An ASGD holds the numbers of one step of averaged gradient descent.
type ASGD struct {
	Eta, Lambda, Share, WeightDecay float64
	Maximize                        bool // go up instead of down: use −g
}

// Update changes a parameter p by one step of averaged gradient descent:
//
//	p    = p − Lambda Eta p − Eta d
//	mean = mean + Share (p − mean)
func (s ASGD) Update(p, g, mean *Tensor) {
	step("asgd step", kernel.ASGD(s), kernel.ASGDStep[float32], kernel.ASGDStep[float64], p, g, mean, nil, nil)
}

// step runs the loop of a rule on a parameter, its gradient, and the tensors of
// its state, of which the last may be nil.
func step[S any](op string, s S, f32 func(p, g, a, b, c []float32, s S), f64 func(p, g, a, b, c []float64, s S), p, g, a, b, c *Tensor) {
	checkStep(op, "the gradient", p, g)
	var s32 [3][]float32
	var s64 [3][]float64
	for i, x := range [3]*Tensor{a, b, c} {
		if x != nil {
			checkStep(op, "the state", p, x)
			s32[i], s64[i] = x.f32, x.f64
		}
	}
	p.written()
	if p.dtype == Float64 {
		f64(p.f64[:p.n], g.f64, s64[0], s64[1], s64[2], s)
	} else {
		f32(p.f32[:p.n], g.f32, s32[0], s32[1], s32[2], s)
	}
}

// A Muon holds the numbers of one step of Muon.
type Muon struct {
	LR, Keep      float64    // the rate of this shape, and what decay leaves of the weights
	Momentum, Eps float64    // Eps is the least norm that a matrix is divided by
	Coefficients  [3]float64 // of an iteration
	Iterations    int
	Nesterov      bool // look ahead along the momentum
}

// Update changes a matrix p by one step of Muon:
//
//	buf = Momentum buf + (1 − Momentum) g
//	x   = buf                              g + Momentum (buf − g) with Nesterov
//	x   = x/max(|x|, Eps)
//	x   = a x + (b x xᵀ + c (x xᵀ)²) x     Iterations times
//	p   = Keep p − LR x
//
// As in PyTorch, x is rounded to bfloat16. The tensors have one shape and element
// type and are contiguous.
func (s Muon) Update(p, g, buf *Tensor) {
	if p.rank != 2 {
		BadShape("muon step", "want a matrix", p)
	}
	n := kernel.Muon{
		Rows: p.shape[0], Cols: p.shape[1], LR: s.LR, Keep: s.Keep, Momentum: s.Momentum, Eps: s.Eps,
		A: s.Coefficients[0], B: s.Coefficients[1], C: s.Coefficients[2], Iterations: s.Iterations, Nesterov: s.Nesterov,
	}
	step("muon step", n, kernel.MuonStep[float32], kernel.MuonStep[float64], p, g, buf, nil, nil)
}
