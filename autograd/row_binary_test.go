package autograd_test

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
	return []row{
		binary("Add", "add", Var.Add, func(a, b float64) float64 { return a + b }),
		binary("Sub", "sub", Var.Sub, func(a, b float64) float64 { return a - b }),
		binary("Mul", "mul", Var.Mul, func(a, b float64) float64 { return a * b }),
		quotient,
		power,
		binary("Maximum", "maximum", Var.Maximum, math.Max),
		binary("Minimum", "minimum", Var.Minimum, math.Min),
		angle,
	}
}
