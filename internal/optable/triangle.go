package optable

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
