package optable

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
)

// symmetric returns ½ (x + xᵀ) plus a multiple of the unit matrix for the samples, which
// have ints. PyTorch's cases have none; they are symmetric.
func symmetric(a attrs, x Var, shift float64) Var {
	if len(a.ints) == 0 {
		return x
	}
	n := x.Dim(-1)
	unit := x.Tape().Scalar(x.Value().DType(), shift).Expand(n, n).Tril(0).Triu(0)
	return x.Add(x.T()).MulScalar(0.5).Add(unit)
}

func symmetricArray(x array, shift float64) array {
	t, r := flipped(x), len(x.shape)
	return fill(x.shape, func(idx []int) float64 {
		v := (x.at(idx...) + t.at(idx...)) / 2
		if idx[r-1] == idx[r-2] {
			v += shift
		}
		return v
	})
}

// choleskyOf is the lower triangular root of a symmetric matrix.
func choleskyOf(a [][]float64) (out []float64) {
	l := make([][]float64, len(a))
	for i := range a {
		l[i] = make([]float64, len(a))
		for j := range i + 1 {
			v := a[i][j]
			for k := range j {
				v -= l[i][k] * l[j][k]
			}
			if l[i][j] = math.Sqrt(v); i != j {
				l[i][j] = v / l[j][j]
			}
		}
	}
	return slices.Concat(l...)
}

// reflected is the QR decomposition of a matrix by reflections I − 2 v vᵀ / vᵀ v.
func reflected(a [][]float64) (q, r []float64) {
	n, m := len(a), 0
	if n > 0 {
		m = len(a[0])
	}
	turned := make([][]float64, n) // the reflections, applied to the unit matrix
	for i := range turned {
		turned[i] = make([]float64, n)
		turned[i][i] = 1
	}
	for c := range min(n, m) {
		v, rest := make([]float64, n), 0.0
		for i := c; i < n; i++ {
			if v[i] = a[i][c]; i > c {
				rest += v[i] * v[i]
			}
		}
		if rest == 0 {
			continue
		}
		v[c] += math.Copysign(math.Sqrt(rest+v[c]*v[c]), v[c])
		for _, x := range [][][]float64{a, turned} {
			for j := range x[0] {
				dot := 0.0
				for i := range v {
					dot += v[i] * x[i][j]
				}
				for i := range v {
					x[i][j] -= 2 * v[i] * dot / (rest + v[c]*v[c])
				}
			}
		}
	}
	for i := range n {
		for j := range min(n, m) {
			q = append(q, turned[j][i])
		}
	}
	for i := range min(n, m) {
		for j := range m {
			if j < i {
				a[i][j] = 0
			}
			r = append(r, a[i][j])
		}
	}
	return q, r
}

// eigen are the eigenvalues of a symmetric matrix of no more than three rows, in ascending
// order: the roots of its characteristic polynomial. With each comes the vector, a row of
// the cofactors of a − λ.
func eigen(a [][]float64) (values []float64, vectors [][]float64) {
	switch n := len(a); n {
	case 1:
		values = []float64{a[0][0]}
	case 2:
		mean, r := (a[0][0]+a[1][1])/2, math.Hypot((a[0][0]-a[1][1])/2, a[0][1])
		values = []float64{mean - r, mean + r}
	case 3:
		mean, p := (a[0][0]+a[1][1]+a[2][2])/3, 0.0
		b := shifted(a, mean)
		for i := range 3 {
			for j := range 3 {
				p += b[i][j] * b[i][j] / 6
			}
		}
		p = math.Sqrt(p)
		phi := math.Acos(determinant(b)/(2*p*p*p)) / 3
		for k := range 3 {
			values = append(values, mean+2*p*math.Cos(phi+2*math.Pi*float64(k)/3))
		}
		slices.Sort(values)
	}
	for _, l := range values {
		b, best, square := shifted(a, l), []float64(nil), 0.0
		for i := range b {
			row, s := []float64{}, 0.0
			for j := range b {
				c := math.Pow(-1, float64(i+j)) * determinant(without(b, i, j))
				row, s = append(row, c), s+c*c
			}
			if s > square {
				best, square = row, s
			}
		}
		for j := range best {
			best[j] /= math.Sqrt(square)
		}
		vectors = append(vectors, best)
	}
	return values, vectors
}

