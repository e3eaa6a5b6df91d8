package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// A wave of two periods has its power in bin 2.
func ExampleRFFT() {
	x := tensor.New([]float64{0, 1, 0, -1, 0, 1, 0, -1}, 8)
	y := tensor.RFFT(x, 0, 0, tensor.FFTBackward)
	fmt.Println(y.Shape())
	fmt.Printf("%.0f\n", tensor.Values(tensor.ComplexPower(y)))
	fmt.Printf("%.0f\n", tensor.Values(tensor.ComplexAbs(y)))
	// Output:
	// [5 2]
	// [0 0 16 0 0]
	// [0 0 4 0 0]
}

// The inverse gives the numbers back, whatever divides by n, if it is the same.
func ExampleIRFFT() {
	x := tensor.New([]float64{1, 2, 3}, 3)
	for _, norm := range []tensor.FFTNorm{tensor.FFTBackward, tensor.FFTOrtho, tensor.FFTForward} {
		y := tensor.RFFT(x, 0, 0, norm)
		fmt.Printf("%.4f %.0f\n", y.At(0, 0), tensor.Values(tensor.IRFFT(y, 3, 0, norm)))
	}
	// Output:
	// 6.0000 [1 2 3]
	// 3.4641 [1 2 3]
	// 2.0000 [1 2 3]
}

// Transforms write to what there is already, and windows in float64 as well.
func ExampleRFFTTo() {
	w, y, back := tensor.Zeros64(4), tensor.Zeros64(3, 2), tensor.Zeros64(4)
	tensor.HannWindowTo(w, true)
	tensor.RFFTTo(y, w, 0, 0, tensor.FFTBackward)
	tensor.IRFFTTo(back, y, 4, 0, tensor.FFTBackward)
	size := tensor.Zeros64(3)
	tensor.ComplexAbsTo(size, y)
	fmt.Printf("%.1f %.0f\n", tensor.Values(back), tensor.Values(size))
	// Output: [0.0 0.5 1.0 0.5] [2 1 0]
}

// A signal is cut into overlapping frames; their spectra are enough to put it
// together again.
func ExampleSTFT() {
	x := tensor.Arange(12)
	w, o := tensor.HannWindow(4, true), tensor.STFTOptions{Hop: 2}
	y := tensor.STFT(x, 4, w, o)
	fmt.Println(y.Shape())
	fmt.Printf("%.2f\n", tensor.Values(tensor.ISTFT(y, 4, w, o)))
	f := o.Frames("example", x, 4)
	fmt.Println(f.Bins, "frequencies,", f.Frames, "frames")
	// Output:
	// [3 7 2]
	// [0.00 1.00 2.00 3.00 4.00 5.00 6.00 7.00 8.00 9.00 10.00 11.00]
	// 3 frequencies, 7 frames
}

func ExampleHannWindow() {
	fmt.Println(tensor.HannWindow(4, true))
	fmt.Println(tensor.HannWindow(5, false))
	fmt.Println(tensor.HammingWindow(4, true))
	fmt.Println(tensor.BartlettWindow(4, true))
	fmt.Printf("%.3f %.3f\n", tensor.BlackmanWindow(4, true).At(1), tensor.KaiserWindow(4, true, 12).At(1))
	// Output:
	// tensor[4] float32 [0.0000 0.5000 1.0000 0.5000]
	// tensor[5] float32 [0.0000 0.5000 1.0000 0.5000 0.0000]
	// tensor[4] float32 [0.0800 0.5400 1.0000 0.5400]
	// tensor[4] float32 [0.0000 0.5000 1.0000 0.5000]
	// 0.340 0.216
}

// The other windows are written to float64 in the same way.
func ExampleHammingWindowTo() {
	w := tensor.Zeros64(3)
	tensor.HammingWindowTo(w, false)
	fmt.Printf("%.2f\n", tensor.Values(w))
	tensor.BlackmanWindowTo(w, false)
	fmt.Printf("%.2f\n", tensor.Values(tensor.Abs(w)))
	tensor.BartlettWindowTo(w, false)
	fmt.Printf("%.2f\n", tensor.Values(w))
	tensor.KaiserWindowTo(w, false, 3)
	fmt.Printf("%.2f\n", tensor.Values(w))
	// Output:
	// [0.08 1.00 0.08]
	// [0.00 1.00 0.00]
	// [0.00 1.00 0.00]
	// [0.20 1.00 0.20]
}
