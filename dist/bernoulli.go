package dist

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Bernoulli is the distribution of 1, with a probability, and 0. Set either Probs, the
// probabilities, or Logits, the logarithms of p/(1 − p).
// See https://docs.pytorch.org/docs/stable/distributions.html#bernoulli.
//
// Where the logarithm of a probability is taken, it is first clamped to ε … 1 − ε,
// with the ε of the element type, as in PyTorch.
type Bernoulli struct{ Probs, Logits autograd.Var }

// one panics unless either probabilities or logits are set.
func one(op string, probs, logits autograd.Var) {
	if probs.IsZero() == logits.IsZero() {
		tensor.BadArg(op, "want either probabilities or logits")
	}
}

func (d Bernoulli) probs() autograd.Var {
	if one("bernoulli", d.Probs, d.Logits); d.Logits.IsZero() {
		return d.Probs
	}
	return d.Logits.Sigmoid()
}

func (d Bernoulli) logits() autograd.Var {
	if one("bernoulli", d.Probs, d.Logits); d.Probs.IsZero() {
		return d.Logits
	}
	p := clampProbs(d.Probs)
	return p.Log().Sub(p.Neg().Log1p())
}

// clampProbs keeps probabilities away from 0 and 1, where they have no logits.
func clampProbs(p autograd.Var) autograd.Var {
	eps := epsilon(p.DType())
	return p.Clamp(eps, 1-eps)
}

// Sample returns samples, 0 and 1, drawn by [tensor.Rand.BernoulliOf].
func (d Bernoulli) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return drawn(r, d.probs(), shape, (*tensor.Rand).BernoulliOf)
}

// LogProb returns the log-probability of x: log p where x is 1, log(1 − p) where it
// is 0, and −∞ elsewhere. No gradient flows to x.
func (d Bernoulli) LogProb(x autograd.Var) autograd.Var {
	l := d.logits()
	outside := x.NotEqual(number(x, 0)).Mul(x.NotEqual(number(x, 1)))
	return impossible(outside, autograd.Where(x, l, l.Neg()).LogSigmoid())
}

// Entropy returns −p log p − (1 − p) log(1 − p).
func (d Bernoulli) Entropy() autograd.Var {
	p, l := d.probs(), d.logits()
	return p.Neg().AddScalar(1).Mul(l).Sub(l.LogSigmoid())
}

// Mean returns p.
func (d Bernoulli) Mean() autograd.Var { return d.probs() }

// Variance returns p (1 − p).
func (d Bernoulli) Variance() autograd.Var { p := d.probs(); return p.Mul(p.Neg().AddScalar(1)) }
