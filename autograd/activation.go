package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Sigmoid returns the logistic function of each element.
//
//	y  = 1 / (1 + e⁻ˣ)
//	dx = dy y (1 − y)
func (x Var) Sigmoid() Var { return x.unary(sigmoid) }

func sigmoid() Unary {
	return Unary{
		Name: "sigmoid", Rule: "dy y (1 − y)",
		Value: tensor.SigmoidTo,
		VJP:   func(_, y, dy Var) Var { return y.binary(sigmoidGrad, dy.overwrite()) },
	}
}

// LogSigmoid returns the logarithm of the logistic function of each element.
//
//	y  = log(1 / (1 + e⁻ˣ))
//	dx = dy sigmoid(−x)
func (x Var) LogSigmoid() Var { return x.unary(logSigmoid) }

func logSigmoid() Unary {
	return Unary{
		Name: "log-sigmoid", Rule: "dy sigmoid(−x)",
		Value: tensor.LogSigmoidTo,
		VJP:   func(x, _, dy Var) Var { return x.logSigmoidSlope(dy) },
	}
}

// ReLU returns the positive part of each element; its derivative at 0 is 0.
//
//	y  = max(x, 0)
//	dx = dy [x > 0]
func (x Var) ReLU() Var { return x.unary(relu) }

func relu() Unary {
	return Unary{
		Name: "relu", Rule: "dy [x > 0]",
		Value: tensor.ReLUTo,
		VJP:   func(_, y, dy Var) Var { return y.binary(reluGrad, dy.overwrite()) },
	}
}

// GELU returns x Φ(x) of each element, with Φ the normal distribution function
// (https://arxiv.org/abs/1606.08415).
//
//	y  = x Φ(x)
//	dx = dy (Φ(x) + x φ(x))
func (x Var) GELU() Var { return x.unary(gelu) }

func gelu() Unary {
	return Unary{
		Name: "gelu", Rule: "dy (Φ(x) + x φ(x))",
		Value: tensor.GELUTo,
		VJP:   func(x, _, dy Var) Var { return x.binary(geluGrad, dy.overwrite()) },
	}
}

// geluGrad is dy (Φ(x) + x φ(x)), the gradient of [Var.GELU], as an operation.
// The derivative of φ is −x φ.
func geluGrad() Binary {
	return Binary{
		Name: "gelu gradient", Rule: "dz dy φ(x) (2 − x²); dz (Φ(x) + x φ(x))",
		Value: func(dst, x, dy *tensor.Tensor) { dst.AsGrad().GELU(x, dy) },
		A: func(x, dy, _, dz Var) Var {
			xx := x.Square()
			density := xx.MulScalar(-0.5).Exp().MulScalar(1 / math.Sqrt(2*math.Pi))
			return dz.Mul(dy).Mul(density).Mul(xx.Neg().AddScalar(2))
		},
		B: func(x, _, _, dz Var) Var { return x.binary(geluGrad, dz) },
	}
}

// GELUTanh returns the approximation of [Var.GELU] by tanh, of each element.
//
//	u  = √(2/π) (x + 0.044715 x³), t = tanh u
//	y  = ½ x (1 + t)
//	dx = ½ dy (1 + t + x (1 − t²) u′)
func (x Var) GELUTanh() Var { return x.unary(geluTanh) }

func geluTanh() Unary {
	return Unary{
		Name: "gelu-tanh", Rule: "½ dy (1 + t + x (1 − t²) u′), with u = √(2/π) (x + 0.044715 x³), t = tanh u",
		Value: tensor.GELUTanhTo,
		VJP:   func(x, _, dy Var) Var { return x.slope(geluTanhGrad, dy, 0, 0) },
	}
}

// SiLU returns x times the logistic function, of each element; also called swish
// (https://arxiv.org/abs/1702.03118).
//
//	y  = x / (1 + e⁻ˣ)
//	dx = dy s (1 + x (1 − s)), s = sigmoid x
func (x Var) SiLU() Var { return x.unary(silu) }

