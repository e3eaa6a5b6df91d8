package autograd_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// What everybody needs first.

// The gradient of a number by all that it was made of.
func ExampleVar_Backward() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{2})), tape.Var(tensor.New([]float64{5}))
	y := a.Mul(b).Add(a) // ab + a
	grads := y.Backward()
	fmt.Println(y.Item(), grads.Of(a).Item(), grads.Of(b).Item()) // b + 1, a
	// Output: 12 6 2
}

// A detached variable is a constant: no gradient flows through it.
func ExampleVar_Detach() {
	x := autograd.NewTape().Var(tensor.New([]float64{3}))
	y := x.Mul(x.Detach())
	fmt.Println(y.Item(), y.Backward().Of(x).Item()) // 3, not 6
	// Output: 9 3
}

// A tape is used again in each step, and then allocates nothing.
func ExampleTape_Reset() {
	w := autograd.NewParam(tensor.New([]float64{8}))
	tape := autograd.NewTape()
	for range 3 {
		tape.Reset()
		loss := tape.Param(w).AddScalar(-3).Square() // least at 3
		tensor.SubTo(w.Value, w.Value, tensor.MulScalar(loss.Backward().Of(w), 0.25))
		fmt.Println(loss.Item(), w.Value.Item())
	}
	// Output:
	// 25 5.5
	// 6.25 4.25
	// 1.5625 3.625
}

// A constant gets no gradient.
func ExampleTape_Const() {
	tape := autograd.NewTape()
	x, w := tape.Const(tensor.New([]float64{1, 2}, 2)), tape.Var(tensor.New([]float64{3, 4}, 2))
	grads := x.Dot(w).Backward()
	fmt.Println(grads.Of(x), tensor.Values(grads.Of(w)))
	// Output: <nil> [1 2]
}

func ExampleVar_Mul() {
	slopes("3 × 4 =", autograd.Var.Mul, 3, 4)
	// Output: 3 × 4 = [12] slopes [4] [3]
}

func ExampleVar_Sigmoid() {
	slope("sigmoid", autograd.Var.Sigmoid, -1000, 0, 1000)
	// Output: sigmoid [0 0.5 1] slope [0 0.25 0]
}

func ExampleVar_Tanh() {
	slope("tanh", autograd.Var.Tanh, -1000, 0, 1000)
	// Output: tanh [-1 0 1] slope [0 1 0]
}

func ExampleVar_GELU() {
	slope("gelu", autograd.Var.GELU, -1000, 0, 1000)
	slope("by tanh", autograd.Var.GELUTanh, -1000, 0, 1000)
	// Output:
	// gelu [0 0 1000] slope [0 0.5 1]
	// by tanh [0 0 1000] slope [0 0.5 1]
}

// At the bounds and beyond, the slope is 0.
func ExampleVar_Clamp() {
	slope("clamp", func(x autograd.Var) autograd.Var { return x.Clamp(0, 1) }, -1, 0.5, 2)
	// Output: clamp [0 0.5 1] slope [0 1 0]
}

// −1 stands for what is left.
func ExampleVar_Reshape() {
	x := count(2, 3, 4)
	fmt.Println(x.Reshape(6, -1).Shape(), x.Reshape(-1).Shape(), x.T().Shape())
	// Output: [6 4] [24] [2 4 3]
}

// The indices of the largest elements, and a gradient for these alone.
func ExampleVar_TopK() {
	x := autograd.NewTape().Var(tensor.New([]float64{3, 9, 1, 7}, 4))
	y, index := x.TopK(2, 0, true)
	fmt.Println(tensor.Values(y.Value()), index, tensor.Values(y.Sum().Backward().Of(x)))
	// Output: [9 7] [1 3] [0 1 0 1]
}

// A gradient that is too long is made shorter, in the same direction.
func ExampleGrads_ClipNorm() {
	w := autograd.NewParam(tensor.New([]float64{3, 4}, 2))
	grads := autograd.NewTape().Param(w).Square().Sum().MulScalar(0.5).Backward()
	fmt.Println(grads.ClipNorm(1), rounded(grads.Of(w)))
	// Output: 5 [0.6 0.8]
}

// A rule that is right gives right second derivatives, too.
func ExampleCheckSecond() {
	f := func(xs ...autograd.Var) autograd.Var { return xs[0].Softmax(0) }
	fmt.Println(autograd.CheckSecond(f, tensor.New([]float64{0.1, 0.5, -0.3}, 3)))
	// Output: <nil>
}

// The curvature in one direction: of x₀² x₁, whose second derivatives are
// [[2x₁ 2x₀] [2x₀ 0]].
func ExampleHVP() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{3, 5}, 2))
	y := x.Select(0, 0).Square().Mul(x.Select(0, 1))
	fmt.Println(tensor.Values(autograd.HVP(y, x, tape.Const(tensor.New([]float64{1, 0}, 2))).Value()))
	// Output: [10 6]
}
