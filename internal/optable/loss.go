package optable

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// target reads labels, smoothing, the label to ignore and class weights.
func (a attrs) target(dt tensor.DType) tensor.ClassTarget {
	c := tensor.ClassTarget{Labels: a.index, Smoothing: a.floats[0], Ignore: &a.ints[1]}
	if a.weights != nil {
		c.Weights = a.weights[dt]
	}
	return c
}

func weighted(a attrs, w ...float64) attrs {
	t := tensor.New(w, len(w))
	a.weights = []*tensor.Tensor{tensor.Float32: t.To(tensor.Float32), tensor.Float64: t}
	return a
}

// everySecond keeps the weights of classes as a view with gaps.
func everySecond(a attrs) attrs {
	for i, w := range a.weights {
		wide := tensor.ZerosOf(w.DType(), w.Len(), 2)
		wide.Slice(1, 1, 2, 1).CopyFrom(w.Unsqueeze(1))
		a.weights[i] = wide.Slice(1, 1, 2, 1).Squeeze(1)
	}
	return a
}

func lossRows() []row {
	const none = 2 // the fixtures' number for no reduction
	huber := scaled("Huber", func(x Var, c []float64) Var { return x.Huber(c[0]) },
		func(x float64, c []float64) float64 {
			if math.Abs(x) <= c[0] {
				return x * x / 2
			}
			return c[0] * (math.Abs(x) - c[0]/2)
		}, -3, 3, []float64{-1.5, -0.5, 0.5, 1.5}, []float64{0.5}, []float64{1.5})
	huber.errors = append(huber.errors,
		misuse{"huber: the limit is 0; it must be positive", floats(0).on(of(3))},
		misuse{"huber: the limit is NaN; it must be positive", floats(math.NaN()).on(of(3))})
	bce := binary("BCE", "bce", Var.BCE, func(p, t float64) float64 { return -t*math.Log(p) - (1-t)*math.Log(1-p) })
	bce.lo, bce.hi = 0.1, 0.9
	return []row{huber, bce, ctcRow(), nllRow(), {
		name: "CrossEntropyRows",
		run:  func(a attrs, x []Var) Var { return x[0].CrossEntropyRows(a.target(x[0].DType())) },
		want: func(a attrs, x []array) array {
			classes := x[0].shape[1]
			logp := along(x[0], 1, func(v []float64) []float64 { return logs(softmax(v)) })
			return fill([]int{len(a.index)}, func(idx []int) float64 {
				label, smoothing, loss := a.index[idx[0]], a.floats[0], 0.0
				if label == a.ints[1] {
					return 0
				}
				for c := range classes {
					t := smoothing / float64(classes)
					if c == label {
						t += 1 - smoothing
					}
					if a.weights != nil {
						t *= a.weights[tensor.Float64].At(c)
					}
					loss -= t * logp.at(idx[0], c)
				}
				return loss
			})
		},
		samples: []sample{
			ints(none, -100).and(0).at(nil, 2, 0, 1, 2).on(of(4, 3)),
			ints(none, -100).and(0.1).at(nil, 2, -100, 1, 2).on(of(4, 3)),
			weighted(ints(none, 2).and(0.1).at(nil, 2, 0, 1, 2), 0.5, 1.25, 2).on(of(4, 3)),
			weighted(ints(none, -100).and(0).at(nil, 1, 0), 0.5, 1.25).on(turn(2, 2)),
			everySecond(weighted(ints(none, -100).and(0.1).at(nil, 2, 0), 0.5, 1.25, 2)).on(of(2, 3)),
			ints(none, -100).and(0.2).at(nil, 1, 0).on(step(2, 3)),
			ints(none, -100).and(0).at(nil, 0).on(of(1, 1)),
			ints(none, -100).and(0).at(nil).on(of(0, 3)),
		},
		errors: []misuse{
			{"cross-entropy [2 3]: want 2 labels, got 1", ints(none, -100).and(0).at(nil, 0).on(of(2, 3))},
			{"cross-entropy [3]: want logits [rows classes]", ints(none, -100).and(0).at(nil, 0, 1, 2).on(of(3))},
			{"cross-entropy [1 3]: labels[0] is 3; there are 3 classes", ints(none, -100).and(0).at(nil, 3).on(of(1, 3))},
			{"cross-entropy [1 3] × [2]: want a weight for each of 3 classes", weighted(ints(none, -100).and(0).at(nil, 0), 1, 2).on(of(1, 3))},
		},
	}}
}

func nllRow() row {
	const none = 2
	smoothing := []float64{0}
	target := func(a attrs, dt tensor.DType) tensor.ClassTarget {
		a.floats = smoothing
		return a.target(dt)
	}
	return row{
		name: "NLLRows",
		run:  func(a attrs, x []Var) Var { return x[0].NLLRows(target(a, x[0].DType())) },
		want: func(a attrs, x []array) array {
			return fill([]int{len(a.index)}, func(idx []int) float64 {
				label, w := a.index[idx[0]], 1.0
				if label == a.ints[1] {
					return 0
				}
				if a.weights != nil {
					w = a.weights[tensor.Float64].At(label)
				}
				return -w * x[0].at(idx[0], label)
			})
		},
		samples: []sample{
			ints(none, -100).at(nil, 2, 0, 1, 2).on(of(4, 3)),
			ints(none, -100).at(nil, 2, -100, 1, 2).on(turn(4, 3)),
			weighted(ints(none, 2).at(nil, 2, 0, 1, 2), 0.5, 1.25, 2).on(of(4, 3)),
			everySecond(weighted(ints(none, -100).at(nil, 2, 0), 0.5, 1.25, 2)).on(step(2, 3)),
			ints(none, -100).at(nil).on(of(0, 3)),
		},
		errors: []misuse{
			{"nll [2 3]: want 2 labels, got 1", ints(none, -100).at(nil, 0).on(of(2, 3))},
			{"nll [3]: want logits [rows classes]", ints(none, -100).at(nil, 0, 1, 2).on(of(3))},
			{"nll [1 3]: labels[0] is 3; there are 3 classes", ints(none, -100).at(nil, 3).on(of(1, 3))},
		},
	}
}
