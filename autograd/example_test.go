package autograd_test

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A line is fitted to four points by gradient descent.
func ExampleTape() {
	x := tensor.New([]float64{0, 1, 2, 3}, 4)
	y := tensor.New([]float64{1, 3, 5, 7}, 4)
	slope, offset := autograd.NewParam(tensor.Zeros64()), autograd.NewParam(tensor.Zeros64())

	tape := autograd.NewTape()
	for range 500 {
		tape.Reset()
		guess := tape.Const(x).Mul(tape.Param(slope)).Add(tape.Param(offset))
		loss := guess.Sub(tape.Const(y)).Square().Mean()
		for p, g := range loss.Backward().All() {
			tensor.SubTo(p.Value, p.Value, tensor.MulScalar(g, 0.1))
		}
	}
	fmt.Printf("y = %.3f x + %.3f\n", slope.Value.Item(), offset.Value.Item())
	// Output: y = 2.000 x + 1.000
}

func ExampleVar() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 2, 3}, 3))
	y := x.Square().Sum()
	fmt.Println("y  =", y.Item())
	fmt.Println("dx =", tensor.Values(y.Backward().Of(x)))
	// Output:
	// y  = 14
	// dx = [2 4 6]
}

// Each variable knows how it came about.
func ExampleVar_Op() {
	tape := autograd.NewTape()
	y := tape.Var(tensor.Ones(3)).Tanh().Sum()
	for v := range tape.Operations() {
		name, rule := v.Op()
		fmt.Printf("%-4s  dx = %s\n", name, rule)
	}
	fmt.Println(len(y.Operands()), "operand")
	// Output:
	// tanh  dx = dy (1 − y²)
	// sum   dx = dy, broadcast
	// 1 operand
}

func ExampleVar_BackwardSeed() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 2}, 2))
	grads := x.Square().BackwardSeed(tensor.New([]float64{1, 10}, 2))
	fmt.Println(tensor.Values(grads.Of(x)))
	// Output: [2 40]
}

// A hook clips a gradient on its way.
func ExampleVar_Hook() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 2, 3}, 3))
	h := x.Square()
	h.Hook(func(dh autograd.Var) autograd.Var {
		fmt.Println("on its way:", tensor.Values(dh.Value()))
		return dh.Clamp(-1, 1)
	})
	grads := h.MulScalar(5).Sum().Backward()
	fmt.Println("at x:", tensor.Values(grads.Of(x)))
	// Output:
	// on its way: [5 5 5]
	// at x: [2 4 6]
}

func ExampleVar_RetainGrad() {
	tape := autograd.NewTape()
	h := tape.Var(tensor.New([]float64{1, 2}, 2)).Exp()
	h.RetainGrad()
	grads := h.Square().Sum().Backward()
	fmt.Printf("%.3f\n", tensor.Values(grads.Of(h)))
	// Output: [5.437 14.778]
}

// A parameter outlives the tape: it is lifted in each step.
func ExampleParam() {
	w := autograd.NewParam(tensor.New([]float64{3}))
	tape := autograd.NewTape()
	for range 3 {
		tape.Reset()
		grads := tape.Param(w).Square().Backward()
		tensor.SubTo(w.Value, w.Value, tensor.MulScalar(grads.Of(w), 0.25))
		fmt.Println(w.Value.Item())
	}
	// Output:
	// 1.5
	// 0.75
	// 0.375
}

// Gradients of several batches are added up before a step.
func ExampleGrads() {
	w := autograd.NewParam(tensor.New([]float64{1, 1}, 2))
	batches := []*tensor.Tensor{tensor.New([]float64{1, 2}, 2), tensor.New([]float64{3, 4}, 2)}

	var sum autograd.Grads
	tape := autograd.NewTape()
	for _, x := range batches {
		tape.Reset()
		sum.Add(tape.Param(w).Dot(tape.Const(x)).Backward())
	}
	sum.Scale(0.5)
	fmt.Println(tensor.Values(sum.Of(w)))
	fmt.Printf("the norm was %.3f\n", sum.ClipNorm(1))
	fmt.Printf("and is %.3f\n", sum.Norm())
	// Output:
	// [2 3]
	// the norm was 3.606
	// and is 1.000
}

