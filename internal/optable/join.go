package optable

import (
	"slices"

	"github.com/descent-ml/descent/autograd"
)

func joinRows() []row {
	concat := func(axis int, x []array) array {
		if axis < 0 {
			axis += len(x[0].shape)
		}
		y := array{shape: slices.Clone(x[0].shape)}
		y.shape[axis] = 0
		for _, p := range x {
			y.shape[axis] += p.shape[axis]
		}
		return fill(y.shape, func(idx []int) float64 {
			at := slices.Clone(idx)
			for _, p := range x {
				if at[axis] < p.shape[axis] {
					return p.at(at...)
				}
				at[axis] -= p.shape[axis]
			}
			panic("unreachable")
		})
	}
	return []row{
		{
			name: "Concat",
			run:  func(a attrs, x []Var) Var { return autograd.Concat(a.ints[0], x...) },
			want: func(a attrs, x []array) array { return concat(a.ints[0], x) },
			samples: []sample{ints(1).on(of(2, 3), of(2, 1), of(2, 2)), ints(0).on(of(1, 3), of(2, 3)), ints(-1).on(of(2, 2, 1), of(2, 2, 2)), ints(0).on(of(2)),
				ints(0).on(turn(2, 3), step(1, 3)), ints(1).on(of(2, 0), of(2, 3)), ints(0).on(of(1), of(2), of(1), of(3), of(1))},
			errors: []misuse{
				{"concat [2 3] × [3 3]: the shapes may differ only along axis 1", ints(1).on(of(2, 3), of(3, 3))},
				{"concat [2 3] × [3]: the shapes may differ only along axis 0", ints(0).on(of(2, 3), of(3))},
				{"concat []: axis 0 is out of range for 0 axes", ints(0).on(of(), of())},
			},
		},
		{
			name: "Stack",
			run:  func(a attrs, x []Var) Var { return autograd.Stack(a.ints[0], x...) },
			want: func(a attrs, x []array) array {
				k := axis(a.ints[0], len(x[0].shape)+1)
				rows := make([]array, len(x))
				for i, p := range x {
					rows[i] = array{slices.Insert(slices.Clone(p.shape), k, 1), p.v}
				}
				return concat(k, rows)
			},
			samples: []sample{ints(0).on(of(2, 3), of(2, 3)), ints(1).on(of(2, 3), of(2, 3)), ints(2).on(of(2, 3), of(2, 3)), ints(-1).on(of(2, 3), of(2, 3)),
				ints(0).on(of(), of(), of()), ints(0).on(of(2)), ints(1).on(turn(2, 3), step(2, 3)), ints(0).on(of(0), of(0)),
				ints(-1).on(of(1), of(1), of(1), of(1), of(1))},
			errors: []misuse{
				{"unsqueeze [2]: no place for a new axis 2", ints(2).on(of(2), of(2))},
				{"concat [1 2] × [1 3]: the shapes may differ only along axis 0", ints(0).on(of(2), of(3))},
			},
		},
		{
			name: "Meshgrid",
			run: func(_ attrs, x []Var) Var { // each grid differs
				var y Var
				for i, g := range autograd.Meshgrid(x...) {
					g = g.AddScalar(float64(i))
					if i > 0 {
						g = y.Mul(g)
					}
					y = g
				}
				return y
			},
			want: func(_ attrs, x []array) array {
				shape := make([]int, len(x))
				for i := range x {
					shape[i] = len(x[i].v)
				}
				return fill(shape, func(idx []int) float64 {
					y := 1.0
					for i, k := range idx {
						y *= x[i].v[k] + float64(i)
					}
					return y
				})
			},
			samples: []sample{on(of(2), of(3)), on(of(4)), on(of(), of(2), of(3)), on(of()), on(of(2), of(0)), on(step(3), step(2))},
			errors: []misuse{
				{"meshgrid: there are no operands", on()},
				{"meshgrid [2] × [2 3]: want vectors", on(of(2), of(2, 3))},
			},
			heap: "returns a slice",
		},
		{
			name: "Split",
			run: func(a attrs, x []Var) Var { // each piece weighs differently
				var y Var
				for i, p := range x[0].Split(a.ints[0], a.ints[1]) {
					p = p.Sum().MulScalar(float64(i + 1)).Square()
					if i > 0 {
						p = y.Add(p)
					}
					y = p
				}
				return y
			},
			want: func(a attrs, x []array) array {
				k, sums := axis(a.ints[0], len(x[0].shape)), map[int]float64{}
				places(x[0].shape, func(idx []int) { sums[idx[k]/a.ints[1]] += x[0].at(idx...) })
				y := array{shape: []int{}, v: []float64{0}}
				for i, s := range sums {
					y.v[0] += s * s * float64(i+1) * float64(i+1)
				}
				return y
			},
			samples: []sample{ints(0, 2).on(of(5)), ints(1, 2).on(of(2, 4)), ints(-1, 3).on(turn(2, 3)), ints(1, 1).on(step(2, 3)), ints(0, 9).on(of(2, 2))},
			errors: []misuse{
				{"split [5]: the pieces must have a length of at least one", ints(0, 0).on(of(5))},
				{"split [5]: axis 1 is out of range for 1 axes", ints(1, 1).on(of(5))},
			},
			heap: "returns a slice",
		},
		{
			name: "Pad",
			run:  func(a attrs, x []Var) Var { return x[0].Pad(a.floats[0], a.ints...) },
			want: func(a attrs, x []array) array {
				shape := slices.Clone(x[0].shape)
				for i := range shape {
					shape[i] += a.ints[2*i] + a.ints[2*i+1]
				}
				return fill(shape, func(idx []int) float64 {
					at := slices.Clone(idx)
					for i, d := range x[0].shape {
						if at[i] -= a.ints[2*i]; at[i] < 0 || at[i] >= d {
							return a.floats[0]
						}
					}
					return x[0].at(at...)
				})
			},
			samples: []sample{ints(1, 0, 2, 1).and(0.5).on(of(2, 3)), ints(0, 0, 0, 1, 1, 1, 2, 0).and(0).on(of(1, 2, 2, 2)), ints(0, 2).and(-3).on(of(3)),
				ints().and(1).on(of()), ints(1, 1, 0, 1).and(2).on(turn(2, 3)), ints(1, 0, 1, 1).and(2).on(step(2, 3)), ints(1, 1).and(4).on(of(0)),
				ints(-1, 1).and(4).on(of(3)), ints(-2, 0, -1, 1).and(4).on(of(3, 2)), ints(-2, -1).and(0).on(of(3)), ints(-3, 2).and(4).on(of(2)), ints(1, -2, -1, -1).and(1).on(step(3, 3))},
			errors: []misuse{
				{"pad [2 3]: 2 widths, want one before and one after each axis", ints(1, 1).and(0).on(of(2, 3))},
				{"pad [3]: the widths -2 and -2 take more than all of axis 0", ints(-2, -2).and(0).on(of(3))},
			},
		},
		continued("PadReflect", Var.PadReflect, func(i, lo, hi, n int) int {
			if i < 0 {
				return -i
			}
			return 2*n - 2 - i
		}, []misuse{{"pad [3]: cannot reflect 3 and 0 elements of the 3 of axis 0; want fewer", ints(3, 0).on(of(3))},
			{"pad [0]: cannot reflect 1 and 0 elements of the 0 of axis 0; want fewer", ints(1, 0).on(of(0))}}),
		continued("PadReplicate", Var.PadReplicate, func(i, lo, hi, n int) int { return min(max(i, 0), n-1) },
			[]misuse{{"pad [0]: axis 0 has no element to repeat", ints(1, 0).on(of(0))}}, ints(5, 7).on(of(2))),
		continued("PadCircular", Var.PadCircular, func(i, lo, hi, n int) int { return lo + (i-lo+2*(hi-lo))%(hi-lo) },
			[]misuse{{"pad [3]: cannot repeat 0 and 4 elements of the 3 of axis 0", ints(0, 4).on(of(3))}}, ints(2, 2).on(of(2)), ints(2, -1).on(of(4)), ints(-2, 1).on(of(4))),
	}
}

