package optim_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/optim"
)

// bowl returns the closure of (w − 3)² Σ.
func bowl(w *autograd.Param) optim.Closure {
	tape := autograd.NewTape()
	return func() (float64, autograd.Grads) {
		tape.Reset()
		loss := tape.Param(w).AddScalar(-3).Square().Sum()
		return loss.Item(), loss.Backward()
	}
}

func ExampleNewLBFGS() {
	w := weights(8, -20)
	opt := optim.NewLBFGS([]*autograd.Param{w}, optim.LBFGS{StrongWolfe: true}, bowl(w))
	opt.Step(autograd.Grads{})
	fmt.Printf("%.2f after %d evaluations, from a loss of %.0f\n", w.Value, opt.Evaluations(), opt.Loss())
	// Output:
	// tensor[2] float64 [3.00 3.00] after 4 evaluations, from a loss of 554
}

// Without a search the length of a step is the learning rate.
func ExampleLBFGS() {
	w := weights(8)
	opt := optim.NewLBFGS([]*autograd.Param{w}, optim.LBFGS{LR: 0.5, MaxIter: 4}, bowl(w))
	opt.Step(autograd.Grads{})
	fmt.Printf("%.3f\n", w.Value.Item())
	// Output: 3.562
}

// A loop that gives gradients to its optimizer can use it as it is.
func ExampleQuasiNewton() {
	w := weights(8)
	var opt optim.Optimizer = optim.NewLBFGS([]*autograd.Param{w}, optim.LBFGS{}, bowl(w))
	descend(opt, w, 2)
	fmt.Printf("%.3f\n", w.Value.Item())
	// Output: 3.000
}

// A closure computes the loss with the weights as they are.
func ExampleClosure() {
	w := weights(8)
	loss, grads := bowl(w)()
	fmt.Println(loss, grads.Of(w).Item())
	// Output: 25 10
}
