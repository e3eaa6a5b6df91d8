package audio

import "github.com/descent-ml/descent/tensor"

// Hann returns a Hann window of n samples, periodic as torch.hann_window(n) is:
// its first sample is 0, and the 0 at the end belongs to the next period. It
// panics with a [*tensor.ArgError] when n is negative, as Hamming does.
//
//	w[i] = ½ − ½ cos(2πi/n)     and 1 for n = 1
func Hann(n int) []float64 { return window("audio.hann", n, tensor.HannWindowTo) }

// Hamming returns a Hamming window of n samples, periodic as
// torch.hamming_window(n) is.
//
//	w[i] = 0.54 − 0.46 cos(2πi/n)     and 1 for n = 1
func Hamming(n int) []float64 { return window("audio.hamming", n, tensor.HammingWindowTo) }

func window(op string, n int, to func(dst *tensor.Tensor, periodic bool)) []float64 {
	if n < 0 {
		tensor.BadArg(op, "want n ≥ 0, got %d", n)
	}
	w := tensor.Zeros64(n)
	to(w, true)
	return tensor.Data[float64](w)
}

// float32s panics unless every tensor is float32.
func float32s(op string, ts ...*tensor.Tensor) {
	for _, t := range ts {
		if t.DType() != tensor.Float32 {
			panic(&tensor.DTypeError{Op: op, Operand: "an operand", Want: tensor.Float32, Got: t.DType()})
		}
	}
}
