package optable

import "slices"

// inverted is the inverse of square matrices, by their adjugates: n is at most 3.
func inverted(x array) array {
	r := len(x.shape) - 2
	n := x.shape[r]
	return fill(x.shape, func(idx []int) float64 {
		at := func(i, j int) float64 { return x.at(slices.Concat(idx[:r], []int{i % n, j % n})...) }
		i, j := idx[r], idx[r+1]
		switch n {
		case 1:
			return 1 / at(0, 0)
		case 2:
			det := at(0, 0)*at(1, 1) - at(0, 1)*at(1, 0)
			if i == j {
				return at(1-i, 1-i) / det
			}
			return -at(i, j) / det
		}
		det := 0.0
		for k := range 3 {
			det += at(0, k) * (at(1, k+1)*at(2, k+2) - at(1, k+2)*at(2, k+1))
		}
		return (at(j+1, i+1)*at(j+2, i+2) - at(j+1, i+2)*at(j+2, i+1)) / det
	})
}

func linalgRows() []row {
	a2, a3 := []float64{0.5, 2, 3, -1}, []float64{0.5, 3, -1, 4, 1, 0.5, -0.5, 1, 2}
	two := slices.Concat(a2, []float64{2, 0.5, 1, -3})
	return []row{
		{
			name: "Solve", lo: -1, hi: 1,
			run: func(_ attrs, x []Var) Var { return x[0].Solve(x[1]) },
			want: func(_ attrs, x []array) array {
				inv, p, q := inverted(x[0]), x[0].shape, x[1].shape
				n := p[len(p)-1]
				shape := append(broadcast(p[:len(p)-2], q[:len(q)-2]), n, q[len(q)-1])
				return fill(shape, func(idx []int) float64 {
					lead, i, j, s := idx[:len(idx)-2], idx[len(idx)-2], idx[len(idx)-1], 0.0
					for k := range n {
						s += inv.at(slices.Concat(lead, []int{i, k})...) * x[1].at(slices.Concat(lead, []int{k, j})...)
					}
					return s
				})
			},
			samples: []sample{on(of(3, 3).with(a3...), of(3, 2)), on(of(2, 2, 2).with(two...), of(2, 1)), on(turn(2, 2).with(a2...), step(3, 2, 2)),
				on(of(1, 1).with(2), of(1, 3)), on(of(0, 2, 2), of(2, 1))},
			errors: []misuse{
				{"solve [2 3]: want square matrices [… n n]", on(of(2, 3), of(3, 1))},
				{"solve [2 2] × [3 1]: want matrices [… n n] and right sides [… n k]", on(of(2, 2), of(3, 1))},
				{"solve [2 2] × [2]: want matrices [… n n] and right sides [… n k]", on(of(2, 2), of(2))},
				{"solve: matrix 1 is singular", on(of(2, 1, 1).with(1, 0), of(1, 1))},
			},
		},
		{
			name: "Inverse", lo: -1, hi: 1,
			run:  func(_ attrs, x []Var) Var { return x[0].Inverse() },
			want: func(_ attrs, x []array) array { return inverted(x[0]) },
			samples: []sample{on(of(3, 3).with(a3...)), on(of(2, 2, 2).with(two...)), on(turn(2, 2).with(a2...)), on(step(2, 2).with(0, 0.5, 0, 2, 0, 0, 3, 0, -1, 0)),
				on(of(1, 1).with(4)), on(of(0, 2, 2))},
			errors: []misuse{
				{"inverse [2 3]: want square matrices [… n n]", on(of(2, 3))},
				{"inverse [3]: want square matrices [… n n]", on(of(3))},
				{"inverse: matrix 0 is singular", on(of(2, 2).with(1, 2, 2, 4))},
			},
		},
	}
}
