package dist

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Uniform is the uniform distribution on [Low, High).
// See https://docs.pytorch.org/docs/stable/distributions.html#uniform.
type Uniform struct{ Low, High autograd.Var }

// Sample returns samples through which no gradient flows.
func (d Uniform) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Uniform{d.Low.Detach(), d.High.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients.
//
//	x = low + u (high − low), u from [tensor.Rand.Uniform]
func (d Uniform) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	low, high := spread("uniform", d.Low, d.High)
	return low.Add(noise(r, low, standardUniform, shape).Mul(high.Sub(low)))
}

// LogProb returns −log(high − low), and −∞ outside low ≤ x < high.
func (d Uniform) LogProb(x autograd.Var) autograd.Var {
	return x.GreaterEqual(d.Low).Mul(x.Less(d.High)).Log().Sub(d.High.Sub(d.Low).Log())
}

// CDF returns the probability of a number up to x.
//
//	(x − low) / (high − low), clamped to 0 … 1
func (d Uniform) CDF(x autograd.Var) autograd.Var {
	return x.Sub(d.Low).Div(d.High.Sub(d.Low)).Clamp(0, 1)
}

// Entropy returns log(high − low).
func (d Uniform) Entropy() autograd.Var { return d.High.Sub(d.Low).Log() }

// Mean returns (low + high) / 2.
func (d Uniform) Mean() autograd.Var { return d.High.Add(d.Low).MulScalar(0.5) }

// Variance returns (high − low)² / 12.
func (d Uniform) Variance() autograd.Var { return d.High.Sub(d.Low).Square().MulScalar(1. / 12) }