// continued returns the row of padding by the elements of an axis. from says where
// in an axis of length n, of which lo … hi are left, an element beyond comes from.
func continued(name string, f func(x Var, pads ...int) Var, from func(i, lo, hi, n int) int, errors []misuse, more ...sample) row {
	return row{
		name: name,
		run:  func(a attrs, x []Var) Var { return f(x[0], a.ints...) },
		want: func(a attrs, x []array) array {
			shape := slices.Clone(x[0].shape)
			for i := range shape {
				shape[i] += a.ints[2*i] + a.ints[2*i+1]
			}
			return pick(shape, x[0], func(idx []int) []int {
				for k, n := range x[0].shape {
					before, after := a.ints[2*k], a.ints[2*k+1]
					lo, hi := max(0, -before), min(n, n+after)
					if idx[k] -= before; idx[k] < lo || idx[k] >= hi {
						idx[k] = from(idx[k], lo, hi, n)
					}
				}
				return idx
			})
		},
		samples: append([]sample{ints(1, 2).on(of(3)), ints(0, 0, 1, 2, 2, 1).on(of(2, 3, 4)), ints(1, 1, 1, 0).on(turn(2, 3)), ints(0, 1, 0, 2).on(step(2, 3)),
			ints(-1, 0, 0, -2).on(of(2, 3)), ints(-1, 1).on(of(3)), ints().on(of()), ints(0, 0).on(of(2)), ints(1, 1, 0, 0).on(of(2, 0)), ints(-2, -1).on(of(3))}, more...),
		errors: append([]misuse{
			{"pad [2 3]: 2 widths, want one before and one after each axis", ints(1, 1).on(of(2, 3))},
			{"pad [3]: the widths -2 and -2 take more than all of axis 0", ints(-2, -2).on(of(3))},
		}, errors...),
	}
}

