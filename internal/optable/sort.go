package optable

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// inOrder returns the places of v in order. Equal elements stay in order.
func inOrder(v []float64, descending bool) []int {
	index := make([]int, len(v))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(i, j int) int {
		if descending {
			i, j = j, i
		}
		switch {
		case v[i] < v[j]:
			return -1
		case v[i] > v[j]:
			return 1
		}
		return 0
	})
	return index
}

// firstInOrder returns the places of the first k elements along an axis in order.
func firstInOrder(x array, axis, k int, descending bool) array {
	if len(x.shape) == 0 {
		shape := []int{}
		if k == 0 {
			shape = []int{0}
		}
		return array{shape, make([]float64, k)}
	}
	if axis < 0 {
		axis += len(x.shape)
	}
	shape := slices.Clone(x.shape)
	shape[axis] = k
	return fill(shape, func(idx []int) float64 {
		at, v := slices.Clone(idx), make([]float64, x.shape[axis])
		for i := range v {
			at[axis] = i
			v[i] = x.at(at...)
		}
		return float64(inOrder(v, descending)[idx[axis]])
	})
}

// taken returns the elements of x at places along an axis.
func taken(x array, axis int, places array) array {
	if len(x.shape) == 0 {
		return array{places.shape, x.v[:len(places.v)]}
	}
	if axis < 0 {
		axis += len(x.shape)
	}
	return pick(places.shape, x, func(idx []int) []int { idx[axis] = int(places.at(idx...)); return idx })
}

// best returns the row of an operation that chooses the first k elements along an
// axis in order.
func best(name string, run func(a attrs, x Var) (Var, []int), k func(a attrs, n int) int, down func(a attrs) bool) row {
	places := func(a attrs, x array) array {
		n := 1
		if len(x.shape) > 0 {
			n = x.shape[axis(a.ints[0], len(x.shape))]
		}
		return firstInOrder(x, a.ints[0], k(a, n), down(a))
	}
	return row{
		name: name,
		run:  func(a attrs, x []Var) Var { y, _ := run(a, x[0]); return y },
		want: func(a attrs, x []array) array { return taken(x[0], a.ints[0], places(a, x[0])) },
		also: func(a attrs, x []Var) error {
			_, index := run(a, x[0])
			return sameInts(index, places(a, arrayOf(x[0].Value())).v)
		},
	}
}

// quantile is the reference of Quantile.
func quantile(v []float64, q float64, how tensor.Interpolation) float64 {
	v = slices.Sorted(slices.Values(v))
	at := q * float64(len(v)-1)
	a, b := v[int(math.Floor(at))], v[int(math.Ceil(at))]
	return []float64{a + (at-math.Floor(at))*(b-a), a, b, (a + b) / 2, v[int(math.RoundToEven(at))]}[how]
}

func lowerMedian(v []float64) float64 { return slices.Sorted(slices.Values(v))[(len(v)-1)/2] }

