package kernel

import (
	"math"
	"math/bits"
	"sync"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// A dft is the discrete Fourier transform of complex numbers, of any length:
//
//	X[k] = Σ_j x[j] exp(−2πi jk/n)
//
// A power of two is halved again and again (Cooley and Tukey, 1965). Any other
// length is made a convolution, and that is computed with powers of two
// (Bluestein, 1970):
//
//	jk = ½(j² + k² − (k−j)²)
//	X[k] = w[k] Σ_j (x[j] w[j]) conj(w[k−j])     w[j] = exp(−πi j²/n)
//
// A dft does not change, and many goroutines may share it.
type dft struct {
	n        int
	cos, sin []float64 // of 2πk/n, for k < n/2 where n is a power of two; or the parts of w, for k < n
	reversed []int     // where element i goes, by its bits in reverse

	// For other lengths: the power of two, and the transform of conj(w) wrapped
	// around it, divided by its length.
	long         *dft
	keyRe, keyIm []float64
}

func newDFT(n int) *dft {
	if n&(n-1) == 0 {
		return newPowerOfTwo(n)
	}
	d := &dft{n: n, cos: make([]float64, n), sin: make([]float64, n)}
	square := 0 // j² mod 2n
	for j := range n {
		d.sin[j], d.cos[j] = math.Sincos(-math.Pi * float64(square) / float64(n))
		square = (square + 2*j + 1) % (2 * n)
	}
	m := 1 << bits.Len(uint(2*n-2))
	d.long = newPowerOfTwo(m)
	d.keyRe, d.keyIm = make([]float64, m), make([]float64, m)
	for j := range n {
		re, im := d.cos[j]/float64(m), -d.sin[j]/float64(m)
		d.keyRe[j], d.keyIm[j] = re, im
		d.keyRe[(m-j)%m], d.keyIm[(m-j)%m] = re, im
	}
	d.long.transform(d.keyRe, d.keyIm)
	return d
}

func newPowerOfTwo(n int) *dft {
	d := &dft{n: n, cos: make([]float64, n/2), sin: make([]float64, n/2), reversed: make([]int, n)}
	for k := range n / 2 {
		d.sin[k], d.cos[k] = math.Sincos(2 * math.Pi * float64(k) / float64(n))
	}
	for i := 1; i < n; i++ {
		d.reversed[i] = d.reversed[i/2]/2 + i%2*(n/2)
	}
	return d
}

// transform replaces n complex numbers by their transform. The inverse without
// its factor 1/n is the transform with the two parts exchanged.
func (d *dft) transform(re, im []float64) {
	if d.long != nil {
		d.convolve(re, im)
		return
	}
	for i, j := range d.reversed {
		if i < j {
			re[i], re[j] = re[j], re[i]
			im[i], im[j] = im[j], im[i]
		}
	}
	for half := 1; half < d.n; half *= 2 {
		step := d.n / (2 * half)
		for start := 0; start < d.n; start += 2 * half {
			aRe, aIm := re[start:start+half], im[start:start+half]
			bRe, bIm := re[start+half:start+2*half], im[start+half:start+2*half]
			for k := range aRe {
				c, s := d.cos[k*step], d.sin[k*step]
				// b exp(−2πik/2half)
				xRe, xIm := complexTimes(bRe[k], bIm[k], c, -s)
				bRe[k], bIm[k] = aRe[k]-xRe, aIm[k]-xIm
				aRe[k], aIm[k] = aRe[k]+xRe, aIm[k]+xIm
			}
		}
	}
}

// convolve is transform for lengths that are no power of two.
func (d *dft) convolve(re, im []float64) {
	m := d.long.n
	memory, handle := work.Borrow[float64](2 * m)
	a, b := memory[:m], memory[m:2*m]
	clear(memory[:2*m])
	for j := range d.n {
		a[j], b[j] = complexTimes(re[j], im[j], d.cos[j], d.sin[j])
	}
	d.long.transform(a, b)
	for j := range m {
		a[j], b[j] = complexTimes(a[j], b[j], d.keyRe[j], d.keyIm[j])
	}
	d.long.transform(b, a) // the inverse
	for j := range d.n {
		re[j], im[j] = complexTimes(a[j], b[j], d.cos[j], d.sin[j])
	}
	work.Return(handle)
}

// complexTimes returns (a + bi)(c + di). It rounds after each operation, so that all
// processors give the same bits.
func complexTimes(a, b, c, d float64) (re, im float64) {
	return float64(a*c) - float64(b*d), float64(a*d) + float64(b*c)
}

// An FFT is the discrete Fourier transform of n real numbers, for any n ≥ 1. What is
// real has a spectrum with X[n−k] = conj(X[k]), so the first n/2+1 numbers are the
// whole of it.
//
//	X[k] = Σ_j x[j] exp(−2πi jk/n)     k = 0 … n/2
//
// An FFT does not change, and many goroutines may share it. Its methods allocate
// nothing in steady state.
type FFT struct {
	N        int
	half     *dft      // of length n/2 where n is even, or else n
	cos, sin []float64 // of 2πk/n, k = 0 … n/2, where n is even
}

// NewFFT prepares the transform of n numbers.
func NewFFT(n int) *FFT {
	if n%2 == 1 {
		return &FFT{N: n, half: newDFT(n)}
	}
	f := &FFT{N: n, half: newDFT(n / 2), cos: make([]float64, n/2+1), sin: make([]float64, n/2+1)}
	for k := range f.cos {
		f.sin[k], f.cos[k] = math.Sincos(2 * math.Pi * float64(k) / float64(n))
	}
	return f
}

// Forward computes the spectrum of x, n numbers, into dst, n/2+1 numbers.
func (f *FFT) Forward(dst []complex128, x []float64) {
	m := f.half.n
	memory, lent := work.Borrow[float64](2 * m)
	defer work.Return(lent)
	re, im := memory[:m], memory[m:2*m]
	if f.N%2 == 1 {
		copy(re, x)
		clear(im)
		f.half.transform(re, im)
		for k := range dst {
			dst[k] = complex(re[k], im[k])
		}
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
		a, b := complexTimes(re[i]-re[j], im[i]+im[j], f.sin[k], f.cos[k])
		dst[k] = complex((re[i]+re[j]-a)/2, (im[i]-im[j]-b)/2)
	}
}

// Inverse computes scale·n times the n numbers whose spectrum is s, n/2+1 numbers,
// into dst. The imaginary part of s[0], and of s[n/2] where n is even, counts as 0.
//
//	dst[j] = scale · Σ_k w[k] re(s[k] exp(2πi jk/n))     w = 1 for these two numbers, else 2
func (f *FFT) Inverse(dst []float64, s []complex128, scale float64) {
	m := f.half.n
	memory, lent := work.Borrow[float64](2 * m)
	defer work.Return(lent)
	re, im := memory[:m], memory[m:2*m]
	if f.N%2 == 1 {
		re[0], im[0] = real(s[0]), 0
		for k := 1; k < len(s); k++ {
			re[k], im[k] = real(s[k]), imag(s[k])
			re[m-k], im[m-k] = real(s[k]), -imag(s[k])
		}
		f.half.transform(im, re)
		for j := range dst {
			dst[j] = re[j] * scale
		}
		return
	}
	// Z[k] = (X + X') + i exp(2πik/n) (X − X')     X' = conj(X[m−k])
	for k := range m {
		x, w := s[k], s[m-k]
		if k == 0 {
			x, w = complex(real(x), 0), complex(real(w), 0)
		}
		a, b := complexTimes(real(x)-real(w), imag(x)+imag(w), -f.sin[k], f.cos[k])
		re[k], im[k] = real(x)+real(w)+a, imag(x)-imag(w)+b
	}
	f.half.transform(im, re)
	for j := range m {
		dst[2*j], dst[2*j+1] = re[j]*scale, im[j]*scale
	}
}

// recent are the transforms that were used last, the latest first.
var recent struct {
	sync.Mutex
	ffts []*FFT
}

// mostFFTs is how many transforms are kept.
const mostFFTs = 32

// FFTOf returns the transform of n numbers, which is prepared only when it was not
// used for long.
func FFTOf(n int) *FFT {
	recent.Lock()
	defer recent.Unlock()
	for i, f := range recent.ffts {
		if f.N == n {
			copy(recent.ffts[1:], recent.ffts[:i])
			recent.ffts[0] = f
			return f
		}
	}
	if len(recent.ffts) < mostFFTs {
		recent.ffts = append(recent.ffts, nil)
	}
	copy(recent.ffts[1:], recent.ffts)
	recent.ffts[0] = NewFFT(n)
	return recent.ffts[0]
}

// A Spectrum says how real numbers and their spectra lie in memory: numbers are
// [Outer Size Inner], and spectra [Outer Bins Inner 2], with the real and the
// imaginary part side by side. There may be more or fewer numbers than the transform
// has, and more or fewer bins. Those that are read count as 0 where they lack, and
// those that are written are 0 where the transform has none.
type Spectrum struct {
	Outer, Size, Bins, Inner int
	Scale                    float64 // a factor of all numbers
	Weight                   float64 // another one of the bins that stand for two
}

// RFFT computes, for each row of numbers, with w[k] = Weight but for the two bins that
// have no imaginary part, where it is 1,
//
//	dst[k] = Scale w[k] Σ_j x[j] exp(−2πi jk/n)
func RFFT[T Float](dst, x []T, f *FFT, s Spectrum) { fourier(dst, x, f, s, false) }

// IRFFT is the transposed of [RFFT]. It computes, for each spectrum,
//
//	dst[j] = Scale Σ_k w[k] re(x[k] exp(2πi jk/n))
func IRFFT[T Float](dst, x []T, f *FFT, s Spectrum) { fourier(dst, x, f, s, true) }

var fourierTasks work.Tasks[fourierTask[float32], fourierTask[float64]]

func fourier[T Float](dst, x []T, f *FFT, s Spectrum, inverse bool) {
	rows := s.Outer * s.Inner
	part := max(1, 4096/f.N)
	work.Do(&fourierTasks, rows*f.N >= 1<<14, (rows+part-1)/part, fourierTask[T]{dst, x, f, s, inverse, part})
}

// A fourierTask transforms rows, part of them at a time.
type fourierTask[T Float] struct {
	dst, x []T
	fft    *FFT
	Spectrum
	inverse bool
	part    int
}

func (t *fourierTask[T]) Do(part int) {
	numbers, lentN := work.Borrow[float64](t.fft.N)
	spectrum, lentS := work.Borrow[complex128](t.fft.N/2 + 1)
	for row := part * t.part; row < min((part+1)*t.part, t.Outer*t.Inner); row++ {
		outer, inner := row/t.Inner, row%t.Inner
		at, bin := outer*t.Size*t.Inner+inner, 2*(outer*t.Bins*t.Inner+inner)
		if t.inverse {
			t.backward(t.dst[at:], t.x[bin:], numbers, spectrum)
		} else {
			t.forward(t.dst[bin:], t.x[at:], numbers, spectrum)
		}
	}
	work.Return(lentN)
	work.Return(lentS)
}

func (t *fourierTask[T]) forward(dst, x []T, numbers []float64, spectrum []complex128) {
	n := min(t.Size, t.fft.N)
	for j := range n {
		numbers[j] = float64(x[j*t.Inner])
	}
	clear(numbers[n:])
	t.fft.Forward(spectrum, numbers)
	for k := range t.Bins {
		at := 2 * k * t.Inner
		if k >= len(spectrum) {
			dst[at], dst[at+1] = 0, 0
			continue
		}
		w := t.Scale
		re, im := real(spectrum[k]), imag(spectrum[k])
		if k == 0 || 2*k == t.fft.N {
			im = 0
		} else {
			w *= t.Weight
		}
		dst[at], dst[at+1] = T(re*w), T(im*w)
	}
}

func (t *fourierTask[T]) backward(dst, x []T, numbers []float64, spectrum []complex128) {
	n := min(t.Bins, len(spectrum))
	for k := range n {
		w, at := t.Weight/2, 2*k*t.Inner
		if k == 0 || 2*k == t.fft.N {
			w = 1
		}
		spectrum[k] = complex(float64(x[at])*w, float64(x[at+1])*w)
	}
	clear(spectrum[n:])
	t.fft.Inverse(numbers, spectrum, t.Scale)
	for j := range t.Size {
		v := 0.0
		if j < len(numbers) {
			v = numbers[j]
		}
		dst[j*t.Inner] = T(v)
	}
}

// A Window says how a rectangular window slides over images: the geometry that
// convolution and pooling share. Pairs are height, width.
type Window struct {
	Channels       int // of one image
	In, Out        [2]int
	Kernel, Stride [2]int
	Pad, Dilation  [2]int
	Adaptive       bool // pooling whose windows divide the image into Out parts, which overlap where they must; the pairs before mean nothing
}

// OutSize returns the number of window positions along an axis, or a number
// below one when the window does not fit.
func OutSize(in, kernel, stride, pad, dilation int) int {
	span := in + 2*pad - dilation*(kernel-1) - 1
	if span < 0 {
		return 0
	}
	return span/stride + 1
}

// CeilSize is [OutSize] with a last window that may hang over the padding on the
// right, when it begins before it.
func CeilSize(in, kernel, stride, pad, dilation int) int {
	n := OutSize(in+stride-1, kernel, stride, pad, dilation)
	if (n-1)*stride >= in+pad {
		n--
	}
	return n
}