// repeated is the reference of Repeat and Tile.
func repeated(a attrs, x []array) array {
	from, many := slices.Clone(x[0].shape), slices.Clone(a.ints)
	for len(from) < len(many) {
		from = slices.Insert(from, 0, 1)
	}
	for len(many) < len(from) {
		many = slices.Insert(many, 0, 1)
	}
	shape := slices.Clone(from)
	for i := range shape {
		shape[i] *= many[i]
	}
	return fill(shape, func(idx []int) float64 {
		at := slices.Clone(idx)
		for i := range at {
			at[i] %= from[i]
		}
		return x[0].at(at...)
	})
}

func repeatRows() []row {
	samples := []sample{ints(2, 3).on(of(2, 3)), ints(1, 2).on(of(3, 1)), ints(2, 1, 3).on(of(2, 2)), ints(2, 1, 2).on(of(2, 3, 2)),
		ints(3).on(of()), ints(2, 2).on(of()), ints().on(of()), ints(2).on(of(1)), ints(1, 1).on(of(2, 3)), ints(0, 2).on(of(2, 3)), ints(2, 3).on(of(2, 0)),
		ints(2, 2).on(turn(2, 3)), ints(2, 1).on(step(2, 3))}
	return []row{
		{
			name: "Repeat", want: repeated, samples: samples,
			run: func(a attrs, x []Var) Var { return x[0].Repeat(a.ints...) },
			errors: []misuse{
				{"repeat [2 3]: 1 numbers, want one for each axis", ints(2).on(of(2, 3))},
				{"repeat [2 3]: cannot repeat -1 times", ints(2, -1).on(of(2, 3))},
				{"repeat [2]: 9 numbers are more than 8 axes", ints(1, 1, 1, 1, 1, 1, 1, 1, 1).on(of(2))},
			},
		},
		{
			name: "Tile", want: repeated,
			samples: append(slices.Clone(samples), ints(2).on(of(2, 3)), ints().on(of(2)), ints(3).on(turn(2, 3)), ints(3, 2).on(of(2, 1, 2))),
			run:     func(a attrs, x []Var) Var { return x[0].Tile(a.ints...) },
			errors:  []misuse{{"tile [2 3]: cannot repeat -1 times", ints(-1).on(of(2, 3))}},
		},
		{
			name: "RepeatInterleave",
			run:  func(a attrs, x []Var) Var { return x[0].RepeatInterleave(a.index, a.ints[0]) },
			want: func(a attrs, x []array) array {
				if len(x[0].shape) == 0 {
					x = []array{{[]int{1}, x[0].v}}
				}
				shape, k := slices.Clone(x[0].shape), axis(a.ints[0], len(x[0].shape))
				var from []int
				for i := range shape[k] {
					for range a.index[min(i, len(a.index)-1)] {
						from = append(from, i)
					}
				}
				shape[k] = len(from)
				return pick(shape, x[0], func(idx []int) []int { idx[k] = from[idx[k]]; return idx })
			},
			samples: []sample{ints(0).at(nil, 2).on(of(2, 3)), ints(1).at(nil, 3).on(of(2, 3)), ints(-1).at(nil, 2).on(of(2, 3, 2)), ints(1).at(nil, 0, 2, 1).on(of(2, 3)),
				ints(0).at(nil, 1, 3).on(of(2, 3)), ints(0).at(nil, 3).on(of()), ints(0).at(nil, 1).on(of(3)), ints(0).at(nil, 0).on(of(3)), ints(0).at(nil, 2).on(of(0, 2)),
				ints(1).at(nil, 2).on(turn(2, 3)), ints(0).at(nil, 2, 1).on(step(2, 3))},
			errors: []misuse{
				{"repeat-interleave [2 3]: 3 numbers, want 1 or 2", ints(0).at(nil, 1, 1, 1).on(of(2, 3))},
				{"repeat-interleave [2 3]: cannot repeat -1 times", ints(0).at(nil, -1).on(of(2, 3))},
				{"repeat-interleave [2 3]: axis 2 is out of range for 2 axes", ints(2).at(nil, 1).on(of(2, 3))},
			},
		},
	}
}
