package optable

import "math"

// unary returns the row of an elementwise operation of one operand, on numbers
// between lo and hi but away from kinks.
func unary(name string, op func(Var) Var, f func(x float64) float64, lo, hi float64, kinks ...float64) row {
	return row{
		name: name, lo: lo, hi: hi, kinks: kinks,
		run:  func(_ attrs, x []Var) Var { return op(x[0]) },
		want: elementwise(f),
		samples: []sample{on(of(2, 3)), on(of()), on(of(1, 1)), on(of(0, 3)), on(of(7)), on(turn(2, 3)), on(turn(2, 3, 4)),
			on(step(3, 4))},
	}
}

func elementwise(f func(x float64) float64) func(attrs, []array) array {
	return func(_ attrs, x []array) array {
		return fill(x[0].shape, func(idx []int) float64 { return f(x[0].at(idx...)) })
	}
}

func unaryRows() []row {
	return []row{
		unary("Neg", Var.Neg, func(x float64) float64 { return -x }, -2, 2),
		unary("Abs", Var.Abs, math.Abs, -2, 2, 0),
		unary("Sign", Var.Sign, func(x float64) float64 { return math.Copysign(1, x) }, -2, 2, 0),
		unary("Square", Var.Square, func(x float64) float64 { return x * x }, -2, 2),
		unary("Sqrt", Var.Sqrt, math.Sqrt, 0.2, 4),
		unary("Rsqrt", Var.Rsqrt, func(x float64) float64 { return math.Pow(x, -0.5) }, 0.2, 4),
		unary("Reciprocal", Var.Reciprocal, func(x float64) float64 { return math.Pow(x, -1) }, 0.3, 3),
		unary("Exp", Var.Exp, math.Exp, -2, 2),
		unary("Exp2", Var.Exp2, func(x float64) float64 { return math.Exp(x * math.Log(2)) }, -2, 2),
		unary("Expm1", Var.Expm1, func(x float64) float64 { return math.Exp(x) - 1 }, -2, 2),
		unary("Log", Var.Log, math.Log, 0.2, 4),
		unary("Log1p", Var.Log1p, func(x float64) float64 { return math.Log(1 + x) }, -0.7, 3),
		unary("Log2", Var.Log2, func(x float64) float64 { return math.Log(x) / math.Log(2) }, 0.2, 4),
		unary("Log10", Var.Log10, func(x float64) float64 { return math.Log(x) / math.Log(10) }, 0.2, 4),
		unary("Sin", Var.Sin, math.Sin, -4, 4),
		unary("Cos", Var.Cos, math.Cos, -4, 4),
		unary("Tan", Var.Tan, func(x float64) float64 { return math.Sin(x) / math.Cos(x) }, -1.2, 1.2),
		unary("Asin", Var.Asin, math.Asin, -0.9, 0.9),
		unary("Acos", Var.Acos, math.Acos, -0.9, 0.9),
		unary("Atan", Var.Atan, math.Atan, -3, 3),
		unary("Sinh", Var.Sinh, func(x float64) float64 { return (math.Exp(x) - math.Exp(-x)) / 2 }, -2, 2),
		unary("Cosh", Var.Cosh, func(x float64) float64 { return (math.Exp(x) + math.Exp(-x)) / 2 }, -2, 2),
		unary("Tanh", Var.Tanh, func(x float64) float64 { return 1 - 2/(math.Exp(2*x)+1) }, -3, 3),
		unary("Erf", Var.Erf, math.Erf, -2, 2),
	}
}

// scaled returns the row of an elementwise operation with numbers, and a
// sample in every layout for each of these.
func scaled(name string, op func(x Var, c []float64) Var, f func(x float64, c []float64) float64, lo, hi float64, kinks []float64, numbers ...[]float64) row {
	r := unary(name, nil, nil, lo, hi, kinks...)
	r.run = func(a attrs, x []Var) Var { return op(x[0], a.floats) }
	r.want = func(a attrs, x []array) array {
		return elementwise(func(v float64) float64 { return f(v, a.floats) })(a, x)
	}
	var all []sample
	for _, c := range numbers {
		for _, s := range r.samples {
			all = append(all, floats(c...).on(s.in...))
		}
	}
	r.samples = all
	return r
}
