package nn_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// shapeOf prints the shape of what a layer makes of zeros.
func shapeOf(l nn.Layer, shape ...int) {
	fmt.Println(l.Forward(autograd.NewTape().Const(tensor.Zeros(shape...))).Shape())
}

func ExampleConv1d() {
	c := nn.NewConv1d(tensor.NewRand(1), 2, 8, nn.Conv1dOptions{Kernel: 5, Stride: 2})
	fmt.Println(c.Weight.Value.Shape())
	shapeOf(c, 16, 2, 101)
	// Output:
	// [8 2 5]
	// [16 8 49]
}

// The result is as long as the sequence, for an even kernel, too.
func ExampleConv1dOptions() {
	shapeOf(nn.NewConv1d(tensor.NewRand(1), 2, 8, nn.Conv1dOptions{Kernel: 4, Same: true}), 16, 2, 101)
	// Output:
	// [16 8 101]
}

// The layer doubles the size of images.
func ExampleConvTranspose2d() {
	c := nn.NewConvTranspose2d(tensor.NewRand(1), 16, 8, nn.ConvTranspose2dOptions{Kernel: nn.Square(2), Stride: nn.Square(2)})
	fmt.Println(c.Weight.Value.Shape())
	shapeOf(c, 1, 16, 7, 7)
	// Output:
	// [16 8 2 2]
	// [1 8 14 14]
}

// A convolution with stride 2 makes 7 pixels of 13 and of 14. The output padding
// tells where to go back to.
func ExampleConvTranspose2dOptions() {
	o := nn.ConvTranspose2dOptions{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: nn.Square(1)}
	shapeOf(nn.NewConvTranspose2d(tensor.NewRand(1), 1, 1, o), 1, 1, 7, 7)
	o.OutputPadding = nn.Square(1)
	shapeOf(nn.NewConvTranspose2d(tensor.NewRand(1), 1, 1, o), 1, 1, 7, 7)
	// Output:
	// [1 1 13 13]
	// [1 1 14 14]
}

func ExampleConvTranspose1d() {
	shapeOf(nn.NewConvTranspose1d(tensor.NewRand(1), 4, 2, nn.ConvTranspose1dOptions{Kernel: 3, Stride: 2}), 1, 4, 10)
	// Output:
	// [1 2 21]
}

func ExampleConvTranspose1dOptions() {
	o := nn.ConvTranspose1dOptions{Kernel: 3, Stride: 2, Padding: 1, OutputPadding: 1}
	shapeOf(nn.NewConvTranspose1d(tensor.NewRand(1), 4, 2, o), 1, 4, 10)
	// Output:
	// [1 2 20]
}

// pooled prints what a layer makes of the numbers 0, 1, 2, …, in one channel.
func pooled(l nn.Layer, size ...int) {
	n := 1
	for _, d := range size {
		n *= d
	}
	y := l.Forward(autograd.NewTape().Const(tensor.Arange(n).Reshape(append([]int{1}, size...)...)))
	fmt.Println(tensor.Values(y.Value()))
}

// The last window hangs over the end.
func ExampleMaxPool1d() {
	pooled(nn.MaxPool1d{Kernel: 2}, 7)
	pooled(nn.MaxPool1d{Kernel: 2, Ceil: true}, 7)
	// Output:
	// [1 3 5]
	// [1 3 5 6]
}

func ExampleAvgPool1d() {
	pooled(nn.AvgPool1d{Kernel: 3, Stride: 1}, 7)
	// Output:
	// [1 2 3 4 5]
}

// Global pooling takes the mean of each channel.
func ExampleAdaptiveAvgPool2d() {
	pooled(nn.AdaptiveAvgPool2d{Size: nn.Square(2)}, 4, 4)
	pooled(nn.AdaptiveAvgPool2d{Size: nn.Square(1)}, 4, 4)
	// Output:
	// [2.5 4.5 10.5 12.5]
	// [7.5]
}

func ExampleAdaptiveMaxPool2d() {
	pooled(nn.AdaptiveMaxPool2d{Size: nn.Square(2)}, 4, 4)
	// Output:
	// [5 7 13 15]
}

// Parts overlap where the length is not a multiple of their number.
func ExampleAdaptiveAvgPool1d() {
	pooled(nn.AdaptiveAvgPool1d{Size: 2}, 5)
	// Output:
	// [1 3]
}

func ExampleAdaptiveMaxPool1d() {
	pooled(nn.AdaptiveMaxPool1d{Size: 2}, 5)
	// Output:
	// [2 4]
}

// Pooling and unpooling keep the largest pixels where they are.
func ExampleMaxUnpool2d() {
	x := autograd.NewTape().Const(tensor.Arange(12).Reshape(1, 3, 4))
	y, index := nn.MaxPool2d{Kernel: nn.Square(2)}.ForwardIndices(x)
	fmt.Println(index)
	back := nn.MaxUnpool2d{Kernel: nn.Square(2)}
	fmt.Println(tensor.Values(back.Forward(y, index).Value()))
	fmt.Println(tensor.Values(back.ForwardSize(y, index, [2]int{3, 4}).Value()))
	_, index = nn.AdaptiveMaxPool2d{Size: nn.Square(1)}.ForwardIndices(x)
	fmt.Println(index)
	// Output:
	// [5 7]
	// [0 0 0 0 0 5 0 7]
	// [0 0 0 0 0 5 0 7 0 0 0 0]
	// [11]
}

func ExampleMaxUnpool1d() {
	x := autograd.NewTape().Const(tensor.New([]float32{3, 1, 4, 1, 5}, 1, 5))
	y, index := nn.MaxPool1d{Kernel: 2}.ForwardIndices(x)
	back := nn.MaxUnpool1d{Kernel: 2}
	fmt.Println(index, tensor.Values(back.Forward(y, index).Value()), tensor.Values(back.ForwardSize(y, index, 5).Value()))
	_, index = nn.AdaptiveMaxPool1d{Size: 2}.ForwardIndices(x)
	fmt.Println(index)
	// Output:
	// [0 2] [3 0 4 0] [3 0 4 0 0]
	// [2 4]
}

// The Euclidean norm of each window.
func ExampleLPPool2d() {
	pooled(nn.LPPool2d{Norm: 2, Kernel: [2]int{1, 2}}, 1, 2)
	pooled(nn.LPPool2d{Norm: math.Inf(1), Kernel: [2]int{1, 4}}, 2, 4)
	// Output:
	// [1]
	// [3 7]
}

func ExampleLPPool1d() {
	pooled(nn.LPPool1d{Norm: 1, Kernel: 3}, 6)
	// Output:
	// [3 12]
}
