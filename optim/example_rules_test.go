package optim_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// down prints where a weight at 8 is after some steps down the bowl (w − 3)².
func down(steps int, of func(params []*autograd.Param) *optim.Groups) {
	w := weights(8)
	descend(of([]*autograd.Param{w}), w, steps)
	fmt.Printf("%.2f\n", w.Value.Item())
}

func ExampleRMSprop() {
	down(50, func(p []*autograd.Param) *optim.Groups {
		return optim.NewRMSprop(p, optim.RMSprop{LR: 0.1, Centered: true})
	})
	// Output: 3.00
}

func ExampleNewRMSprop() {
	down(50, func(p []*autograd.Param) *optim.Groups {
		return optim.NewRMSprop(p, optim.RMSprop{LR: 0.1, Momentum: 0.5})
	})
	// Output: 3.00
}

func ExampleAdagrad() {
	down(100, func(p []*autograd.Param) *optim.Groups { return optim.NewAdagrad(p, optim.Adagrad{LR: 1}) })
	// Output: 3.00
}

// The steps become smaller and smaller.
func ExampleNewAdagrad() {
	w := weights(8)
	opt := optim.NewAdagrad([]*autograd.Param{w}, optim.Adagrad{LR: 1})
	for range 4 {
		descend(opt, w, 1)
		fmt.Printf("%.2f ", w.Value.Item())
	}
	// Output: 7.00 6.38 5.91 5.54
}

func ExampleAdadelta() {
	down(500, func(p []*autograd.Param) *optim.Groups { return optim.NewAdadelta(p, optim.Adadelta{Eps: 1e-3}) })
	// Output: 3.00
}

func ExampleNewAdadelta() {
	down(1, func(p []*autograd.Param) *optim.Groups { return optim.NewAdadelta(p, optim.Adadelta{Eps: 1}) })
	// Output: 4.98
}

func ExampleAdamax() {
	down(300, func(p []*autograd.Param) *optim.Groups { return optim.NewAdamax(p, optim.Adamax{LR: 0.1}) })
	// Output: 3.00
}

func ExampleNewAdamax() {
	down(1, func(p []*autograd.Param) *optim.Groups { return optim.NewAdamax(p, optim.Adamax{LR: 0.1}) })
	// Output: 7.90
}

func ExampleNAdam() {
	down(200, func(p []*autograd.Param) *optim.Groups { return optim.NewNAdam(p, optim.NAdam{LR: 0.1}) })
	// Output: 3.00
}

func ExampleNewNAdam() {
	down(1, func(p []*autograd.Param) *optim.Groups { return optim.NewNAdam(p, optim.NAdam{LR: 0.1}) })
	// Output: 7.89
}

func ExampleRAdam() {
	down(500, func(p []*autograd.Param) *optim.Groups { return optim.NewRAdam(p, optim.RAdam{LR: 0.1}) })
	// Output: 3.00
}

// The first step is one of plain descent.
func ExampleNewRAdam() {
	down(1, func(p []*autograd.Param) *optim.Groups { return optim.NewRAdam(p, optim.RAdam{LR: 0.1}) })
	// Output: 7.00
}

// Each step has the length of the learning rate.
func ExampleLion() {
	down(10, func(p []*autograd.Param) *optim.Groups { return optim.NewLion(p, optim.Lion{LR: 0.1}) })
	// Output: 7.00
}

func ExampleNewLion() {
	down(50, func(p []*autograd.Param) *optim.Groups { return optim.NewLion(p, optim.Lion{LR: 0.1}) })
	// Output: 3.00
}

func ExampleRprop() {
	down(50, func(p []*autograd.Param) *optim.Groups { return optim.NewRprop(p, optim.Rprop{LR: 0.1}) })
	// Output: 3.00
}

// The steps grow as long as the sign of the gradient stays.
func ExampleNewRprop() {
	w := weights(8)
	opt := optim.NewRprop([]*autograd.Param{w}, optim.Rprop{LR: 1})
	for range 5 {
		descend(opt, w, 1)
		fmt.Printf("%.2f ", w.Value.Item())
	}
	// Output: 7.00 5.80 4.36 2.63 2.63
}

func ExampleASGD() {
	down(100, func(p []*autograd.Param) *optim.Groups { return optim.NewASGD(p, optim.ASGD{LR: 0.1}) })
	// Output: 3.00
}

// The average of the weights is part of the state.
func ExampleNewASGD() {
	w := weights(8)
	opt := optim.NewASGD([]*autograd.Param{w}, optim.ASGD{LR: 0.25, Lambda: optim.Zero, Start: 1})
	descend(opt, w, 4)
	for _, s := range opt.State() {
		if s.Name == "0.ax" {
			fmt.Printf("%.4f %.4f\n", w.Value.Item(), s.Value.Item())
		}
	}
	// Output: 3.3125 3.4688
}

// Matrices go to Muon, the rest to AdamW.
func ExampleMuon() {
	matrix, bias := autograd.NewParam(tensor.New([]float64{3, 0, 0, 0.1}, 2, 2)), weights(8)
	opt := optim.NewMuon([]*autograd.Param{matrix}, optim.Muon{LR: 0.02})
	opt.AddGroup([]*autograd.Param{bias}, optim.AdamW{LR: 3e-4})

	tape := autograd.NewTape()
	loss := tape.Param(matrix).Square().Sum().Add(tape.Param(bias).Sum())
	opt.Step(loss.Backward())
	fmt.Printf("%.3f\n", matrix.Value)
	// Output:
	// tensor[2 2] float64
	// [[2.980 0.000]
	//  [0.000 0.077]]
}

// A gradient that is 30 times as strong in one direction moves both alike, nearly.
func ExampleNewMuon() {
	w := autograd.NewParam(tensor.Zeros64(2, 2))
	opt := optim.NewMuon([]*autograd.Param{w}, optim.Muon{LR: 1})
	tape := autograd.NewTape()
	loss := tape.Param(w).Mul(tape.Const(tensor.New([]float64{3, 0, 0, 0.1}, 2, 2))).Sum()
	opt.Step(loss.Backward())
	fmt.Printf("%.2f\n", w.Value)
	// Output:
	// tensor[2 2] float64
	// [[-0.69  0.00]
	//  [ 0.00 -1.13]]
}

// With this rate, Muon takes the settings of AdamW.
func ExampleMuonRate() {
	w := autograd.NewParam(tensor.Zeros64(1, 1))
	opt := optim.NewMuon([]*autograd.Param{w}, optim.Muon{LR: 1, Rate: optim.MatchRMSAdamW})
	tape := autograd.NewTape()
	opt.Step(tape.Param(w).Sum().Backward())
	fmt.Printf("%.2f\n", w.Value.Item())
	// Output: -0.14
}
