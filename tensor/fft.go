package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// An FFTNorm says which of a Fourier transform and its inverse divides by the number
// of elements, n. It is the norm of torch.fft.
type FFTNorm byte

// The norms of [RFFT] and [IRFFT].
const (
	FFTBackward FFTNorm = iota // the inverse divides by n
	FFTOrtho                   // both divide by √n
	FFTForward                 // the forward transform divides by n
)

// scale returns the factor of a transform of n numbers.
func (norm FFTNorm) scale(op string, n int, inverse bool) float64 {
	switch {
	case norm > FFTForward:
		BadArg(op, "there is no norm %d", norm)
	case norm == FFTOrtho:
		return 1 / math.Sqrt(float64(n))
	case norm == FFTForward != inverse:
		return 1 / float64(n)
	}
	return 1
}

// RFFT returns the Fourier transform of n real numbers along an axis, which is cut
// off, or filled up with zeros; n = 0 means its length. There are no complex tensors:
// a spectrum is a real tensor with a last axis of two, the real and the imaginary
// part, as torch.view_as_real gives. The axis gets n/2+1 elements, since what is real
// has a spectrum with y[n−k] = conj(y[k]). Both element types are computed in
// float64.
// See https://docs.pytorch.org/docs/stable/generated/torch.fft.rfft.html.
//
//	y[k] = c Σ x[j] exp(−2πi jk/n)     k = 0 … n/2
func RFFT(x *Tensor, n, axis int, norm FFTNorm) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).RFFT(x, n, axis)...)
	RFFTTo(dst, x, n, axis, norm)
	return dst
}

// RFFT appends to dst the shape of the spectrum of x.
func (dst Dims) RFFT(x *Tensor, n, axis int) []int {
	n, k := x.signal(n, axis)
	dst = append(dst, x.shape[:k]...)
	dst = append(dst, n/2+1)
	return append(append(dst, x.shape[k+1:x.rank]...), 2)
}

// RFFTTo is [RFFT] into dst, which must be contiguous.
func RFFTTo(dst, x *Tensor, n, axis int, norm FFTNorm) {
	const op = "rfft"
	var dims [MaxRank]int
	sameDType(op, "the destination", x, dst)
	destination(op, dst, Dims(dims[:0]).RFFT(x, n, axis), x)
	contiguous(op, dst)
	n, k := x.signal(n, axis)
	dst.rfft(x, n, x.lines(k, dst.shape[k], norm.scale(op, n, false), 1))
}

// RFFT writes the gradient of [RFFT] by x, whose gradient by the spectrum is dy.
func (d *Grad) RFFT(dy *Tensor, n, axis int, norm FFTNorm) {
	const op = "rfft gradient"
	dst := (*Tensor)(d)
	var dims [MaxRank]int
	sameDType(op, "dy", dst, dy)
	sameShape(op, dy, Dims(dims[:0]).RFFT(dst, n, axis), dst)
	contiguous(op, dst)
	dst.written()
	n, k := dst.signal(n, axis)
	dst.irfft(dy, n, dst.lines(k, dy.shape[k], norm.scale(op, n, false), 1))
}

// IRFFT returns the n real numbers along an axis whose spectrum is z, a real tensor
// with a last axis of two, as [RFFT] returns it. The axis is counted without that
// last one. It is cut off after n/2+1 elements, or filled up with zeros; n = 0 means
// 2(length − 1). The imaginary part of z[0], and of z[n/2] where n is even, counts as
// 0. It is the inverse of RFFT with the same n and norm.
// See https://docs.pytorch.org/docs/stable/generated/torch.fft.irfft.html.
//
//	y[j] = c re Σ z[k] exp(2πi jk/n)     k = 0 … n−1, with z[n−k] = conj(z[k])
func IRFFT(z *Tensor, n, axis int, norm FFTNorm) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(z.dtype, Dims(dims[:0]).IRFFT(z, n, axis)...)
	IRFFTTo(dst, z, n, axis, norm)
	return dst
}

// IRFFT appends to dst the shape of what has the spectrum z.
func (dst Dims) IRFFT(z *Tensor, n, axis int) []int {
	n, k := z.spectrum(n, axis)
	dst = append(dst, z.shape[:k]...)
	dst = append(dst, n)
	return append(dst, z.shape[k+1:z.rank-1]...)
}

// IRFFTTo is [IRFFT] into dst, which must be contiguous.
func IRFFTTo(dst, z *Tensor, n, axis int, norm FFTNorm) {
	const op = "irfft"
	var dims [MaxRank]int
	sameDType(op, "the destination", z, dst)
	destination(op, dst, Dims(dims[:0]).IRFFT(z, n, axis), z)
	contiguous(op, dst)
	n, k := z.spectrum(n, axis)
	dst.irfft(z, n, dst.lines(k, z.shape[k], norm.scale(op, n, true), 2))
}