func silu() Unary {
	return Unary{
		Name: "silu", Rule: "dy s (1 + x (1 − s)), s = sigmoid x",
		Value: tensor.SiLUTo,
		VJP:   func(x, _, dy Var) Var { return x.slope(siluGrad, dy, 0, 0) },
	}
}

// Mish returns x tanh(softplus(x)) of each element
// (https://arxiv.org/abs/1908.08681).
//
//	y  = x tanh(log(1 + eˣ))
//	dx = dy (t + x (1 − t²) sigmoid x), t = tanh(softplus x)
func (x Var) Mish() Var { return x.unary(mish) }

func mish() Unary {
	return Unary{
		Name: "mish", Rule: "dy (t + x (1 − t²) sigmoid x), t = tanh(softplus x)",
		Value: tensor.MishTo,
		VJP:   func(x, _, dy Var) Var { return x.slope(mishGrad, dy, 0, 0) },
	}
}

// Softsign returns x / (1 + |x|) of each element.
//
//	y  = x / (1 + |x|)
//	dx = dy (1 − |y|) / (1 + |x|)
func (x Var) Softsign() Var { return x.unary(softsign) }

func softsign() Unary {
	return Unary{
		Name: "softsign", Rule: "dy (1 − |y|) / (1 + |x|)",
		Value: tensor.SoftsignTo,
		VJP: func(x, y, dy Var) Var {
			return dy.Mul(y.Abs().Neg().AddScalar(1)).Div(x.Abs().AddScalar(1))
		},
	}
}

// HardSigmoid returns x/6 + ½ held between 0 and 1, of each element; its
// derivative at −3 and 3 is 0.
//
//	y  = min(max(x/6 + ½, 0), 1)
//	dx = dy/6 [−3 < x < 3]
func (x Var) HardSigmoid() Var { return x.unary(hardSigmoid) }

func hardSigmoid() Unary {
	return Unary{
		Name: "hard-sigmoid", Rule: "dy/6 [−3 < x < 3]",
		Value: tensor.HardSigmoidTo,
		VJP:   func(x, _, dy Var) Var { return x.slope(hardSigmoidGrad, dy, 0, 0) },
	}
}

// HardSwish returns x times its hard sigmoid, of each element
// (https://arxiv.org/abs/1905.02244).
//
//	y  = x min(max(x + 3, 0), 6) / 6
//	dx = dy (0 below −3, x/3 + ½ between, 1 above 3)
func (x Var) HardSwish() Var { return x.unary(hardSwish) }

func hardSwish() Unary {
	return Unary{
		Name: "hard-swish", Rule: "dy (0 below −3, x/3 + ½ between, 1 above 3)",
		Value: tensor.HardSwishTo,
		VJP:   func(x, _, dy Var) Var { return x.slope(hardSwishGrad, dy, 0, 0) },
	}
}

// ReLU6 returns each element held between 0 and 6; its derivative at 0 and 6 is
// 0.
//
//	y  = min(max(x, 0), 6)
//	dx = dy [0 < x < 6]
func (x Var) ReLU6() Var { return x.HardTanh(0, 6) }

// HardTanh returns each element held between lo and hi; its derivative at the
// bounds is 0. PyTorch's default bounds are −1 and 1. Unlike [Var.Clamp] it
// passes the gradient of a NaN on, and refuses lo > hi.
//
//	y  = min(max(x, lo), hi)
//	dx = dy [lo < x < hi]
func (x Var) HardTanh(lo, hi float64) Var {
	if lo > hi {
		panic(&tensor.ArgError{Op: "hard-tanh", Reason: fmt.Sprintf("want lo ≤ hi, got [%v, %v]", lo, hi)})
	}
	return x.scaled(hardTanh, lo, hi)
}

func hardTanh() scaled {
	return scaled{
		Name: "hard-tanh", Rule: "dy [lo < x < hi]",
		Value: tensor.ClampTo,
		VJP:   func(x, _, dy Var, lo, hi float64) Var { return x.slope(hardTanhGrad, dy, lo, hi) },
	}
}

