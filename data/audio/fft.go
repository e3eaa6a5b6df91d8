package audio

import (
	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/tensor"
)

// An FFT is the discrete Fourier transform of n real numbers, for any n. What is
// real has a spectrum with X[n−k] = conj(X[k]), so the first n/2+1 numbers are the
// whole of it. [tensor.RFFT] transforms tensors.
//
//	X[k] = Σ_j x[j] exp(−2πi jk/n)     k = 0 … n/2
//
// The time is proportional to n log n for every n, and smallest for powers of
// two. An FFT does not change, and many goroutines may share it. Its methods
// allocate nothing in steady state.
type FFT struct{ fft *kernel.FFT }

// NewFFT prepares the transform of n numbers. It panics with a
// [*tensor.ArgError] when n is below 1.
func NewFFT(n int) *FFT {
	if n < 1 {
		tensor.BadArg("audio.fft", "want a length of at least 1, got %d", n)
	}
	return &FFT{kernel.NewFFT(n)}
}

// Len returns n.
func (f *FFT) Len() int { return f.fft.N }

// Forward computes the spectrum of x, n numbers, into dst, n/2+1 numbers, as
// torch.fft.rfft(x) does. It panics with a [*tensor.ArgError] when the lengths
// are others.
func (f *FFT) Forward(dst []complex128, x []float64) {
	f.check("audio.fft", dst, x)
	f.fft.Forward(dst, x)
}

// Inverse computes the n numbers whose spectrum is s, n/2+1 numbers, into dst, as
// torch.fft.irfft(s, n) does. The imaginary part of s[0], and of s[n/2] where n
// is even, counts as 0. It panics as Forward does.
func (f *FFT) Inverse(dst []float64, s []complex128) {
	f.check("audio.fft", s, dst)
	f.fft.Inverse(dst, s, 1/float64(f.Len()))
}

func (f *FFT) check(op string, s []complex128, x []float64) {
	if n := f.Len(); len(x) != n || len(s) != n/2+1 {
		tensor.BadArg(op, "want %d samples and a spectrum of %d numbers, got %d and %d", n, n/2+1, len(x), len(s))
	}
}