// Dropout drops in training only.
func ExampleMode() {
	rng := tensor.NewRand(1)
	tape := autograd.NewTape()
	show := func() {
		x := tape.Const(tensor.Ones(8))
		fmt.Println(tensor.Values(x.Dropout(0.5, rng).Value()))
	}
	show()
	tape.SetMode(autograd.Eval)
	show()
	// Output:
	// [2 2 2 2 0 2 2 0]
	// [1 1 1 1 1 1 1 1]
}

// Gradients are variables that can be differentiated again.
func ExampleGrad() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{2}))
	y := x.PowScalar(4)
	for range 3 {
		y = autograd.Grad(y, x)[0]
		fmt.Println(y.Item())
	}
	// Output:
	// 32
	// 48
	// 48
}

func ExampleHessian() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 2}, 2))
	y := x.Prod().Add(x.Square().Sum())
	fmt.Println(tensor.Values(autograd.Hessian(y, x)))
	// Output: [2 1 1 2]
}

func ExampleJVP() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 2, 3}, 3))
	along := tape.Const(tensor.New([]float64{1, 0, 10}, 3))
	fmt.Println(tensor.Values(autograd.JVP(x.Square(), []autograd.Var{x}, []autograd.Var{along}).Value()))
	// Output: [2 0 60]
}

func ExampleCheck() {
	right := func(xs ...autograd.Var) autograd.Var { return xs[0].MatMul(xs[1]).Tanh() }
	a, b := tensor.New([]float64{0.1, 0.2, 0.3, 0.4}, 2, 2), tensor.New([]float64{-1, 0.5}, 2)
	fmt.Println(autograd.Check(right, a, b))

	forgotten := func(xs ...autograd.Var) autograd.Var { return xs[0].Detach().Tanh() }
	fmt.Println(autograd.Check(forgotten, b) != nil)
	// Output:
	// <nil>
	// true
}

// The values inside the function are not kept; they are computed again when
// their gradients are.
func ExampleRecompute() {
	w := autograd.NewParam(tensor.New([]float64{0.5}))
	runs := 0
	layer := func(xs ...autograd.Var) autograd.Var {
		runs++
		return xs[0].Mul(xs[0].Tape().Param(w)).Exp().Sum()
	}
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{0, 2}, 2))
	y := autograd.Recompute(layer, x)
	fmt.Printf("%.3f after %d run\n", y.Item(), runs)
	grads := y.Backward()
	fmt.Printf("%.3f after %d runs\n", tensor.Values(grads.Of(w)), runs)
	// Output:
	// 3.718 after 1 run
	// [5.437] after 2 runs
}

func ExampleTape_DetectNaN() {
	defer func() {
		var bad *autograd.NaNError
		if err, ok := recover().(error); ok && errors.As(err, &bad) {
			fmt.Printf("%s made %s of %s\n", bad.Op, bad.Made, bad.Operands[0])
			fmt.Println("in", filepath.Base(bad.File))
		}
	}()
	tape := autograd.NewTape()
	tape.DetectNaN(true)
	x := tape.Var(tensor.New([]float64{2, 1, 0}, 3))
	x.AddScalar(-1).Sqrt().Sum().Backward()
	// Output:
	// sqrt made NaN of [3] in [-1, 1]
	// in example_test.go
}

// A mistake in the program panics with a sentence.
func ExampleTapeError() {
	defer func() { fmt.Println(recover()) }()
	tape := autograd.NewTape()
	y := tape.Var(tensor.Ones(2)).Sum()
	y.Backward()
	y.Backward()
	// Output: backward: backward has run on this tape already and has reused the memory of its gradients; Reset it, or use Grad for several gradients
}

