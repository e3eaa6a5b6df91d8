package autograd_test

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

var dropped = tensor.NewRand(0)

func dropoutRows() []row {
	return []row{
		{
			name: "Dropout",
			run: func(a attrs, x []Var) Var {
				dropped.Seed(5)
				return x[0].Dropout(a.floats[0], dropped)
			},
			want: func(a attrs, x []array) array {
				r := tensor.NewRand(5)
				return fill(x[0].shape, func(idx []int) float64 {
					switch p := a.floats[0]; {
					case p == 0:
						return x[0].at(idx...)
					case p == 1 || r.Float64() >= 1-p:
						return 0
					default:
						return x[0].at(idx...) / (1 - p)
					}
				})
			},
			samples: []sample{floats(0.5).on(of(4, 5)), floats(0.1).on(of(30)), floats(0.5).on(of()), floats(0).on(of(3)), floats(1).on(of(3)),
				floats(0.3).on(turn(3, 4)), floats(0.3).on(step(3, 4)), floats(0.5).on(of(0, 2))},
			errors: []misuse{
				{"dropout: the probability is 1.5; it must lie between 0 and 1", floats(1.5).on(of(3))},
				{"dropout: the probability is -0.1; it must lie between 0 and 1", floats(-0.1).on(of(3))},
				{"dropout: the probability is NaN; it must lie between 0 and 1", floats(math.NaN()).on(of(3))},
			},
		},
	}
}
