package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func TestHook(t *testing.T) {
	linear := nn.NewLinear(tensor.NewRand(1), 2, 1)
	var in, out, grad []float64
	hooked := nn.Hook{
		Layer:  linear,
		Output: func(x, y autograd.Var) { in, out = tensor.Values(x.Value()), tensor.Values(y.Value()) },
		Gradient: func(dy autograd.Var) autograd.Var {
			grad = tensor.Values(dy.Value())
			return dy.MulScalar(10)
		},
	}
	x := tensor.New([]float32{1, 2, 3, 4}, 2, 2)
	tape := autograd.NewTape()
	plain := linear.Forward(tape.Const(x)).Square().Sum()
	want := plain.Backward().Of(linear.Bias).Clone()
	tape.Reset()
	y := hooked.Forward(tape.Const(x))
	require.Equal(t, []float64{1, 2, 3, 4}, in)
	require.Equal(t, tensor.Values(y.Value()), out)
	got := y.Square().Sum().Backward().Of(linear.Bias)
	require.Equal(t, []float64{2 * out[0], 2 * out[1]}, grad)
	require.InDelta(t, 10*want.Item(), got.Item(), 1e-5)

	tape.Reset()
	tape.SetMode(autograd.Eval)
	require.PanicsWithError(t, "hook: there is no layer to look into; fill in Layer", func() { nn.Hook{}.Forward(tape.Const(x)) })
}

func ExampleHook() {
	model := nn.Sequential{
		nn.NewLinear(tensor.NewRand(1), 4, 8),
		nn.Hook{Layer: nn.ReLU{}, Output: func(x, y autograd.Var) { fmt.Println("the ReLU gives", y.Shape()) }},
		nn.NewLinear(tensor.NewRand(2), 8, 1),
	}
	model.Forward(autograd.NewTape().Const(tensor.Ones(3, 4)))
	// Output: the ReLU gives [3 8]
}
