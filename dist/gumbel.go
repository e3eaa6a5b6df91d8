package dist

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// gammaE is Euler's constant.
const gammaE = 0.577215664901532860606512090082402431042

// Gumbel is the Gumbel distribution with location Loc and scale Scale: that of the
// largest of many numbers.
// See https://docs.pytorch.org/docs/stable/distributions.html#gumbel.
type Gumbel struct{ Loc, Scale autograd.Var }

func (d Gumbel) spread() (loc, scale autograd.Var) { return spread("gumbel", d.Loc, d.Scale) }

// Sample returns samples through which no gradient flows.
func (d Gumbel) Sample(r *tensor.Rand, shape ...int) autograd.Var {
	return Gumbel{d.Loc.Detach(), d.Scale.Detach()}.RSample(r, shape...)
}

// RSample returns samples with gradients.
//
//	x = loc − scale log(−log u), u uniform on (0, 1) from [tensor.Rand.Uniform]
func (d Gumbel) RSample(r *tensor.Rand, shape ...int) autograd.Var {
	loc, scale := d.spread()
	u := noise(r, loc, standardUniform, shape)
	u = u.MulScalar(1 - epsilon(u.DType())).AddScalar(tiny(u.DType()))
	return loc.Sub(scale.Mul(u.Log().Neg().Log()))
}

// LogProb returns the log-density at x.
//
//	−z − e⁻ᶻ − log scale, z = (x − loc) / scale
func (d Gumbel) LogProb(x autograd.Var) autograd.Var {
	y := d.Loc.Sub(x).Div(d.Scale)
	return y.Sub(y.Exp()).Sub(d.Scale.Log())
}

// CDF returns the probability of a number up to x.
//
//	exp(−e⁻ᶻ), z = (x − loc) / scale
func (d Gumbel) CDF(x autograd.Var) autograd.Var {
	return d.Loc.Sub(x).Div(d.Scale).Exp().Neg().Exp()
}

// Entropy returns log scale + γ + 1, where γ is Euler's constant.
func (d Gumbel) Entropy() autograd.Var {
	_, scale := d.spread()
	return scale.Log().AddScalar(1 + gammaE)
}

// Mean returns loc + γ scale, where γ is Euler's constant.
func (d Gumbel) Mean() autograd.Var { return d.Loc.Add(d.Scale.MulScalar(gammaE)) }

// Variance returns π²/6 scale².
func (d Gumbel) Variance() autograd.Var {
	_, scale := d.spread()
	return scale.Square().MulScalar(math.Pi * math.Pi / 6)
}

// GumbelSoftmax returns points of the simplex that lie near its corners, near corner
// i with probability softmax(logits)ᵢ, and have gradients by the logits of the last
// axis. The lower the temperature, the nearer the corners
// (https://arxiv.org/abs/1611.01144, https://arxiv.org/abs/1611.00712).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html.
//
//	y = softmax((logits − log e) / temperature), e from [tensor.Rand.Exponential]
func GumbelSoftmax(r *tensor.Rand, logits autograd.Var, temperature float64) autograd.Var {
	if !(temperature > 0) {
		tensor.BadArg("gumbel-softmax", "want a temperature > 0, got %v", temperature)
	}
	g := noise(r, logits, standardExponential, nil).Log().Neg()
	return logits.Add(g).Div(number(logits, temperature)).Softmax(-1)
}

// GumbelSoftmaxHard is [GumbelSoftmax] rounded to the nearest corner: 1 at the largest
// element of the last axis and 0 elsewhere, up to a rounding error. The gradient is
// that of the point before (straight through). It is hard=True in PyTorch.
func GumbelSoftmaxHard(r *tensor.Rand, logits autograd.Var, temperature float64) autograd.Var {
	y := GumbelSoftmax(r, logits, temperature)
	soft := y.Detach()
	if soft.Rank() == 0 {
		return y // the only corner
	}
	_, largest := soft.MaxAxis(-1)
	var dims [tensor.MaxRank]int
	shape := append(dims[:0], soft.Shape()...)
	corner := number(y, 0).Expand(shape...)
	shape[len(shape)-1] = 1
	corner = corner.Scatter(-1, largest, number(y, 1).Expand(shape...))
	return corner.Sub(soft).Add(y)
}
