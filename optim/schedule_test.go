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
		{"lambda", Lambda{LR: 2, Factor: func(t int) float64 { return float64(t) }}, []float64{0, 2, 4}},
		{"polynomial", Polynomial{LR: 8, Steps: 2, Power: 2}, []float64{8, 2, 0, 0}},
		{"straight polynomial", Polynomial{LR: 8, Steps: 2}, []float64{8, 4, 0, 0}},
		{"inverse root", InverseSqrt{LR: 2, Steps: 1}, []float64{2, math.Sqrt2, 2 / math.Sqrt(3), 1}},
		{"warm-up, stable, decay", WarmupStableDecay{LR: 4, Min: 1, Warmup: 2, Stable: 2, Decay: 3}, []float64{2, 4, 4, 4, 4, 3, 2, 1, 1}},
		{"decay only", WarmupStableDecay{LR: 4, Decay: 2}, []float64{4, 2, 0, 0}},
		{"no decay", WarmupStableDecay{LR: 4, Min: 1, Stable: 1}, []float64{4, 1, 1}},
		{"restarts", CosineRestarts{LR: 2, Steps: 2}, []float64{2, 1, 2, 1, 2}},
		{"longer restarts", CosineRestarts{LR: 2, Steps: 1, Factor: 2}, []float64{2, 2, 1, 2, 1 + math.Sqrt2/2, 1, 1 - math.Sqrt2/2, 2}},
		{"triangle", Cyclic{LR: 1, Max: 3, Up: 1, Down: 2}, []float64{1, 3, 2, 1, 3, 2}},
		{"falling triangle", Cyclic{LR: 1, Max: 3, Up: 1, Mode: Triangular2}, []float64{1, 3, 1, 2, 1, 1.5}},
		{"exponential triangle", Cyclic{LR: 1, Max: 3, Up: 1, Mode: ExpRange, Gamma: 0.5}, []float64{1, 2, 1, 1.25}},
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
		"lambda schedule: Factor is nil; it must be a function of the step":     func() { Lambda{LR: 1}.At(0) },
		"polynomial schedule: Steps is 0; it must be positive":                  func() { Polynomial{LR: 1}.At(0) },
		"inverse-root schedule: Steps is 0; it must be positive":                func() { InverseSqrt{LR: 1}.At(0) },
		"cosine schedule with restarts: Steps is 0; it must be positive":        func() { CosineRestarts{LR: 1}.At(0) },
		"cosine schedule with restarts: Factor is -1; it must be positive":      func() { CosineRestarts{LR: 1, Steps: 1, Factor: -1}.At(0) },
		"cyclic schedule: Up and Down are -1 and 2; they must be positive":      func() { Cyclic{Up: -1, Down: 2}.At(0) },
		"cyclic schedule: there is no mode 7":                                   func() { Cyclic{Mode: 7}.At(0) },
		"warm-up-stable-decay schedule: Warmup, Stable and Decay are 1, -2 and 3; they must not be negative": func() {
			WarmupStableDecay{Warmup: 1, Stable: -2, Decay: 3}.At(0)
		},
		"sequence: there are no phases":                              func() { Sequence{}.At(0) },
		"warmup: the number of steps is -1; it must not be negative": func() { Warmup(-1, Constant{1}) },
		"hold: the step is -1; it must not be negative":              func() { Hold(-1, Constant{1}) },
	} {
		requireRefused(t, want, f)
	}
}
