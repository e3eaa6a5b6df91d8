package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// show prints the result of a layer.
func show(l nn.Layer, x ...float32) {
	y := l.Forward(autograd.NewTape().Const(tensor.New(x, len(x))))
	fmt.Printf("%.3f\n", tensor.Values(y.Value()))
}

func ExampleReLU() {
	show(nn.ReLU{}, -2, 0.5, 8)
	// Output: [0.000 0.500 8.000]
}

func ExampleReLU6() {
	show(nn.ReLU6{}, -2, 0.5, 8)
	// Output: [0.000 0.500 6.000]
}

func ExampleLeakyReLU() {
	show(nn.LeakyReLU{}, -2, 0.5, 8)
	show(nn.LeakyReLU{Slope: 0.2}, -2, 0.5, 8)
	// Output:
	// [-0.020 0.500 8.000]
	// [-0.400 0.500 8.000]
}

func ExampleELU() {
	show(nn.ELU{}, -2, 0.5, 8)
	// Output: [-0.865 0.500 8.000]
}

func ExampleSELU() {
	show(nn.SELU{}, -2, 0.5, 8)
	// Output: [-1.520 0.525 8.406]
}

func ExampleGELU() {
	show(nn.GELU{}, -2, 0.5, 8)
	show(nn.GELU{Tanh: true}, -2, 0.5, 8)
	// Output:
	// [-0.046 0.346 8.000]
	// [-0.045 0.346 8.000]
}

func ExampleSiLU() {
	show(nn.SiLU{}, -2, 0.5, 8)
	// Output: [-0.238 0.311 7.997]
}

func ExampleMish() {
	show(nn.Mish{}, -2, 0.5, 8)
	// Output: [-0.253 0.375 8.000]
}

func ExampleTanh() {
	show(nn.Tanh{}, -2, 0.5, 8)
	// Output: [-0.964 0.462 1.000]
}

func ExampleSigmoid() {
	show(nn.Sigmoid{}, -2, 0.5, 8)
	// Output: [0.119 0.622 1.000]
}

func ExampleLogSigmoid() {
	show(nn.LogSigmoid{}, -2, 0.5, -1000)
	// Output: [-2.127 -0.474 -1000.000]
}

func ExampleSoftplus() {
	show(nn.Softplus{}, -2, 0.5, 1000)
	// Output: [0.127 0.974 1000.000]
}

func ExampleSoftsign() {
	show(nn.Softsign{}, -2, 0.5, 8)
	// Output: [-0.667 0.333 0.889]
}

func ExampleHardTanh() {
	show(nn.HardTanh{}, -2, 0.5, 8)
	// Output: [-1.000 0.500 1.000]
}

func ExampleHardSigmoid() {
	show(nn.HardSigmoid{}, -2, 0.5, 8)
	// Output: [0.167 0.583 1.000]
}

func ExampleHardSwish() {
	show(nn.HardSwish{}, -2, 0.5, 8)
	// Output: [-0.333 0.292 8.000]
}

// Rows of logits become rows of probabilities.
func ExampleSoftmax() {
	x := tensor.New([]float32{1, 2, 3, 0, 0, 1000}, 2, 3)
	fmt.Printf("%.3f\n", nn.Softmax{}.Forward(autograd.NewTape().Const(x)).Value())
	// Output:
	// tensor[2 3] float32
	// [[0.090 0.245 0.665]
	//  [0.000 0.000 1.000]]
}

func ExampleLogSoftmax() {
	x := tensor.New([]float32{1, 2, 3, 0, 0, 1000}, 2, 3)
	fmt.Printf("%.3f\n", nn.LogSoftmax{}.Forward(autograd.NewTape().Const(x)).Value())
	// Output:
	// tensor[2 3] float32
	// [[   -2.408    -1.408    -0.408]
	//  [-1000.000 -1000.000     0.000]]
}

func ExamplePReLU() {
	show(nn.NewPReLU(1), -2, 0.5, 8)
	// Output: [-0.500 0.500 8.000]
}

// In training the slopes are drawn, in evaluation they are the mean.
func ExampleRReLU() {
	l := nn.NewRReLU(tensor.NewRand(1))
	show(l, -2, -2, -2, 8)
	l.Mode = autograd.Eval
	show(l, -2, -2, -2, 8)
	// Output:
	// [-0.275 -0.344 -0.348 8.000]
	// [-0.458 -0.458 -0.458 8.000]
}

func ExampleCELU() {
	show(nn.CELU{Alpha: 2}, -2, 0.5, 8)
	// Output: [-1.264 0.500 8.000]
}

func ExampleSoftshrink() {
	show(nn.Softshrink{}, -2, 0.25, 8)
	// Output: [-1.500 0.000 7.500]
}

func ExampleHardshrink() {
	show(nn.Hardshrink{}, -2, 0.25, 8)
	// Output: [-2.000 0.000 8.000]
}

func ExampleTanhshrink() {
	show(nn.Tanhshrink{}, -2, 0.5, 8)
	// Output: [-1.036 0.038 7.000]
}

func ExampleThreshold() {
	show(nn.Threshold{Threshold: 1, Value: -10}, -2, 0.5, 8)
	// Output: [-10.000 -10.000 8.000]
}

func ExampleGLU() {
	show(nn.GLU{}, 1, 2, 0, 100)
	// Output: [0.500 2.000]
}

func ExampleSwiGLU() {
	show(nn.SwiGLU{}, 0, 2, 3, 10)
	// Output: [0.000 17.616]
}
