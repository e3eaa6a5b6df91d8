package optable

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

func prelu(x, slope float64) float64 { return math.Max(x, 0) + slope*math.Min(x, 0) }

// halved is an operation of the halves of its operand along the axis of ints.
func halved(name, op string, run func(x Var, axis int) Var, f func(a, b float64) float64) row {
	return row{
		name: name,
		run:  func(a attrs, x []Var) Var { return run(x[0], a.ints[0]) },
		want: func(a attrs, x []array) array {
			shape := append([]int{}, x[0].shape...)
			axis := (a.ints[0] + len(shape)) % len(shape)
			shape[axis] /= 2
			return fill(shape, func(idx []int) float64 {
				second := append([]int{}, idx...)
				second[axis] += shape[axis]
				return f(x[0].at(idx...), x[0].at(second...))
			})
		},
		samples: []sample{ints(-1).on(of(2, 4)), ints(0).on(of(2)), ints(1).on(of(2, 6, 3)), ints(-1).on(turn(3, 2)), ints(0).on(step(4, 2)), ints(0).on(of(0, 3)), ints(0).on(of(2, 0))},
		errors: []misuse{
			{op + " [2 3]: want an even length along axis 1", ints(1).on(of(2, 3))},
			{op + " [2 3]: axis 2 is out of range for 2 axes", ints(2).on(of(2, 3))},
		},
	}
}

func rectifyRows() []row {
	bound := func(x, c float64, moved bool) float64 {
		switch {
		case math.Abs(x) <= c:
			return 0
		case moved:
			return x - math.Copysign(c, x)
		}
		return x
	}
	negative := []misuse{{"softshrink: the bound is -1; it must not be negative", floats(-1).on(of(2))}}
	softshrink := scaled("Softshrink", func(x Var, c []float64) Var { return x.Softshrink(c[0]) },
		func(x float64, c []float64) float64 { return bound(x, c[0], true) }, -2, 2, []float64{-0.5, 0.5, 0}, []float64{0.5}, []float64{0})
	softshrink.errors = negative
	hardshrink := scaled("Hardshrink", func(x Var, c []float64) Var { return x.Hardshrink(c[0]) },
		func(x float64, c []float64) float64 { return bound(x, c[0], false) }, -2, 2, []float64{-0.5, 0.5, 0}, []float64{0.5}, []float64{0})
	celu := scaled("CELU", func(x Var, c []float64) Var { return x.CELU(c[0]) },
		func(x float64, c []float64) float64 { return math.Max(x, 0) + c[0]*math.Expm1(math.Min(x, 0)/c[0]) }, -2, 2, []float64{0}, []float64{1}, []float64{0.5})
	celu.errors = []misuse{{"celu: alpha is 0", floats(0).on(of(2))}}
	slopes := binary("PReLU", "prelu", Var.PReLU, prelu)
	slopes.kinks = []float64{0}
	return []row{slopes, celu, softshrink, hardshrink,
		unary("Tanhshrink", Var.Tanhshrink, func(x float64) float64 { return x - math.Tanh(x) }, -3, 3),
		scaled("Threshold", func(x Var, c []float64) Var { return x.Threshold(c[0], c[1]) },
			func(x float64, c []float64) float64 {
				if x <= c[0] {
					return c[1]
				}
				return x
			}, -2, 2, []float64{0.5, 0}, []float64{0.5, -3}, []float64{0, 0}),
		halved("GLU", "glu", Var.GLU, func(a, b float64) float64 { return a * sigmoid(b) }),
		halved("SwiGLU", "swiglu", Var.SwiGLU, func(a, b float64) float64 { return a * sigmoid(a) * b }),
		{
			name: "RReLU",
			run: func(a attrs, x []Var) Var {
				dropped.Seed(5)
				return x[0].RReLU(a.floats[0], a.floats[1], dropped)
			},
			want: func(a attrs, x []array) array {
				r := tensor.NewRand(5)
				return fill(x[0].shape, func(idx []int) float64 {
					if v := x[0].at(idx...); v > 0 {
						return v
					}
					return x[0].at(idx...) * (a.floats[0] + (a.floats[1]-a.floats[0])*r.Float64())
				})
			},
			kinks:   []float64{0},
			samples: []sample{floats(0.1, 0.3).on(of(4, 5)), floats(0.1, 0.3).on(of()), floats(0.2, 0.2).on(turn(3, 4)), floats(0, 1).on(step(3, 4)), floats(0, 1).on(of(0, 2))},
			errors:  []misuse{{"rrelu: want lower ≤ upper, got 0.5 and 0.25", floats(0.5, 0.25).on(of(3))}},
		},
	}
}
