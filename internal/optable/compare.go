package optable

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
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

// kind returns the row of an operation that says what kind of number an element is.
func kind(name string, f func(x Var) Var, is func(v float64) bool) row {
	r := unary(name, f, func(v float64) float64 {
		if is(v) {
			return 1
		}
		return 0
	}, -2, 2)
	r.flat = true
	r.samples = append(r.samples, on(of(5).with(math.NaN(), math.Inf(1), math.Inf(-1), 0, math.MaxFloat32)))
	return r
}

// truths returns the row of a reduction of truths, which keeps axes or does not. value
// is its twin without a tape, nil for none.
func truths(name string, keep bool, f func(x Var, axes ...int) Var, value func(x *tensor.Tensor, axes ...int) *tensor.Tensor, ok func(zeros, n int) bool) row {
	return row{
		name: name, flat: true,
		run: func(a attrs, x []Var) Var { return f(x[0], a.ints...) },
		want: func(a attrs, x []array) array {
			return reduce(x[0], a.ints, keep, func(v []float64) float64 {
				zeros := 0
				for _, x := range v {
					if x == 0 {
						zeros++
					}
				}
				if ok(zeros, len(v)) {
					return 1
				}
				return 0
			})
		},
		also: func(a attrs, x []Var) error {
			if value == nil {
				return nil
			}
			return near(value(x[0].Value(), a.ints...), arrayOf(f(x[0], a.ints...).Value()), 0)
		},
		samples: []sample{on(of(2, 3)), ints(1).on(of(3, 2).with(0, 0, 1, 0, 2, math.NaN())), ints(0, -1).on(of(2, 2, 2).with(0, 0, 0, 1, 0, 0, 3, 3)),
			on(of(2).with(0, 0)), on(of()), on(of().with(0)), on(of(0)), ints(0).on(of(0, 2)), ints(1).on(turn(2, 3)), ints(0).on(step(2, 3)),
			ints(0).on(of(2, 2).with(math.Inf(1), math.Copysign(0, -1), 0, 0))},
		errors: []misuse{{"sum [2 3]: axis 2 is out of range for 2 axes", ints(2).on(of(2, 3))}},
	}
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
		{
			name: "MaskedFill",
			run:  func(a attrs, x []Var) Var { return x[0].MaskedFill(x[1], a.floats[0]) },
			want: func(a attrs, x []array) array {
				return fill(broadcast(x[0].shape, x[1].shape), func(idx []int) float64 {
					if x[1].at(idx...) != 0 {
						return a.floats[0]
					}
					return x[0].at(idx...)
				})
			},
			samples: []sample{
				floats(-3).on(of(2, 3), of(2, 3).with(1, 0, 1, 0, 0, 2).constant()),
				floats(0.5).on(of(2, 3), of(3).with(1, 0, math.NaN()).constant()),
				floats(1).on(of(3), of(2, 1).with(1, 0).constant()),
				floats(1).on(of(), of().with(1).constant()), floats(1).on(of(), of().with(0).constant()),
				floats(1).on(turn(2, 3), of(3).with(1, 0, 1).constant()), floats(1).on(step(2, 3), of(2, 1).with(1, 0).constant()),
				floats(1).on(of(0, 3), of(3).constant()),
			},
			errors: []misuse{{"where [2] × [] × [3]" + reason, floats(1).on(of(3), of(2))}},
		},
		kind("IsNaN", Var.IsNaN, math.IsNaN),
		kind("IsInf", Var.IsInf, func(v float64) bool { return math.IsInf(v, 0) }),
		{
			name: "NanToNum",
			run:  func(a attrs, x []Var) Var { return x[0].NanToNum(a.floats[0]) },
			want: func(a attrs, x []array) array {
				return fill(x[0].shape, func(idx []int) float64 { return x[0].at(idx...) })
			},
			samples: []sample{floats(2).on(of(2, 3)), floats(2).on(of()), floats(2).on(of(0)), floats(2).on(turn(2, 3)), floats(2).on(step(2, 3))},
		},
		{
			name: "NanToNumWith",
			run:  func(a attrs, x []Var) Var { return x[0].NanToNumWith(a.floats[0], a.floats[1], a.floats[2]) },
			want: func(a attrs, x []array) array {
				return fill(x[0].shape, func(idx []int) float64 {
					switch v := x[0].at(idx...); {
					case math.IsNaN(v):
						return a.floats[0]
					case math.IsInf(v, 1):
						return a.floats[1]
					case math.IsInf(v, -1):
						return a.floats[2]
					default:
						return v
					}
				})
			},
			samples: []sample{floats(2, 3, 4).on(of(2, 3)), floats(2, 3, 4).on(of()), floats(2, 3, 4).on(turn(2, 3)), floats(2, 3, 4).on(step(2, 3))},
		},
		truths("Any", false, Var.Any, tensor.Any, func(zeros, n int) bool { return zeros < n }),
		truths("All", false, Var.All, tensor.All, func(zeros, _ int) bool { return zeros == 0 }),
		truths("AnyKeep", true, Var.AnyKeep, nil, func(zeros, n int) bool { return zeros < n }),
		truths("AllKeep", true, Var.AllKeep, nil, func(zeros, _ int) bool { return zeros == 0 }),
	}
}
