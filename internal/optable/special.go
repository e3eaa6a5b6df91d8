package optable

import "math"

func specialRows() []row {
	logit := scaled("Logit", func(x Var, c []float64) Var { return x.Logit(c[0]) }, func(x float64, c []float64) float64 {
		if c[0] >= 0 {
			x = math.Min(math.Max(x, c[0]), 1-c[0])
		}
		return math.Log(x) - math.Log(1-x)
	}, 0.1, 0.9, []float64{0.25, 0.75}, []float64{-1}, []float64{0}, []float64{0.25})
	poly := scaled("Polygamma", func(x Var, c []float64) Var { return x.Polygamma(int(c[0])) }, func(x float64, c []float64) float64 {
		y, n := 0.0, c[0]
		if n == 0 {
			return psi(x)
		}
		for k := range 4000 { // the rest is nearly an integral
			y += math.Pow(x+float64(k), -n-1)
		}
		x += 4000
		y += math.Pow(x, -n)/n + math.Pow(x, -n-1)/2 + (n+1)*math.Pow(x, -n-2)/12
		return y * math.Gamma(n+1) * math.Pow(-1, n+1)
	}, 0.5, 3, nil, []float64{0}, []float64{1}, []float64{2}, []float64{3})
	poly.errors = []misuse{{"polygamma: want an order from 0 to 60, got 61", floats(61).on(of(2))}}
	return []row{
		unary("Erfc", Var.Erfc, func(x float64) float64 { return 1 - math.Erf(x) }, -2, 2),
		unary("Erfinv", Var.Erfinv, math.Erfinv, -0.9, 0.9),
		unary("Asinh", Var.Asinh, func(x float64) float64 { return math.Copysign(math.Log(math.Abs(x)+math.Sqrt(x*x+1)), x) }, -3, 3),
		unary("Acosh", Var.Acosh, func(x float64) float64 { return math.Log(x + math.Sqrt(x*x-1)) }, 1.2, 4),
		unary("Atanh", Var.Atanh, func(x float64) float64 { return (math.Log(1+x) - math.Log(1-x)) / 2 }, -0.9, 0.9),
		unary("Lgamma", Var.Lgamma, func(x float64) float64 { return math.Log(math.Abs(math.Gamma(x))) }, -2.8, 4, -2, -1, 0),
		unary("Digamma", Var.Digamma, psi, 0.4, 4),
		poly,
		unary("Sinc", Var.Sinc, func(x float64) float64 { return math.Sin(math.Pi*x) / (math.Pi * x) }, -3, 3, 0),
		logit,
	}
}

// psi is the derivative of log Γ, for x > 0.
func psi(x float64) float64 {
	y := 0.0
	for k := 29.0; k >= 0; k-- {
		y -= 1 / (x + k)
	}
	x += 30
	return y + math.Log(x) - 1/(2*x) - 1/(12*x*x) + 1/(120*math.Pow(x, 4)) - 1/(252*math.Pow(x, 6)) + 1/(240*math.Pow(x, 8))
}

func roundingRows() []row {
	return []row{
		unary("Floor", Var.Floor, math.Floor, -3, 3, -3, -2, -1, 0, 1, 2, 3),
		unary("Ceil", Var.Ceil, math.Ceil, -3, 3, -3, -2, -1, 0, 1, 2, 3),
		unary("Round", Var.Round, math.RoundToEven, -3, 3, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5),
		unary("Trunc", Var.Trunc, math.Trunc, -3, 3, -3, -2, -1, 0, 1, 2, 3),
		unary("Frac", Var.Frac, func(x float64) float64 { return x - math.Trunc(x) }, -3, 3, -3, -2, -1, 0, 1, 2, 3),
	}
}
