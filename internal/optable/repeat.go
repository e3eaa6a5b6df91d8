package optable

import "slices"

// repeated is the reference of Repeat and Tile.
func repeated(a attrs, x []array) array {
	from, many := slices.Clone(x[0].shape), slices.Clone(a.ints)
	for len(from) < len(many) {
		from = slices.Insert(from, 0, 1)
	}
	for len(many) < len(from) {
		many = slices.Insert(many, 0, 1)
	}
	shape := slices.Clone(from)
	for i := range shape {
		shape[i] *= many[i]
	}
	return fill(shape, func(idx []int) float64 {
		at := slices.Clone(idx)
		for i := range at {
			at[i] %= from[i]
		}
		return x[0].at(at...)
	})
}

func repeatRows() []row {
	samples := []sample{ints(2, 3).on(of(2, 3)), ints(1, 2).on(of(3, 1)), ints(2, 1, 3).on(of(2, 2)), ints(2, 1, 2).on(of(2, 3, 2)),
		ints(3).on(of()), ints(2, 2).on(of()), ints().on(of()), ints(2).on(of(1)), ints(1, 1).on(of(2, 3)), ints(0, 2).on(of(2, 3)), ints(2, 3).on(of(2, 0)),
		ints(2, 2).on(turn(2, 3)), ints(2, 1).on(step(2, 3))}
	return []row{
		{
			name: "Repeat", want: repeated, samples: samples,
			run: func(a attrs, x []Var) Var { return x[0].Repeat(a.ints...) },
			errors: []misuse{
				{"repeat [2 3]: 1 numbers, want one for each axis", ints(2).on(of(2, 3))},
				{"repeat [2 3]: cannot repeat -1 times", ints(2, -1).on(of(2, 3))},
				{"repeat [2]: 9 numbers are more than 8 axes", ints(1, 1, 1, 1, 1, 1, 1, 1, 1).on(of(2))},
			},
		},
		{
			name: "Tile", want: repeated,
			samples: append(slices.Clone(samples), ints(2).on(of(2, 3)), ints().on(of(2)), ints(3).on(turn(2, 3)), ints(3, 2).on(of(2, 1, 2))),
			run:     func(a attrs, x []Var) Var { return x[0].Tile(a.ints...) },
			errors:  []misuse{{"tile [2 3]: cannot repeat -1 times", ints(-1).on(of(2, 3))}},
		},
		{
			name: "RepeatInterleave",
			run:  func(a attrs, x []Var) Var { return x[0].RepeatInterleave(a.index, a.ints[0]) },
			want: func(a attrs, x []array) array {
				if len(x[0].shape) == 0 {
					x = []array{{[]int{1}, x[0].v}}
				}
				shape, k := slices.Clone(x[0].shape), axis(a.ints[0], len(x[0].shape))
				var from []int
				for i := range shape[k] {
					for range a.index[min(i, len(a.index)-1)] {
						from = append(from, i)
					}
				}
				shape[k] = len(from)
				return pick(shape, x[0], func(idx []int) []int { idx[k] = from[idx[k]]; return idx })
			},
			samples: []sample{ints(0).at(nil, 2).on(of(2, 3)), ints(1).at(nil, 3).on(of(2, 3)), ints(-1).at(nil, 2).on(of(2, 3, 2)), ints(1).at(nil, 0, 2, 1).on(of(2, 3)),
				ints(0).at(nil, 1, 3).on(of(2, 3)), ints(0).at(nil, 3).on(of()), ints(0).at(nil, 1).on(of(3)), ints(0).at(nil, 0).on(of(3)), ints(0).at(nil, 2).on(of(0, 2)),
				ints(1).at(nil, 2).on(turn(2, 3)), ints(0).at(nil, 2, 1).on(step(2, 3))},
			errors: []misuse{
				{"repeat-interleave [2 3]: 3 numbers, want 1 or 2", ints(0).at(nil, 1, 1, 1).on(of(2, 3))},
				{"repeat-interleave [2 3]: cannot repeat -1 times", ints(0).at(nil, -1).on(of(2, 3))},
				{"repeat-interleave [2 3]: axis 2 is out of range for 2 axes", ints(2).at(nil, 1).on(of(2, 3))},
			},
		},
	}
}
