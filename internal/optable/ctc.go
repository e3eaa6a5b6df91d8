package optable

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

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
