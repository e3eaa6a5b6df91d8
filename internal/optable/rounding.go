package optable

import "math"

func roundingRows() []row {
	return []row{
		unary("Floor", Var.Floor, math.Floor, -3, 3, -3, -2, -1, 0, 1, 2, 3),
		unary("Ceil", Var.Ceil, math.Ceil, -3, 3, -3, -2, -1, 0, 1, 2, 3),
		unary("Round", Var.Round, math.RoundToEven, -3, 3, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5),
		unary("Trunc", Var.Trunc, math.Trunc, -3, 3, -3, -2, -1, 0, 1, 2, 3),
		unary("Frac", Var.Frac, func(x float64) float64 { return x - math.Trunc(x) }, -3, 3, -3, -2, -1, 0, 1, 2, 3),
	}
}
