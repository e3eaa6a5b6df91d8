package optable

import (
	"math"
	"slices"
)

// pNorm is the p-norm of v.
func pNorm(v []float64, p float64) float64 {
	s := 0.0
	for i, x := range v {
		x = math.Abs(x)
		switch {
		case p == 0:
			if x != 0 {
				s++
			}
		case math.IsInf(p, 1):
			s = math.Max(s, x)
		case math.IsInf(p, -1):
			if i == 0 || x < s {
				s = x
			}
		default:
			s += math.Pow(x, p)
		}
	}
	if p == 0 || math.IsInf(p, 0) {
		return s
	}
	return math.Pow(s, 1/p)
}

// numbered returns the two rows of a reduction that takes a number, floats[0]: the
// plain one, and that which keeps axes. want gets it, too.
func numbered(name, op string, plain, keeping func(x Var, c float64, axes ...int) Var, want func(v []float64, c float64) float64, numbers ...float64) []row {
	var rows []row
	for i, run := range []func(x Var, c float64, axes ...int) Var{plain, keeping} {
		r := row{
			name: name + []string{"", "Keep"}[i], lo: 0.2, hi: 2,
			run: func(a attrs, x []Var) Var { return run(x[0], a.floats[0], a.ints...) },
			want: func(a attrs, x []array) array {
				return reduce(x[0], a.ints, i == 1, func(v []float64) float64 { return want(v, a.floats[0]) })
			},
			errors: []misuse{
				{op + " [2 3]: axis 2 is out of range for 2 axes", ints(2).and(numbers[0]).on(of(2, 3))},
				{op + " [2 3]: axis -1 is named twice", ints(1, -1).and(numbers[0]).on(of(2, 3))},
			},
		}
		for _, c := range numbers {
			r.samples = append(r.samples, floats(c).on(of(2, 3)), ints(1).and(c).on(of(2, 3, 4)), ints(0, 2).and(c).on(of(2, 3, 2)), ints(-1).and(c).on(turn(2, 3)),
				ints(1).and(c).on(step(2, 3)), ints(1).and(c).on(of(0, 3)))
		}
		rows = append(rows, r)
	}
	return rows
}

