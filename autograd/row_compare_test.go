package autograd_test

import (
	"math"

	"github.com/descent-ml/descent/autograd"
)

// comparison returns the row of an operation that is 1 where ok and else 0.
func comparison(name, op string, f func(a, b Var) Var, ok func(a, b float64) bool) row {
	r := binary(name, op, f, func(a, b float64) float64 {
		if ok(a, b) {
			return 1
		}
		return 0
	})
	r.flat = true
	r.samples = append(r.samples, on(of(4).with(1, 2, 3, math.NaN()), of(4).with(2, 2, 2, math.NaN())))
	return r
}

func compareRows() []row {
	const reason = ": the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1"
	return []row{
		comparison("Less", "less", Var.Less, func(a, b float64) bool { return a < b }),
		comparison("LessEqual", "less-equal", Var.LessEqual, func(a, b float64) bool { return a <= b }),
		comparison("Greater", "greater", Var.Greater, func(a, b float64) bool { return a > b }),
		comparison("GreaterEqual", "greater-equal", Var.GreaterEqual, func(a, b float64) bool { return a >= b }),
		comparison("Equal", "equal", Var.Equal, func(a, b float64) bool { return a == b }),
		comparison("NotEqual", "not-equal", Var.NotEqual, func(a, b float64) bool { return a != b }),
		{
			name: "Where",
			run:  func(_ attrs, x []Var) Var { return autograd.Where(x[0], x[1], x[2]) },
			want: func(_ attrs, x []array) array {
				return fill(broadcast(x[0].shape, x[1].shape, x[2].shape), func(idx []int) float64 {
					if x[0].at(idx...) != 0 {
						return x[1].at(idx...)
					}
					return x[2].at(idx...)
				})
			},
			samples: []sample{
				on(of(2, 3).with(1, 0, 1, 0, 0, 1).constant(), of(2, 3), of(2, 3)),
				on(of(2, 1).with(1, 0).constant(), of(2, 3), of()),
				on(of(3).with(1, 0, -1).constant(), of(2, 1), of(1, 3)),
				on(of().with(1).constant(), of(), of()),
				on(of(3).with(0, 0, 1).constant(), turn(2, 3), step(2, 3)),
				on(of(0, 1).constant(), of(3), of(1, 3)),
				on(of(1).with(0).constant(), of(1), of(1)),
			},
			errors: []misuse{
				{"where [2] × [3] × [3]" + reason, on(of(2), of(3), of(3))},
				{"where [3] × [2] × [3]" + reason, on(of(3), of(2), of(3))},
			},
		},
	}
}
