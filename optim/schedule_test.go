package optim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// follow returns the rates of the first n steps.
func follow(s Schedule, n int) (rates []float64) {
	for step := range n {
		rates = append(rates, s.At(step))
	}
	return rates
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Schedule
		want []float64
	}{
		{"constant", Constant{0.5}, []float64{0.5, 0.5}},
		{"linear", Linear{From: 1, To: 0, Steps: 4}, []float64{1, 0.75, 0.5, 0.25, 0, 0}},
		{"linear at once", Linear{From: 1, To: 2}, []float64{2, 2}},
		{"cosine", Cosine{LR: 3, Min: 1, Steps: 2}, []float64{3, 2, 1, 2, 3, 2}},
		{"exponential", Exponential{LR: 1, Gamma: 0.5}, []float64{1, 0.5, 0.25}},
		{"step", Step{LR: 8, Size: 2, Gamma: 0.5}, []float64{8, 8, 4, 4, 2}},
		{"milestones", MultiStep{LR: 8, Milestones: []int{3, 1, 3}, Gamma: 0.5}, []float64{8, 4, 4, 1, 1}},
		{"no milestones", MultiStep{LR: 8}, []float64{8, 8}},
		{"warm up", Warmup(4, Linear{From: 1, To: 0, Steps: 2}), []float64{0.25, 0.5, 0.75, 1, 1, 0.5, 0, 0}},
		{"warm up at once", Warmup(0, Constant{1}), []float64{1}},
		{"warm up in one", Warmup(1, Exponential{1, 0.5}), []float64{1, 1, 0.5}},
		{"hold", Hold(2, Cosine{LR: 2, Steps: 2}), []float64{2, 1, 0, 0, 0}},
		{"sequence", Sequence{{Constant{5}, 0}, {Exponential{1, 0.5}, 2}, {Constant{7}, 1}, {Exponential{4, 0.5}, 1}}, []float64{1, 0.5, 7, 4, 2, 1}},
		{"cycle, holding", OneCycle{LR: 10, Steps: 5, Rise: 0.6, Div: 5, FinalDiv: 2, Linear: true}, []float64{2, 6, 10, 5.5, 1, 1, 1}},
		{"cycle that only rises", OneCycle{LR: 10, Steps: 3, Rise: 1, Div: 5, Linear: true}, []float64{2, 6, 10, 10}},
		{"cycle that only falls", OneCycle{LR: 10, Steps: 4, Rise: 0.25, Div: 5, FinalDiv: 2, Linear: true}, []float64{10, 7, 4, 1}},
		{"cycle of one step", OneCycle{LR: 50, Steps: 1, FinalDiv: 2}, []float64{1, 1}},
	} {
		require.InDeltaSlice(t, c.want, follow(c.s, len(c.want)), 1e-15, c.name)
	}
}

func TestScheduleErrors(t *testing.T) {
	for want, f := range map[string]func(){
		"cosine schedule: Steps is 0; it must be positive":                      func() { Cosine{LR: 1}.At(0) },
		"exponential schedule: Gamma is 0; it must be positive":                 func() { Exponential{LR: 1}.At(0) },
		"exponential schedule: Gamma is NaN; it must be positive":               func() { Exponential{LR: 1, Gamma: math.NaN()}.At(0) },
		"step schedule: Size is 0; it must be positive":                         func() { Step{LR: 1}.At(0) },
		"one-cycle schedule: Steps is 0; it must be positive":                   func() { OneCycle{LR: 1}.At(0) },
		"one-cycle schedule: Rise is 1.5; it must be more than 0 and at most 1": func() { OneCycle{LR: 1, Steps: 9, Rise: 1.5}.At(0) },
		"one-cycle schedule: Rise is -1; it must be more than 0 and at most 1":  func() { OneCycle{LR: 1, Steps: 9, Rise: -1}.Momentum(0) },
		"sequence: there are no phases":                                         func() { Sequence{}.At(0) },
		"warmup: the number of steps is -1; it must not be negative":            func() { Warmup(-1, Constant{1}) },
		"hold: the step is -1; it must not be negative":                         func() { Hold(-1, Constant{1}) },
	} {
		requireRefused(t, want, f)
	}
}