func sortRows() []row {
	sort := best("Sort", func(a attrs, x Var) (Var, []int) { return x.Sort(a.ints[0], a.ints[1] == 1) },
		func(_ attrs, n int) int { return n }, func(a attrs) bool { return a.ints[1] == 1 })
	sort.samples = []sample{ints(1, 0).on(of(2, 3)), ints(0, 1).on(of(4, 2)), ints(-1, 1).on(of(2, 3, 4)), ints(1, 0).on(of(2, 3, 4)), ints(0, 0).on(of()),
		ints(-1, 1).on(of()), ints(0, 0).on(of(1)), ints(0, 0).on(of(0, 3)), ints(1, 0).on(of(2, 0)), ints(1, 0).on(turn(2, 3)), ints(1, 1).on(step(2, 3))}
	sort.errors = []misuse{{"sort [2 3]: axis 2 is out of range for 2 axes", ints(2, 0).on(of(2, 3))}}
	top := best("TopK", func(a attrs, x Var) (Var, []int) { return x.TopK(a.ints[1], a.ints[0], a.ints[2] == 1) },
		func(a attrs, _ int) int { return a.ints[1] }, func(a attrs) bool { return a.ints[2] == 1 })
	top.samples = []sample{ints(1, 2, 1).on(of(2, 3)), ints(0, 3, 0).on(of(4, 2)), ints(-1, 2, 1).on(of(2, 3, 4)), ints(1, 1, 0).on(of(2, 3, 4)), ints(0, 2, 1).on(of(130)),
		ints(0, 1, 1).on(of()), ints(0, 0, 1).on(of()), ints(1, 0, 1).on(of(2, 3)), ints(1, 1, 1).on(of(0, 3)), ints(1, 0, 0).on(of(2, 0)), ints(1, 2, 1).on(turn(2, 3)), ints(1, 2, 0).on(step(2, 3))}
	top.errors = []misuse{
		{"top-k [2 3]: axis 2 is out of range for 2 axes", ints(2, 1, 1).on(of(2, 3))},
		{"top-k [2 3]: cannot choose 4 of 3 elements", ints(1, 4, 1).on(of(2, 3))},
		{"top-k [2 3]: cannot choose -1 of 3 elements", ints(1, -1, 1).on(of(2, 3))},
	}
	middle := choice("MedianAxis", "median", "median", Var.MedianAxis, nil)
	middle.want = func(a attrs, x []array) array { return reduce(x[0], a.ints, false, lowerMedian) }
	middle.also = func(a attrs, x []Var) error {
		_, index := x[0].MedianAxis(a.ints[0])
		return sameInts(index, reduce(arrayOf(x[0].Value()), a.ints, false, func(v []float64) float64 { return float64(slices.Index(v, lowerMedian(v))) }).v)
	}
	quantiles := []sample{}
	for how := range 5 {
		for _, s := range []sample{floats(0.4).on(of(2, 3)), floats(0.7).on(of(2, 4, 2)), floats(1).on(of(2, 3)), floats(0).on(of(2, 3)), floats(0.3).on(of(0, 2)),
			floats(0.3).on(turn(2, 4)), floats(0.6).on(step(2, 4)), floats(0.6).on(of(3, 1))} {
			s.ints = []int{1, how}
			quantiles = append(quantiles, s)
		}
	}
	misuses := []misuse{
		{"quantile [2 3]: axis 2 is out of range for 2 axes", ints(2, 0).and(0.5).on(of(2, 3))},
		{"quantile [2 0]: there is no element to choose", ints(1, 0).and(0.5).on(of(2, 0))},
		{"quantile: want q in [0, 1], got 1.5", ints(1, 0).and(1.5).on(of(2, 3))},
		{"quantile: want q in [0, 1], got NaN", ints(1, 0).and(math.NaN()).on(of(2, 3))},
	}
	return []row{
		sort, top, middle,
		{
			name: "Median",
			run:  func(_ attrs, x []Var) Var { return x[0].Median() },
			want: func(_ attrs, x []array) array {
				return reduce(x[0], nil, false, lowerMedian)
			},
			samples: []sample{on(of(5)), on(of(2, 3)), on(of()), on(of(1, 1)), on(turn(2, 3)), on(step(2, 3)), on(of(3, 50))},
		},
		{
			name: "Quantile",
			run:  func(a attrs, x []Var) Var { return x[0].Quantile(a.floats[0], a.ints[0]) },
			want: func(a attrs, x []array) array {
				return reduce(x[0], a.ints[:1], false, func(v []float64) float64 { return quantile(v, a.floats[0], tensor.Linear) })
			},
			samples: []sample{ints(1).and(0.4).on(of(2, 3)), ints(0).and(0.25).on(of(5, 2)), ints(0).and(0.9).on(of()), ints(-1).and(0.75).on(of(2, 2, 8)), ints(0).and(0.5).on(turn(4, 2))},
			errors:  misuses,
		},
		{
			name: "QuantileBy",
			run: func(a attrs, x []Var) Var {
				return x[0].QuantileBy(a.floats[0], a.ints[0], tensor.Interpolation(a.ints[1]))
			},
			want: func(a attrs, x []array) array {
				return reduce(x[0], a.ints[:1], false, func(v []float64) float64 { return quantile(v, a.floats[0], tensor.Interpolation(a.ints[1])) })
			},
			samples: quantiles,
			errors:  append(misuses, misuse{"quantile: there is no interpolation 5", ints(1, 5).and(0.5).on(of(2, 3))}),
		},
	}
}
