package autograd_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// The gradient of the power in one bin of a spectrum is a wave of its frequency.
func ExampleVar_RFFT() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 0, 0, 0}, 4))
	y := x.RFFT(0, 0, tensor.FFTBackward)
	grads := y.ComplexPower().Slice(0, 1, 2, 1).Sum().Backward()
	fmt.Printf("%.0f\n", tensor.Values(grads.Of(x)))
	// Output: [2 0 -2 0]
}

// Without its highest frequencies, a signal becomes smooth. The gradient goes back
// through both transforms.
func ExampleVar_IRFFT() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, -1, 1, 3}, 4))
	y := x.RFFT(0, 0, tensor.FFTBackward).Slice(0, 0, 1, 1).IRFFT(4, 0, tensor.FFTBackward)
	fmt.Println(tensor.Values(y.Value()))
	fmt.Println(tensor.Values(y.Square().Sum().Backward().Of(x)))
	// Output:
	// [1 1 1 1]
	// [2 2 2 2]
}

// A spectrogram is the magnitude of a short-time transform. Where it is 0, so is its
// gradient.
func ExampleVar_STFT() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.Zeros64(8))
	w := tensor.Zeros64(4)
	tensor.HannWindowTo(w, true)
	o := tensor.STFTOptions{Hop: 2}
	y := x.STFT(4, tape.Const(w), o)
	fmt.Println(y.ComplexAbs().Shape(), tensor.Values(y.ComplexAbs().Sum().Backward().Of(x)))
	fmt.Println(tensor.Values(y.ISTFT(4, tape.Const(w), o).Value()))
	// Output:
	// [3 5] [0 0 0 0 0 0 0 0]
	// [0 0 0 0 0 0 0 0]
}
