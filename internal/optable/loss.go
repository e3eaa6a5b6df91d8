package optable

import (
	"math"
	"slices"

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

// ctcTarget reads the blank, whether losses are divided by the labels, the number of
// sequences, their numbers of labels and, where there are more, of steps.
func (a attrs) ctcTarget() tensor.CTCTarget {
	n := a.ints[2]
	c := tensor.CTCTarget{Labels: a.index, Blank: a.ints[0], PerLabel: a.ints[1] == 1, Lengths: a.ints[3 : 3+n]}
	if len(a.ints) > 3+n {
		c.Steps = a.ints[3+n:]
	}
	return c
}

// ctcOf returns the loss of one sequence, from all paths there are.
func ctcOf(x array, seq, steps, blank int, labels []int) float64 {
	classes, sum := x.shape[2], 0.0
	path := make([]int, steps)
	for {
		var spelt []int
		total, before := 0.0, -1
		for t, c := range path {
			total += x.at(t, seq, c)
			if c != blank && c != before {
				spelt = append(spelt, c)
			}
			before = c
		}
		if slices.Equal(spelt, labels) {
			sum += math.Exp(total)
		}
		t := 0
		for ; t < steps; t++ {
			if path[t]++; path[t] < classes {
				break
			}
			path[t] = 0
		}
		if t == steps {
			return -math.Log(sum)
		}
	}
}

func ctcRow() row {
	one := ints(0, 0, 1, 2)
	return row{
		name: "CTC",
		run:  func(a attrs, x []Var) Var { return x[0].CTC(a.ctcTarget()) },
		want: func(a attrs, x []array) array {
			c := a.ctcTarget()
			return fill([]int{len(c.Lengths)}, func(idx []int) float64 {
				i, from := idx[0], 0
				for _, n := range c.Lengths[:i] {
					from += n
				}
				steps := x[0].shape[0]
				if c.Steps != nil {
					steps = c.Steps[i]
				}
				loss := ctcOf(x[0], i, steps, c.Blank, c.Labels[from:from+c.Lengths[i]])
				if c.PerLabel {
					loss /= float64(max(1, c.Lengths[i]))
				}
				return loss
			})
		},
		samples: []sample{
			ints(0, 0, 2, 2, 1).at(nil, 1, 2, 2).on(of(4, 2, 3)),
			ints(0, 1, 2, 2, 2).at(nil, 1, 1, 2, 1).on(of(4, 2, 3)),
			ints(2, 1, 3, 2, 0, 1, 5, 4, 2).at(nil, 0, 0, 1).on(of(5, 3, 3)),
			ints(1, 0, 1, 3).at(nil, 0, 2, 0).on(of(3, 1, 3)),
			ints(0, 0, 1, 0).at(nil).on(of(2, 1, 2)),
			ints(0, 0, 2, 1, 1).at(nil, 1, 1).on(turn(3, 2, 2)),
			ints(0, 0, 1, 1).at(nil, 1).on(step(3, 1, 2)),
			ints(0, 0, 0).at(nil).on(of(3, 0, 2)),
			ints(0, 0, 2, 0, 0, 0, 1).at(nil).on(of(1, 2, 2)),
		},
		errors: []misuse{
			{"ctc [3 2]: want log-probabilities [steps batch classes]", one.at(nil, 1, 1).on(of(3, 2))},
			{"ctc [3 2 2]: want a number of labels for each of 2 sequences, got 1", one.at(nil, 1, 1).on(of(3, 2, 2))},
			{"ctc [3 1 2]: the sequences have 2 labels, got 1", one.at(nil, 1).on(of(3, 1, 2))},
			{"ctc [3 1 2]: the number of labels of sequence 0 is -1", ints(0, 0, 1, -1).at(nil).on(of(3, 1, 2))},
			{"ctc [3 1 2]: the blank is 2; there are 2 classes", ints(2, 0, 1, 1).at(nil, 1).on(of(3, 1, 2))},
			{"ctc [3 1 2]: labels[1] is 2; there are 2 classes, and the blank is 0", one.at(nil, 1, 2).on(of(3, 1, 2))},
			{"ctc [3 1 2]: labels[0] is 0; there are 2 classes, and the blank is 0", one.at(nil, 0, 1).on(of(3, 1, 2))},
			{"ctc [3 1 2]: want a number of steps for each of 1 sequences, got 2", ints(0, 0, 1, 1, 3, 3).at(nil, 1).on(of(3, 1, 2))},
			{"ctc [3 1 2]: sequence 0 has 4 steps; there are 3", ints(0, 0, 1, 1, 4).at(nil, 1).on(of(3, 1, 2))},
		},
	}
}
