package optim_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// descend takes steps down the bowl Σ (w − 3)², whose lowest point is at 3.
func descend(opt optim.Optimizer, w *autograd.Param, steps int) {
	tape := autograd.NewTape()
	for range steps {
		tape.Reset()
		loss := tape.Param(w).AddScalar(-3).Square().Sum()
		opt.Step(loss.Backward())
	}
}

func weights(v ...float64) *autograd.Param { return autograd.NewParam(tensor.New(v, len(v))) }

// A straight line is fitted to four points on y = 2x + 1.
func Example() {
	x := tensor.New([]float32{0, 1, 2, 3}, 4)
	y := tensor.New([]float32{1, 3, 5, 7}, 4)
	slope, offset := autograd.NewParam(tensor.Zeros(1)), autograd.NewParam(tensor.Zeros(1))

	opt := optim.NewAdam([]*autograd.Param{slope, offset}, optim.Adam{})
	schedule := optim.Warmup(10, optim.Cosine{LR: 0.3, Steps: 190})
	tape := autograd.NewTape()
	for step := range 200 {
		tape.Reset()
		line := tape.Const(x).Mul(tape.Param(slope)).Add(tape.Param(offset))
		loss := line.Sub(tape.Const(y)).Square().Mean()
		grads := loss.Backward()
		grads.ClipNorm(1)
		opt.SetLR(schedule.At(step))
		opt.Step(grads)
	}
	fmt.Printf("y = %.2f x + %.2f\n", slope.Value.Item(), offset.Value.Item())
	// Output: y = 2.00 x + 1.00
}

// Each step goes a fifth of the way, 0.1 times the gradient 2(w − 3).
func ExampleNewSGD() {
	w := weights(8)
	opt := optim.NewSGD([]*autograd.Param{w}, optim.SGD{LR: 0.1})
	for range 3 {
		descend(opt, w, 1)
		fmt.Printf("%.2f ", w.Value.Item())
	}
	// Output: 7.00 6.20 5.56
}

// Momentum carries the weight beyond the lowest point, and then back.
func ExampleSGD() {
	w := weights(8)
	opt := optim.NewSGD([]*autograd.Param{w}, optim.SGD{LR: 0.1, Momentum: 0.9, Nesterov: true})
	for range 6 {
		descend(opt, w, 1)
		fmt.Printf("%.2f ", w.Value.Item())
	}
	// Output: 6.10 4.11 2.46 1.38 0.92 1.01
}

// Each weight moves by about the learning rate, whether its slope is steep or not.
func ExampleNewAdam() {
	w := weights(8, 1000, 3.5)
	opt := optim.NewAdam([]*autograd.Param{w}, optim.Adam{LR: 0.1})
	descend(opt, w, 1)
	fmt.Printf("%.3f\n", tensor.Values(w.Value))
	// Output: [7.900 999.900 3.400]
}

func ExampleAdam() {
	w := weights(8)
	opt := optim.NewAdam([]*autograd.Param{w}, optim.Adam{LR: 0.5, Betas: [2]float64{0.8, 0.99}, AMSGrad: true})
	descend(opt, w, 100)
	fmt.Printf("%.2f\n", w.Value.Item())
	// Output: 3.00
}

// Weight decay pulls the weight towards 0, and it stops before the lowest point.
func ExampleNewAdamW() {
	w := weights(8)
	opt := optim.NewAdamW([]*autograd.Param{w}, optim.AdamW{LR: 0.1, WeightDecay: 0.5})
	descend(opt, w, 300)
	fmt.Printf("%.2f\n", w.Value.Item())
	// Output: 1.75
}

// AdamW decays by default. Zero says that it should not.
func ExampleAdamW() {
	w := weights(8)
	opt := optim.NewAdamW([]*autograd.Param{w}, optim.AdamW{LR: 0.1, WeightDecay: optim.Zero})
	descend(opt, w, 300)
	fmt.Printf("%.2f\n", w.Value.Item())
	// Output: 3.00
}

// Weights decay and biases do not.
func ExampleGroups_AddGroup() {
	weight, bias := weights(10), weights(10)
	opt := optim.NewAdamW([]*autograd.Param{weight}, optim.AdamW{LR: 0.1, WeightDecay: 0.5})
	opt.AddGroup([]*autograd.Param{bias}, optim.AdamW{LR: 0.1, WeightDecay: optim.Zero})

	tape := autograd.NewTape()
	flat := tape.Param(weight).Add(tape.Param(bias)).MulScalar(0).Sum()
	opt.Step(flat.Backward())
	fmt.Println(weight.Value.Item(), bias.Value.Item())
	// Output: 9.5 10
}

// Rules may be mixed. The rates keep their proportion.
func ExampleRule() {
	embedding, rest := weights(8), weights(8)
	opt := optim.NewAdam([]*autograd.Param{rest}, optim.Adam{LR: 0.1})
	var rule optim.Rule = optim.SGD{LR: 0.2}
	opt.AddGroup([]*autograd.Param{embedding}, rule)
	opt.SetLR(opt.LR() / 2) // and 0.1

	tape := autograd.NewTape()
	loss := tape.Param(rest).Square().Add(tape.Param(embedding)).Sum()
	opt.Step(loss.Backward())
	fmt.Printf("%.2f %.2f\n", rest.Value.Item(), embedding.Value.Item())
	// Output: 7.95 7.90
}

// A run continues where another one stopped.
func ExampleGroups_LoadState() {
	w := weights(8)
	params := []*autograd.Param{w}
	first := optim.NewSGD(params, optim.SGD{LR: 0.1, Momentum: 0.9})
	descend(first, w, 2)
	for _, s := range first.State() {
		fmt.Println(s.Name, tensor.Values(s.Value))
	}

	second := optim.NewSGD(params, optim.SGD{LR: 0.1, Momentum: 0.9})
	if err := second.LoadState(first.State()); err != nil {
		panic(err)
	}
	descend(second, w, 1)
	fmt.Printf("%.2f\n", w.Value.Item())

	fmt.Println(optim.NewAdam(params, optim.Adam{}).LoadState(first.State()))
	// Output:
	// 0.step [2]
	// 0.momentum_buffer [17]
	// 3.31
	// load optimizer state: "0.exp_avg" is missing; the state is one of other parameters or other settings
}

// A lookahead optimizer lets another one take five steps, and then goes back half
// of the way.
type lookahead struct {
	optim.Optimizer
	param *autograd.Param
	slow  *tensor.Tensor
	steps int
}

func (l *lookahead) Step(grads autograd.Grads) {
	l.Optimizer.Step(grads)
	if l.steps++; l.steps%5 == 0 {
		tensor.AddTo(l.slow, l.slow, l.param.Value)
		tensor.MulScalarTo(l.slow, l.slow, 0.5)
		l.param.Value.CopyFrom(l.slow)
	}
}

func ExampleOptimizer() {
	w := weights(8)
	fast := optim.NewAdam([]*autograd.Param{w}, optim.Adam{LR: 0.5})
	descend(&lookahead{Optimizer: fast, param: w, slow: w.Value.Clone()}, w, 100)
	fmt.Printf("%.2f\n", w.Value.Item())
	// Output: 3.00
}

// A mistake in the program panics with a sentence.
func ExampleNewSGD_misuse() {
	defer func() { fmt.Println(recover()) }()
	w := weights(1)
	optim.NewSGD([]*autograd.Param{w, w}, optim.SGD{})
	// Output: sgd: parameter 1, of shape [1], is in the optimizer already; a step would change it twice
}
