package optable

import (
	"math"
	"slices"
)

// binary returns the row of an elementwise operation of two operands. op is
// its name in messages.
func binary(name, op string, f func(a, b Var) Var, want func(a, b float64) float64) row {
	return row{
		name: name,
		run:  func(_ attrs, x []Var) Var { return f(x[0], x[1]) },
		want: func(_ attrs, x []array) array {
			return fill(broadcast(x[0].shape, x[1].shape), func(idx []int) float64 { return want(x[0].at(idx...), x[1].at(idx...)) })
		},
		samples: []sample{on(of(2, 3), of(2, 3)), on(of(2, 3, 4), of(3, 1)), on(of(3, 1), of(1, 4)), on(of(2, 3), of()), on(of(), of(3)),
			on(of(), of()), on(of(1), of(1)), on(of(1, 1), of(2, 3)), on(of(0, 3), of(3)), on(of(2, 1), of(1, 0)), on(turn(2, 3), of(2, 3)),
			on(turn(2, 3, 2), turn(3, 2)), on(step(2, 3), turn(2, 3)), on(of(2, 3), step(1, 3)), on(turn(3, 1), step(4))},
		errors: []misuse{
			{op + " [2 3] × [4]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", on(of(2, 3), of(4))},
			{op + " [2 3] × [2]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", on(of(2, 3), of(2))},
		},
	}
}

// broadcast returns the shape that shapes broadcast to.
func broadcast(shapes ...[]int) []int {
	var out []int
	for _, s := range shapes {
		for len(out) < len(s) {
			out = slices.Insert(out, 0, 1)
		}
		for i, d := range s {
			if d != 1 {
				out[len(out)-len(s)+i] = d
			}
		}
	}
	return out
}

func binaryRows() []row {
	quotient := binary("Div", "div", Var.Div, func(a, b float64) float64 { return a / b })
	quotient.lo, quotient.hi = 0.4, 2
	power := binary("Pow", "pow", Var.Pow, math.Pow)
	power.lo, power.hi = 0.3, 2
	angle := binary("Atan2", "atan2", Var.Atan2, math.Atan2)
	angle.kinks = []float64{0}
	hypot := binary("Hypot", "hypot", Var.Hypot, math.Hypot)
	hypot.tol32 = 1e-4 // a gradient is the sum of numbers of both signs
	fmod := binary("Fmod", "fmod", Var.Fmod, math.Mod)
	remainder := binary("Remainder", "remainder", Var.Remainder, func(a, b float64) float64 { return a - b*math.Floor(a/b) })
	floor := binary("FloorDivide", "floor-divide", Var.FloorDivide, func(a, b float64) float64 { return math.Floor(a / b) })
	floor.flat = true
	trunc := binary("TruncDivide", "trunc-divide", Var.TruncDivide, func(a, b float64) float64 { return math.Trunc(a / b) })
	trunc.flat = true
	for _, r := range []*row{&fmod, &remainder, &floor, &trunc} { // quotients that are not near a whole number
		r.samples = []sample{on(of(4).with(5.25, -5.25, 1.5, -1.5), of(4).with(2, 2, -0.9, -4)), on(of(2, 1).with(1.1, -2.3), of(3).with(0.4, -0.7, 5)),
			on(of().with(7.5), of(2).with(2, -2)), on(of(0, 2), of(2)), on(turn(2, 2).with(1.1, 2.3, -1.7, 3.1), step(1, 2).with(0, 0.4, 0, -0.9, 0)),
			on(of(3).with(-1, 0.3, -0.3), of().with(0.7))}
	}
	xlogy := binary("Xlogy", "xlogy", Var.Xlogy, func(a, b float64) float64 { return a * math.Log(b) })
	xlogy.lo, xlogy.hi = 0.3, 2
	lerp := row{
		name: "Lerp",
		run:  func(_ attrs, x []Var) Var { return x[0].Lerp(x[1], x[2]) },
		want: func(_ attrs, x []array) array {
			return fill(broadcast(x[0].shape, x[1].shape, x[2].shape), func(idx []int) float64 {
				w := x[2].at(idx...)
				return x[0].at(idx...)*(1-w) + x[1].at(idx...)*w
			})
		},
		samples: []sample{on(of(2, 3), of(2, 3), of(2, 3)), on(of(2, 3), of(3), of()), on(of(), of(2, 1), of(3)), on(turn(2, 3), step(2, 3), of(1)),
			on(of(), of(), of()), on(of(0, 2), of(2), of())},
		errors: []misuse{{"lerp [2] × [3] × []: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", on(of(2), of(3), of())}},
	}
	return []row{
		binary("Add", "add", Var.Add, func(a, b float64) float64 { return a + b }),
		binary("Sub", "sub", Var.Sub, func(a, b float64) float64 { return a - b }),
		binary("Mul", "mul", Var.Mul, func(a, b float64) float64 { return a * b }),
		quotient,
		power,
		binary("Maximum", "maximum", Var.Maximum, math.Max),
		binary("Minimum", "minimum", Var.Minimum, math.Min),
		angle,
		hypot,
		fmod,
		remainder,
		floor,
		trunc,
		binary("LogAddExp", "log-add-exp", Var.LogAddExp, func(a, b float64) float64 { return math.Log(math.Exp(a) + math.Exp(b)) }),
		xlogy,
		lerp,
		{
			name: "LerpScalar",
			run:  func(a attrs, x []Var) Var { return x[0].LerpScalar(x[1], a.floats[0]) },
			want: func(a attrs, x []array) array {
				return fill(broadcast(x[0].shape, x[1].shape), func(idx []int) float64 {
					p, q := x[0].at(idx...), x[1].at(idx...)
					return p*(1-a.floats[0]) + q*a.floats[0]
				})
			},
			samples: []sample{floats(0.25).on(of(2, 3), of(2, 3)), floats(0.75).on(of(2, 3), of(3)), floats(-2).on(of(), of(2)), floats(0.5).on(turn(2, 3), step(2, 3)),
				floats(1).on(of(0, 2), of(2))},
		},
		three("Addcmul", Var.Addcmul, func(x, a, b, c float64) float64 { return x + c*a*b }),
		three("Addcdiv", Var.Addcdiv, func(x, a, b, c float64) float64 { return x + c*a/b }),
	}
}

// three returns the row of an operation of three operands and a number.
func three(name string, f func(x, a, b Var, c float64) Var, want func(x, a, b, c float64) float64) row {
	return row{
		name: name, lo: 0.4, hi: 2,
		run: func(a attrs, x []Var) Var { return f(x[0], x[1], x[2], a.floats[0]) },
		want: func(a attrs, x []array) array {
			return fill(broadcast(x[0].shape, x[1].shape, x[2].shape), func(idx []int) float64 {
				return want(x[0].at(idx...), x[1].at(idx...), x[2].at(idx...), a.floats[0])
			})
		},
		samples: []sample{floats(1).on(of(2, 3), of(2, 3), of(2, 3)), floats(-0.5).on(of(2, 1), of(3), of()), floats(2).on(turn(2, 3), step(2, 3), of(3)),
			floats(1).on(of(), of(), of()), floats(1).on(of(0, 2), of(2), of(1))},
	}
}
