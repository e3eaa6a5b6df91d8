package optable

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// pick returns the array of a shape whose element at idx is that of x at
// from(idx), or 0 where that is nil.
func pick(shape []int, x array, from func(idx []int) []int) array {
	return fill(shape, func(idx []int) float64 {
		if at := from(slices.Clone(idx)); at != nil {
			return x.at(at...)
		}
		return 0
	})
}

// axis resolves a possibly negative axis.
func axis(a, rank int) int {
	if a < 0 {
		a += rank
	}
	return a
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// reshaped is the reference of operations that only change the shape.
func reshaped(shape func(a attrs, x []int) []int) func(a attrs, x []array) array {
	return func(a attrs, x []array) array { return array{shape(a, x[0].shape), x[0].v} }
}

func exchanged(x array, i, j int) array {
	shape := slices.Clone(x.shape)
	shape[i], shape[j] = shape[j], shape[i]
	return pick(shape, x, func(idx []int) []int { idx[i], idx[j] = idx[j], idx[i]; return idx })
}

func viewRows() []row {
	return []row{
		{
			name: "Reshape",
			run:  func(a attrs, x []Var) Var { return x[0].Reshape(a.ints...) },
			want: reshaped(func(a attrs, x []int) []int {
				shape := slices.Clone(a.ints)
				if hole := slices.Index(shape, -1); hole >= 0 {
					shape[hole] = 1
					shape[hole] = size(x) / size(shape)
				}
				return shape
			}),
			samples: []sample{ints(3, 4).on(of(2, 6)), ints(12).on(of(2, 6)), ints(2, 1, -1).on(of(2, 6)), ints(1, 1).on(of()), ints().on(of(1, 1)),
				ints(6).on(turn(2, 3)), ints(3, 2).on(turn(2, 3)), ints(2, 3, 1).on(step(2, 3)), ints(6).on(step(2, 3)), ints(3, 0, 2).on(of(0, 5))},
			errors: []misuse{
				{"reshape [2 3]: 6 elements do not fill shape [4]", ints(4).on(of(2, 3))},
				{"reshape [2 3]: 6 elements do not fill shape [4 -1]", ints(4, -1).on(of(2, 3))},
				{"reshape [2 3]: no shape [-1 -1]: only one dimension may be left open, with −1", ints(-1, -1).on(of(2, 3))},
			},
		},
		{
			name: "Flatten",
			run:  func(a attrs, x []Var) Var { return x[0].Flatten(a.ints[0], a.ints[1]) },
			want: reshaped(func(a attrs, x []int) []int {
				if len(x) == 0 {
					return []int{1}
				}
				from, to := axis(a.ints[0], len(x)), axis(a.ints[1], len(x))
				return slices.Concat(x[:from], []int{size(x[from : to+1])}, x[to+1:])
			}),
			samples: []sample{ints(1, -1).on(of(2, 3, 2)), ints(0, 1).on(of(2, 3, 2)), ints(0, -1).on(of()), ints(0, 1).on(turn(2, 3)),
				ints(1, 2).on(step(2, 2, 2)), ints(0, 0).on(of(3, 1)), ints(0, -1).on(of(0, 2))},
			errors: []misuse{
				{"flatten [2 3]: axis 1 comes after axis 0", ints(1, 0).on(of(2, 3))},
				{"flatten [2 3]: axis 2 is out of range for 2 axes", ints(0, 2).on(of(2, 3))},
			},
		},
		{
			name: "Squeeze",
			run:  func(a attrs, x []Var) Var { return x[0].Squeeze(a.ints...) },
			want: reshaped(func(a attrs, x []int) []int {
				shape := []int{}
				for i, d := range x {
					named := slices.Contains(a.ints, i) || slices.Contains(a.ints, i-len(x))
					if d != 1 || len(a.ints) > 0 && !named {
						shape = append(shape, d)
					}
				}
				return shape
			}),
			samples: []sample{on(of(1, 3, 1)), ints(0).on(of(1, 3, 1)), ints(-1).on(of(1, 3, 1)), ints(0, 2).on(of(1, 3, 1)), on(of()), on(of(1, 1)),
				ints(1).on(turn(2, 1, 3)), ints(0).on(step(1, 3)), ints(1).on(of(0, 1)), ints(0).on(of()), ints(-1).on(of())},
			errors: []misuse{
				{"squeeze [2 1]: axis 0 has length 2, not 1", ints(0).on(of(2, 1))},
				{"squeeze [2 1]: axis -3 is out of range for 2 axes", ints(-3).on(of(2, 1))},
			},
		},
		{
			name: "Unsqueeze",
			run:  func(a attrs, x []Var) Var { return x[0].Unsqueeze(a.ints[0]) },
			want: reshaped(func(a attrs, x []int) []int { return slices.Insert(slices.Clone(x), axis(a.ints[0], len(x)+1), 1) }),
			samples: []sample{ints(0).on(of(2, 3)), ints(1).on(of(2, 3)), ints(2).on(of(2, 3)), ints(-1).on(of(2, 3)), ints(0).on(of()),
				ints(1).on(turn(2, 3)), ints(-2).on(step(2, 3)), ints(0).on(of(0))},
			errors: []misuse{{"unsqueeze [2 3]: no place for a new axis 3", ints(3).on(of(2, 3))}},
		},
		{
			name: "Permute",
			run:  func(a attrs, x []Var) Var { return x[0].Permute(a.ints...) },
			want: func(a attrs, x []array) array {
				var shape []int
				for _, k := range a.ints {
					shape = append(shape, x[0].shape[axis(k, len(a.ints))])
				}
				return pick(shape, x[0], func(idx []int) []int {
					at := make([]int, len(idx))
					for i, k := range a.ints {
						at[axis(k, len(idx))] = idx[i]
					}
					return at
				})
			},
			samples: []sample{ints(2, 0, 1).on(of(2, 3, 4)), ints(-2, -1, 0).on(of(2, 3, 4)), ints(0, 1, 2).on(of(2, 1, 2)), ints().on(of()),
				ints(0).on(of(3)), ints(1, 2, 0).on(turn(2, 3, 2)), ints(1, 0).on(step(2, 3)), ints(1, 0).on(of(0, 3))},
			errors: []misuse{
				{"permute [2 3]: 1 axes named, the tensor has 2", ints(0).on(of(2, 3))},
				{"permute [2 3]: axis -1 is named twice", ints(1, -1).on(of(2, 3))},
				{"permute [2 3]: axis 2 is out of range for 2 axes", ints(0, 2).on(of(2, 3))},
			},
		},
		{
			name: "Transpose",
			run:  func(a attrs, x []Var) Var { return x[0].Transpose(a.ints[0], a.ints[1]) },
			want: withoutAxes(func(a attrs, x []array) array {
				return exchanged(x[0], axis(a.ints[0], len(x[0].shape)), axis(a.ints[1], len(x[0].shape)))
			}),
			samples: []sample{ints(0, 2).on(of(2, 3, 4)), ints(-1, -2).on(of(2, 3, 4)), ints(0, 0).on(of(3)), ints(0, 1).on(turn(2, 3)),
				ints(0, 1).on(step(2, 3)), ints(0, 1).on(of(1, 1)), ints(0, 1).on(of(0, 3)), ints(0, -1).on(of())},
			errors: []misuse{{"transpose [2 3]: axis 2 is out of range for 2 axes", ints(0, 2).on(of(2, 3))}},
		},
		{
			name:    "T",
			run:     func(_ attrs, x []Var) Var { return x[0].T() },
			want:    func(_ attrs, x []array) array { n := len(x[0].shape); return exchanged(x[0], n-2, n-1) },
			samples: []sample{on(of(2, 3)), on(of(2, 3, 4)), on(turn(2, 3)), on(step(2, 3)), on(of(1, 1)), on(of(3, 0))},
			errors:  []misuse{{"transpose [3]: axis -2 is out of range for 1 axes", on(of(3))}},
		},
		{
			name: "Expand",
			run:  func(a attrs, x []Var) Var { return x[0].Expand(a.ints...) },
			want: func(a attrs, x []array) array {
				shape := slices.Clone(a.ints)
				for i, d := range shape {
					if d < 0 {
						shape[i] = x[0].shape[i-len(shape)+len(x[0].shape)]
					}
				}
				return fill(shape, func(idx []int) float64 { return x[0].at(idx...) })
			},
			samples: []sample{ints(3, 4).on(of(3, 1)), ints(2, 3, 4).on(of(3, 1)), ints(2, -1, 2).on(of(3, 1)), ints(2, 3).on(of()), ints().on(of()),
				ints(2, 2, 3).on(turn(2, 1)), ints(2, 2, 3).on(step(1, 3)), ints(1, 1).on(of(1)), ints(0, 3).on(of(3)), ints(2, 3, 2, 2).on(of(3, 1, 1))},
			errors: []misuse{
				{"expand [2 3]: does not stretch to shape [4 3]", ints(4, 3).on(of(2, 3))},
				{"expand [2 3]: does not stretch to shape [3]", ints(3).on(of(2, 3))},
				{"expand [3]: does not stretch to shape [-1 3]", ints(-1, 3).on(of(3))},
			},
		},
		{
			name: "Slice",
			run:  func(a attrs, x []Var) Var { return x[0].Slice(a.ints[0], a.ints[1], a.ints[2], a.ints[3]) },
			want: func(a attrs, x []array) array {
				k := axis(a.ints[0], len(x[0].shape))
				shape := slices.Clone(x[0].shape)
				from, to, step := axis(a.ints[1], shape[k]), min(axis(a.ints[2], shape[k]), shape[k]), a.ints[3]
				shape[k] = (to - from + step - 1) / step
				return pick(shape, x[0], func(idx []int) []int { idx[k] = from + idx[k]*step; return idx })
			},
			samples: []sample{ints(0, 1, 3, 1).on(of(4, 5)), ints(1, 0, 5, 2).on(of(4, 5)), ints(1, 1, 5, 3).on(of(4, 5)), ints(-1, -3, -1, 1).on(of(2, 5)),
				ints(0, 2, 2, 1).on(of(4, 5)), ints(1, 2, tensor.End, 2).on(of(4, 5)), ints(0, 1, tensor.End, 1).on(of(3)), ints(0, 0, 3, 1).on(of(3)), ints(1, 1, 3, 1).on(turn(2, 3)), ints(1, 0, 3, 2).on(step(2, 3)), ints(0, 0, 0, 1).on(of(0, 2))},
			errors: []misuse{
				{"slice [4 5]: 1:6:1 does not lie within axis 1", ints(1, 1, 6, 1).on(of(4, 5))},
				{"slice [4 5]: 3:2:1 does not lie within axis 1", ints(1, 3, 2, 1).on(of(4, 5))},
				{"slice [4 5]: 0:2:0 does not lie within axis 1", ints(1, 0, 2, 0).on(of(4, 5))},
				{"slice [4 5]: axis 2 is out of range for 2 axes", ints(2, 0, 1, 1).on(of(4, 5))},
			},
		},
		{
			name: "Select",
			run:  func(a attrs, x []Var) Var { return x[0].Select(a.ints[0], a.ints[1]) },
			want: func(a attrs, x []array) array {
				s := x[0].shape
				k := axis(a.ints[0], len(s))
				return pick(slices.Delete(slices.Clone(s), k, k+1), x[0], func(idx []int) []int {
					return slices.Insert(slices.Clone(idx), k, axis(a.ints[1], s[k]))
				})
			},
			samples: []sample{ints(0, 1).on(of(3, 4)), ints(1, 3).on(of(3, 4)), ints(-1, -1).on(of(2, 3, 4)), ints(1, 0).on(of(2, 3, 4)), ints(0, 2).on(of(3)),
				ints(0, 1).on(turn(2, 3)), ints(1, -2).on(step(2, 3)), ints(0, 1).on(of(2, 0))},
			errors: []misuse{
				{"select [4 5]: index 5 is out of range for length 5", ints(1, 5).on(of(4, 5))},
				{"select [4 5]: index -6 is out of range for length 5", ints(1, -6).on(of(4, 5))},
				{"select [0 5]: index 0 is out of range for length 0", ints(0, 0).on(of(0, 5))},
				{"select [4 5]: axis 2 is out of range for 2 axes", ints(2, 0).on(of(4, 5))},
				{"select []: axis 0 is out of range for 0 axes", ints(0, 0).on(of())},
			},
		},
	}
}
