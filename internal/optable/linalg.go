package optable

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

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

// times is the product of matrices.
func times(a, b array) array {
	p, q := a.shape, b.shape
	shape := append(broadcast(p[:len(p)-2], q[:len(q)-2]), p[len(p)-2], q[len(q)-1])
	return fill(shape, func(idx []int) float64 {
		lead, i, j, s := idx[:len(idx)-2], idx[len(idx)-2], idx[len(idx)-1], 0.0
		for k := range p[len(p)-1] {
			s += a.at(slices.Concat(lead, []int{i, k})...) * b.at(slices.Concat(lead, []int{k, j})...)
		}
		return s
	})
}

// flipped exchanges the last two axes.
func flipped(x array) array {
	shape := slices.Clone(x.shape)
	r := len(shape)
	shape[r-1], shape[r-2] = shape[r-2], shape[r-1]
	return pick(shape, x, func(idx []int) []int { idx[r-1], idx[r-2] = idx[r-2], idx[r-1]; return idx })
}

// without is a matrix without a row and a column.
func without(a [][]float64, row, column int) [][]float64 {
	var out [][]float64
	for i, r := range a {
		if i != row {
			out = append(out, slices.Delete(slices.Clone(r), column, column+1))
		}
	}
	return out
}

// determinant expands along the first row.
func determinant(a [][]float64) float64 {
	if len(a) == 0 {
		return 1
	}
	d := 0.0
	for j, v := range a[0] {
		d += math.Pow(-1, float64(j)) * v * determinant(without(a, 0, j))
	}
	return d
}

// matrixwise returns what f makes of each matrix, one after another.
func matrixwise(x array, f func(a [][]float64) []float64) (out []float64) {
	r := len(x.shape)
	places(append(slices.Clone(x.shape[:r-2]), 1), func(idx []int) {
		a := make([][]float64, x.shape[r-2])
		for i := range a {
			for j := range x.shape[r-1] {
				a[i] = append(a[i], x.at(slices.Concat(idx[:r-2], []int{i, j})...))
			}
		}
		out = append(out, f(a)...)
	})
	return out
}

// triangleOf is x with what TriangularSolve does not read: ints[0] is 1 for the upper
// triangle, ints[1] for a diagonal of ones.
func triangleOf(a attrs, x array) array {
	r := len(x.shape)
	return fill(x.shape, func(idx []int) float64 {
		switch i, j := idx[r-2], idx[r-1]; {
		case i == j && a.ints[1] == 1:
			return 1
		case i != j && i < j != (a.ints[0] == 1):
			return 0
		}
		return x.at(idx...)
	})
}

// perMatrix is the shape of a number for each matrix of x.
func perMatrix(x array) []int { return slices.Clone(x.shape[:len(x.shape)-2]) }

