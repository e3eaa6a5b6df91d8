package optable

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

func scatterReduceRows() []row {
	r := row{
		name: "ScatterReduce",
		run: func(a attrs, x []Var) Var {
			return x[0].ScatterReduce(a.ints[0], a.index, x[1], tensor.ScatterMode(a.ints[1]), a.ints[2] == 1)
		},
		also: func(a attrs, x []Var) error {
			how, self := tensor.ScatterMode(a.ints[1]), a.ints[2] == 1
			y := x[0].ScatterReduce(a.ints[0], a.index, x[1], how, self)
			return near(tensor.ScatterReduce(x[0].Value(), a.ints[0], a.index, x[1].Value(), how, self), arrayOf(y.Value()), 1e-15)
		},
		want: withoutAxes(func(a attrs, x []array) array {
			all := make([][]float64, len(x[0].v))
			for i, v := range x[0].v {
				if a.ints[2] == 1 {
					all[i] = []float64{v}
				}
			}
			scattered(a, x, func(_ []float64, to, from int) { all[to] = append(all[to], x[1].v[from]) })
			y := array{x[0].shape, slices.Clone(x[0].v)}
			for i, v := range all {
				if len(v) == 0 {
					continue
				}
				product := 1.0
				for _, f := range v {
					product *= f
				}
				y.v[i] = []float64{total(v), total(v) / float64(len(v)), product, slices.Max(v), slices.Min(v)}[a.ints[1]]
			}
			return y
		}),
		errors: []misuse{
			{"scatter-reduce: there is no mode 5", ints(0, 5, 1).at(nil, 0).on(of(1), of(1))},
			{"scatter-reduce [2 3]: index 3 is out of range for length 3", ints(1, 0, 1).at(nil, 3, 0).on(of(2, 3), of(2, 1))},
			{"scatter-reduce [3] × [2 3]: the index must have as many axes as the tensor", ints(0, 0, 1).at(nil, 0, 0, 0).on(of(2, 3), of(3))},
		},
	}
	for how := range 5 {
		for self := range 2 {
			r.samples = append(r.samples,
				ints(0, how, self).at(nil, 0, 1, 2, 0, 0, 1, 1, 0).on(of(3, 4), of(2, 4)),
				ints(-1, how, self).at(nil, 0, 0, 0, 2, 2, 2, 0, 1).on(of(2, 3), of(2, 4)),
				ints(1, how, self).at(nil, 0, 1, 2, 2).on(turn(2, 3), step(2, 2)),
				ints(0, how, self).at(nil, 0).on(of(), of()), ints(0, how, self).at(nil).on(of(2, 3), of(0, 3)))
		}
	}
	return []row{r}
}