// IRFFT writes the gradient of [IRFFT] by z, whose gradient by the result is dy.
func (d *Grad) IRFFT(dy *Tensor, n, axis int, norm FFTNorm) {
	const op = "irfft gradient"
	dst := (*Tensor)(d)
	var dims [MaxRank]int
	sameDType(op, "dy", dst, dy)
	sameShape(op, dy, Dims(dims[:0]).IRFFT(dst, n, axis), dst)
	contiguous(op, dst)
	dst.written()
	n, k := dst.spectrum(n, axis)
	dst.rfft(dy, n, dy.lines(k, dst.shape[k], norm.scale(op, n, true), 2))
}

// signal returns the number of elements and the axis that [RFFT] of t means.
func (t *Tensor) signal(n, axis int) (int, int) {
	k := axisOf("rfft", axis, t)
	if n == 0 {
		n = t.shape[k]
	}
	if n < 1 {
		BadShape("rfft", "there is nothing to transform: want at least one element", t)
	}
	if t.rank == MaxRank {
		BadShape("rfft", "there is no room for the axis of real and imaginary parts", t)
	}
	return n, k
}

// spectrum returns the number of elements and the axis that [IRFFT] of t means.
func (t *Tensor) spectrum(n, axis int) (int, int) {
	checkComplex("irfft", t)
	numbers := *t
	numbers.rank--
	k := axisOf("irfft", axis, &numbers)
	if n == 0 {
		n = 2 * (t.shape[k] - 1)
	}
	if n < 1 {
		BadShape("irfft", "there is nothing to transform: want at least one element", t)
	}
	return n, k
}

// checkComplex panics unless z has a last axis of a real and an imaginary part.
func checkComplex(op string, z *Tensor) {
	if z.rank == 0 || z.shape[z.rank-1] != 2 {
		BadShape(op, "want a last axis of two, the real and the imaginary part", z)
	}
}

// lines describes the transform of real numbers t along axis k.
func (t *Tensor) lines(k, bins int, scale, weight float64) kernel.Spectrum {
	outer, _ := Size(t.shape[:k])
	inner, _ := Size(t.shape[k+1 : t.rank])
	return kernel.Spectrum{Outer: outer, Size: t.shape[k], Bins: bins, Inner: inner, Scale: scale, Weight: weight}
}

func (t *Tensor) rfft(x *Tensor, n int, s kernel.Spectrum) {
	var sx scratch
	x = sx.packed(x)
	if t.dtype == Float64 {
		kernel.RFFT(t.f64, x.f64, kernel.FFTOf(n), s)
	} else {
		kernel.RFFT(t.f32, x.f32, kernel.FFTOf(n), s)
	}
	sx.release()
}

func (t *Tensor) irfft(z *Tensor, n int, s kernel.Spectrum) {
	var sz scratch
	z = sz.packed(z)
	if t.dtype == Float64 {
		kernel.IRFFT(t.f64, z.f64, kernel.FFTOf(n), s)
	} else {
		kernel.IRFFT(t.f32, z.f32, kernel.FFTOf(n), s)
	}
	sz.release()
}

// ComplexAbs returns the magnitudes of complex numbers z [… 2], the real and the
// imaginary part: √(re² + im²) without overflow. It is torch.abs of complex numbers.
func ComplexAbs(z *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(z.dtype, Dims(dims[:0]).Complex("complex-abs", z)...)
	ComplexAbsTo(dst, z)
	return dst
}

// Complex appends to dst the shape of complex numbers z without the axis of real and
// imaginary parts. It panics in op's name when there is no such axis.
func (dst Dims) Complex(op string, z *Tensor) []int {
	checkComplex(op, z)
	return append(dst, z.shape[:z.rank-1]...)
}

// ComplexAbsTo is [ComplexAbs] into dst.
func ComplexAbsTo(dst, z *Tensor) {
	checkComplex("complex-abs", z)
	var re, im Tensor
	re.AsView().Select(z, -1, 0)
	im.AsView().Select(z, -1, 1)
	binary("complex-abs", dst, &re, &im, kernel.Hypot[float32], kernel.Hypot[float64])
}

// ComplexPower returns the squared magnitudes of complex numbers z [… 2], re² + im²:
// the power of a spectrum.
func ComplexPower(z *Tensor) *Tensor {
	checkComplex("complex-power", z)
	return Sum(Mul(z, z), -1)
}
