package optable

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

var dropped = tensor.NewRand(0)

// droppedRow is the row of a kind of dropout. one gives the value of an element x
// that is kept or not, and key its place in the mask.
func droppedRow(name, op string, run func(x Var, p float64, r *tensor.Rand) Var, key func(idx []int) []int, one func(x, p float64, kept bool) float64, samples ...sample) row {
	return row{
		name: name,
		run: func(a attrs, x []Var) Var {
			dropped.Seed(5)
			return run(x[0], a.floats[0], dropped)
		},
		want: func(a attrs, x []array) array {
			r, masks := tensor.NewRand(5), map[string]bool{}
			return fill(x[0].shape, func(idx []int) float64 {
				p, v := a.floats[0], x[0].at(idx...)
				switch p {
				case 0:
					return v
				case 1:
					return 0
				}
				k := fmt.Sprint(key(idx))
				if _, ok := masks[k]; !ok {
					masks[k] = r.Float64() < 1-p
				}
				return one(v, p, masks[k])
			})
		},
		samples: samples,
		errors:  []misuse{{op + ": the probability is 1.5; it must lie between 0 and 1", floats(1.5).on(of(3, 2))}},
	}
}

func dropoutRows() []row {
	alpha := 1.6732632423543772 * 1.0507009873554805
	feature := droppedRow("FeatureDropout", "feature-dropout", Var.FeatureDropout, func(idx []int) []int { return idx[:2] },
		func(x, p float64, kept bool) float64 {
			if kept {
				return x / (1 - p)
			}
			return 0
		},
		floats(0.5).on(of(4, 5, 2)), floats(0.3).on(of(3, 4)), floats(0.3).on(turn(2, 3, 2, 2)), floats(0.4).on(step(3, 4, 2)), floats(0).on(of(2, 2)), floats(1).on(of(2, 2, 2)), floats(0.5).on(of(0, 2, 3)))
	feature.errors = append(feature.errors, misuse{"feature-dropout [3]: want [batch channels …]", floats(0.5).on(of(3))})
	return []row{
		feature,
		droppedRow("AlphaDropout", "alpha-dropout", Var.AlphaDropout, func(idx []int) []int { return idx },
			func(x, p float64, kept bool) float64 {
				if !kept {
					x = -alpha
				}
				return (x + alpha*p) / math.Sqrt((alpha*alpha*p+1)*(1-p))
			},
			floats(0.5).on(of(4, 5)), floats(0.1).on(of(30)), floats(0.5).on(of()), floats(0).on(of(3)), floats(1).on(of(3)), floats(0.3).on(turn(3, 4)), floats(0.3).on(step(3, 4)), floats(0.5).on(of(0, 2))),
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
