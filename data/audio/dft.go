package audio

import (
	"math"
	"math/bits"

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
				xRe, xIm := times(bRe[k], bIm[k], c, -s)
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
		a[j], b[j] = times(re[j], im[j], d.cos[j], d.sin[j])
	}
	d.long.transform(a, b)
	for j := range m {
		a[j], b[j] = times(a[j], b[j], d.keyRe[j], d.keyIm[j])
	}
	d.long.transform(b, a) // the inverse
	for j := range d.n {
		re[j], im[j] = times(a[j], b[j], d.cos[j], d.sin[j])
	}
	work.Return(handle)
}

// times returns (a + bi)(c + di). It rounds after each operation, so that all
// processors give the same bits.
func times(a, b, c, d float64) (re, im float64) {
	return float64(a*c) - float64(b*d), float64(a*d) + float64(b*c)
}