// logit is log(x / (1 − x)), declared as a program declares an operation of its
// own: by a function, so that the rule may refer to it.
func logit() autograd.Unary {
	return autograd.Unary{
		Name: "logit", Rule: "dy / (x (1 − x))",
		Value: func(y, x *tensor.Tensor) {
			tensor.LogTo(y, tensor.Div(x, tensor.Sub(tensor.Ones().To(x.DType()), x)))
		},
		VJP: func(x, _, dy autograd.Var) autograd.Var {
			return dy.Div(x.Sub(x.Square()))
		},
	}
}

// An operation of one's own, declared like those of the package.
func ExampleUnary() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{0.25, 0.5}, 2))
	y := x.Apply(logit)
	fmt.Printf("%.3f\n", tensor.Values(y.Value()))
	fmt.Printf("%.3f\n", tensor.Values(y.Sum().Backward().Of(x)))

	// Its rule is checked like any other, to the second order.
	f := func(xs ...autograd.Var) autograd.Var { return xs[0].Apply(logit) }
	in := tensor.New([]float64{0.2, 0.6}, 2)
	fmt.Println(autograd.Check(f, in), autograd.CheckSecond(f, in))
	// Output:
	// [-1.099 0.000]
	// [5.333 4.000]
	// <nil> <nil>
}

// rate is a / b with a rule for a only: b is taken as it is.
func rate() autograd.Binary {
	return autograd.Binary{
		Name: "rate", Rule: "dy / b; none",
		Value: tensor.DivTo,
		A:     func(_, b, _, dy autograd.Var) autograd.Var { return dy.Div(b) },
	}
}

// Operands broadcast, and the engine undoes it.
func ExampleBinary() {
	tape := autograd.NewTape()
	a := tape.Var(tensor.New([]float64{1, 2}, 2, 1))
	b := tape.Var(tensor.New([]float64{1, 2, 4}, 3))
	y := a.Apply2(rate, b)
	fmt.Println(y.Shape(), tensor.Values(y.Value()))
	grads := y.Sum().Backward()
	fmt.Println(tensor.Values(grads.Of(a)), grads.Of(b))
	// Output:
	// [2 3] [1 0.5 0.25 2 1 0.5]
	// [1.75 1.75] <nil>
}

// interleave puts vectors of one length into each other: a₀ b₀ a₁ b₁ ….
func interleave() autograd.Op {
	return autograd.Op{
		Name: "interleave", Rule: "every second element of dy",
		Shape: func(operands ...[]int) []int { return []int{len(operands) * operands[0][0]} },
		Value: func(y *tensor.Tensor, operands ...*tensor.Tensor) {
			for i, x := range operands {
				y.Slice(0, i, y.Len(), len(operands)).CopyFrom(x)
			}
		},
		VJP: func(i int, operands []autograd.Var, _, dy autograd.Var) autograd.Var {
			return dy.Slice(0, i, dy.Dim(0), len(operands))
		},
	}
}

func ExampleOp() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{1, 2}, 2)), tape.Var(tensor.New([]float64{3, 4}, 2))
	y := autograd.Apply(interleave, a, b)
	fmt.Println(tensor.Values(y.Value()))
	fmt.Println(tensor.Values(y.CumSum(0).Sum().Backward().Of(b)))
	// Output:
	// [1 3 2 4]
	// [3 1]
}

// Noise of any kind, which Recompute and Replay see again.
func ExampleTape_Draw() {
	tape := autograd.NewTape()
	x := tape.Draw(tensor.Float64, tensor.NewRand(1), func(r *tensor.Rand, dst *tensor.Tensor) { r.Uniform(dst, -1, 1) }, 3)
	fmt.Printf("%.4f\n", tensor.Values(x.Value()))
	// Output: [-0.8779 -0.5509 -0.5315]
}
