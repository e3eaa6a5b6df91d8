package audio

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
	"github.com/descent-ml/descent/tensor"
)

// An FFT is the discrete Fourier transform of n real numbers, for any n. What is
// real has a spectrum with X[n−k] = conj(X[k]), so the first n/2+1 numbers are the
// whole of it.
//
//	X[k] = Σ_j x[j] exp(−2πi jk/n)     k = 0 … n/2
//
// The time is proportional to n log n for every n, and smallest for powers of
// two. An FFT does not change, and many goroutines may share it. Its methods
// allocate nothing in steady state.
type FFT struct {
	n        int
	half     *dft      // of length n/2 where n is even, or else n
	cos, sin []float64 // of 2πk/n, k = 0 … n/2, where n is even
}

// NewFFT prepares the transform of n numbers. It panics with a
// [*tensor.ArgError] when n is below 1.
func NewFFT(n int) *FFT {
	if n < 1 {
		tensor.BadArg("audio.fft", "want a length of at least 1, got %d", n)
	}
	if n%2 == 1 {
		return &FFT{n: n, half: newDFT(n)}
	}
	f := &FFT{n: n, half: newDFT(n / 2), cos: make([]float64, n/2+1), sin: make([]float64, n/2+1)}
	for k := range f.cos {
		f.sin[k], f.cos[k] = math.Sincos(2 * math.Pi * float64(k) / float64(n))
	}
	return f
}

// Len returns n.
func (f *FFT) Len() int { return f.n }

// Forward computes the spectrum of x, n numbers, into dst, n/2+1 numbers, as
// torch.fft.rfft(x) does. It panics with a [*tensor.ArgError] when the lengths
// are others.
func (f *FFT) Forward(dst []complex128, x []float64) {
	f.check("audio.fft", dst, x)
	m := f.half.n
	memory, handle := work.Borrow[float64](2 * m)
	re, im := memory[:m], memory[m:2*m]
	if f.n%2 == 1 {
		copy(re, x)
		clear(im)
		f.half.transform(re, im)
		for k := range dst {
			dst[k] = complex(re[k], im[k])
		}
		work.Return(handle)
		return
	}
	// The even samples are the real part and the odd ones the imaginary part of
	// one signal z of half the length. With Z' = conj(Z[m−k]),
	//
	//	X[k] = ½(Z + Z') − ½i exp(−2πik/n) (Z − Z')
	for j := range m {
		re[j], im[j] = x[2*j], x[2*j+1]
	}
	f.half.transform(re, im)
	for k := range dst {
		i, j := k%m, (m-k)%m
		a, b := times(re[i]-re[j], im[i]+im[j], f.sin[k], f.cos[k])
		dst[k] = complex((re[i]+re[j]-a)/2, (im[i]-im[j]-b)/2)
	}
	work.Return(handle)
}

// Inverse computes the n numbers whose spectrum is s, n/2+1 numbers, into dst, as
// torch.fft.irfft(s, n) does. The imaginary part of s[0], and of s[n/2] where n
// is even, counts as 0. It panics as Forward does.
func (f *FFT) Inverse(dst []float64, s []complex128) {
	f.check("audio.fft", s, dst)
	m, scale := f.half.n, 1/float64(f.n)
	memory, handle := work.Borrow[float64](2 * m)
	re, im := memory[:m], memory[m:2*m]
	if f.n%2 == 1 {
		re[0], im[0] = real(s[0]), 0
		for k := 1; k < len(s); k++ {
			re[k], im[k] = real(s[k]), imag(s[k])
			re[m-k], im[m-k] = real(s[k]), -imag(s[k])
		}
		f.half.transform(im, re)
		for j := range dst {
			dst[j] = re[j] * scale
		}
		work.Return(handle)
		return
	}
	// Z[k] = (X + X') + i exp(2πik/n) (X − X')     X' = conj(X[m−k])
	for k := range m {
		x, w := s[k], s[m-k]
		if k == 0 {
			x, w = complex(real(x), 0), complex(real(w), 0)
		}
		a, b := times(real(x)-real(w), imag(x)+imag(w), -f.sin[k], f.cos[k])
		re[k], im[k] = real(x)+real(w)+a, imag(x)-imag(w)+b
	}
	f.half.transform(im, re)
	for j := range m {
		dst[2*j], dst[2*j+1] = re[j]*scale, im[j]*scale
	}
	work.Return(handle)
}

func (f *FFT) check(op string, s []complex128, x []float64) {
	if len(x) != f.n || len(s) != f.n/2+1 {
		tensor.BadArg(op, "want %d samples and a spectrum of %d numbers, got %d and %d", f.n, f.n/2+1, len(x), len(s))
	}
}
