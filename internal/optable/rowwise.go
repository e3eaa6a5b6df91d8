package optable

import (
	"math"
	"slices"
)

// along calls f with the elements of x that differ only along an axis.
func along(x array, axis int, f func(v []float64) []float64) array {
	if axis < 0 {
		axis += len(x.shape)
	}
	if len(x.shape) == 0 {
		return array{x.shape, f(x.v)}
	}
	return fill(x.shape, func(idx []int) float64 {
		v := make([]float64, x.shape[axis])
		at := slices.Clone(idx)
		for k := range v {
			at[axis] = k
			v[k] = x.at(at...)
		}
		return f(v)[idx[axis]]
	})
}

// rowwise returns the row of an operation along an axis.
func rowwise(name, op string, run func(x Var, axis int) Var, f func(v []float64) []float64) row {
	return row{
		name: name,
		run:  func(a attrs, x []Var) Var { return run(x[0], a.ints[0]) },
		want: func(a attrs, x []array) array { return along(x[0], a.ints[0], f) },
		samples: []sample{ints(1).on(of(2, 3)), ints(0).on(of(2, 3)), ints(1).on(of(2, 3, 4)), ints(-3).on(of(2, 3, 1, 2)), ints(0).on(of(5)),
			ints(1).on(of(3, 1)), ints(-1).on(turn(2, 3)), ints(0).on(turn(3, 2, 2)), ints(1).on(step(2, 3)), ints(0).on(of()), ints(-1).on(of()),
			ints(1).on(of(0, 3)), ints(0).on(of(0, 3))},
		errors: []misuse{
			{op + " [2 3]: axis 2 is out of range for 2 axes", ints(2).on(of(2, 3))},
			{op + " []: axis 1 is out of range for 0 axes", ints(1).on(of())},
		},
	}
}

func softmax(v []float64) []float64 {
	s, out := 0.0, make([]float64, len(v))
	for i, x := range v {
		out[i] = math.Exp(x)
		s += out[i]
	}
	for i := range out {
		out[i] /= s
	}
	return out
}

func logs(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = math.Log(x)
	}
	return out
}

func rowwiseRows() []row {
	products := rowwise("CumProd", "cumprod", Var.CumProd, func(v []float64) []float64 {
		p, out := 1.0, make([]float64, len(v))
		for i, x := range v {
			p *= x
			out[i] = p
		}
		return out
	})
	products.samples = append(products.samples, ints(0).on(of(9)), ints(1).on(of(1, 8)))
	return []row{
		rowwise("Softmax", "softmax", Var.Softmax, softmax),
		rowwise("LogSoftmax", "log-softmax", Var.LogSoftmax, func(v []float64) []float64 { return logs(softmax(v)) }),
		rowwise("CumSum", "cumsum", Var.CumSum, func(v []float64) []float64 {
			s, out := 0.0, make([]float64, len(v))
			for i, x := range v {
				s += x
				out[i] = s
			}
			return out
		}),
		products,
		rowwise("LogCumSumExp", "log-cumsum-exp", Var.LogCumSumExp, func(v []float64) []float64 {
			s, out := 0.0, make([]float64, len(v))
			for i, x := range v {
				s += math.Exp(x)
				out[i] = math.Log(s)
			}
			return out
		}),
		{
			name: "Flip",
			run: func(a attrs, x []Var) Var {
				y := x[0]
				for _, k := range a.ints {
					y = y.Flip(k)
				}
				return y
			},
			want: func(a attrs, x []array) array {
				s := x[0].shape
				return pick(s, x[0], func(idx []int) []int {
					for _, k := range a.ints {
						k = axis(k, len(s))
						idx[k] = s[k] - 1 - idx[k]
					}
					return idx
				})
			},
			samples: []sample{ints(0).on(of(2, 3)), ints(-1).on(of(2, 3)), ints(1, 2).on(of(2, 3, 2)), ints(1).on(turn(2, 3)), ints(0).on(step(2, 3)),
				ints(0).on(of(1)), ints(0).on(of(0, 2))},
			errors: []misuse{{"flip [2 3]: axis 2 is out of range for 2 axes", ints(2).on(of(2, 3))}},
		},
		{
			name: "Roll",
			run:  func(a attrs, x []Var) Var { return x[0].Roll(a.ints[0], a.ints[1]) },
			want: func(a attrs, x []array) array {
				s := x[0].shape
				k := axis(a.ints[1], len(s))
				return pick(s, x[0], func(idx []int) []int {
					idx[k] = ((idx[k]-a.ints[0])%s[k] + s[k]) % s[k]
					return idx
				})
			},
			samples: []sample{ints(1, 0).on(of(4, 2)), ints(-1, -1).on(of(2, 3)), ints(7, 1).on(of(2, 3, 2)), ints(0, 0).on(of(3)), ints(2, 1).on(turn(2, 3)),
				ints(1, 0).on(step(3, 2)), ints(3, 0).on(of(1)), ints(1, 0).on(of(0, 2))},
			errors: []misuse{{"roll [2 3]: axis 2 is out of range for 2 axes", ints(1, 2).on(of(2, 3))}},
		},
		extremes("CumMax", "cummax", Var.CumMax, func(a, b float64) bool { return a >= b }),
		extremes("CumMin", "cummin", Var.CumMin, func(a, b float64) bool { return a <= b }),
		{
			name: "Diff",
			run:  func(a attrs, x []Var) Var { return x[0].Diff(a.ints[0], a.ints[1]) },
			want: func(a attrs, x []array) array {
				y, k := x[0], axis(a.ints[1], len(x[0].shape))
				for range a.ints[0] {
					shape := slices.Clone(y.shape)
					shape[k] = max(0, shape[k]-1)
					before := y
					y = fill(shape, func(idx []int) float64 {
						next := slices.Clone(idx)
						next[k]++
						return before.at(next...) - before.at(idx...)
					})
				}
				return y
			},
			samples: []sample{ints(1, 1).on(of(2, 3)), ints(2, 0).on(of(4, 2)), ints(1, -2).on(of(2, 3, 2)), ints(0, 0).on(of(3)), ints(3, 0).on(of(2)), ints(1, 0).on(of(0, 2)),
				ints(1, 1).on(turn(2, 3)), ints(1, 0).on(step(3, 2))},
			errors: []misuse{
				{"diff [2 3]: axis 2 is out of range for 2 axes", ints(1, 2).on(of(2, 3))},
				{"diff: cannot take -1 differences", ints(-1, 0).on(of(2, 3))},
			},
		},
	}
}

// extremes returns the row of an operation that takes the best element so far along
// an axis, of equals the last.
func extremes(name, op string, f func(x Var, axis int) (Var, []int), better func(a, b float64) bool) row {
	places := func(v []float64) []float64 {
		at, out := 0, make([]float64, len(v))
		for i := range v {
			if better(v[i], v[at]) {
				at = i
			}
			out[i] = float64(at)
		}
		return out
	}
	r := rowwise(name, op, func(x Var, axis int) Var { y, _ := f(x, axis); return y }, func(v []float64) []float64 {
		out := places(v)
		for i, at := range out {
			out[i] = v[int(at)]
		}
		return out
	})
	r.also = func(a attrs, x []Var) error {
		_, index := f(x[0], a.ints[0])
		return sameInts(index, along(arrayOf(x[0].Value()), a.ints[0], places).v)
	}
	return r
}