// Clamp returns each element held between lo and hi; its derivative at the
// bounds is 0.
//
//	y  = min(max(x, lo), hi)
//	dx = dy [lo < x < hi]
func (x Var) Clamp(lo, hi float64) Var { return x.scaled(clamp, lo, hi) }

func clamp() scaled {
	return scaled{
		Name: "clamp", Rule: "dy [lo < x < hi]",
		Value: tensor.ClampTo,
		VJP:   func(x, _, dy Var, lo, hi float64) Var { return x.slope(clampGrad, dy, lo, hi) },
	}
}

// LeakyReLU returns x where it is positive, else slope·x. PyTorch's default
// slope is 0.01.
//
//	y  = x [x > 0] + slope x [x ≤ 0]
//	dx = dy (1 where x > 0, else slope)
func (x Var) LeakyReLU(slope float64) Var { return x.scaled(leakyReLU, slope, 0) }

func leakyReLU() scaled {
	return scaled{
		Name: "leaky-relu", Rule: "dy (1 where x > 0, else slope)",
		Value: func(y, x *tensor.Tensor, slope, _ float64) { tensor.LeakyReLUTo(y, x, slope) },
		VJP:   func(x, _, dy Var, slope, _ float64) Var { return x.slope(leakyReLUGrad, dy, slope, 0) },
	}
}

// ELU returns x where it is positive, else alpha (eˣ − 1). PyTorch's default
// alpha is 1 (https://arxiv.org/abs/1511.07289).
//
//	y  = scale (x where x > 0, else alpha (eˣ − 1)); here scale is 1
//	dx = dy (scale where x > 0, else scale alpha eˣ)
func (x Var) ELU(alpha float64) Var { return x.scaled(elu, alpha, 1) }

// SELU returns the self-normalising [Var.ELU] of each element
// (https://arxiv.org/abs/1706.02515).
//
//	y  = scale · ELU(x, alpha), alpha ≈ 1.6733, scale ≈ 1.0507
//	dx = dy (scale where x > 0, else scale alpha eˣ)
func (x Var) SELU() Var { return x.scaled(elu, 1.6732632423543772, 1.0507009873554805) }

func elu() scaled {
	return scaled{
		Name: "elu", Rule: "dy (scale where x > 0, else scale alpha eˣ)",
		Value: tensor.ELUTo,
		VJP:   func(x, _, dy Var, alpha, scale float64) Var { return x.slope(eluGrad, dy, alpha, scale) },
	}
}

// Softplus returns log(1 + e^(beta·x))/beta, and x itself where beta·x exceeds
// threshold. PyTorch's defaults are 1 and 20.
//
//	y  = log(1 + e^(beta x)) / beta
//	dx = dy sigmoid(beta x)
func (x Var) Softplus(beta, threshold float64) Var { return x.scaled(softplus, beta, threshold) }

func softplus() scaled {
	return scaled{
		Name: "softplus", Rule: "dy sigmoid(beta x)",
		Value: tensor.SoftplusTo,
		VJP:   func(x, _, dy Var, beta, threshold float64) Var { return x.slope(softplusGrad, dy, beta, threshold) },
	}
}

// reluGrad is dy [y > 0], the gradient of [Var.ReLU], as an operation.
func reluGrad() Binary {
	return Binary{
		Name: "relu gradient", Rule: "0; dz [y > 0]",
		Value: func(dst, y, dy *tensor.Tensor) { dst.AsGrad().ReLU(y, dy) },
		B:     func(y, _, _, dz Var) Var { return y.binary(reluGrad, dz) },
	}
}

// sigmoidGrad is dy y (1 − y), the gradient of [Var.Sigmoid], as an operation.
func sigmoidGrad() Binary {
	return Binary{
		Name: "sigmoid gradient", Rule: "dz dy (1 − 2y); dz y (1 − y)",
		Value: func(dst, y, dy *tensor.Tensor) { dst.AsGrad().Sigmoid(y, dy) },
		A:     func(y, dy, _, dz Var) Var { return dz.Mul(dy).Mul(y.MulScalar(-2).AddScalar(1)) },
		B:     func(y, _, _, dz Var) Var { return y.binary(sigmoidGrad, dz) },
	}
}
