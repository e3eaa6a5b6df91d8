package optable

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
)

// A masking is what attention has besides queries, keys and values. In the
// attributes of a row, ints are: causal, first, and which masks there are: 0 for
// none, 1 for one that is added, 2 for one of what is seen, 3 for both. floats is
// the scale.
type masking struct {
	causal bool
	first  int
	masks  int
	scale  float64
}

func maskingOf(a attrs) masking { return masking{a.ints[0] == 1, a.ints[1], a.ints[2], a.floats[0]} }

// options returns the options that m says, with the masks in x.
func (m masking) options(x []Var) autograd.AttentionOptions {
	o := autograd.AttentionOptions{Causal: m.causal, First: m.first, Scale: m.scale}
	if m.masks&1 != 0 {
		o.Mask, x = x[0], x[1:]
	}
	if m.masks&2 != 0 {
		o.Seen = x[0]
	}
	return o
}

// whole returns the sum of the masks in x, which is −∞ where nothing is seen.
func (m masking) whole(shape []int, x []array) array {
	stretched := func(a array, idx []int) float64 {
		at := slices.Clone(idx[len(idx)-len(a.shape):])
		for i, d := range a.shape {
			at[i] = min(at[i], d-1)
		}
		return a.at(at...)
	}
	return fill(shape, func(idx []int) (s float64) {
		rest := x
		if m.masks&1 != 0 {
			s, rest = stretched(rest[0], idx), rest[1:]
		}
		if m.masks&2 != 0 && stretched(rest[0], idx) == 0 {
			s = math.Inf(-1)
		}
		return s
	})
}

// weightsOf returns the weights of attention. An empty mask is none.
func weightsOf(q, k, mask array, m masking) array {
	if m.scale == 0 {
		m.scale = 1 / math.Sqrt(float64(q.shape[3]))
	}
	y := fill([]int{q.shape[0], q.shape[1], q.shape[2], k.shape[2]}, func(idx []int) float64 {
		b, h, i, j := idx[0], idx[1], idx[2], idx[3]
		if m.causal && j > m.first+i {
			return 0
		}
		s := 0.0
		for w := range q.shape[3] {
			s += q.at(b, h, i, w) * k.at(b, h/(q.shape[1]/k.shape[1]), j, w)
		}
		s *= m.scale
		if len(mask.v) > 0 {
			s += mask.at(idx...)
		}
		return math.Exp(s)
	})
	for r := 0; r < len(y.v); r += k.shape[2] {
		row, total := y.v[r:r+k.shape[2]], 0.0
		for _, v := range row {
			total += v
		}
		for j := range row {
			if total > 0 {
				row[j] /= total
			}
		}
	}
	return y
}

// weighed adds up values by the weights of attention.
func weighed(p, v array) array {
	return fill([]int{p.shape[0], p.shape[1], p.shape[2], v.shape[3]}, func(idx []int) (sum float64) {
		for j := range v.shape[2] {
			sum += p.at(idx[0], idx[1], idx[2], j) * v.at(idx[0], idx[1]/(p.shape[1]/v.shape[1]), j, idx[3])
		}
		return sum
	})
}

// given describes an operand with these numbers, which gets no gradient.
func given(numbers []float64, shape ...int) operand {
	return operand{shape: shape, data: numbers, fixed: true}
}

