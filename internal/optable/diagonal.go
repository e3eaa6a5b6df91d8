package optable

import "slices"

// diagonals is the reference of Diagonal.
func diagonals(x array, offset, a, b int) array {
	a, b = axis(a, len(x.shape)), axis(b, len(x.shape))
	var shape []int
	for i, d := range x.shape {
		if i != a && i != b {
			shape = append(shape, d)
		}
	}
	shape = append(shape, max(0, min(x.shape[a]+min(offset, 0), x.shape[b]-max(offset, 0))))
	return pick(shape, x, func(idx []int) []int {
		k := idx[len(idx)-1]
		at := slices.Insert(idx[:len(idx)-1:len(idx)-1], min(a, b), 0)
		at = slices.Insert(at, max(a, b), 0)
		at[a], at[b] = k-min(offset, 0), k+max(offset, 0)
		return at
	})
}

// embedded is the reference of DiagEmbed.
func embedded(x array, offset, a, b int) array {
	rank := len(x.shape) + 1
	a, b = axis(a, rank), axis(b, rank)
	side := x.shape[rank-2] + max(offset, -offset)
	shape := slices.Insert(slices.Clone(x.shape[:rank-2]), min(a, b), side)
	shape = slices.Insert(shape, max(a, b), side)
	return pick(shape, x, func(idx []int) []int {
		k := idx[a] + min(offset, 0)
		if idx[b]-idx[a] != offset {
			return nil
		}
		at := slices.Delete(idx, max(a, b), max(a, b)+1)
		at = slices.Delete(at, min(a, b), min(a, b)+1)
		return append(at, k)
	})
}

func diagonalRows() []row {
	return []row{
		{
			name: "Diagonal",
			run:  func(a attrs, x []Var) Var { return x[0].Diagonal(a.ints[0], a.ints[1], a.ints[2]) },
			want: func(a attrs, x []array) array { return diagonals(x[0], a.ints[0], a.ints[1], a.ints[2]) },
			samples: []sample{
				ints(0, 0, 1).on(of(3, 3)), ints(1, 0, 1).on(of(3, 4)), ints(-1, 0, 1).on(of(3, 4)), ints(2, 1, 0).on(of(4, 3)), ints(0, 0, 2).on(of(2, 3, 4)),
				ints(-1, -1, 0).on(of(2, 3, 4)), ints(1, 1, -1).on(of(2, 3, 2)), ints(0, 0, 1).on(turn(2, 3)), ints(1, 0, 1).on(step(2, 3)), ints(0, 0, 1).on(of(0, 3)),
				ints(5, 0, 1).on(of(2, 3)), ints(-5, 0, 1).on(of(2, 3)), ints(0, 0, 1).on(of(1, 1)),
			},
			errors: []misuse{
				{"diagonal [2 3]: axis 2 is out of range for 2 axes", ints(0, 0, 2).on(of(2, 3))},
				{"diagonal [2 3]: axis -1 is named twice", ints(0, 1, -1).on(of(2, 3))},
				{"diagonal [3]: axis 1 is out of range for 1 axes", ints(0, 0, 1).on(of(3))},
			},
		},
		{
			name: "DiagEmbed",
			run:  func(a attrs, x []Var) Var { return x[0].DiagEmbed(a.ints[0], a.ints[1], a.ints[2]) },
			want: func(a attrs, x []array) array { return embedded(x[0], a.ints[0], a.ints[1], a.ints[2]) },
			samples: []sample{
				ints(0, -2, -1).on(of(3)), ints(1, -2, -1).on(of(2, 3)), ints(-2, -2, -1).on(of(2, 3)), ints(0, 0, 2).on(of(2, 3)), ints(1, 2, 0).on(of(2, 3)),
				ints(0, -2, -1).on(turn(2, 3)), ints(1, 0, 1).on(step(2, 3)), ints(0, 0, 1).on(of(0)), ints(2, 0, 1).on(of(0)), ints(0, 0, 1).on(of(0, 2)),
			},
			errors: []misuse{
				{"diag-embed []: want an axis, and place for another one", ints(0, 0, 1).on(of())},
				{"diag-embed [2]: there is no plane of axes 0 and 2 among 2", ints(0, 0, 2).on(of(2))},
				{"diag-embed [2]: there is no plane of axes 1 and -1 among 2", ints(0, 1, -1).on(of(2))},
			},
		},
		{
			name: "Diag",
			run:  func(a attrs, x []Var) Var { return x[0].Diag(a.ints[0]) },
			want: func(a attrs, x []array) array {
				if len(x[0].shape) == 1 {
					return embedded(x[0], a.ints[0], 0, 1)
				}
				return diagonals(x[0], a.ints[0], 0, 1)
			},
			samples: []sample{ints(0).on(of(3)), ints(1).on(of(3)), ints(-1).on(of(2)), ints(0).on(of(2, 3)), ints(1).on(of(2, 3)), ints(-1).on(of(3, 2)), ints(0).on(turn(3, 2))},
			errors:  []misuse{{"diag [2 3 4]: want a vector or a matrix", ints(0).on(of(2, 3, 4))}},
		},
		{
			name: "Trace",
			run:  func(_ attrs, x []Var) Var { return x[0].Trace() },
			want: func(_ attrs, x []array) array {
				return array{[]int{}, []float64{total(diagonals(x[0], 0, 0, 1).v)}}
			},
			samples: []sample{on(of(3, 3)), on(of(2, 4)), on(of(1, 1)), on(of(0, 2)), on(turn(2, 3)), on(step(2, 3))},
			errors:  []misuse{{"trace [3]: want a matrix", on(of(3))}},
		},
	}
}

func triangleRows() []row {
	return []row{
		triangle("Tril", "tril", Var.Tril, func(i, j, d int) bool { return j-i <= d }),
		triangle("Triu", "triu", Var.Triu, func(i, j, d int) bool { return j-i >= d }),
	}
}

func triangle(name, op string, f func(x Var, diagonal int) Var, keep func(i, j, d int) bool) row {
	return row{
		name: name,
		run:  func(a attrs, x []Var) Var { return f(x[0], a.ints[0]) },
		want: func(a attrs, x []array) array {
			n := len(x[0].shape)
			return pick(x[0].shape, x[0], func(idx []int) []int {
				if keep(idx[n-2], idx[n-1], a.ints[0]) {
					return idx
				}
				return nil
			})
		},
		samples: []sample{ints(0).on(of(3, 4)), ints(1).on(of(3, 4)), ints(-1).on(of(4, 3)), ints(0).on(of(2, 3, 3)), ints(5).on(of(2, 3)),
			ints(-5).on(of(2, 3)), ints(0).on(turn(3, 3)), ints(1).on(step(3, 3)), ints(0).on(of(1, 1)), ints(0).on(of(0, 3))},
		errors: []misuse{{op + " [3]: want at least two axes", ints(0).on(of(3))}},
	}
}
