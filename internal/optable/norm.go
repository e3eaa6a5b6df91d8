package optable

import (
	"fmt"
	"math"
	"slices"
)

// moments returns mean and biased variance over axes, which are kept.
func moments(x array, axes []int) (mean, variance array) {
	mean = reduce(x, axes, true, func(v []float64) float64 { return total(v) / float64(len(v)) })
	variance = reduce(x, axes, true, func(v []float64) float64 {
		m, s := total(v)/float64(len(v)), 0.0
		for _, u := range v {
			s += (u - m) * (u - m)
		}
		return s / float64(len(v))
	})
	return mean, variance
}

func normalize(x, mean, variance array, eps float64) array {
	return fill(x.shape, func(idx []int) float64 { return (x.at(idx...) - mean.at(idx...)) / math.Sqrt(variance.at(idx...)+eps) })
}

func standardized(x array, axes []int, eps float64) array {
	mean, variance := moments(x, axes)
	return normalize(x, mean, variance, eps)
}

// affine returns x w + b, where these are given.
func affine(x array, wb []array) array {
	if len(wb) == 0 {
		return x
	}
	return fill(x.shape, func(idx []int) float64 { return x.at(idx...)*wb[0].at(idx...) + wb[1].at(idx...) })
}

// channelwise shapes vectors so that they broadcast along axis 1.
func channelwise(rank int, x []array) []array {
	out := slices.Clone(x)
	for i := range out {
		out[i].shape = append([]int{len(x[i].v)}, slices.Repeat([]int{1}, rank-2)...)
	}
	return out
}

// optional returns x[i], or the empty Var when it is not there.
func optional(x []Var, i int) Var {
	if i < len(x) {
		return x[i]
	}
	return Var{}
}

// channelAxes returns every axis but axis 1.
func channelAxes(rank int) []int {
	axes := []int{0}
	for i := 2; i < rank; i++ {
		axes = append(axes, i)
	}
	return axes
}

