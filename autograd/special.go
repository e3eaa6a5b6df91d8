package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Erfc returns 1 − erf x of each element, accurate where erf x is nearly 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.erfc.html.
//
//	y  = 1 − erf x
//	dx = −dy 2/√π e^(−x²)
func (x Var) Erfc() Var { return x.unary(erfc) }

func erfc() Unary {
	return Unary{
		Name: "erfc", Rule: "−dy 2/√π e^(−x²)",
		Value: tensor.ErfcTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Square().Neg().Exp()).MulScalar(-2 / math.SqrtPi) },
	}
}

// Erfinv returns the inverse of the error function of each element, infinite at −1
// and 1, and NaN beyond.
// See https://docs.pytorch.org/docs/stable/generated/torch.erfinv.html.
//
//	y  = erf⁻¹ x
//	dx = dy √π/2 e^(y²)
func (x Var) Erfinv() Var { return x.unary(erfinv) }

func erfinv() Unary {
	return Unary{
		Name: "erfinv", Rule: "dy √π/2 e^(y²)",
		Value: tensor.ErfinvTo,
		VJP:   func(_, y, dy Var) Var { return dy.Mul(y.Square().Exp()).MulScalar(math.SqrtPi / 2) },
	}
}

// Asinh returns the inverse hyperbolic sine of each element.
// See https://docs.pytorch.org/docs/stable/generated/torch.asinh.html.
//
//	y  = asinh x
//	dx = dy / √(x² + 1)
func (x Var) Asinh() Var { return x.unary(asinh) }

func asinh() Unary {
	return Unary{
		Name: "asinh", Rule: "dy / √(x² + 1)",
		Value: tensor.AsinhTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Square().AddScalar(1).Rsqrt()) },
	}
}

// Acosh returns the inverse hyperbolic cosine of each element.
// See https://docs.pytorch.org/docs/stable/generated/torch.acosh.html.
//
//	y  = acosh x
//	dx = dy / √(x² − 1)
func (x Var) Acosh() Var { return x.unary(acosh) }

func acosh() Unary {
	return Unary{
		Name: "acosh", Rule: "dy / √(x² − 1)",
		Value: tensor.AcoshTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Square().AddScalar(-1).Rsqrt()) },
	}
}

// Atanh returns the inverse hyperbolic tangent of each element.
// See https://docs.pytorch.org/docs/stable/generated/torch.atanh.html.
//
//	y  = atanh x
//	dx = dy / (1 − x²)
func (x Var) Atanh() Var { return x.unary(atanh) }

func atanh() Unary {
	return Unary{
		Name: "atanh", Rule: "dy / (1 − x²)",
		Value: tensor.AtanhTo,
		VJP:   func(x, _, dy Var) Var { return dy.Div(x.Square().Neg().AddScalar(1)) },
	}
}

// Lgamma returns log |Γ(x)| of each element.
// See https://docs.pytorch.org/docs/stable/generated/torch.lgamma.html.
//
//	y  = log |Γ(x)|
//	dx = dy ψ(x)
func (x Var) Lgamma() Var { return x.unary(lgamma) }

func lgamma() Unary {
	return Unary{
		Name: "lgamma", Rule: "dy ψ(x)",
		Value: tensor.LgammaTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Digamma()) },
	}
}

// Digamma returns the derivative of log Γ at each element.
// See https://docs.pytorch.org/docs/stable/generated/torch.digamma.html.
//
//	y  = ψ(x)
//	dx = dy ψ₁(x)
func (x Var) Digamma() Var { return x.unary(digamma) }

func digamma() Unary {
	return Unary{
		Name: "digamma", Rule: "dy ψ₁(x)",
		Value: tensor.DigammaTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Polygamma(1)) },
	}
}

// Polygamma returns derivative n of the digamma function at each element. n is at
// most 60.
// See https://docs.pytorch.org/docs/stable/generated/torch.polygamma.html.
//
//	y  = ψₙ(x)
//	dx = dy ψₙ₊₁(x)
func (x Var) Polygamma(n int) Var { return x.scaled(polygamma, float64(n), 0) }

