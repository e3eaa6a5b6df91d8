package optable

import "slices"

// product is the matrix product by NumPy's rules.
func product(a, b array) array {
	ra, rb := len(a.shape), len(b.shape)
	if ra == 1 {
		a.shape = []int{1, a.shape[0]}
	}
	if rb == 1 {
		b.shape = []int{b.shape[0], 1}
	}
	na, nb := len(a.shape), len(b.shape)
	m, k, n := a.shape[na-2], a.shape[na-1], b.shape[nb-1]
	batch := broadcast(a.shape[:na-2], b.shape[:nb-2])
	y := fill(append(slices.Clone(batch), m, n), func(idx []int) float64 {
		at, s := len(batch), 0.0
		left, right := slices.Clone(idx), slices.Clone(idx)
		for i := range k {
			left[at+1], right[at] = i, i
			s += a.at(left...) * b.at(right...)
		}
		return s
	})
	shape := batch
	if ra > 1 {
		shape = append(shape, m)
	}
	if rb > 1 {
		shape = append(shape, n)
	}
	return array{append([]int{}, shape...), y.v}
}

func matmulRows() []row {
	return []row{
		{
			name: "MatMul",
			run:  func(_ attrs, x []Var) Var { return x[0].MatMul(x[1]) },
			want: func(_ attrs, x []array) array { return product(x[0], x[1]) },
			samples: []sample{
				on(of(4), of(4)), on(of(2, 4), of(4)), on(of(3), of(3, 2)), on(of(2, 3), of(3, 4)), on(of(1, 5), of(5, 1)), on(of(1, 1), of(1, 1)),
				on(of(2, 3, 4), of(2, 4, 5)), on(of(2, 1, 3, 4), of(3, 4, 2)), on(of(2, 3, 4), of(4, 2)), on(of(3, 4), of(2, 4, 2)),
				on(of(2, 3, 4), of(4)), on(of(4), of(2, 4, 3)), on(of(1, 2, 3), of(4, 3, 2)), on(of(2, 0), of(0, 3)), on(of(0, 3), of(3, 2)),
				on(of(0, 2, 3), of(3, 2)), on(turn(2, 3), of(3, 4)), on(of(2, 3), turn(3, 4)), on(turn(2, 3), turn(3, 2)), on(step(2, 3), step(3, 2)),
				on(turn(2, 2, 3), of(3, 2)), on(turn(2, 2, 3), step(2, 3, 2)), on(step(3), turn(3, 2)), on(turn(2, 2, 3), turn(3, 2)),
				on(of(2, 3, 0), of(0, 4)), on(of(2, 3, 4), of(4, 0)), on(of(2, 0, 4), of(4, 3)), on(of(0, 3, 4), of(4, 0)), on(of(2, 3, 0), of(2, 0, 4)),
				on(of(2, 3, 0), of(0)), on(of(0), of(0, 3)), on(of(3), of(3, 0)), on(of(0), of(2, 0, 3)), on(of(0, 2, 3), of(1, 3, 4)),
			},
			errors: []misuse{
				{"matmul [2 3] × [4 5]: inner dimensions 3 and 4 differ", on(of(2, 3), of(4, 5))},
				{"matmul [3] × [4]: inner dimensions 3 and 4 differ", on(of(3), of(4))},
				{"matmul [2 2 3] × [3 3 2]: the axes before the last two do not broadcast", on(of(2, 2, 3), of(3, 3, 2))},
				{"matmul [] × [3]: both operands need at least one axis", on(of(), of(3))},
			},
		},
		{
			name:    "Dot",
			run:     func(_ attrs, x []Var) Var { return x[0].Dot(x[1]) },
			want:    func(_ attrs, x []array) array { return product(x[0], x[1]) },
			samples: []sample{on(of(5), of(5)), on(of(1), of(1)), on(of(0), of(0)), on(step(3), of(3))},
			errors: []misuse{
				{"dot [2 3] × [3]: want two vectors", on(of(2, 3), of(3))},
				{"matmul [2] × [3]: inner dimensions 2 and 3 differ", on(of(2), of(3))},
			},
		},
		{
			name: "Outer",
			run:  func(_ attrs, x []Var) Var { return x[0].Outer(x[1]) },
			want: func(_ attrs, x []array) array {
				return fill([]int{x[0].shape[0], x[1].shape[0]}, func(idx []int) float64 { return x[0].at(idx[0]) * x[1].at(idx[1]) })
			},
			samples: []sample{on(of(3), of(4)), on(of(1), of(2)), on(of(0), of(2)), on(step(3), step(2))},
			errors:  []misuse{{"outer [2 3] × [3]: want two vectors", on(of(2, 3), of(3))}},
		},
		{
			name: "Linear",
			run: func(_ attrs, x []Var) Var {
				if len(x) == 2 {
					return x[0].Linear(x[1], Var{})
				}
				return x[0].Linear(x[1], x[2])
			},
			want: func(_ attrs, x []array) array {
				y := product(x[0], exchanged(x[1], 0, 1))
				if len(x) == 2 {
					return y
				}
				return fill(y.shape, func(idx []int) float64 { return y.at(idx...) + x[2].at(idx...) })
			},
			samples: []sample{
				on(of(4, 3), of(2, 3), of(2)), on(of(4, 3), of(2, 3)), on(of(2, 3, 4), of(5, 4), of(5)), on(of(3), of(2, 3), of(2)), on(of(1, 1), of(1, 1), of(1)),
				on(of(0, 3), of(2, 3), of(2)), on(of(2, 0), of(3, 0), of(3)), on(turn(4, 3), turn(2, 3), of(2)), on(step(4, 3), step(2, 3), step(2)), on(turn(2, 3, 4), of(5, 4)),
				on(turn(2, 3, 4), of(1, 4), of(1)),
				on(of(2, 3, 0), of(4, 0), of(4)), on(of(2, 3, 4), of(0, 4), of(0)), on(of(2, 0, 4), of(3, 4), of(3)), on(of(2, 3, 0), of(0, 0)), on(of(0), of(2, 0), of(2)),
			},
			errors: []misuse{
				{"linear [4 3] × [2 4]: want x [… in] and a weight [out in]", on(of(4, 3), of(2, 4))},
				{"linear [4 3] × [3]: want x [… in] and a weight [out in]", on(of(4, 3), of(3))},
				{"linear [] × [2 4]: want x [… in] and a weight [out in]", on(of(), of(2, 4))},
				{"linear [4 3] × [2 3] × [3]: want a bias as long as the weight has rows", on(of(4, 3), of(2, 3), of(3))},
			},
		},
	}
}