// shifted is a − c.
func shifted(a [][]float64, c float64) [][]float64 {
	out := make([][]float64, len(a))
	for i, r := range a {
		out[i] = slices.Clone(r)
		out[i][i] -= c
	}
	return out
}

// svdOf are the squares of the elements of u, then s, then the squares of those of vh.
func svdOf(x array) (u, s, vh []float64) {
	r := len(x.shape)
	wide := x.shape[r-2] < x.shape[r-1]
	if wide {
		x = flipped(x)
	}
	flat := func(f func(a [][]float64, l float64, v []float64) float64) func(a [][]float64) []float64 {
		return func(a [][]float64) (out []float64) {
			gram := make([][]float64, x.shape[r-1])
			for i := range gram {
				gram[i] = make([]float64, len(gram))
				for j := range gram {
					for _, row := range a {
						gram[i][j] += row[i] * row[j]
					}
				}
			}
			values, vectors := eigen(gram)
			for i := len(values) - 1; i >= 0; i-- {
				out = append(out, f(a, values[i], vectors[i]))
			}
			return out
		}
	}
	s = matrixwise(x, flat(func(_ [][]float64, l float64, _ []float64) float64 { return math.Sqrt(l) }))
	n, k := x.shape[r-2], x.shape[r-1]
	long := func(i int) []float64 {
		return matrixwise(x, flat(func(a [][]float64, l float64, v []float64) float64 {
			dot := 0.0
			for j := range v {
				dot += a[i][j] * v[j]
			}
			return dot * dot / l
		}))
	}
	short := func(i int) []float64 {
		return matrixwise(x, flat(func(_ [][]float64, _ float64, v []float64) float64 { return v[i] * v[i] }))
	}
	// part has element [batch, i, c] of column c, or with rows element [batch, c, i].
	part := func(of func(i int) []float64, size int, rows bool) (out []float64) {
		all := make([][]float64, size)
		for i := range all {
			all[i] = of(i)
		}
		for b := 0; b < len(s); b += k {
			for i := range size * k {
				if rows {
					out = append(out, all[i%size][b+i/size])
				} else {
					out = append(out, all[i/k][b+i%k])
				}
			}
		}
		return out
	}
	if wide {
		return part(short, k, false), s, part(long, n, true)
	}
	return part(long, n, false), s, part(short, k, true)
}

// leastOf is the pseudo-inverse of matrices of full rank.
func leastOf(x array) array {
	t := flipped(x)
	if r := len(x.shape); x.shape[r-2] < x.shape[r-1] {
		return times(t, inverted(times(x, t)))
	}
	return times(inverted(times(t, x)), t)
}

func vector(parts ...[]float64) array {
	v := slices.Concat(parts...)
	return array{[]int{len(v)}, v}
}

func flat(x ...Var) Var {
	for i := range x {
		x[i] = x[i].Reshape(-1)
	}
	return autograd.Concat(0, x...)
}

