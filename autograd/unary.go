package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Neg returns −x of each element.
//
//	y  = −x
//	dx = −dy
func (x Var) Neg() Var { return x.unary(neg) }

func neg() Unary {
	return Unary{
		Name: "neg", Rule: "−dy",
		Value: tensor.NegTo,
		VJP:   func(_, _, dy Var) Var { return dy.overwrite().Neg() },
	}
}

// Abs returns the absolute value of each element; its derivative at 0 is 0.
//
//	y  = |x|
//	dx = dy sign x
func (x Var) Abs() Var { return x.unary(abs) }

func abs() Unary {
	return Unary{
		Name: "abs", Rule: "dy sign x",
		Value: tensor.AbsTo,
		VJP:   func(x, _, dy Var) Var { return x.slope(absGrad, dy, 0, 0) },
	}
}

// Sign returns −1, 0 or 1 for each element; its gradient is zero.
//
//	y  = sign x
//	dx = 0
func (x Var) Sign() Var { return x.unary(sign) }

func sign() Unary {
	return Unary{
		Name: "sign", Rule: "0",
		Value: tensor.SignTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Square returns the square of each element.
//
//	y  = x²
//	dx = 2 dy x
func (x Var) Square() Var { return x.unary(square) }

func square() Unary {
	return Unary{
		Name: "square", Rule: "2 dy x",
		Value: tensor.SquareTo,
		VJP:   func(x, _, dy Var) Var { return dy.overwrite().Mul(x).overwrite().MulScalar(2) },
	}
}

// Sqrt returns the square root of each element; its derivative at 0 is +Inf.
//
//	y  = √x
//	dx = dy / 2y
func (x Var) Sqrt() Var { return x.unary(sqrt) }

func sqrt() Unary {
	return Unary{
		Name: "sqrt", Rule: "dy / 2y",
		Value: tensor.SqrtTo,
		VJP:   func(_, y, dy Var) Var { return dy.Div(y.MulScalar(2)) },
	}
}

// Rsqrt returns one over the square root of each element.
//
//	y  = 1/√x
//	dx = −½ dy y³
func (x Var) Rsqrt() Var { return x.unary(rsqrt) }

func rsqrt() Unary {
	return Unary{
		Name: "rsqrt", Rule: "−½ dy y³",
		Value: tensor.RsqrtTo,
		VJP:   func(_, y, dy Var) Var { return dy.Mul(y.Square().Mul(y)).MulScalar(-0.5) },
	}
}

// Reciprocal returns one over each element.
//
//	y  = 1/x
//	dx = −dy y²
func (x Var) Reciprocal() Var { return x.unary(reciprocal) }

func reciprocal() Unary {
	return Unary{
		Name: "reciprocal", Rule: "−dy y²",
		Value: tensor.ReciprocalTo,
		VJP:   func(_, y, dy Var) Var { return dy.Mul(y.Square()).Neg() },
	}
}

// Exp returns e to the power of each element.
//
//	y  = eˣ
//	dx = dy y
func (x Var) Exp() Var { return x.unary(exp) }

func exp() Unary {
	return Unary{
		Name: "exp", Rule: "dy y",
		Value: tensor.ExpTo,
		VJP:   func(_, y, dy Var) Var { return dy.overwrite().Mul(y) },
	}
}

// Exp2 returns 2 to the power of each element.
//
//	y  = 2ˣ
//	dx = dy y log 2
func (x Var) Exp2() Var { return x.unary(exp2) }

func exp2() Unary {
	return Unary{
		Name: "exp2", Rule: "dy y log 2",
		Value: tensor.Exp2To,
		VJP:   func(_, y, dy Var) Var { return dy.Mul(y).MulScalar(math.Ln2) },
	}
}

// Expm1 returns eˣ − 1 of each element, accurate near 0.
//
//	y  = eˣ − 1
//	dx = dy (y + 1)
func (x Var) Expm1() Var { return x.unary(expm1) }

func expm1() Unary {
	return Unary{
		Name: "expm1", Rule: "dy (y + 1)",
		Value: tensor.Expm1To,
		VJP:   func(_, y, dy Var) Var { return dy.Mul(y.AddScalar(1)) },
	}
}

// Log returns the natural logarithm of each element.
//
//	y  = log x
//	dx = dy / x
func (x Var) Log() Var { return x.unary(log) }

func log() Unary {
	return Unary{
		Name: "log", Rule: "dy / x",
		Value: tensor.LogTo,
		VJP:   func(x, _, dy Var) Var { return dy.Div(x) },
	}
}

// Log1p returns log(1 + x) of each element, accurate near 0.
//
//	y  = log(1 + x)
//	dx = dy / (1 + x)
func (x Var) Log1p() Var { return x.unary(log1p) }

func log1p() Unary {
	return Unary{
		Name: "log1p", Rule: "dy / (1 + x)",
		Value: tensor.Log1pTo,
		VJP:   func(x, _, dy Var) Var { return dy.Div(x.AddScalar(1)) },
	}
}

// Log2 returns the logarithm to base 2 of each element.
//
//	y  = log₂ x
//	dx = dy / (x log 2)
func (x Var) Log2() Var { return x.unary(log2) }

func log2() Unary {
	return Unary{
		Name: "log2", Rule: "dy / (x log 2)",
		Value: tensor.Log2To,
		VJP:   func(x, _, dy Var) Var { return dy.Div(x.MulScalar(math.Ln2)) },
	}
}

// Log10 returns the logarithm to base 10 of each element.
//
//	y  = log₁₀ x
//	dx = dy / (x log 10)
func (x Var) Log10() Var { return x.unary(log10) }

func log10() Unary {
	return Unary{
		Name: "log10", Rule: "dy / (x log 10)",
		Value: tensor.Log10To,
		VJP:   func(x, _, dy Var) Var { return dy.Div(x.MulScalar(math.Ln10)) },
	}
}

// Sin returns the sine of each element.
//
//	y  = sin x
//	dx = dy cos x
func (x Var) Sin() Var { return x.unary(sin) }

func sin() Unary {
	return Unary{
		Name: "sin", Rule: "dy cos x",
		Value: tensor.SinTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Cos()) },
	}
}

