package optim_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/optim"
)

func ExampleLambda() {
	plot(optim.Lambda{LR: 0.1, Factor: func(step int) float64 { return math.Pow(0.5, float64(step)) }}, 4)
	// Output: [0.1 0.05 0.025 0.0125]
}

func ExamplePolynomial() {
	plot(optim.Polynomial{LR: 0.1, Steps: 4, Power: 2}, 6)
	// Output: [0.1 0.0563 0.025 0.00625 0 0]
}

func ExampleInverseSqrt() {
	plot(optim.Warmup(2, optim.InverseSqrt{LR: 0.1, Steps: 2}), 8)
	// Output: [0.05 0.1 0.1 0.0816 0.0707 0.0632 0.0577 0.0535]
}

func ExampleWarmupStableDecay() {
	plot(optim.WarmupStableDecay{LR: 0.1, Min: 0.01, Warmup: 2, Stable: 3, Decay: 3}, 10)
	// Output: [0.05 0.1 0.1 0.1 0.1 0.1 0.07 0.04 0.01 0.01]
}

// The second fall is twice as long.
func ExampleCosineRestarts() {
	plot(optim.CosineRestarts{LR: 0.1, Steps: 2, Factor: 2}, 8)
	// Output: [0.1 0.05 0.1 0.0854 0.05 0.0146 0.1 0.0962]
}

func ExampleCyclic() {
	cycle := optim.Cyclic{LR: 0.1, Max: 0.5, Up: 2}
	plot(cycle, 7)
	plotFunc(cycle.Momentum, 7)
	// Output:
	// [0.1 0.3 0.5 0.3 0.1 0.3 0.5]
	// [0.9 0.85 0.8 0.85 0.9 0.85 0.8]
}

// Each cycle is half as high as the one before.
func ExampleCycleMode() {
	plot(optim.Cyclic{LR: 0.1, Max: 0.5, Up: 1, Mode: optim.Triangular2}, 6)
	// Output: [0.1 0.5 0.1 0.3 0.1 0.2]
}

// Twice the loss has failed to become better.
func ExamplePlateau() {
	plateau := optim.Plateau{LR: 0.1, Patience: new(1)}
	for _, loss := range []float64{5, 4, 4, 4, 3} {
		fmt.Printf("%.2f ", plateau.Next(loss))
	}
	// Output: 0.10 0.10 0.10 0.01 0.01
}

// The second group follows a schedule of its own.
func ExampleGroups_SetGroupLR() {
	a, b := weights(8), weights(8)
	opt := optim.NewSGD([]*autograd.Param{a}, optim.SGD{LR: 0.1})
	opt.AddGroup([]*autograd.Param{b}, optim.SGD{LR: 0.1})
	slow := optim.Exponential{LR: 0.1, Gamma: 0.5}
	for step := range 3 {
		opt.SetGroupLR(1, slow.At(step))
	}
	fmt.Println(opt.GroupLR(0), opt.GroupLR(1))
	// Output: 0.1 0.025
}
