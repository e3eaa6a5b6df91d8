package optable

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// scattered returns the reference of an operation that puts elements of x[1] into
// places of x[0] along an axis.
func scattered(a attrs, x []array, put func(y []float64, to, from int)) array {
	y, k := array{x[0].shape, slices.Clone(x[0].v)}, axis(a.ints[0], len(x[0].shape))
	places(x[1].shape, func(idx []int) {
		to, at := slices.Clone(idx), indexed(x[1].shape, idx)
		to[k] = a.index[at]
		put(y.v, indexed(y.shape, to), at)
	})
	return y
}

func scatterRows() []row {
	return []row{
		{
			name: "Scatter",
			run:  func(a attrs, x []Var) Var { return x[0].Scatter(a.ints[0], a.index, x[1]) },
			want: withoutAxes(func(a attrs, x []array) array {
				return scattered(a, x, func(y []float64, to, from int) { y[to] = x[1].v[from] })
			}),
			samples: []sample{
				ints(0).at(nil, 0, 1, 2, 0, 1, 2, 0, 1).on(of(3, 4), of(2, 4)),
				ints(0).at(nil, 0, 1, 2, 0, 0, 1, 1, 0).on(of(3, 4), of(2, 4)), // several for one place
				ints(1).at(nil, 0, 0, 0, 2, 1, 2, 2, 2).on(of(2, 3), of(2, 4)),
				ints(-1).at(nil, 1, 0).on(of(2, 3), of(1, 2)),
				ints(1).at(nil, 0, 1, 2, 2).on(turn(2, 3), turn(2, 2)),
				ints(1).at(nil, 0, 1, 2, 2).on(step(2, 3), step(2, 2)),
				ints(0).at(nil, 0).on(of(1), of(1)), ints(0).at(nil, 0).on(of(), of()),
				ints(1).at(nil, 2, 0).on(of(2, 3), of(2, 1).constant()), ints(0).at(nil).on(of(2, 3), of(0, 3)),
			},
			errors: []misuse{
				{"scatter [3] × [2 3]: the index must have as many axes as the tensor", ints(0).at(nil, 0, 0, 0).on(of(2, 3), of(3))},
				{"scatter [2 3]: index 3 is out of range for length 3", ints(1).at(nil, 3, 0).on(of(2, 3), of(2, 1))},
				{"scatter [2 1] × [2 3]: 1 indices for 2 elements", ints(1).at(nil, 0).on(of(2, 3), of(2, 1))},
			},
		},
		{
			name: "IndexCopy",
			run:  func(a attrs, x []Var) Var { return x[0].IndexCopy(a.ints[0], a.index, x[1]) },
			want: withoutAxes(func(a attrs, x []array) array {
				y, k := array{x[0].shape, slices.Clone(x[0].v)}, axis(a.ints[0], len(x[0].shape))
				places(x[1].shape, func(idx []int) {
					to := slices.Clone(idx)
					to[k] = a.index[idx[k]]
					y.v[indexed(y.shape, to)] = x[1].at(idx...)
				})
				return y
			}),
			samples: []sample{
				ints(0).at(nil, 3, 0).on(of(4, 3), of(2, 3)), ints(0).at(nil, 3, 0, 0).on(of(4, 3), of(3, 3)), ints(1).at(nil, 2, 0).on(of(2, 3, 2), of(2, 2, 2)),
				ints(-1).at(nil, 4).on(of(5), of(1)), ints(0).at(nil, 1, 1).on(turn(2, 3), turn(2, 3)), ints(1).at(nil, 1, 2).on(step(2, 3), step(2, 2)),
				ints(0).at(nil, 0).on(of(), of()), ints(-1).at(nil, 0).on(of(), of()), ints(0).at(nil).on(of(2, 3), of(0, 3)),
			},
			errors: []misuse{
				{"index-copy [2 3]: index 2 is out of range for length 2", ints(0).at(nil, 2).on(of(2, 3), of(1, 3))},
				{"index-copy [2 3] × [2 3]: the source must have a slice for each index", ints(0).at(nil, 1).on(of(2, 3), of(2, 3))},
				{"index-copy [2 3] × []: the source must have a slice for each index", ints(0).at(nil, 1).on(of(2, 3), of())},
				{"index-copy [1] × [2 3]: the source must have a slice for each index", ints(0).at(nil, 0).on(of(), of(2, 3))},
				{"index-copy [2 3]: axis 2 is out of range for 2 axes", ints(2).at(nil, 1).on(of(2, 3), of(2, 3))},
			},
		},
		{
			name: "IndexFill",
			run:  func(a attrs, x []Var) Var { return x[0].IndexFill(a.ints[0], a.index, a.floats[0]) },
			want: withoutAxes(func(a attrs, x []array) array {
				k := axis(a.ints[0], len(x[0].shape))
				return fill(x[0].shape, func(idx []int) float64 {
					if slices.Contains(a.index, idx[k]) {
						return a.floats[0]
					}
					return x[0].at(idx...)
				})
			}),
			samples: []sample{
				ints(0).at(nil, 3, 0).and(-1).on(of(4, 3)), ints(1).at(nil, 2, 2).and(0.5).on(of(2, 3, 2)), ints(-1).at(nil, 1).and(2).on(turn(2, 3)),
				ints(0).at(nil, 1).and(2).on(step(2, 3)), ints(0).at(nil).and(2).on(of(2, 3)), ints(0).at(nil, 0).and(2).on(of()), ints(1).at(nil, 0).and(2).on(of(0, 3)),
			},
			errors: []misuse{
				{"index-fill [2 3]: index 2 is out of range for length 2", ints(0).at(nil, 2).and(1).on(of(2, 3))},
				{"index-fill [2 3]: axis 2 is out of range for 2 axes", ints(2).at(nil, 1).and(1).on(of(2, 3))},
			},
		},
		{
			name: "MaskedSelect",
			run:  func(_ attrs, x []Var) Var { return x[0].MaskedSelect(x[1]) },
			want: func(_ attrs, x []array) array {
				v := []float64{}
				places(broadcast(x[0].shape, x[1].shape), func(idx []int) {
					if x[1].at(idx...) != 0 {
						v = append(v, x[0].at(idx...))
					}
				})
				return array{[]int{len(v)}, v}
			},
			samples: []sample{
				on(of(2, 3), of(2, 3).with(1, 0, 1, 0, 0, 2).constant()), on(of(2, 3), of(3).with(0, 1, 0).constant()), on(of(3), of(2, 1).with(1, -1).constant()),
				on(of(), of().with(1).constant()), on(of(), of().with(0).constant()), on(of(2), of(2).with(0, 0).constant()), on(of(0, 2), of(2).constant()),
				on(turn(2, 3), of(2, 3).with(1, 0, 1, 1, 0, 2).constant()), on(step(2, 3), of(2, 3).with(1, 0, 1, 1, 0, 2).constant()),
				on(of(2, 3), turn(2, 3).with(1, 0, 1, 1, 0, 2).constant()),
			},
			errors: []misuse{{"masked-select [2] × [3]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", on(of(2), of(3))}},
		},
		{
			name: "TakeAlongDim",
			run:  func(a attrs, x []Var) Var { return x[0].TakeAlongDim(a.index, a.ints[0], a.shape...) },
			want: func(a attrs, x []array) array {
				k := axis(a.ints[0], len(x[0].shape))
				from := slices.Clone(x[0].shape)
				from[k] = 1
				at := array{a.shape, make([]float64, len(a.index))}
				for i, j := range a.index {
					at.v[i] = float64(j)
				}
				return fill(broadcast(from, a.shape), func(idx []int) float64 {
					to := slices.Clone(idx)
					to[k] = int(at.at(idx...))
					return x[0].at(to...)
				})
			},
			samples: []sample{
				ints(1).at([]int{2, 4}, 0, 2, 2, 1, 1, 1, 0, 2).on(of(2, 3)), ints(0).at([]int{2, 1}, 2, 0).on(of(3, 4)), ints(-1).at([]int{2, 3}, 0, 1, 2, 2, 1, 0).on(of(1, 3)),
				ints(1).at([]int{1, 2, 2}, 2, 0, 1, 1).on(of(2, 3, 1)), ints(1).at([]int{1, 2}, 2, 0).on(turn(2, 3)), ints(1).at([]int{1, 2}, 2, 2).on(step(2, 3)),
				ints(1).at([]int{2, 0}).on(of(2, 3)), ints(0).at([]int{1}, 0).on(of(1)),
			},
			errors: []misuse{
				{"take-along-dim [2 3]: axis 2 is out of range for 2 axes", ints(2).at([]int{2, 1}, 0, 0).on(of(2, 3))},
				{"take-along-dim [2 3]: 1 indices do not fill shape [2 1]", ints(1).at([]int{2, 1}, 0).on(of(2, 3))},
				{"take-along-dim [2 3]: shape [3 1] of the index does not broadcast along the other axes", ints(1).at([]int{3, 1}, 0, 0, 0).on(of(2, 3))},
				{"take-along-dim [2 3]: shape [1] of the index does not broadcast along the other axes", ints(1).at([]int{1}, 0).on(of(2, 3))},
				{"gather [2 3]: index 3 is out of range for length 3", ints(1).at([]int{2, 1}, 0, 3).on(of(2, 3))},
			},
		},
	}
}

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