func decompositionRows() []row {
	tall := []float64{1, 0.5, -1, 2, 0.5, 1.5}
	square := []sample{ints(1).on(of(3, 3)), ints(1).on(of(2, 2, 2)), ints(1).on(turn(2, 2)), ints(1).on(step(3, 3)), ints(1).on(of(1, 1)), ints(1).on(of(0, 2, 2)), ints(1).on(of(2, 0, 0))}
	any := []sample{on(of(3, 3)), on(of(3, 2).with(tall...)), on(of(2, 3).with(tall...)), on(of(2, 3, 2)), on(of(2, 2, 4)), on(turn(3, 2)), on(step(2, 3)), on(of(1, 1)), on(of(4, 1)), on(of(1, 3)), on(of(0, 3, 2)), on(of(2, 0))}
	notSquare := func(op string) []misuse {
		return []misuse{{op + " [2 3]: want square matrices [… n n]", on(of(2, 3))}, {op + " [3]: want square matrices [… n n]", on(of(3))}}
	}
	notMatrix := func(op string) misuse { return misuse{op + " [3]: want matrices [… n m]", on(of(3))} }
	notFinite := func(op string) misuse {
		return misuse{op + ": matrix 1 has elements that are not finite", on(of(2, 1, 1).with(1, math.NaN()))}
	}
	values := func(x array) []float64 {
		return matrixwise(x, func(a [][]float64) []float64 { v, _ := eigen(a); return v })
	}
	return []row{
		{
			name: "Cholesky", lo: -1, hi: 1,
			run: func(a attrs, x []Var) Var { return symmetric(a, x[0], 3).Cholesky() },
			want: func(_ attrs, x []array) array {
				return array{slices.Clone(x[0].shape), matrixwise(symmetricArray(x[0], 3), choleskyOf)}
			},
			samples: square,
			errors: append(notSquare("cholesky"), misuse{"cholesky: matrix 1 is not positive definite", on(of(2, 1, 1).with(1, -1))},
				misuse{"cholesky: matrix 0 is not positive definite", on(of(2, 2).with(1, 2, 2, 4))}, misuse{"cholesky: matrix 0 is not positive definite", on(of(1, 1).with(math.NaN()))}),
		},
		{
			name: "QR",
			run:  func(_ attrs, x []Var) Var { return flat(x[0].QR()) },
			want: func(_ attrs, x []array) array {
				return vector(matrixwise(x[0], func(a [][]float64) []float64 { q, _ := reflected(a); return q }),
					matrixwise(x[0], func(a [][]float64) []float64 { _, r := reflected(a); return r }))
			},
			samples: any,
			errors:  []misuse{notMatrix("qr")},
		},
		{
			name: "Eigh", // the values, and the squares of the vectors, which do not depend on their signs
			run: func(a attrs, x []Var) Var {
				values, vectors := symmetric(a, x[0], 0).Eigh()
				return flat(values, vectors.Square())
			},
			want: func(_ attrs, x []array) array {
				s := symmetricArray(x[0], 0)
				return vector(values(s), matrixwise(s, func(a [][]float64) (out []float64) {
					_, vectors := eigen(a)
					for i := range a {
						for _, v := range vectors {
							out = append(out, v[i]*v[i])
						}
					}
					return out
				}))
			},
			samples: square,
			errors:  append(notSquare("eigh"), notFinite("eigh")),
		},
		{
			name: "EigValsH",
			run:  func(a attrs, x []Var) Var { return symmetric(a, x[0], 0).EigValsH() },
			want: func(_ attrs, x []array) array {
				s := symmetricArray(x[0], 0)
				return array{slices.Clone(s.shape[:len(s.shape)-1]), values(s)}
			},
			samples: square,
			errors:  append(notSquare("eigh"), notFinite("eigh")),
		},
		{
			name: "SVD", // s, and the squares of u and vh, which do not depend on their signs
			run: func(_ attrs, x []Var) Var {
				u, s, vh := x[0].SVD()
				return flat(u.Square(), s, vh.Square())
			},
			want:    func(_ attrs, x []array) array { u, s, vh := svdOf(x[0]); return vector(u, s, vh) },
			samples: any,
			errors:  []misuse{notMatrix("svd"), notFinite("svd")},
		},
		{
			name: "SVDVals",
			run:  func(_ attrs, x []Var) Var { return x[0].SVDVals() },
			want: func(_ attrs, x []array) array {
				_, s, _ := svdOf(x[0])
				return array{append(perMatrix(x[0]), min(x[0].shape[len(x[0].shape)-2], x[0].shape[len(x[0].shape)-1])), s}
			},
			samples: any,
			errors:  []misuse{notMatrix("svd"), notFinite("svd")},
		},
		{
			name:    "Pinv",
			run:     func(_ attrs, x []Var) Var { return x[0].Pinv() },
			want:    func(_ attrs, x []array) array { return leastOf(x[0]) },
			samples: any,
			errors:  []misuse{notMatrix("pinv"), notFinite("pinv")},
		},
		{
			name: "Lstsq",
			run:  func(_ attrs, x []Var) Var { return x[0].Lstsq(x[1]) },
			want: func(_ attrs, x []array) array { return times(leastOf(x[0]), x[1]) },
			samples: []sample{on(of(3, 2).with(tall...), of(3, 2)), on(of(2, 3).with(tall...), of(2, 1)), on(of(2, 2), of(2, 2)), on(of(2, 3, 2), of(3, 1)), on(of(3, 1), of(2, 3, 2)),
				on(turn(3, 2), step(3, 2)), on(of(0, 3, 2), of(3, 1)), on(of(1, 1), of(1, 0))},
			errors: []misuse{
				{"lstsq [3] × [3 1]: want matrices [… n m] and right sides [… n k]", on(of(3), of(3, 1))},
				{"lstsq [3 2] × [2 1]: want matrices [… n m] and right sides [… n k]", on(of(3, 2), of(2, 1))},
				{"lstsq: matrix 1 has no full rank", on(of(2, 2, 1).with(1, 2, 0, 0), of(2, 1))},
				{"lstsq: matrix 0 has no full rank", on(of(2, 3).with(1, 2, 3, 2, 4, 6), of(2, 1))},
			},
		},
		{
			name: "MatrixNorm",
			run:  func(a attrs, x []Var) Var { return x[0].MatrixNorm(autograd.MatrixOrder(a.ints[0])) },
			want: func(a attrs, x []array) array {
				if order := autograd.MatrixOrder(a.ints[0]); order > autograd.Frobenius && order < autograd.ColumnSums {
					_, s, _ := svdOf(x[0])
					k := len(s) / max(1, len(matrixwise(x[0], func([][]float64) []float64 { return []float64{0} })))
					return reduce(array{append(perMatrix(x[0]), k), s}, []int{-1}, false, []func(v []float64) float64{total, largestOf, slices.Min[[]float64]}[order-1])
				}
				size := fill(x[0].shape, func(idx []int) float64 { return math.Abs(x[0].at(idx...)) })
				switch autograd.MatrixOrder(a.ints[0]) {
				case autograd.ColumnSums:
					return reduce(reduce(size, []int{-2}, false, total), []int{-1}, false, largestOf)
				case autograd.ColumnSumsMin:
					return reduce(reduce(size, []int{-2}, false, total), []int{-1}, false, slices.Min[[]float64])
				case autograd.RowSums:
					return reduce(reduce(size, []int{-1}, false, total), []int{-1}, false, largestOf)
				case autograd.RowSumsMin:
					return reduce(reduce(size, []int{-1}, false, total), []int{-1}, false, slices.Min[[]float64])
				}
				return reduce(x[0], []int{-2, -1}, false, func(v []float64) float64 { return pNorm(v, 2) })
			},
			samples: normSamples(),
			errors:  []misuse{{"matrix-norm [3]: want matrices [… n m]", ints(0).on(of(3))}, {"matrix-norm: there is no order 8", ints(8).on(of(2, 2))}},
		},
	}
}

// largestOf is the largest of numbers that are not negative, 0 of none.
func largestOf(v []float64) float64 { return slices.Max(append([]float64{0}, v...)) }

func normSamples() (list []sample) {
	for order := range 8 {
		list = append(list, ints(order).on(of(3, 2)), ints(order).on(of(2, 2, 3)), ints(order).on(turn(2, 3)), ints(order).on(step(2, 2)), ints(order).on(of(0, 2, 2)))
	}
	return append(list, ints(1).on(of(0, 2)), ints(2).on(of(2, 0)), ints(4).on(of(2, 2, 0)), ints(6).on(of(0, 2)))
}