func linalgRows() []row {
	a2, a3 := []float64{0.5, 2, 3, -1}, []float64{0.5, 3, -1, 4, 1, 0.5, -0.5, 1, 2}
	two := slices.Concat(a2, []float64{2, 0.5, 1, -3})
	square := []sample{on(of(3, 3).with(a3...)), on(of(2, 2, 2).with(two...)), on(turn(2, 2).with(a2...)), on(step(2, 2).with(0, 0.5, 0, 2, 0, 0, 3, 0, -1, 0)),
		on(of(1, 1).with(-4)), on(of(0, 2, 2)), on(of(2, 0, 0))}
	notSquare := func(op string) []misuse {
		return []misuse{{op + " [2 3]: want square matrices [… n n]", on(of(2, 3))}, {op + " [3]: want square matrices [… n n]", on(of(3))}}
	}
	return append([]row{
		{
			name: "Det",
			run:  func(_ attrs, x []Var) Var { return x[0].Det() },
			want: func(_ attrs, x []array) array {
				return array{perMatrix(x[0]), matrixwise(x[0], func(a [][]float64) []float64 { return []float64{determinant(a)} })}
			},
			samples: append(square, on(of(4, 4))),
			errors:  notSquare("det"),
		},
		{
			name: "SLogDet",
			run:  func(_ attrs, x []Var) Var { sign, log := x[0].SLogDet(); return autograd.Stack(0, sign, log) },
			want: func(_ attrs, x []array) array {
				log := matrixwise(x[0], func(a [][]float64) []float64 { return []float64{math.Log(math.Abs(determinant(a)))} })
				sign := matrixwise(x[0], func(a [][]float64) []float64 { return []float64{math.Copysign(1, determinant(a))} })
				return array{append([]int{2}, perMatrix(x[0])...), slices.Concat(sign, log)}
			},
			samples: square,
			errors:  notSquare("slogdet"),
		},
		{
			name: "LogDet",
			run:  func(_ attrs, x []Var) Var { return x[0].LogDet() },
			want: func(_ attrs, x []array) array {
				return array{perMatrix(x[0]), matrixwise(x[0], func(a [][]float64) []float64 { return []float64{math.Log(determinant(a))} })}
			},
			samples: []sample{on(of(2, 2).with(3, 1, -1, 2)), on(of(2, 3, 3).with(3, 1, 0, -1, 2, 0.5, 0, 0, 2, 2, 1, 0, 1, 2, 1, 0, -1, 3)), on(of(0, 0))},
			errors:  notSquare("slogdet"),
		},
		{
			name: "TriangularSolve", lo: -1, hi: 1,
			run: func(a attrs, x []Var) Var {
				return x[0].TriangularSolve(x[1], tensor.Triangle{Upper: a.ints[0] == 1, Unit: a.ints[1] == 1})
			},
			want: func(a attrs, x []array) array { return times(inverted(triangleOf(a, x[0])), x[1]) },
			samples: []sample{ints(0, 0).on(of(3, 3).with(a3...), of(3, 2)), ints(1, 0).on(of(3, 3).with(a3...), of(3, 2)), ints(0, 1).on(of(3, 3), of(3, 2)), ints(1, 1).on(of(3, 3), of(2, 3, 1)),
				ints(1, 0).on(of(2, 2, 2).with(two...), of(2, 1)), ints(0, 0).on(turn(2, 2).with(a2...), step(3, 2, 2)), ints(1, 0).on(of(1, 1).with(2), of(1, 3)), ints(0, 0).on(of(0, 2, 2), of(2, 1))},
			errors: []misuse{
				{"triangular-solve [2 3]: want square matrices [… n n]", ints(0, 0).on(of(2, 3), of(3, 1))},
				{"triangular-solve [2 2] × [3 1]: want matrices [… n n] and right sides [… n k]", ints(0, 0).on(of(2, 2), of(3, 1))},
			},
		},
		{
			name: "Solve", lo: -1, hi: 1,
			run: func(_ attrs, x []Var) Var { return x[0].Solve(x[1]) },
			want: func(_ attrs, x []array) array {
				b, r := x[1], len(x[0].shape)
				if len(b.shape) >= 2 && !slices.Equal(b.shape, x[0].shape[:r-1]) {
					return times(inverted(x[0]), b)
				}
				b.shape = append(slices.Clone(b.shape), 1) // vectors
				y := times(inverted(x[0]), b)
				y.shape = y.shape[:r-1]
				return y
			},
			samples: []sample{on(of(3, 3).with(a3...), of(3, 2)), on(of(2, 2, 2).with(two...), of(2, 1)), on(turn(2, 2).with(a2...), step(3, 2, 2)),
				on(of(1, 1).with(2), of(1, 3)), on(of(0, 2, 2), of(2, 1)), on(of(3, 3).with(a3...), of(3)), on(of(2, 2, 2).with(two...), of(2)), on(of(2, 2, 2).with(two...), step(2, 2)),
				on(of(0, 2, 2), of(0, 2))},
			errors: []misuse{
				{"solve [2 3]: want square matrices [… n n]", on(of(2, 3), of(3, 1))},
				{"solve [2 2] × [3 1]: want matrices [… n n] and right sides [… n k]", on(of(2, 2), of(3, 1))},
				{"solve [2 2] × [3]: want matrices [… n n] and right sides [… n k] or [n]", on(of(2, 2), of(3))},
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
	}, decompositionRows()...)
}
