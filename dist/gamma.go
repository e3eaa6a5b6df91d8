package dist

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Exponential is the exponential distribution with the given rate: that of the time
// to the next event where Rate events come in a unit of time.
// See https://docs.pytorch.org/docs/stable/distributions.html#exponential.
type Exponential struct{ Rate autograd.Var }

// Sample returns samples through which no gradient flows.
func (d Exponential) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Exponential{d.Rate.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients.
//
//	x = e / rate, e from [tensor.Rand.Exponential]
func (d Exponential) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	return noise(r, d.Rate, standardExponential, shape).Div(d.Rate)
}

// LogProb returns the log-density at x, −∞ where x < 0.
//
//	log rate − rate x
func (d Exponential) LogProb(x autograd.Var) autograd.Var {
	outside := below(x, 0)
	return impossible(outside, d.Rate.Log().Sub(d.Rate.Mul(x.MaskedFill(outside, 0))))
}

// CDF returns the probability of a number up to x.
//
//	1 − exp(−rate x), 0 where x < 0
func (d Exponential) CDF(x autograd.Var) autograd.Var {
	return d.Rate.Mul(x.MaskedFill(below(x, 0), 0)).Neg().Expm1().Neg()
}

// Entropy returns 1 − log rate.
func (d Exponential) Entropy() autograd.Var { return d.Rate.Log().Neg().AddScalar(1) }

// Mean returns 1 / rate.
func (d Exponential) Mean() autograd.Var { return d.Rate.Reciprocal() }

// Variance returns 1 / rate².
func (d Exponential) Variance() autograd.Var { return d.Rate.PowScalar(-2) }

// Gamma is the gamma distribution. With a whole Concentration it is that of the time
// to that many events of which Rate come in a unit of time.
// See https://docs.pytorch.org/docs/stable/distributions.html#gamma.
//
// It has no CDF, the incomplete gamma function.
type Gamma struct{ Concentration, Rate autograd.Var }

func (d Gamma) spread() (concentration, rate autograd.Var) {
	return spread("gamma", d.Concentration, d.Rate)
}

// Sample returns samples through which no gradient flows.
func (d Gamma) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Gamma{d.Concentration.Detach(), d.Rate.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients. That by the concentration α keeps the place of
// a sample among the probabilities (https://arxiv.org/abs/1805.08498).
//
//	x = g / rate, g from [tensor.Rand.Gamma], dg/dα = −(∂F/∂α) / f
//
// where f is the density of g and F its distribution function.
func (d Gamma) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	concentration, rate := d.spread()
	g := concentration.Apply2(gammaSample, drawn(r, concentration, shape, (*tensor.Rand).Gamma))
	return g.Div(rate).Clamp(tiny(rate.DType()), math.Inf(1))
}

// LogProb returns the log-density at x, −∞ where x < 0.
//
//	α log rate + (α − 1) log x − rate x − log Γ(α), α the concentration
func (d Gamma) LogProb(x autograd.Var) autograd.Var {
	outside := below(x, 0)
	x = x.MaskedFill(outside, 1)
	a := d.Concentration
	y := a.Xlogy(d.Rate).Add(a.AddScalar(-1).Xlogy(x)).Sub(d.Rate.Mul(x)).Sub(a.Lgamma())
	return impossible(outside, y)
}

// Entropy returns α − log rate + log Γ(α) + (1 − α) ψ(α), where α is the
// concentration.
func (d Gamma) Entropy() autograd.Var {
	a := d.Concentration
	return a.Sub(d.Rate.Log()).Add(a.Lgamma()).Sub(a.AddScalar(-1).Mul(a.Digamma()))
}

// Mean returns concentration / rate.
func (d Gamma) Mean() autograd.Var { return d.Concentration.Div(d.Rate) }

// Variance returns concentration / rate².
func (d Gamma) Variance() autograd.Var { return d.Concentration.Div(d.Rate.Square()) }