// maskedRows are the operations of attention with masks.
func maskedRows() []row {
	inf := math.Inf(-1)
	attend := func(name string, operands int, run func(x []Var, o autograd.AttentionOptions) Var) row {
		return row{
			name: name,
			run:  func(a attrs, x []Var) Var { return run(x, maskingOf(a).options(x[operands:])) },
			want: func(a attrs, x []array) array {
				m, q, k := maskingOf(a), x[0], x[1]
				var mask array
				if m.masks > 0 {
					mask = m.whole([]int{q.shape[0], q.shape[1], q.shape[2], k.shape[2]}, x[operands:])
				}
				p := weightsOf(q, k, mask, m)
				if operands == 2 {
					return p
				}
				return weighed(p, x[2])
			},
		}
	}
	says := func(causal, first, masks int, scale float64) attrs { return ints(causal, first, masks).and(scale) }
	seen := given([]float64{1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1}, 1, 3, 4)
	added := given([]float64{0.5, inf, -1, 2, inf, inf, inf, inf, 0, 0, inf, 1}, 3, 4)
	padded := given([]float64{1, 1, 0, 0, 1, 1, 1, 0}, 2, 1, 1, 4)
	q, k, v := of(2, 2, 3, 2), of(2, 2, 4, 2), of(2, 2, 4, 3)

	whole := attend("ScaledDotProductAttention", 3, func(x []Var, o autograd.AttentionOptions) Var { return x[0].ScaledDotProductAttention(x[1], x[2], o) })
	whole.samples = []sample{
		says(0, 0, 0, 0).on(q, k, v), says(0, 0, 0, 0.3).on(q, k, v), says(1, 1, 0, 0).on(q, k, v),
		says(1, 70, 0, -1).on(of(1, 1, 66, 1), of(1, 1, 80, 1), of(1, 1, 80, 1)),
		says(0, 0, 1, 0).on(q, k, v, added), says(0, 0, 2, 0).on(q, k, v, seen), says(0, 0, 2, 0).on(q, k, v, padded),
		says(1, 2, 3, 0.5).on(q, k, v, added, padded),
		says(0, 0, 1, 0).on(q, k, v, of(4)), says(0, 0, 1, 0).on(q, k, v, operand{shape: []int{2, 1, 3, 1}, fixed: true}), says(1, 0, 1, 0).on(q, k, v, of(1, 2, 3, 4)),
		says(1, 0, 3, 2).on(q, k, v, of(3, 4), seen),
		says(0, 0, 0, 0).on(of(2, 4, 3, 2), of(2, 2, 2, 2), of(2, 2, 2, 3)),
		says(1, 1, 1, 0).on(of(1, 4, 3, 2), of(1, 1, 4, 2), of(1, 1, 4, 3), added),
		says(0, 0, 1, 0).on(of(1, 4, 3, 2), of(1, 2, 4, 2), of(1, 2, 4, 1), of(4, 3, 4)),
		says(0, 0, 1, 0).on(turn(2, 4, 3, 2), step(2, 2, 4, 2), turn(2, 2, 4, 3), turn(2, 4, 3, 4)),
		says(0, 0, 2, 0).on(of(0, 2, 3, 2), of(0, 2, 4, 2), of(0, 2, 4, 3), seen),
		says(0, 0, 1, 0).on(of(1, 1, 2, 1), of(1, 1, 0, 1), of(1, 1, 0, 2), of(2, 0)),
	}
	whole.errors = []misuse{
		{"attention [2 2 3 2] × [2 2 4 2] × [4 3]: the mask does not stretch to [batch heads queries keys], [2 2 3 4]",
			says(0, 0, 1, 0).on(q, k, v, given(make([]float64, 12), 4, 3))},
		{"attention [2 3 3 2] × [2 2 4 2] × [2 2 4 3]: queries, keys and values differ in batch or heads", says(0, 0, 0, 0).on(of(2, 3, 3, 2), k, v)},
		{"attention [2 2 3 2] × [2 2 4 2] × [2 1 4 3]: want a value for each key, both [batch heads keys width]",
			says(0, 0, 1, 0).on(q, k, of(2, 1, 4, 3), of(4))},
		{"attention: First is -1; it must not be negative", says(1, -1, 0, 0).on(q, k, v)},
	}
	weights := attend("AttentionWeights", 2, func(x []Var, o autograd.AttentionOptions) Var { return x[0].AttentionWeights(x[1], o) })
	weights.samples = []sample{
		says(0, 0, 0, 0).on(q, k), says(1, 1, 1, 0.4).on(q, k, of(2, 1, 4)), says(0, 0, 3, 0).on(of(2, 4, 3, 2), k, added, seen),
		says(1, 0, 2, 0).on(turn(2, 2, 3, 2), step(2, 2, 4, 2), padded), says(1, 0, 0, 0).on(of(1, 1, 66, 1), of(1, 1, 3, 1)),
		says(0, 0, 0, 0).on(of(0, 2, 3, 2), of(0, 2, 4, 2)),
	}
	weights.errors = []misuse{
		{"attention-weights [3 2] × [2 2 4 2] × [2 2 4 2]: want queries, keys and values [batch heads length width]", says(0, 0, 0, 0).on(of(3, 2), k)},
	}
	return []row{whole, weights}
}
