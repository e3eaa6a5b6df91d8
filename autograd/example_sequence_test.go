package autograd_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A GRU over 5 steps of 2 sequences, and the gradient of its final state by
// each step: the later the step, the more it counts.
func ExampleRecurrence() {
	r := tensor.NewRand(1)
	tape := autograd.NewTape()
	draw := func(shape ...int) autograd.Var {
		w := tensor.Zeros(shape...)
		r.Uniform(w, -0.5, 0.5)
		return tape.Var(w)
	}
	x := draw(5, 2, 3)
	y, h := x.GRU(autograd.Recurrence{WeightIH: draw(12, 3), WeightHH: draw(12, 4), BiasIH: draw(12), BiasHH: draw(12)})
	fmt.Println(y.Shape(), h.Shape())
	dx := h.Sum().Backward().Of(x)
	for t := range 5 {
		fmt.Printf("%.3f ", tensor.NormOf(dx.Slice(0, t, t+1, 1)))
	}
	// Output:
	// [5 2 4] [2 4]
	// 0.092 0.143 0.225 0.353 0.569
}

// In causal attention the first place sees itself alone, and so is its own
// value.
func ExampleVar_Attention() {
	tape := autograd.NewTape()
	x := tape.Const(tensor.New([]float64{1, 2, 4}, 1, 1, 3, 1))
	fmt.Printf("%.3f\n", x.Attention(x, x, true).Value().Reshape(3))
	// Output:
	// tensor[3] float64 [1.000 1.881 3.999]
}

// The second sequence has two keys only, so its queries do not see the third.
func ExampleVar_ScaledDotProductAttention() {
	tape := autograd.NewTape()
	q, k := tape.Const(tensor.Zeros(2, 1, 1, 4)), tape.Const(tensor.Zeros(2, 1, 3, 4))
	v := tape.Const(tensor.New([]float32{1, 2, 6, 1, 2, 6}, 2, 1, 3, 1))
	seen := tape.Const(tensor.New([]float32{1, 1, 1, 1, 1, 0}, 2, 1, 1, 3))
	y := q.ScaledDotProductAttention(k, v, autograd.AttentionOptions{Seen: seen})
	fmt.Println(y.Reshape(-1).Value())
	// Output:
	// tensor[2] float32 [3.0000 1.5000]
}
