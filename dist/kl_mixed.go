package dist

import (
	"math"

	"github.com/descent-ml/descent/autograd"
)

// klMixed returns the divergence of two of different kinds, −H(p) − E log q: the
// entropy of p is known, and so is the mean over p of the log-density of q.
func klMixed(p, q Distribution) (y autograd.Var, ok bool) {
	switch p := p.(type) {
	case Beta:
		if q, is := q.(Uniform); is {
			y = q.Entropy().Sub(p.Entropy())
			return y.MaskedFill(either(above(q.Low, 0), below(q.High, 1)), math.Inf(1)), true
		}
		y, ok = crossOfBeta(p, q)
	case Exponential: // a gamma distribution
		y, ok = crossOfGamma(Gamma{number(p.Rate, 1), p.Rate}, q)
	case Gamma:
		y, ok = crossOfGamma(p, q)
	case Gumbel:
		if q, is := q.(Normal); is {
			y, ok = crossNormal(p.Mean(), p.Variance(), q), true
		}
	case Laplace:
		if q, is := q.(Normal); is {
			y, ok = crossNormal(p.Mean(), p.Variance(), q), true
		}
	case Normal:
		y, ok = crossOfNormal(p, q)
	case Uniform:
		return klUniformFrom(p, q)
	}
	if !ok {
		return y, false
	}
	return y.Sub(entropyOf(p)), true
}

// crossNormal returns −E log q for a normal q, and a p with the given moments.
func crossNormal(mean, variance autograd.Var, q Normal) autograd.Var {
	square := variance.Add(mean.Sub(q.Loc).Square())
	return square.Div(q.Scale.Square().MulScalar(2)).Add(q.Scale.Log()).AddScalar(logSqrt2Pi)
}

// crossGamma returns −E log q for a gamma q, and a p with the given means of x and of
// log x.
func crossGamma(mean, meanLog autograd.Var, q Gamma) autograd.Var {
	a := q.Concentration
	y := a.Lgamma().Sub(a.Mul(q.Rate.Log())).Sub(a.AddScalar(-1).Mul(meanLog))
	return y.Add(q.Rate.Mul(mean))
}

// crossGumbel returns −E log q for a Gumbel q, and a p with the given means of x and of
// exp(−(x − loc)/scale).
func crossGumbel(mean, meanExp autograd.Var, q Gumbel) autograd.Var {
	return mean.Sub(q.Loc).Div(q.Scale).Add(meanExp).Add(q.Scale.Log())
}

// crossOfBeta returns −E log q over a beta distribution.
func crossOfBeta(p Beta, q Distribution) (autograd.Var, bool) {
	switch q := q.(type) {
	case Exponential:
		return q.Rate.Mul(p.Mean()).Sub(q.Rate.Log()), true
	case Gamma:
		a := p.Concentration1
		return crossGamma(p.Mean(), a.Digamma().Sub(a.Add(p.Concentration0).Digamma()), q), true
	case Normal:
		return crossNormal(p.Mean(), p.Variance(), q), true
	}
	return autograd.Var{}, false
}

// crossOfGamma returns −E log q over a gamma distribution.
func crossOfGamma(p Gamma, q Distribution) (autograd.Var, bool) {
	switch q := q.(type) {
	case Exponential:
		return q.Rate.Mul(p.Mean()).Sub(q.Rate.Log()), true
	case Gamma:
		return crossGamma(p.Mean(), p.Concentration.Digamma().Sub(p.Rate.Log()), q), true
	case Gumbel:
		shrink := p.Rate.Mul(q.Scale).Reciprocal().Log1p().Mul(p.Concentration)
		return crossGumbel(p.Mean(), q.Loc.Div(q.Scale).Sub(shrink).Exp(), q), true
	case Normal:
		return crossNormal(p.Mean(), p.Variance(), q), true
	}
	return autograd.Var{}, false
}

// crossOfNormal returns −E log q over a normal distribution.
func crossOfNormal(p Normal, q Distribution) (autograd.Var, bool) {
	switch q := q.(type) {
	case Gumbel:
		ratio := p.Scale.Div(q.Scale).Square().MulScalar(0.5)
		return crossGumbel(p.Loc, ratio.Sub(p.Loc.Sub(q.Loc).Div(q.Scale)).Exp(), q), true
	case Laplace: // the mean of |x − loc| of a folded normal distribution
		distance := p.Loc.Sub(q.Loc)
		z := distance.Div(p.Scale)
		peak := p.Scale.Mul(z.Square().MulScalar(-0.5).Exp()).MulScalar(math.Sqrt(2 / math.Pi))
		mean := peak.Add(distance.Mul(z.MulScalar(math.Sqrt2 / 2).Erf()))
		return mean.Div(q.Scale).Add(q.Scale.MulScalar(2).Log()), true
	}
	return autograd.Var{}, false
}

// klUniformFrom returns the divergence from a uniform distribution.
func klUniformFrom(p Uniform, q Distribution) (y autograd.Var, ok bool) {
	wide := p.High.Sub(p.Low)
	meanLog := func(low, high autograd.Var) autograd.Var { // of log x between them
		return xlogx(high).Sub(xlogx(low)).Div(high.Sub(low)).AddScalar(-1)
	}
	var outside autograd.Var
	switch q := q.(type) {
	case Beta:
		a, b := q.Concentration1, q.Concentration0
		up, down := meanLog(p.Low, p.High), meanLog(p.High.Neg().AddScalar(1), p.Low.Neg().AddScalar(1))
		y = logBeta(a, b).Sub(a.AddScalar(-1).Mul(up)).Sub(b.AddScalar(-1).Mul(down))
		outside = either(below(p.Low, 0), above(p.High, 1))
	case Exponential:
		y = q.Rate.Mul(p.Mean()).Sub(q.Rate.Log())
		outside = below(p.Low, 0)
	case Gamma:
		y = crossGamma(p.Mean(), meanLog(p.Low, p.High), q)
		outside = below(p.Low, 0)
	case Gumbel:
		low, high := q.Loc.Sub(p.Low).Div(q.Scale).Exp(), q.Loc.Sub(p.High).Div(q.Scale).Exp()
		y = crossGumbel(p.Mean(), low.Sub(high).Mul(q.Scale.Div(wide)), q)
	case Normal:
		y = crossNormal(p.Mean(), p.Variance(), q)
	default:
		return y, false
	}
	if y = y.Sub(wide.Log()); !outside.IsZero() {
		y = y.MaskedFill(outside, math.Inf(1))
	}
	return y, true
}