func normRows() []row {
	return []row{
		{
			name: "LayerNorm",
			run: func(a attrs, x []Var) Var {
				return x[0].LayerNorm(a.ints[0], optional(x, 1), optional(x, 2), a.floats[0])
			},
			want: func(a attrs, x []array) array {
				var axes []int
				for i := range a.ints[0] {
					axes = append(axes, i-a.ints[0])
				}
				return affine(standardized(x[0], axes, a.floats[0]), x[1:])
			},
			samples: []sample{ints(1).and(1e-5).on(of(3, 4), of(4), of(4)), ints(2).and(1e-5).on(of(2, 3, 4), of(3, 4), of(3, 4)), ints(1).and(0.1).on(of(2, 5)),
				ints(1).and(1e-5).on(of(4), of(4), of(4)), ints(1).and(0.1).on(turn(3, 4), of(4), step(4)), ints(1).and(0.1).on(step(2, 3, 4), step(4), of(4)),
				ints(1).and(0.1).on(of(2, 1), of(1), of(1)), ints(1).and(0.1).on(of(0, 3), of(3), of(3))},
			errors: []misuse{
				{"layer-norm [3]: cannot normalize over the last 2 axes", ints(2).and(0.1).on(of(3))},
				{"layer-norm [3]: cannot normalize over the last 0 axes", ints(0).and(0.1).on(of(3))},
				{"layer-norm [3 4] × [3]: want weight and bias with the shape of the trailing axes", ints(1).and(0.1).on(of(3, 4), of(3), of(3))},
			},
			tol32: 2e-5,
		},
		{
			name: "RMSNorm",
			run:  func(a attrs, x []Var) Var { return x[0].RMSNorm(a.ints[0], optional(x, 1), a.floats[0]) },
			want: func(a attrs, x []array) array {
				var axes []int
				for i := range a.ints[0] {
					axes = append(axes, i-a.ints[0])
				}
				square := reduce(x[0], axes, true, func(v []float64) float64 {
					s := 0.0
					for _, u := range v {
						s += u * u
					}
					return s / float64(len(v))
				})
				y := normalize(x[0], fill(square.shape, func([]int) float64 { return 0 }), square, a.floats[0])
				if len(x) > 1 {
					y = fill(y.shape, func(idx []int) float64 { return y.at(idx...) * x[1].at(idx...) })
				}
				return y
			},
			samples: []sample{ints(1).and(1e-5).on(of(3, 4), of(4)), ints(2).and(1e-5).on(of(2, 3, 4), of(3, 4)), ints(1).and(0.1).on(of(2, 5)),
				ints(1).and(1e-5).on(of(4), of(4)), ints(1).and(0.1).on(turn(3, 4), of(4)), ints(1).and(0.1).on(step(2, 3, 4), step(4)),
				ints(1).and(0.1).on(of(2, 1), of(1)), ints(1).and(0.1).on(of(0, 3), of(3))},
			errors: []misuse{
				{"rms-norm [3]: cannot normalize over the last 2 axes", ints(2).and(0.1).on(of(3))},
				{"rms-norm [3 4] × [3]: want weight and bias with the shape of the trailing axes", ints(1).and(0.1).on(of(3, 4), of(3))},
			},
			tol32: 2e-5,
		},
		{
			name: "BatchNorm",
			run: func(a attrs, x []Var) Var {
				y, _, _ := x[0].BatchNorm(optional(x, 1), optional(x, 2), a.floats[0])
				return y
			},
			want: func(a attrs, x []array) array {
				rank := len(x[0].shape)
				return affine(standardized(x[0], channelAxes(rank), a.floats[0]), channelwise(rank, x[1:]))
			},
			also: func(a attrs, x []Var) error {
				_, mean, variance := x[0].BatchNorm(optional(x, 1), optional(x, 2), a.floats[0])
				wantMean, wantVariance := moments(arrayOf(x[0].Value()), channelAxes(x[0].Rank()))
				wantMean.shape, wantVariance.shape = mean.Shape(), mean.Shape()
				if err := near(mean, wantMean, 1e-12); err != nil {
					return fmt.Errorf("mean: %w", err)
				}
				return near(variance, wantVariance, 1e-12)
			},
			samples: []sample{floats(1e-5).on(of(5, 3), of(3), of(3)), floats(1e-5).on(of(2, 3, 4), of(3), of(3)), floats(1e-5).on(of(2, 3, 2, 3), of(3), of(3)),
				floats(0.1).on(of(4, 3)), floats(0.1).on(turn(4, 3), of(3), step(3)), floats(0.1).on(turn(2, 3, 2), step(3), of(3)), floats(0.1).on(step(2, 3, 2, 2), of(3), of(3)),
				floats(0.1).on(of(3, 0), of(0), of(0))},
			errors: []misuse{
				{"batch-norm [3]: want a batch with channels on axis 1", floats(0.1).on(of(3))},
				{"batch-norm [2 3] × [2]: want one number for each channel, axis 1", floats(0.1).on(of(2, 3), of(2), of(2))},
			},
			tol32: 2e-5,
		},
		{
			name: "GroupNorm",
			run: func(a attrs, x []Var) Var {
				return x[0].GroupNorm(a.ints[0], optional(x, 1), optional(x, 2), a.floats[0])
			},
			want: func(a attrs, x []array) array {
				y := array{shape: []int{x[0].shape[0], a.ints[0], len(x[0].v) / max(1, x[0].shape[0]*a.ints[0])}, v: x[0].v}
				y = array{shape: x[0].shape, v: standardized(y, []int{2}, a.floats[0]).v}
				return affine(y, channelwise(len(y.shape), x[1:]))
			},
			samples: []sample{ints(2).and(1e-5).on(of(2, 4, 3), of(4), of(4)), ints(1).and(1e-5).on(of(2, 3, 2, 2), of(3), of(3)), ints(3).and(0.1).on(of(2, 3, 4), of(3), of(3)),
				ints(2).and(0.1).on(of(3, 6)), ints(2).and(0.1).on(turn(2, 4, 2), of(4), step(4)), ints(2).and(0.1).on(step(2, 4, 3), step(4), of(4)), ints(1).and(0.1).on(of(0, 2, 3), of(2), of(2))},
			errors: []misuse{
				{"group-norm [3]: want [batch channels …] with channels that 1 groups divide", ints(1).and(0.1).on(of(3))},
				{"group-norm [2 3 2]: want [batch channels …] with channels that 2 groups divide", ints(2).and(0.1).on(of(2, 3, 2))},
				{"group-norm [2 3 2]: want [batch channels …] with channels that 0 groups divide", ints(0).and(0.1).on(of(2, 3, 2))},
			},
			tol32: 2e-5,
		},
		{
			name: "NormalizeChannels",
			run: func(a attrs, x []Var) Var {
				return x[0].NormalizeChannels(x[1], x[2], optional(x, 3), optional(x, 4), a.floats[0])
			},
			want: func(a attrs, x []array) array {
				rank := len(x[0].shape)
				c := channelwise(rank, x[1:])
				return affine(normalize(x[0], c[0], c[1], a.floats[0]), c[2:])
			},
			lo: 0.3, hi: 2,
			samples: []sample{floats(1e-5).on(of(5, 3), of(3), of(3), of(3), of(3)), floats(0.1).on(of(2, 3, 4), of(3), of(3)),
				floats(0.1).on(turn(2, 3, 2, 2), step(3), of(3), of(3), step(3)), floats(0.1).on(of(0, 3), of(3), of(3))},
			errors: []misuse{{"sub [2 3] × [2]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", floats(0.1).on(of(2, 3), of(2), of(2))}},
		},
	}
}