// Cos returns the cosine of each element.
//
//	y  = cos x
//	dx = −dy sin x
func (x Var) Cos() Var { return x.unary(cos) }

func cos() Unary {
	return Unary{
		Name: "cos", Rule: "−dy sin x",
		Value: tensor.CosTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Sin()).Neg() },
	}
}

// Tan returns the tangent of each element.
//
//	y  = tan x
//	dx = dy (1 + y²)
func (x Var) Tan() Var { return x.unary(tan) }

func tan() Unary {
	return Unary{
		Name: "tan", Rule: "dy (1 + y²)",
		Value: tensor.TanTo,
		VJP:   func(_, y, dy Var) Var { return dy.Mul(y.Square().AddScalar(1)) },
	}
}

// Asin returns the arc sine of each element.
//
//	y  = asin x
//	dx = dy / √(1 − x²)
func (x Var) Asin() Var { return x.unary(asin) }

func asin() Unary {
	return Unary{
		Name: "asin", Rule: "dy / √(1 − x²)",
		Value: tensor.AsinTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Square().Neg().AddScalar(1).Rsqrt()) },
	}
}

// Acos returns the arc cosine of each element.
//
//	y  = acos x
//	dx = −dy / √(1 − x²)
func (x Var) Acos() Var { return x.unary(acos) }

func acos() Unary {
	return Unary{
		Name: "acos", Rule: "−dy / √(1 − x²)",
		Value: tensor.AcosTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Square().Neg().AddScalar(1).Rsqrt()).Neg() },
	}
}

// Atan returns the arc tangent of each element.
//
//	y  = atan x
//	dx = dy / (1 + x²)
func (x Var) Atan() Var { return x.unary(atan) }

func atan() Unary {
	return Unary{
		Name: "atan", Rule: "dy / (1 + x²)",
		Value: tensor.AtanTo,
		VJP:   func(x, _, dy Var) Var { return dy.Div(x.Square().AddScalar(1)) },
	}
}

// Sinh returns the hyperbolic sine of each element.
//
//	y  = sinh x
//	dx = dy cosh x
func (x Var) Sinh() Var { return x.unary(sinh) }

func sinh() Unary {
	return Unary{
		Name: "sinh", Rule: "dy cosh x",
		Value: tensor.SinhTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Cosh()) },
	}
}

// Cosh returns the hyperbolic cosine of each element.
//
//	y  = cosh x
//	dx = dy sinh x
func (x Var) Cosh() Var { return x.unary(cosh) }

func cosh() Unary {
	return Unary{
		Name: "cosh", Rule: "dy sinh x",
		Value: tensor.CoshTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Sinh()) },
	}
}

// Tanh returns the hyperbolic tangent of each element.
//
//	y  = tanh x
//	dx = dy (1 − y²)
func (x Var) Tanh() Var { return x.unary(tanh) }

func tanh() Unary {
	return Unary{
		Name: "tanh", Rule: "dy (1 − y²)",
		Value: tensor.TanhTo,
		VJP:   func(_, y, dy Var) Var { return y.binary(tanhGrad, dy.overwrite()) },
	}
}

// Erf returns the error function of each element.
//
//	y  = 2/√π ∫₀ˣ e^(−t²) dt
//	dx = dy 2/√π e^(−x²)
func (x Var) Erf() Var { return x.unary(erf) }

func erf() Unary {
	return Unary{
		Name: "erf", Rule: "dy 2/√π e^(−x²)",
		Value: tensor.ErfTo,
		VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Square().Neg().Exp()).MulScalar(2 / math.SqrtPi) },
	}
}

// tanhGrad is dy (1 − y²), the gradient of [Var.Tanh], as an operation.
func tanhGrad() Binary {
	return Binary{
		Name: "tanh gradient", Rule: "−2 y dy dz; dz (1 − y²)",
		Value: func(dst, y, dy *tensor.Tensor) { dst.AsGrad().Tanh(y, dy) },
		A:     func(y, dy, _, dz Var) Var { return dz.Mul(dy).Mul(y).MulScalar(-2) },
		B:     func(y, _, _, dz Var) Var { return y.binary(tanhGrad, dz) },
	}
}
