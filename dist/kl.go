package dist

import (
	"math"
	"reflect"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// KL returns the Kullback–Leibler divergence of q from p in nats, ∫ p log(p/q), in the
// shape of the batch.
// See https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl.
//
// There is a formula for two of one kind, and for those pairs of different kinds for
// which PyTorch has one: [Beta], [Exponential], [Gamma], [Gumbel], [Laplace], [Normal]
// and [Uniform] each with some of the others. Where p is possible and q is not, the
// divergence is +∞, with gradients of 0. It panics with a [*tensor.ArgError] for pairs
// without a formula.
func KL(p, q Distribution) autograd.Var {
	if y, ok := klAlike(p, q); ok {
		return y
	}
	if from, to := supportOf(p), supportOf(q); to != other && from > to {
		y := entropyOf(p).Add(entropyOf(q))
		return number(y, math.Inf(1)).Expand(y.Shape()...)
	}
	if y, ok := klMixed(p, q); ok {
		return y
	}
	tensor.BadArg("kl", "there is no formula for %v and %v", reflect.TypeOf(p), reflect.TypeOf(q))
	return autograd.Var{}
}

// A support is where a density is positive. From a larger one to a smaller one the
// divergence is infinite.
type support int

const (
	other support = iota // of what takes part in no mixed pair
	interval
	halfLine
	line
)

func supportOf(d Distribution) support {
	switch d.(type) {
	case Beta, Uniform:
		return interval
	case Exponential, Gamma:
		return halfLine
	case Gumbel, Laplace, Normal:
		return line
	}
	return other
}

// entropyOf returns the entropy of what takes part in mixed pairs. A call through the
// interface would move the argument of KL to the heap.
func entropyOf(d Distribution) (h autograd.Var) {
	switch d := d.(type) {
	case Beta:
		h = d.Entropy()
	case Uniform:
		h = d.Entropy()
	case Exponential:
		h = d.Entropy()
	case Gamma:
		h = d.Entropy()
	case Gumbel:
		h = d.Entropy()
	case Laplace:
		h = d.Entropy()
	case Normal:
		h = d.Entropy()
	}
	return h
}

// klAlike returns the divergence of two of one kind.
func klAlike(p, q Distribution) (y autograd.Var, ok bool) {
	switch p := p.(type) {
	case Bernoulli:
		if q, ok := q.(Bernoulli); ok {
			return klBernoulli(p, q), true
		}
	case Categorical:
		if q, ok := q.(Categorical); ok {
			return klCategorical(p, q), true
		}
	case Normal:
		if q, ok := q.(Normal); ok {
			return klNormal(p, q), true
		}
	case LogNormal:
		if q, ok := q.(LogNormal); ok {
			return klNormal(Normal(p), Normal(q)), true
		}
	case Laplace:
		if q, ok := q.(Laplace); ok {
			return klLaplace(p, q), true
		}
	case Gumbel:
		if q, ok := q.(Gumbel); ok {
			return klGumbel(p, q), true
		}
	case Uniform:
		if q, ok := q.(Uniform); ok {
			return klUniform(p, q), true
		}
	case Exponential:
		if q, ok := q.(Exponential); ok {
			ratio := q.Rate.Div(p.Rate)
			return ratio.Sub(ratio.Log()).AddScalar(-1), true
		}
	case Gamma:
		if q, ok := q.(Gamma); ok {
			return klGamma(p, q), true
		}
	case Beta:
		if q, ok := q.(Beta); ok {
			return klBeta(p, q), true
		}
	case Dirichlet:
		if q, ok := q.(Dirichlet); ok {
			return klDirichlet(p, q), true
		}
	case MultivariateNormal:
		if q, ok := q.(MultivariateNormal); ok {
			return klMultivariate(p, q), true
		}
	}
	return y, false
}

// klBernoulli returns p log(p/q) + (1 − p) log((1 − p)/(1 − q)).
func klBernoulli(p, q Bernoulli) autograd.Var {
	term := func(prob, other, l, m autograd.Var) autograd.Var { // of 1, or of 0
		y := prob.Mul(l.LogSigmoid().Sub(m.LogSigmoid()))
		zero := number(y, 0)
		return y.MaskedFill(other.Equal(zero), math.Inf(1)).MaskedFill(prob.Equal(zero), 0)
	}
	a, b, l, m := p.probs(), q.probs(), p.logits(), q.logits()
	yes := term(a, b, l, m)
	return yes.Add(term(a.Neg().AddScalar(1), b.Neg().AddScalar(1), l.Neg(), m.Neg()))
}

// klCategorical returns Σ pᵢ log(pᵢ/qᵢ).
func klCategorical(p, q Categorical) autograd.Var {
	a := p.probs()
	y := a.Mul(p.logits().Sub(q.logits()))
	zero := number(y, 0)
	return y.MaskedFill(q.probs().Equal(zero), math.Inf(1)).MaskedFill(a.Equal(zero), 0).Sum(-1)
}

// klNormal returns ½ (ρ² + ((loc − loc′)/scale′)² − 1 − log ρ²), ρ = scale/scale′.
func klNormal(p, q Normal) autograd.Var {
	ratio := p.Scale.Div(q.Scale).Square()
	square := p.Loc.Sub(q.Loc).Div(q.Scale).Square()
	return ratio.Add(square).AddScalar(-1).Sub(ratio.Log()).MulScalar(0.5)
}

// klLaplace returns δ/scale′ + ρ exp(−δ/scale) − 1 − log ρ, ρ = scale/scale′ and
// δ = |loc − loc′|.
func klLaplace(p, q Laplace) autograd.Var {
	ratio, distance := p.Scale.Div(q.Scale), p.Loc.Sub(q.Loc).Abs()
	near := ratio.Mul(distance.Neg().Div(p.Scale).Exp())
	return distance.Div(q.Scale).Add(near).Sub(ratio.Log()).AddScalar(-1)
}

// klGumbel returns δ + γ ρ + exp(log Γ(1 + ρ) − δ) − log ρ − 1 − γ, ρ = scale/scale′
// and δ = (loc − loc′)/scale′.
func klGumbel(p, q Gumbel) autograd.Var {
	ratio, distance := p.Scale.Div(q.Scale), p.Loc.Sub(q.Loc).Div(q.Scale)
	tail := ratio.AddScalar(1).Lgamma().Sub(distance).Exp()
	return distance.Add(ratio.MulScalar(gammaE)).Add(tail).Sub(ratio.Log()).AddScalar(-1 - gammaE)
}

// klUniform returns the logarithm of the ratio of the widths, +∞ where p is not
// within q.
func klUniform(p, q Uniform) autograd.Var {
	y := q.High.Sub(q.Low).Div(p.High.Sub(p.Low)).Log()
	return y.MaskedFill(either(q.Low.Greater(p.Low), q.High.Less(p.High)), math.Inf(1))
}

// klGamma returns β log(rate/rate′) + log Γ(β) − log Γ(α) + (α − β) ψ(α) +
// (rate′ − rate) α/rate, α and β the concentrations.
func klGamma(p, q Gamma) autograd.Var {
	a, b := p.Concentration, q.Concentration
	y := b.Mul(p.Rate.Div(q.Rate).Log()).Add(b.Lgamma()).Sub(a.Lgamma())
	return y.Add(a.Sub(b).Mul(a.Digamma())).Add(q.Rate.Sub(p.Rate).Mul(a.Div(p.Rate)))
}

// klBeta returns log Β(a′, b′) − log Β(a, b) + (a − a′) ψ(a) + (b − b′) ψ(b) +
// (a′ + b′ − a − b) ψ(a + b), a and b the concentrations.
func klBeta(p, q Beta) autograd.Var {
	a, b, c, d := p.Concentration1, p.Concentration0, q.Concentration1, q.Concentration0
	sum := a.Add(b)
	y := logBeta(c, d).Sub(logBeta(a, b))
	y = y.Add(a.Sub(c).Mul(a.Digamma())).Add(b.Sub(d).Mul(b.Digamma()))
	return y.Add(c.Add(d).Sub(sum).Mul(sum.Digamma()))
}

// klDirichlet is klBeta for any number of concentrations.
func klDirichlet(p, q Dirichlet) autograd.Var {
	a := p.Concentration
	each := a.Digamma().Sub(a.SumKeep(-1).Digamma())
	return q.logBeta().Sub(p.logBeta()).Add(a.Sub(q.Concentration).Mul(each).Sum(-1))
}
