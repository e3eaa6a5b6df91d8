package dist

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// logSqrt2Pi is log √(2π).
const logSqrt2Pi = 0.918938533204672741780329736405617639861

// Normal is the normal distribution with mean Loc and standard deviation Scale.
// See https://docs.pytorch.org/docs/stable/distributions.html#normal.
type Normal struct{ Loc, Scale autograd.Var }

func (d Normal) spread() (loc, scale autograd.Var) { return spread("normal", d.Loc, d.Scale) }

// Sample returns samples through which no gradient flows.
func (d Normal) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Normal{d.Loc.Detach(), d.Scale.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients.
//
//	x = loc + scale z, z from [tensor.Rand.Normal]
func (d Normal) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	loc, scale := d.spread()
	return loc.Add(noise(r, loc, standardNormal, shape).Mul(scale))
}

// LogProb returns the log-density at x.
//
//	−(x − loc)² / (2 scale²) − log scale − log √(2π)
func (d Normal) LogProb(x autograd.Var) autograd.Var {
	square := x.Sub(d.Loc).Square().Div(d.Scale.Square().MulScalar(2))
	return square.Add(d.Scale.Log()).AddScalar(logSqrt2Pi).Neg()
}

// CDF returns the probability of a number up to x.
//
//	½ (1 + erf((x − loc) / (scale √2)))
func (d Normal) CDF(x autograd.Var) autograd.Var {
	return x.Sub(d.Loc).Div(d.Scale).MulScalar(-math.Sqrt2 / 2).Erfc().MulScalar(0.5)
}

// Entropy returns ½ + log √(2π) + log scale.
func (d Normal) Entropy() autograd.Var {
	_, scale := d.spread()
	return scale.Log().AddScalar(0.5 + logSqrt2Pi)
}

// Mean returns loc.
func (d Normal) Mean() autograd.Var { loc, _ := d.spread(); return loc }

// Variance returns scale².
func (d Normal) Variance() autograd.Var { _, scale := d.spread(); return scale.Square() }

// LogNormal is the distribution of eᶻ, where z is from the normal distribution with
// mean Loc and standard deviation Scale.
// See https://docs.pytorch.org/docs/stable/distributions.html#lognormal.
type LogNormal struct{ Loc, Scale autograd.Var }

// Sample returns samples through which no gradient flows.
func (d LogNormal) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Normal(d).Sample(r, shape...).Exp()
}

// RSample returns samples with gradients.
//
//	x = exp(loc + scale z), z from [tensor.Rand.Normal]
func (d LogNormal) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	return Normal(d).RSample(r, shape...).Exp()
}

// LogProb returns the log-density at x, −∞ where x ≤ 0.
//
//	−(log x − loc)² / (2 scale²) − log scale − log √(2π) − log x
func (d LogNormal) LogProb(x autograd.Var) autograd.Var {
	outside := x.LessEqual(number(x, 0))
	z := x.MaskedFill(outside, 1).Log()
	return impossible(outside, Normal(d).LogProb(z).Sub(z))
}

// CDF returns the probability of a number up to x.
//
//	½ (1 + erf((log x − loc) / (scale √2))), 0 where x ≤ 0
func (d LogNormal) CDF(x autograd.Var) autograd.Var {
	outside := x.LessEqual(number(x, 0))
	return Normal(d).CDF(x.MaskedFill(outside, 1).Log()).MaskedFill(outside, 0)
}

// Entropy returns ½ + log √(2π) + log scale + loc.
func (d LogNormal) Entropy() autograd.Var { return Normal(d).Entropy().Add(d.Loc) }

// Mean returns exp(loc + scale²/2).
func (d LogNormal) Mean() autograd.Var { return d.Loc.Add(d.Scale.Square().MulScalar(0.5)).Exp() }

// Variance returns (exp(scale²) − 1) exp(2 loc + scale²).
func (d LogNormal) Variance() autograd.Var {
	square := d.Scale.Square()
	return square.Expm1().Mul(d.Loc.MulScalar(2).Add(square).Exp())
}