func polygamma() scaled {
	return scaled{
		Name: "polygamma", Rule: "dy ψₙ₊₁(x)",
		Value: func(y, x *tensor.Tensor, n, _ float64) { tensor.PolygammaTo(y, int(n), x) },
		VJP:   func(x, _, dy Var, n, _ float64) Var { return dy.Mul(x.Polygamma(int(n) + 1)) },
	}
}

// Sinc returns sin(πx) / πx of each element, and 1 where it is 0.
// See https://docs.pytorch.org/docs/stable/generated/torch.sinc.html.
//
//	y  = sin(πx) / πx
//	dx = dy times the derivative, which is accurate also near 0
func (x Var) Sinc() Var { return x.scaled(sinc, 0, 0) }

func sinc() scaled {
	return scaled{
		Name: "sinc", Rule: "dy times the derivative, which is accurate also near 0",
		Value: func(y, x *tensor.Tensor, n, _ float64) { tensor.SincDerivativeTo(y, int(n), x) },
		VJP:   func(x, _, dy Var, n, _ float64) Var { return dy.Mul(x.scaled(sinc, n+1, 0)) },
	}
}

// Logit returns log(x / (1 − x)) of each element, the inverse of [Var.Sigmoid].
// Where eps is not negative, x is first clamped to eps … 1 − eps. A negative eps
// stands for PyTorch's None.
// See https://docs.pytorch.org/docs/stable/generated/torch.logit.html.
//
//	y  = log(x / (1 − x))
//	dx = dy / (x (1 − x)), 0 where x was clamped
func (x Var) Logit(eps float64) Var { return x.scaled(logit, eps, 0) }

func logit() scaled {
	return scaled{
		Name: "logit", Rule: "dy / (x (1 − x)), 0 where x was clamped",
		Value: func(y, x *tensor.Tensor, eps, _ float64) { tensor.LogitTo(y, x, eps) },
		VJP:   func(x, _, dy Var, eps, _ float64) Var { return x.slope(logitGrad, dy, eps, 0) },
	}
}

// Floor returns the largest integer not above each element; its gradient is zero.
//
//	y  = ⌊x⌋
//	dx = 0
func (x Var) Floor() Var { return x.unary(floor) }

func floor() Unary {
	return Unary{
		Name: "floor", Rule: "0",
		Value: tensor.FloorTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Ceil returns the smallest integer not below each element; its gradient is zero.
//
//	y  = ⌈x⌉
//	dx = 0
func (x Var) Ceil() Var { return x.unary(ceil) }

func ceil() Unary {
	return Unary{
		Name: "ceil", Rule: "0",
		Value: tensor.CeilTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Round returns the nearest integer of each element, halves to even; its gradient is zero.
//
//	y  = round x
//	dx = 0
func (x Var) Round() Var { return x.unary(round) }

func round() Unary {
	return Unary{
		Name: "round", Rule: "0",
		Value: tensor.RoundTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Trunc returns the integer part of each element; its gradient is zero.
// See https://docs.pytorch.org/docs/stable/generated/torch.trunc.html.
//
//	y  = x without its fraction
//	dx = 0
func (x Var) Trunc() Var { return x.unary(trunc) }

func trunc() Unary {
	return Unary{
		Name: "trunc", Rule: "0",
		Value: tensor.TruncTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Frac returns the fraction of each element, with its sign.
// See https://docs.pytorch.org/docs/stable/generated/torch.frac.html.
//
//	y  = x − trunc x
//	dx = dy
func (x Var) Frac() Var { return x.unary(frac) }

func frac() Unary {
	return Unary{
		Name: "frac", Rule: "dy",
		Value: tensor.FracTo,
		VJP:   func(_, _, dy Var) Var { return dy },
	}
}
