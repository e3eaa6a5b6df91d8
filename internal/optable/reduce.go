package optable

import (
	"math"
	"slices"
)

// resolve returns the named axes of a rank, all when none is named, in order
// and not negative.
func resolve(axes []int, rank int) []int {
	out := []int{}
	for i := range rank {
		if len(axes) == 0 || slices.Contains(axes, i) || slices.Contains(axes, i-rank) {
			out = append(out, i)
		}
	}
	return out
}

// reduce calls f with the elements of x that differ only along the axes.
func reduce(x array, axes []int, keep bool, f func(v []float64) float64) array {
	axes = resolve(axes, len(x.shape))
	kept, inner := slices.Clone(x.shape), make([]int, len(axes))
	for i, a := range axes {
		kept[a], inner[i] = 1, x.shape[a]
	}
	y := fill(kept, func(idx []int) float64 {
		var v []float64
		at := slices.Clone(idx)
		places(inner, func(k []int) {
			for i, a := range axes {
				at[a] = k[i]
			}
			v = append(v, x.at(at...))
		})
		return f(v)
	})
	if !keep {
		for i := len(axes) - 1; i >= 0; i-- {
			y.shape = slices.Delete(y.shape, axes[i], axes[i]+1)
		}
	}
	return y
}

// reductions returns the two rows of a reduction: the plain one, and that which
// keeps axes. f must be differentiable for least elements, and for more.
func reductions(name, op string, plain, keeping func(x Var, axes ...int) Var, least int, f func(v []float64) float64, lo, hi float64) []row {
	var rows []row
	for i, run := range []func(x Var, axes ...int) Var{plain, keeping} {
		r := row{
			name: name + []string{"", "Keep"}[i], lo: lo, hi: hi,
			run:  func(a attrs, x []Var) Var { return run(x[0], a.ints...) },
			want: func(a attrs, x []array) array { return reduce(x[0], a.ints, i == 1, f) },
			samples: []sample{on(of(2, 3)), ints(1).on(of(2, 3, 4)), ints(0, 2).on(of(2, 3, 4)), ints(-1).on(of(2, 3)), ints(0).on(of(3, 2)),
				ints(1, 3).on(of(2, 3, 1, 2, 2)), ints(2, 0).on(turn(3, 2, 2)), ints(1).on(step(2, 3)), on(turn(2, 3)), ints(1).on(of(0, 3)), on(of(9))},
			errors: []misuse{
				{op + " [2 3]: axis 2 is out of range for 2 axes", ints(2).on(of(2, 3))},
				{op + " [2 3]: axis -3 is out of range for 2 axes", ints(-3).on(of(2, 3))},
				{op + " [2 3]: axis -1 is named twice", ints(1, -1).on(of(2, 3))},
			},
		}
		if least < 2 {
			r.samples = append(r.samples, on(of()), ints(1).on(of(5, 1)), on(of(1, 1)))
		}
		if least < 1 {
			r.samples = append(r.samples, ints(0).on(of(0, 3)), on(of(0)))
		}
		rows = append(rows, r)
	}
	return rows
}

func total(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func variance(v []float64) float64 {
	mean, s := total(v)/float64(len(v)), 0.0
	for _, x := range v {
		s += (x - mean) * (x - mean)
	}
	return s / float64(len(v)-1)
}

func reduceRows() []row {
	rows := slices.Concat(
		reductions("Sum", "sum", Var.Sum, Var.SumKeep, 0, total, 0, 0),
		reductions("Mean", "mean", Var.Mean, Var.MeanKeep, 0, func(v []float64) float64 { return total(v) / float64(len(v)) }, 0, 0),
		reductions("Max", "max", Var.Max, Var.MaxKeep, 1, slices.Max, 0, 0),
		reductions("Min", "min", Var.Min, Var.MinKeep, 1, slices.Min, 0, 0),
		reductions("LogSumExp", "log-sum-exp", Var.LogSumExp, Var.LogSumExpKeep, 1, func(v []float64) float64 {
			s := 0.0
			for _, x := range v {
				s += math.Exp(x)
			}
			return math.Log(s)
		}, 0, 0),
		reductions("Variance", "variance", Var.Variance, Var.VarianceKeep, 2, variance, 0, 0),
		reductions("Std", "std", Var.Std, Var.StdKeep, 2, func(v []float64) float64 { return math.Sqrt(variance(v)) }, 0, 0),
		reductions("Norm", "norm", Var.Norm, Var.NormKeep, 1, func(v []float64) float64 {
			s := 0.0
			for _, x := range v {
				s += x * x
			}
			return math.Sqrt(s)
		}, 0.2, 2),
		reductions("Prod", "prod", Var.Prod, Var.ProdKeep, 0, func(v []float64) float64 {
			p := 1.0
			for _, x := range v {
				p *= x
			}
			return p
		}, 0, 0),
	)
	for i := range rows {
		r := &rows[i]
		switch r.name {
		case "Max", "MaxKeep":
			r.errors = append(r.errors, misuse{"max [0 3]: there is no element to choose", ints(0).on(of(0, 3))})
		case "Min", "MinKeep":
			r.errors = append(r.errors, misuse{"min [0 3]: there is no element to choose", ints(0).on(of(0, 3))})
		}
	}
	return append(rows, choice("MaxAxis", "max along axis", "argmax", Var.MaxAxis, func(a, b float64) bool { return a > b }),
		choice("MinAxis", "min along axis", "argmin", Var.MinAxis, func(a, b float64) bool { return a < b }))
}

// choice returns the row of an operation that chooses one element along an axis,
// the first that is better than those before.
func choice(name, op, inner string, f func(x Var, axis int) (Var, []int), better func(a, b float64) bool) row {
	first := func(v []float64) float64 {
		at := 0
		for i := range v {
			if better(v[i], v[at]) {
				at = i
			}
		}
		return float64(at)
	}
	return row{
		name: name,
		run:  func(a attrs, x []Var) Var { y, _ := f(x[0], a.ints[0]); return y },
		want: func(a attrs, x []array) array {
			return reduce(x[0], a.ints, false, func(v []float64) float64 { return v[int(first(v))] })
		},
		also: func(a attrs, x []Var) error {
			_, index := f(x[0], a.ints[0])
			return sameInts(index, reduce(arrayOf(x[0].Value()), a.ints, false, first).v)
		},
		samples: []sample{ints(1).on(of(2, 3, 4)), ints(-1).on(of(2, 3)), ints(0).on(of(4)), ints(0).on(of(3, 2)), ints(1).on(of(5, 1)),
			ints(0).on(of()), ints(1).on(of(0, 3)), ints(1).on(turn(2, 3, 2)), ints(-1).on(step(2, 3))},
		errors: []misuse{
			{op + " [2 3]: axis 2 is out of range for 2 axes", ints(2).on(of(2, 3))},
			{inner + " [2 0]: there is no element to choose", ints(1).on(of(2, 0))},
		},
	}
}
