package optim_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// Without momentum a step is one of plain descent.
func ExampleGroups_SetMomentum() {
	w := weights(8)
	opt := optim.NewSGD([]*autograd.Param{w}, optim.SGD{LR: 0.25, Momentum: 0.5})
	descend(opt, w, 1) // 8 − 10/4
	opt.SetMomentum(0)
	descend(opt, w, 1) // 5.5 − 5/4
	fmt.Println(w.Value.Item())
	// Output: 4.25
}

// The rates of cycles: all are as high, each is half as high, or each step
// multiplies by Gamma.
func ExampleCyclic_modes() {
	for _, mode := range []optim.CycleMode{optim.Triangular, optim.Triangular2, optim.ExpRange} {
		plot(optim.Cyclic{LR: 0.1, Max: 0.5, Up: 1, Mode: mode, Gamma: 0.5}, 5)
	}
	// Output:
	// [0.1 0.5 0.1 0.5 0.1]
	// [0.1 0.5 0.1 0.3 0.1]
	// [0.1 0.3 0.1 0.15 0.1]
}

// The rate of a matrix of 1 row and 4 columns under each rule.
func ExampleMuon_rates() {
	for _, rate := range []optim.MuonRate{optim.Original, optim.MatchRMSAdamW, optim.SpectralUnclamped} {
		w := autograd.NewParam(tensor.Zeros64(1, 4))
		opt := optim.NewMuon([]*autograd.Param{w}, optim.Muon{LR: 1, Rate: rate})
		opt.Step(autograd.NewTape().Param(w).Sum().Backward())
		fmt.Printf("%.2f\n", w.Value.At(0, 0))
	}
	// Output:
	// -0.34
	// -0.14
	// -0.17
}

// A schedule that depends on what it is told has a state, which a new one takes.
func ExamplePlateau_State() {
	p := optim.Plateau{LR: 0.1, Patience: new(0)}
	p.Next(5)
	p.Next(6)
	again := optim.Plateau{LR: 0.1, Patience: new(0)}
	fmt.Println(again.LoadState(p.State()))
	fmt.Printf("%.2f\n", again.Rate())
	// Output:
	// <nil>
	// 0.01
}

// The history of a quasi-Newton optimizer goes with its state.
func ExampleQuasiNewton_State() {
	w := weights(8)
	params := []*autograd.Param{w}
	opt := optim.NewLBFGS(params, optim.LBFGS{MaxIter: 1}, bowl(w))
	opt.Step(autograd.Grads{})

	next := optim.NewLBFGS(params, optim.LBFGS{MaxIter: 20}, bowl(w))
	fmt.Println(next.LoadState(opt.State()))
	next.SetLR(0.5)
	next.Step(autograd.Grads{})
	fmt.Printf("%.2f with a rate of %v\n", w.Value.Item(), next.LR())
	// Output:
	// <nil>
	// 3.00 with a rate of 0.5
}
