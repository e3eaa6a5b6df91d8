package dist

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// MultivariateNormal is the normal distribution of vectors, along the last axis, with
// mean Loc and the covariance L Lᵀ, where L, ScaleTril, is lower triangular with a
// positive diagonal: the [autograd.Var.Cholesky] of the covariance.
// See https://docs.pytorch.org/docs/stable/distributions.html#multivariatenormal.
type MultivariateNormal struct{ Loc, ScaleTril autograd.Var }

// loc returns the mean in the shape of the batch and a vector.
func (d MultivariateNormal) loc() autograd.Var {
	if l := d.ScaleTril; l.Rank() < 2 || l.Dim(-1) != l.Dim(-2) {
		tensor.BadShape("multivariate-normal", "want square matrices", l.Value())
	}
	loc, _ := spread("multivariate-normal", d.Loc, d.ScaleTril.Diagonal(0, -2, -1))
	return loc
}

// Sample returns samples through which no gradient flows.
func (d MultivariateNormal) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return MultivariateNormal{d.Loc.Detach(), d.ScaleTril.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients.
//
//	x = loc + L z, z from [tensor.Rand.Normal]
func (d MultivariateNormal) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	loc := d.loc()
	z := noise(r, loc, standardNormal, shape)
	return loc.Add(d.ScaleTril.MatMul(z.Unsqueeze(-1)).Squeeze(-1))
}

// LogProb returns the log-density at the vectors x, without the last axis.
//
//	−½ |L⁻¹ (x − loc)|² − Σ log Lᵢᵢ − n log √(2π)
func (d MultivariateNormal) LogProb(x autograd.Var) autograd.Var {
	z := d.ScaleTril.TriangularSolve(x.Sub(d.Loc).Unsqueeze(-1), tensor.Triangle{})
	y := z.Square().Sum(-2, -1).MulScalar(0.5).Add(d.logScale())
	return y.AddScalar(float64(z.Dim(-2)) * logSqrt2Pi).Neg()
}

// logScale returns the logarithm of the determinant of L.
func (d MultivariateNormal) logScale() autograd.Var {
	return d.ScaleTril.Diagonal(0, -2, -1).Log().Sum(-1)
}

// Entropy returns n (½ + log √(2π)) + Σ log Lᵢᵢ.
func (d MultivariateNormal) Entropy() autograd.Var {
	loc := d.loc()
	_, h := spread("multivariate-normal", loc.Sum(-1), d.logScale())
	return h.AddScalar(float64(loc.Dim(-1)) * (0.5 + logSqrt2Pi))
}

// Mean returns loc.
func (d MultivariateNormal) Mean() autograd.Var { return d.loc() }

// Variance returns the variance of each number, the diagonal of L Lᵀ.
func (d MultivariateNormal) Variance() autograd.Var {
	_, variance := spread("multivariate-normal", d.Loc, d.ScaleTril.Square().Sum(-1))
	return variance
}

// klMultivariate returns Σ log(L′ᵢᵢ/Lᵢᵢ) + ½ (|L′⁻¹ L|² + |L′⁻¹ (loc − loc′)|² − n).
func klMultivariate(p, q MultivariateNormal) autograd.Var {
	n := float64(p.ScaleTril.Dim(-1))
	ratio := q.ScaleTril.TriangularSolve(p.ScaleTril, tensor.Triangle{})
	distance := q.ScaleTril.TriangularSolve(p.Loc.Sub(q.Loc).Unsqueeze(-1), tensor.Triangle{})
	y := ratio.Square().Sum(-2, -1).Add(distance.Square().Sum(-2, -1)).AddScalar(-n).MulScalar(0.5)
	return y.Add(q.logScale()).Sub(p.logScale())
}
