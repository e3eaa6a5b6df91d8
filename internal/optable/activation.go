package optable

import "math"

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func hold(x, lo, hi float64) float64 { return math.Min(math.Max(x, lo), hi) }

func elu(x, alpha float64) float64 {
	if x > 0 {
		return x
	}
	return alpha * (math.Exp(x) - 1)
}

func activationRows() []row {
	return []row{
		unary("Sigmoid", Var.Sigmoid, sigmoid, -4, 4),
		unary("LogSigmoid", Var.LogSigmoid, func(x float64) float64 { return math.Log(sigmoid(x)) }, -4, 4),
		unary("ReLU", Var.ReLU, func(x float64) float64 { return math.Max(x, 0) }, -2, 2, 0),
		unary("GELU", Var.GELU, func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 }, -3, 3),
		unary("GELUTanh", Var.GELUTanh, func(x float64) float64 {
			return x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x))) / 2
		}, -3, 3),
		unary("SiLU", Var.SiLU, func(x float64) float64 { return x * sigmoid(x) }, -4, 4),
		unary("Mish", Var.Mish, func(x float64) float64 { return x * math.Tanh(math.Log(1+math.Exp(x))) }, -4, 4),
		unary("Softsign", Var.Softsign, func(x float64) float64 { return x / (1 + math.Abs(x)) }, -3, 3, 0),
		unary("HardSigmoid", Var.HardSigmoid, func(x float64) float64 { return hold(x/6+0.5, 0, 1) }, -5, 5, -3, 3),
		unary("HardSwish", Var.HardSwish, func(x float64) float64 { return x * hold(x+3, 0, 6) / 6 }, -5, 5, -3, 3),
		unary("ReLU6", Var.ReLU6, func(x float64) float64 { return hold(x, 0, 6) }, -3, 9, 0, 6),
		unary("SELU", Var.SELU, func(x float64) float64 { return 1.0507009873554805 * elu(x, 1.6732632423543772) }, -3, 3, 0),
		scaled("HardTanh", func(x Var, c []float64) Var { return x.HardTanh(c[0], c[1]) },
			func(x float64, c []float64) float64 { return hold(x, c[0], c[1]) }, -3, 3, []float64{-1, 1, -0.5, 2},
			[]float64{-1, 1}, []float64{-0.5, 2}),
		scaled("Clamp", func(x Var, c []float64) Var { return x.Clamp(c[0], c[1]) },
			func(x float64, c []float64) float64 { return hold(x, c[0], c[1]) }, -3, 3, []float64{-1, 1, -0.5, 2},
			[]float64{-1, 1}, []float64{-0.5, 2}),
		scaled("LeakyReLU", func(x Var, c []float64) Var { return x.LeakyReLU(c[0]) },
			func(x float64, c []float64) float64 { return math.Max(x, 0) + c[0]*math.Min(x, 0) }, -2, 2, []float64{0},
			[]float64{0.01}, []float64{0.2}),
		scaled("ELU", func(x Var, c []float64) Var { return x.ELU(c[0]) },
			func(x float64, c []float64) float64 { return elu(x, c[0]) }, -2, 2, []float64{0}, []float64{1}, []float64{0.5}),
		scaled("Softplus", func(x Var, c []float64) Var { return x.Softplus(c[0], c[1]) },
			func(x float64, c []float64) float64 {
				if c[0]*x > c[1] {
					return x
				}
				return math.Log(1+math.Exp(c[0]*x)) / c[0]
			}, -3, 3, []float64{0.75}, []float64{1, 20}, []float64{2, 1.5}),
		scaled("AddScalar", func(x Var, c []float64) Var { return x.AddScalar(c[0]) },
			func(x float64, c []float64) float64 { return x + c[0] }, -2, 2, nil, []float64{1.5}),
		scaled("MulScalar", func(x Var, c []float64) Var { return x.MulScalar(c[0]) },
			func(x float64, c []float64) float64 { return x * c[0] }, -2, 2, nil, []float64{-2.5}, []float64{0}),
		scaled("PowScalar", func(x Var, c []float64) Var { return x.PowScalar(c[0]) },
			func(x float64, c []float64) float64 { return math.Pow(x, c[0]) }, 0.3, 2, nil,
			[]float64{2}, []float64{3}, []float64{0.5}, []float64{-1}, []float64{-0.5}, []float64{0}, []float64{1}, []float64{2.5}),
	}
}
