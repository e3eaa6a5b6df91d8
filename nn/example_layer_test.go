package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// The same seed gives the same weights as torch.manual_seed.
func ExampleLinear() {
	l := nn.NewLinear(tensor.NewRand(42), 3, 2)
	fmt.Println(l.Weight.Value)
	fmt.Println(l.Bias.Value)

	tape := autograd.NewTape()
	fmt.Println(l.Forward(tape.Const(tensor.Ones(1, 3))).Value())
	// Output:
	// tensor[2 3] float32
	// [[ 0.4414  0.4792 -0.1353]
	//  [ 0.5304 -0.1265  0.1165]]
	// tensor[2] float32 [-0.2811  0.3391]
	// tensor[1 2] float32
	// [[0.5043 0.8594]]
}

// Tokens are looked up in a table; a sequence of them becomes vectors.
func ExampleEmbedding() {
	e := nn.NewEmbedding(tensor.NewRand(1), 65, 4)
	tokens := []int{7, 2, 0, 7, 1, 1}
	fmt.Println(e.Forward(autograd.NewTape(), tokens, 2, 3).Shape())
	// Output:
	// [2 3 4]
}

// A vector that is too long is shortened when it is looked up.
func ExampleEmbedding_maxNorm() {
	e := &nn.Embedding{Weight: autograd.NewParam(tensor.New([]float32{3, 4, 0.3, 0.4}, 2, 2)), MaxNorm: 1}
	fmt.Printf("%.1f\n", tensor.Values(e.Forward(autograd.NewTape(), []int{0, 1}).Value()))
	// Output:
	// [0.6 0.8 0.3 0.4]
}

// Dropout drops on a tape in training, and does nothing in evaluation.
func ExampleDropout() {
	d := nn.NewDropout(tensor.NewRand(1), 0.5)
	tape := autograd.NewTape()
	fmt.Println(d.Forward(tape.Const(tensor.Ones(6))).Value())
	tape.SetMode(autograd.Eval)
	fmt.Println(d.Forward(tape.Const(tensor.Ones(6))).Value())
	// Output:
	// tensor[6] float32 [2 2 2 2 0 2]
	// tensor[6] float32 [1 1 1 1 1 1]
}

func ExampleConv2d() {
	c := nn.NewConv2d(tensor.NewRand(1), 3, 16, nn.Conv2dOptions{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: nn.Square(1)})
	fmt.Println(c.Weight.Value.Shape())
	fmt.Println(c.Forward(autograd.NewTape().Const(tensor.Zeros(8, 3, 32, 32))).Shape())
	// Output:
	// [16 3 3 3]
	// [8 16 16 16]
}

// Each channel has a convolution of its own. The kernel is wider than high.
func ExampleConv2dOptions() {
	c := nn.NewConv2dNoBias(tensor.NewRand(1), 8, 8, nn.Conv2dOptions{Kernel: [2]int{1, 5}, Groups: 8})
	fmt.Println(c.Weight.Value.Shape(), c.Bias == nil)
	// Output:
	// [8 1 1 5] true
}

func ExampleMaxPool2d() {
	x := tensor.Arange(16).Reshape(1, 1, 4, 4)
	p := nn.MaxPool2d{Kernel: nn.Square(2)}
	fmt.Println(p.Forward(autograd.NewTape().Const(x)).Value().Reshape(2, 2))
	// Output:
	// tensor[2 2] float32
	// [[ 5  7]
	//  [13 15]]
}

func ExampleAvgPool2d() {
	x := tensor.Arange(16).Reshape(1, 1, 4, 4)
	p := nn.AvgPool2d{Kernel: nn.Square(2)}
	fmt.Println(p.Forward(autograd.NewTape().Const(x)).Value().Reshape(2, 2))
	// Output:
	// tensor[2 2] float32
	// [[ 2.5000  4.5000]
	//  [10.5000 12.5000]]
}

func ExampleFlatten() {
	fmt.Println(nn.Flatten{}.Forward(autograd.NewTape().Const(tensor.Zeros(32, 8, 7, 7))).Shape())
	// Output:
	// [32 392]
}

// In training, a batch is standardized by its own statistics, and the running
// statistics move towards them. In evaluation, the running statistics are used.
func ExampleBatchNorm() {
	b := nn.NewBatchNorm1d(1)
	tape := autograd.NewTape()
	x := tensor.New([]float32{8, 12}, 2, 1)
	fmt.Printf("%.2f\n", b.Forward(tape.Const(x)).Value().Reshape(2))
	fmt.Println(b.RunningMean, b.RunningVar)

	tape.SetMode(autograd.Eval)
	fmt.Printf("%.2f\n", b.Forward(tape.Const(x)).Value().Reshape(2))
	// Output:
	// tensor[2] float32 [-1.00  1.00]
	// tensor[1] float32 [1] tensor[1] float32 [1.7000]
	// tensor[2] float32 [5.37 8.44]
}

// Each row is standardized on its own, in training and in evaluation.
func ExampleLayerNorm() {
	l := nn.NewLayerNorm(3)
	x := tensor.New([]float32{1, 2, 3, 100, 200, 300}, 2, 3)
	fmt.Printf("%.3f\n", l.Forward(autograd.NewTape().Const(x)).Value())
	// Output:
	// tensor[2 3] float32
	// [[-1.225  0.000  1.225]
	//  [-1.225  0.000  1.225]]
}

// Each row is divided by its root mean square.
func ExampleRMSNorm() {
	l := nn.NewRMSNorm(2)
	x := tensor.New([]float32{3, 4, 300, 400}, 2, 2)
	fmt.Printf("%.3f\n", l.Forward(autograd.NewTape().Const(x)).Value())
	// Output:
	// tensor[2 2] float32
	// [[0.849 1.131]
	//  [0.849 1.131]]
}