func distanceRows() []row {
	inf := math.Inf(1)
	norms := numbered("NormP", "p-norm", func(x Var, p float64, axes ...int) Var { return x.NormP(p, axes...) }, func(x Var, p float64, axes ...int) Var { return x.NormPKeep(p, axes...) },
		pNorm, 2, 0, 1, inf, -inf, 3, 1.5, 0.5, -1)
	for i := range norms {
		r := &norms[i]
		r.errors = append(r.errors, misuse{"p-norm: want a number p, got NaN", floats(math.NaN()).on(of(2))},
			misuse{"p-norm [0 3]: there is no element to choose", ints(0).and(-1).on(of(0, 3))},
			misuse{"p-norm [0 3]: there is no element to choose", ints(0).and(inf).on(of(0, 3))})
		r.samples = append(r.samples, floats(1).on(of()), floats(3).on(of()), floats(inf).on(of(1, 1)), ints(0).and(1).on(of(0, 3)),
			floats(1).on(of(4).with(-1, 2, -0.5, 0.25)), floats(3).on(of(4).with(-1, 2, -0.5, 0.25)))
	}
	normalized := func(v []float64, p, eps float64) []float64 {
		out, n := make([]float64, len(v)), math.Max(pNorm(v, p), eps)
		for i := range v {
			out[i] = v[i] / n
		}
		return out
	}
	return append(norms, slices.Concat(
		numbered("VarianceWith", "variance", func(x Var, c float64, axes ...int) Var { return x.VarianceWith(int(c), axes...) }, func(x Var, c float64, axes ...int) Var { return x.VarianceWithKeep(int(c), axes...) },
			func(v []float64, c float64) float64 { return variance(v) * float64(len(v)-1) / (float64(len(v)) - c) }, 0, 1, -1),
		numbered("StdWith", "std", func(x Var, c float64, axes ...int) Var { return x.StdWith(int(c), axes...) }, func(x Var, c float64, axes ...int) Var { return x.StdWithKeep(int(c), axes...) },
			func(v []float64, c float64) float64 {
				return math.Sqrt(variance(v) * float64(len(v)-1) / (float64(len(v)) - c))
			}, 0, 1, -1),
		[]row{
			{
				name: "Normalize",
				run:  func(a attrs, x []Var) Var { return x[0].Normalize(a.floats[0], a.ints[0], a.floats[1]) },
				want: func(a attrs, x []array) array {
					return along(x[0], a.ints[0], func(v []float64) []float64 { return normalized(v, a.floats[0], a.floats[1]) })
				},
				samples: []sample{ints(1).and(2, 1e-12).on(of(2, 3)), ints(0).and(1, 1e-12).on(of(2, 3)), ints(-1).and(3, 1e-12).on(of(2, 3, 2)), ints(1).and(2, 99).on(turn(2, 3)),
					ints(1).and(math.Inf(1), 1e-12).on(step(2, 3)), ints(1).and(2, 1e-12).on(of(0, 3))},
				errors: []misuse{{"p-norm [2]: axis 1 is out of range for 1 axes", ints(1).and(2, 1e-12).on(of(2))}},
			},
			{
				name: "CosineSimilarity",
				run:  func(a attrs, x []Var) Var { return x[0].CosineSimilarity(x[1], a.ints[0], a.floats[0]) },
				want: func(a attrs, x []array) array {
					shape := broadcast(x[0].shape, x[1].shape)
					unit := func(x array) array {
						x = fill(shape, func(idx []int) float64 { return x.at(idx...) })
						return along(x, a.ints[0], func(v []float64) []float64 { return normalized(v, 2, a.floats[0]) })
					}
					p, q := unit(x[0]), unit(x[1])
					return reduce(fill(shape, func(idx []int) float64 { return p.at(idx...) * q.at(idx...) }), a.ints[:1], false, total)
				},
				samples: []sample{ints(1).and(1e-8).on(of(2, 3), of(2, 3)), ints(0).and(1e-8).on(of(3), of(3)), ints(-1).and(1e-8).on(of(2, 1, 3), of(4, 3)),
					ints(1).and(1e-8).on(turn(2, 3), step(2, 3)), ints(0).and(1e-8).on(of(2, 3), of(2, 1)), ints(1).and(1e-8).on(of(0, 3), of(3))},
				errors: []misuse{
					{"cosine-similarity [2] × [3]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", ints(0).and(1e-8).on(of(2), of(3))},
					{"norm [2]: axis 1 is out of range for 1 axes", ints(1).and(1e-8).on(of(2), of(2))},
				},
			},
			{
				name: "Cdist",
				run:  func(a attrs, x []Var) Var { return x[0].Cdist(x[1], a.floats[0]) },
				want: func(a attrs, x []array) array {
					p, q := x[0].shape, x[1].shape
					k := p[len(p)-1]
					shape := append(broadcast(p[:len(p)-2], q[:len(q)-2]), p[len(p)-2], q[len(q)-2])
					return fill(shape, func(idx []int) float64 {
						lead, n, m := idx[:len(idx)-2], idx[len(idx)-2], idx[len(idx)-1]
						v := make([]float64, k)
						for i := range v {
							v[i] = x[0].at(slices.Concat(lead, []int{n, i})...) - x[1].at(slices.Concat(lead, []int{m, i})...)
						}
						return pNorm(v, a.floats[0])
					})
				},
				samples: []sample{floats(2).on(of(2, 3), of(4, 3)), floats(1).on(of(2, 2, 3), of(3, 3)), floats(inf).on(of(2, 3), of(2, 3)), floats(3).on(turn(2, 3), step(2, 3)),
					floats(2).on(of(0, 3), of(2, 3)), floats(0).on(of(2, 2), of(2, 2)), floats(2).on(of(2, 1, 2, 2), of(3, 2, 2)),
					floats(2).on(of(27, 2), of(3, 2)), floats(2).on(of(2, 2, 2), turn(26, 2)), floats(1).on(of(2, 1, 2, 2), of(3, 2, 2)), floats(2).on(of(2, 0), of(3, 0))},
				errors: []misuse{
					{"cdist [2 3] × [2 4]: want rows of one length, in operands of at least two axes", floats(2).on(of(2, 3), of(2, 4))},
					{"cdist [3] × [2 3]: want rows of one length, in operands of at least two axes", floats(2).on(of(3), of(2, 3))},
				},
			},
		})...)
}
