package nn

import "github.com/descent-ml/descent/autograd"

// ReLU is max(0, x).
type ReLU struct{}

// ReLU6 is min(max(0, x), 6).
type ReLU6 struct{}

// LeakyReLU is x where x > 0, else Slope x.
type LeakyReLU struct{ Slope float64 } // 0 means 0.01

// ELU is x where x > 0, else Alpha (eˣ − 1).
type ELU struct{ Alpha float64 } // 0 means 1

// SELU is [ELU] with the scale and Alpha that keep mean and variance
// (https://arxiv.org/abs/1706.02515).
type SELU struct{}

// GELU is x Φ(x), with the distribution function Φ of normal numbers.
type GELU struct{ Tanh bool } // Tanh: Φ approximated by tanh

// SiLU is x σ(x).
type SiLU struct{}

// Mish is x tanh(log(1 + eˣ)).
type Mish struct{}

// Tanh is tanh x.
type Tanh struct{}

// Sigmoid is σ(x) = 1/(1 + e⁻ˣ).
type Sigmoid struct{}

// LogSigmoid is log σ(x), without overflow.
type LogSigmoid struct{}

// Softplus is log(1 + eˣ), and x itself above 20.
type Softplus struct{}

// Softsign is x/(1 + |x|).
type Softsign struct{}

// HardTanh is min(max(−1, x), 1).
type HardTanh struct{}

// HardSigmoid is min(max(0, x/6 + ½), 1).
type HardSigmoid struct{}

// HardSwish is x times [HardSigmoid] of x.
type HardSwish struct{}

// Softmax is eˣ/Σ eˣ, with the sum along Axis: 0 is the batch, −1 the last.
type Softmax struct{ Axis int }

// LogSoftmax is x − log Σ eˣ, with the sum along Axis: 0 is the batch, −1 the
// last.
type LogSoftmax struct{ Axis int }

// Forward keeps the shape.
func (ReLU) Forward(x autograd.Var) autograd.Var { return x.ReLU() }

// Forward keeps the shape.
func (ReLU6) Forward(x autograd.Var) autograd.Var { return x.ReLU6() }

// Forward keeps the shape.
func (l LeakyReLU) Forward(x autograd.Var) autograd.Var { return x.LeakyReLU(or(l.Slope, 0.01)) }

// Forward keeps the shape.
func (l ELU) Forward(x autograd.Var) autograd.Var { return x.ELU(or(l.Alpha, 1)) }

// Forward keeps the shape.
func (SELU) Forward(x autograd.Var) autograd.Var { return x.SELU() }

// Forward keeps the shape.
func (l GELU) Forward(x autograd.Var) autograd.Var {
	if l.Tanh {
		return x.GELUTanh()
	}
	return x.GELU()
}

// Forward keeps the shape.
func (SiLU) Forward(x autograd.Var) autograd.Var { return x.SiLU() }

// Forward keeps the shape.
func (Mish) Forward(x autograd.Var) autograd.Var { return x.Mish() }

// Forward keeps the shape.
func (Tanh) Forward(x autograd.Var) autograd.Var { return x.Tanh() }

// Forward keeps the shape.
func (Sigmoid) Forward(x autograd.Var) autograd.Var { return x.Sigmoid() }

// Forward keeps the shape.
func (LogSigmoid) Forward(x autograd.Var) autograd.Var { return x.LogSigmoid() }

// Forward keeps the shape.
func (Softplus) Forward(x autograd.Var) autograd.Var { return x.Softplus(1, 20) }

// Forward keeps the shape.
func (Softsign) Forward(x autograd.Var) autograd.Var { return x.Softsign() }

// Forward keeps the shape.
func (HardTanh) Forward(x autograd.Var) autograd.Var { return x.HardTanh(-1, 1) }

// Forward keeps the shape.
func (HardSigmoid) Forward(x autograd.Var) autograd.Var { return x.HardSigmoid() }

// Forward keeps the shape.
func (HardSwish) Forward(x autograd.Var) autograd.Var { return x.HardSwish() }

// Forward keeps the shape.
func (l Softmax) Forward(x autograd.Var) autograd.Var { return x.Softmax(l.Axis) }

// Forward keeps the shape.
func (l LogSoftmax) Forward(x autograd.Var) autograd.Var { return x.LogSoftmax(l.Axis) }

// or returns v, or d when v is zero.
func or(v, d float64) float64 {
	if v == 0 {
		return d
	}
	return v
}
