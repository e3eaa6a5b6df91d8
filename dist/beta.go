package dist

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Beta is the beta distribution on [0, 1], that of the first number of a [Dirichlet]
// with the concentrations Concentration1 and Concentration0.
// See https://docs.pytorch.org/docs/stable/distributions.html#beta.
type Beta struct{ Concentration1, Concentration0 autograd.Var }

func (d Beta) spread() (a, b autograd.Var) {
	return spread("beta", d.Concentration1, d.Concentration0)
}

// Sample returns samples through which no gradient flows, drawn by
// [tensor.Rand.Dirichlet].
func (d Beta) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Beta{d.Concentration1.Detach(), d.Concentration0.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients: the first numbers of [Dirichlet.RSample].
func (d Beta) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	a, b := d.spread()
	return Dirichlet{autograd.Stack(-1, a, b)}.RSample(r, shape...).Select(-1, 0)
}

// LogProb returns the log-density at x, −∞ outside 0 … 1.
//
//	(a − 1) log x + (b − 1) log(1 − x) + log Γ(a + b) − log Γ(a) − log Γ(b)
//
// where a and b are the concentrations.
func (d Beta) LogProb(x autograd.Var) autograd.Var {
	outside := either(below(x, 0), above(x, 1))
	x = x.MaskedFill(outside, 0.5)
	a, b := d.Concentration1, d.Concentration0
	y := a.AddScalar(-1).Xlogy(x).Add(b.AddScalar(-1).Xlogy(x.Neg().AddScalar(1)))
	return impossible(outside, y.Sub(logBeta(a, b)))
}

// Entropy returns log Β(a, b) − (a − 1) ψ(a) − (b − 1) ψ(b) + (a + b − 2) ψ(a + b),
// where a and b are the concentrations and Β(a, b) is Γ(a) Γ(b) / Γ(a + b).
func (d Beta) Entropy() autograd.Var {
	a, b := d.Concentration1, d.Concentration0
	sum := a.Add(b)
	y := logBeta(a, b).Add(sum.AddScalar(-2).Mul(sum.Digamma()))
	return y.Sub(a.AddScalar(-1).Mul(a.Digamma())).Sub(b.AddScalar(-1).Mul(b.Digamma()))
}

// Mean returns a / (a + b), where a and b are the concentrations.
func (d Beta) Mean() autograd.Var {
	return d.Concentration1.Div(d.Concentration1.Add(d.Concentration0))
}

// Variance returns a b / ((a + b)² (a + b + 1)), where a and b are the
// concentrations.
func (d Beta) Variance() autograd.Var {
	a, b := d.Concentration1, d.Concentration0
	sum := a.Add(b)
	return a.Mul(b).Div(sum.Square().Mul(sum.AddScalar(1)))
}

// Dirichlet is the Dirichlet distribution of points on the simplex: rows, along the
// last axis, of positive numbers with the sum 1.
// See https://docs.pytorch.org/docs/stable/distributions.html#dirichlet.
type Dirichlet struct{ Concentration autograd.Var }

// Sample returns samples through which no gradient flows, drawn by
// [tensor.Rand.Dirichlet].
func (d Dirichlet) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return drawn(r, d.Concentration, shape, (*tensor.Rand).Dirichlet)
}

// RSample returns samples with gradients. The concentration αᵢ moves xᵢ so that its
// place among the probabilities stays (https://arxiv.org/abs/1805.08498); the other
// numbers keep their proportions.
//
//	dxᵢ/dαᵢ = −(∂F/∂αᵢ) / f, dxⱼ/dαᵢ = −xⱼ / (1 − xᵢ) dxᵢ/dαᵢ
//
// where f is the density of xᵢ, which is that of a [Beta], and F its distribution
// function.
func (d Dirichlet) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	return d.Concentration.Apply2(dirichletSample, drawn(r, d.Concentration, shape, (*tensor.Rand).Dirichlet))
}

// LogProb returns the log-density at the points x, without the last axis: −∞ where a
// number is negative. That the sum is 1 is not looked at.
//
//	Σ (αᵢ − 1) log xᵢ + log Γ(Σ αᵢ) − Σ log Γ(αᵢ), αᵢ the concentrations
func (d Dirichlet) LogProb(x autograd.Var) autograd.Var {
	outside := below(x, 0)
	a := d.Concentration
	y := a.AddScalar(-1).Xlogy(x.MaskedFill(outside, 1)).Sum(-1)
	return impossible(outside.Any(-1), y.Sub(d.logBeta()))
}

// logBeta returns Σ log Γ(αᵢ) − log Γ(Σ αᵢ).
func (d Dirichlet) logBeta() autograd.Var {
	return d.Concentration.Lgamma().Sum(-1).Sub(d.Concentration.Sum(-1).Lgamma())
}

// Entropy returns Σ log Γ(αᵢ) − log Γ(α) + (α − k) ψ(α) − Σ (αᵢ − 1) ψ(αᵢ), where αᵢ
// are the k concentrations and α is their sum.
func (d Dirichlet) Entropy() autograd.Var {
	a, sum := d.Concentration, d.Concentration.Sum(-1)
	k := float64(a.Dim(-1))
	y := d.logBeta().Add(sum.AddScalar(-k).Mul(sum.Digamma()))
	return y.Sub(a.AddScalar(-1).Mul(a.Digamma()).Sum(-1))
}

// Mean returns αᵢ / α, where αᵢ are the concentrations and α is their sum.
func (d Dirichlet) Mean() autograd.Var { return d.Concentration.Div(d.Concentration.SumKeep(-1)) }

// Variance returns αᵢ (α − αᵢ) / (α² (α + 1)), where αᵢ are the concentrations and α
// is their sum.
func (d Dirichlet) Variance() autograd.Var {
	a, sum := d.Concentration, d.Concentration.SumKeep(-1)
	return a.Mul(sum.Sub(a)).Div(sum.Square().Mul(sum.AddScalar(1)))
}
