package dist

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Laplace is the Laplace distribution, of two exponential tails about Loc, each with
// the mean distance Scale.
// See https://docs.pytorch.org/docs/stable/distributions.html#laplace.
type Laplace struct{ Loc, Scale autograd.Var }

func (d Laplace) spread() (loc, scale autograd.Var) { return spread("laplace", d.Loc, d.Scale) }

// Sample returns samples through which no gradient flows.
func (d Laplace) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Laplace{d.Loc.Detach(), d.Scale.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients.
//
//	x = loc − scale sign(u) log(1 − |u|), u uniform on (−1, 1) from [tensor.Rand.Uniform]
func (d Laplace) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	loc, scale := d.spread()
	u := noise(r, loc, symmetric, shape)
	return loc.Sub(scale.Mul(u.Sign().Mul(u.Abs().Neg().Log1p())))
}

// symmetric draws from −1 to 1, without −1.
func symmetric(r *tensor.Rand, dst *tensor.Tensor) { r.Uniform(dst, epsilon(dst.DType())-1, 1) }

// LogProb returns the log-density at x.
//
//	−|x − loc| / scale − log(2 scale)
func (d Laplace) LogProb(x autograd.Var) autograd.Var {
	return x.Sub(d.Loc).Abs().Div(d.Scale).Add(d.Scale.MulScalar(2).Log()).Neg()
}

// CDF returns the probability of a number up to x.
//
//	½ + ½ sign(x − loc) (1 − exp(−|x − loc| / scale))
func (d Laplace) CDF(x autograd.Var) autograd.Var {
	x = x.Sub(d.Loc)
	tail := x.Abs().Neg().Div(d.Scale).Expm1()
	return x.Sign().Mul(tail).MulScalar(-0.5).AddScalar(0.5)
}

// Entropy returns 1 + log(2 scale).
func (d Laplace) Entropy() autograd.Var {
	_, scale := d.spread()
	return scale.Log().AddScalar(1 + math.Ln2)
}

// Mean returns loc.
func (d Laplace) Mean() autograd.Var { loc, _ := d.spread(); return loc }

// Variance returns 2 scale².
func (d Laplace) Variance() autograd.Var { _, scale := d.spread(); return scale.Square().MulScalar(2) }
