package optable

import "slices"

// indexed returns the row-major place of an index in a shape.
func indexed(shape, idx []int) int {
	at := 0
	for k, d := range shape {
		at = at*d + idx[k]
	}
	return at
}

// withoutAxes extends the plain value of an operation along one axis to tensors
// without axes: they count as vectors of one element.
func withoutAxes(want func(a attrs, x []array) array) func(a attrs, x []array) array {
	return func(a attrs, x []array) array {
		if len(x[0].shape) > 0 {
			return want(a, x)
		}
		vectors := slices.Clone(x)
		for i := range vectors {
			vectors[i].shape = []int{1}
		}
		shape := a.shape
		if len(shape) == 0 {
			a.shape = []int{1}
		}
		y := want(a, vectors)
		if len(shape) == 0 {
			y.shape = []int{}
		}
		return y
	}
}

func indexRows() []row {
	return []row{
		{
			name: "Gather",
			run:  func(a attrs, x []Var) Var { return x[0].Gather(a.ints[0], a.index, a.shape...) },
			want: withoutAxes(func(a attrs, x []array) array {
				k := axis(a.ints[0], len(x[0].shape))
				return pick(a.shape, x[0], func(idx []int) []int { idx[k] = a.index[indexed(a.shape, idx)]; return idx })
			}),
			samples: []sample{
				ints(1).at([]int{2, 4}, 0, 2, 2, 1, 1, 1, 0, 2).on(of(2, 3)),
				ints(0).at([]int{2, 2}, 2, 0, 1, 1).on(of(3, 4)),
				ints(-1).at([]int{2, 1, 2}, 3, 3, 0, 1).on(of(2, 3, 4)),
				ints(1).at([]int{2, 2}, 2, 2, 0, 1).on(turn(2, 3)),
				ints(1).at([]int{2, 2}, 2, 2, 0, 1).on(step(2, 3)),
				ints(0).at([]int{1}, 0).on(of(1)),
				ints(0).at([]int{0, 3}).on(of(2, 3)), ints(0).at([]int{0}).on(of(2, 3)), ints(1).at([]int{5, 0}).on(of(2, 3)),
				ints(0).at(nil, 0).on(of()), ints(-1).at([]int{2}, 0, 0).on(of()), ints(0).at([]int{0}).on(of()),
			},
			errors: []misuse{
				{"gather [1] × [2 3]: the index must have as many axes as the tensor", ints(0).at([]int{1}, 0).on(of(2, 3))},
				{"gather [3 1] × [2 3]: the index is longer than the tensor along axis 0", ints(1).at([]int{3, 1}, 0, 0, 0).on(of(2, 3))},
				{"gather [2 1] × [2 3]: 1 indices for 2 elements", ints(1).at([]int{2, 1}, 0).on(of(2, 3))},
				{"gather [2 3]: index 3 is out of range for length 3", ints(1).at([]int{2, 1}, 0, 3).on(of(2, 3))},
				{"gather [2 3]: index -1 is out of range for length 3", ints(1).at([]int{2, 1}, 0, -1).on(of(2, 3))},
				{"gather [2 3]: axis 2 is out of range for 2 axes", ints(2).at([]int{2, 1}, 0, 0).on(of(2, 3))},
			},
		},
		{
			name: "ScatterAdd",
			run:  func(a attrs, x []Var) Var { return x[0].ScatterAdd(a.ints[0], a.index, x[1]) },
			want: withoutAxes(func(a attrs, x []array) array {
				y, k := array{x[0].shape, slices.Clone(x[0].v)}, axis(a.ints[0], len(x[0].shape))
				places(x[1].shape, func(idx []int) {
					to, at := slices.Clone(idx), indexed(x[1].shape, idx)
					to[k] = a.index[at]
					y.v[indexed(y.shape, to)] += x[1].v[at]
				})
				return y
			}),
			samples: []sample{
				ints(0).at(nil, 0, 1, 2, 0, 0, 1, 1, 0).on(of(3, 4), of(2, 4)),
				ints(1).at(nil, 0, 0, 0, 2, 1, 2, 2, 2).on(of(2, 3), of(2, 4)),
				ints(-1).at(nil, 1, 0).on(of(2, 3), of(1, 2)),
				ints(1).at(nil, 0, 1, 2, 2).on(turn(2, 3), turn(2, 2)),
				ints(1).at(nil, 0, 1, 2, 2).on(step(2, 3), step(2, 2)),
				ints(0).at(nil, 0).on(of(1), of(1)),
				ints(0).at(nil).on(of(2, 3), of(0, 3)), ints(1).at(nil).on(of(2, 3), of(0)), ints(0).at(nil, 0).on(of(), of()),
			},
			errors: []misuse{
				{"scatter-add [3] × [2 3]: the index must have as many axes as the tensor", ints(0).at(nil, 0, 0, 0).on(of(2, 3), of(3))},
				{"scatter-add [2 3]: index 3 is out of range for length 3", ints(1).at(nil, 3, 0).on(of(2, 3), of(2, 1))},
			},
		},
		{
			name: "IndexSelect",
			run:  func(a attrs, x []Var) Var { return x[0].IndexSelect(a.ints[0], a.index) },
			want: withoutAxes(func(a attrs, x []array) array {
				k, shape := axis(a.ints[0], len(x[0].shape)), slices.Clone(x[0].shape)
				shape[k] = len(a.index)
				return pick(shape, x[0], func(idx []int) []int { idx[k] = a.index[idx[k]]; return idx })
			}),
			samples: []sample{
				ints(0).at(nil, 3, 0, 0, 3, 3).on(of(4, 3)), ints(1).at(nil, 2, 0).on(of(2, 3, 2)), ints(-1).at(nil, 4).on(of(5)),
				ints(0).at(nil, 1, 1).on(turn(2, 3)), ints(1).at(nil, 1, 1, 2).on(step(2, 3)), ints(0).at(nil, 0).on(of(1)), ints(0).at(nil).on(of(2, 3)),
				ints(0).at(nil, 1, 0).on(of(2, 0)), ints(0).at(nil, 0).on(of()), ints(-1).at(nil, 0).on(of()),
			},
			errors: []misuse{
				{"index-select [1]: the destination has shape [1], want [2]", ints(0).at(nil, 0, 0).on(of())},
				{"index-select [2 3]: index 2 is out of range for length 2", ints(0).at(nil, 2).on(of(2, 3))},
				{"index-select [2 3]: axis 2 is out of range for 2 axes", ints(2).at(nil, 0).on(of(2, 3))},
			},
		},
		{
			name: "IndexAdd",
			run:  func(a attrs, x []Var) Var { return x[0].IndexAdd(a.ints[0], a.index, x[1]) },
			want: withoutAxes(func(a attrs, x []array) array {
				y, k := array{x[0].shape, slices.Clone(x[0].v)}, axis(a.ints[0], len(x[0].shape))
				places(x[1].shape, func(idx []int) {
					to := slices.Clone(idx)
					to[k] = a.index[idx[k]]
					y.v[indexed(y.shape, to)] += x[1].at(idx...)
				})
				return y
			}),
			samples: []sample{
				ints(0).at(nil, 3, 0, 0).on(of(4, 3), of(3, 3)), ints(1).at(nil, 2, 0).on(of(2, 3, 2), of(2, 2, 2)), ints(-1).at(nil, 4).on(of(5), of(1)),
				ints(0).at(nil, 1, 1).on(turn(2, 3), turn(2, 3)), ints(1).at(nil, 1, 1).on(step(2, 3), step(2, 2)), ints(0).at(nil).on(of(2, 3), of(0, 3)),
				ints(0).at(nil, 0).on(of(), of()), ints(-1).at(nil, 0).on(of(), of()),
			},
			errors: []misuse{
				{"index-add [2 3]: index 2 is out of range for length 2", ints(0).at(nil, 2).on(of(2, 3), of(1, 3))},
				{"index-add [2 3]: the destination has shape [2 3], want [1 3]", ints(0).at(nil, 1).on(of(2, 3), of(2, 3))},
			},
		},
		{
			name: "Embedding",
			run:  func(a attrs, x []Var) Var { return x[0].Embedding(a.index, a.ints[0], a.shape...) },
			want: func(a attrs, x []array) array {
				shape := a.shape
				if len(shape) == 0 {
					shape = []int{len(a.index)}
				}
				return pick(append(slices.Clone(shape), x[0].shape[1]), x[0], func(idx []int) []int {
					return []int{a.index[indexed(shape, idx)], idx[len(shape)]}
				})
			},
			samples: []sample{
				ints(-1).at([]int{2, 3}, 4, 0, 4, 1, 1, 1).on(of(5, 3)), ints(-1).at(nil, 3).on(of(4, 2)), ints(-1).at(nil, 0, 1, 1).on(turn(2, 3)),
				ints(-1).at([]int{3}, 0, 1, 1).on(step(2, 3)), ints(-1).at([]int{0, 2}).on(of(2, 3)),
			},
			errors: []misuse{
				{"embedding [2 3 4]: want a matrix with a row for each index", ints(-1).at(nil, 0).on(of(2, 3, 4))},
				{"index-select [2 3]: index 2 is out of range for length 2", ints(-1).at(nil, 2).on(of(2, 3))},
			},
		},
	}
}
