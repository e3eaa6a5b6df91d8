package optim_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/optim"
)

// plot prints the rate at the first n steps.
func plot(s optim.Schedule, n int) { plotFunc(s.At, n) }

func plotFunc(at func(step int) float64, n int) {
	rates := make([]float64, n)
	for step := range rates {
		rates[step] = at(step)
	}
	fmt.Printf("%.3g\n", rates)
}

// Any function can be a schedule, here the inverse root of the step.
type inverseRoot struct{ LR float64 }

func (s inverseRoot) At(step int) float64 { return s.LR / math.Sqrt(float64(step+1)) }

func ExampleSchedule() {
	plot(optim.Warmup(2, inverseRoot{LR: 0.1}), 6)
	// Output: [0.05 0.1 0.1 0.0707 0.0577 0.05]
}

func ExampleConstant() {
	plot(optim.Constant{LR: 0.1}, 3)
	// Output: [0.1 0.1 0.1]
}

func ExampleLinear() {
	plot(optim.Linear{From: 0.1, To: 0, Steps: 4}, 6)
	// Output: [0.1 0.075 0.05 0.025 0 0]
}

// The cosine rises again after it has fallen.
func ExampleCosine() {
	plot(optim.Cosine{LR: 0.1, Min: 0.02, Steps: 4}, 7)
	// Output: [0.1 0.0883 0.06 0.0317 0.02 0.0317 0.06]
}

func ExampleExponential() {
	plot(optim.Exponential{LR: 0.1, Gamma: 0.5}, 4)
	// Output: [0.1 0.05 0.025 0.0125]
}

func ExampleStep() {
	plot(optim.Step{LR: 0.1, Size: 2}, 5)
	// Output: [0.1 0.1 0.01 0.01 0.001]
}

func ExampleMultiStep() {
	plot(optim.MultiStep{LR: 0.1, Milestones: []int{1, 4}, Gamma: 0.5}, 6)
	// Output: [0.1 0.05 0.05 0.05 0.025 0.025]
}

// The rate rises and falls, the momentum falls and rises.
func ExampleOneCycle() {
	cycle := optim.OneCycle{LR: 0.1, Steps: 10}
	plot(cycle, 10)
	plotFunc(cycle.Momentum, 10)
	// Output:
	// [0.004 0.052 0.1 0.095 0.0812 0.0611 0.0389 0.0188 0.00495 4e-07]
	// [0.95 0.9 0.85 0.855 0.869 0.889 0.911 0.931 0.945 0.95]
}

// The rate rises in two steps, stays for three, and then falls.
func ExampleSequence() {
	plot(optim.Sequence{
		{Schedule: optim.Linear{From: 0.01, To: 0.1, Steps: 2}, Steps: 2},
		{Schedule: optim.Constant{LR: 0.1}, Steps: 3},
		{Schedule: optim.Exponential{LR: 0.1, Gamma: 0.1}},
	}, 8)
	// Output: [0.01 0.055 0.1 0.1 0.1 0.1 0.01 0.001]
}

// Each phase begins at its own step 0, so that the cosine starts again.
func ExamplePhase() {
	swing := optim.Phase{Schedule: optim.Cosine{LR: 0.1, Steps: 3}, Steps: 3}
	plot(optim.Sequence{swing, swing, swing}, 9)
	// Output: [0.1 0.075 0.025 0.1 0.075 0.025 0.1 0.075 0.025]
}

func ExampleWarmup() {
	plot(optim.Warmup(4, optim.Cosine{LR: 0.1, Steps: 4}), 8)
	// Output: [0.025 0.05 0.075 0.1 0.1 0.0854 0.05 0.0146]
}

// The schedule of nanoGPT rises, falls to a tenth, and stays there.
func ExampleHold() {
	plot(optim.Warmup(2, optim.Hold(4, optim.Cosine{LR: 6e-4, Min: 6e-5, Steps: 4})), 9)
	// Output: [0.0003 0.0006 0.0006 0.000521 0.00033 0.000139 6e-05 6e-05 6e-05]
}
