package autograd

import "github.com/descent-ml/descent/tensor"

// RFFT returns the Fourier transform of n real numbers along an axis, which is cut
// off, or filled up with zeros; n = 0 means its length. There are no complex tensors:
// a spectrum is a real tensor with a last axis of two, the real and the imaginary
// part, as torch.view_as_real gives. The axis gets n/2+1 elements, since what is real
// has a spectrum with y[n−k] = conj(y[k]).
// See https://docs.pytorch.org/docs/stable/generated/torch.fft.rfft.html.
//
//	y[k] = c Σ x[j] exp(−2πi jk/n)     k = 0 … n/2
//	dx   = the transposed transform of dy
func (x Var) RFFT(n, axis int, norm tensor.FFTNorm) Var { return x.fourier(rfft, n, axis, norm) }

// fourier applies a transform, with n, the axis and the norm in ints.
func (x Var) fourier(op generalOp, n, axis int, norm tensor.FFTNorm) Var {
	y := begin(op, x)
	y.attr.ints[0], y.attr.ints[1], y.attr.ints[2] = n, axis, int(norm)
	return y.record()
}

// fourierOf returns n, the axis and the norm of a transform.
func (y *node) fourierOf() (n, axis int, norm tensor.FFTNorm) {
	return y.attr.ints[0], y.attr.ints[1], tensor.FFTNorm(y.attr.ints[2])
}

// fourierGrad applies op, the gradient of the transform y by its operand, to dy.
func (y *node) fourierGrad(op generalOp, dy Var) Var {
	z := begin(op, dy)
	z.attr.ints = y.attr.ints
	z.attr.shape = y.tape.copyInts(y.in[0].val.Shape())
	return z.record()
}

func rfft() general {
	return general{
		Name: "rfft", Rule: "the transposed transform of dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.RFFT(y.value(0), y.attr.ints[0], y.attr.ints[1]) },
		Value: func(y *node) {
			n, axis, norm := y.fourierOf()
			tensor.RFFTTo(&y.val, y.value(0), n, axis, norm)
		},
		VJP: func(y *node, _ int, dy Var) Var { return y.fourierGrad(rfftGrad, dy) },
	}
}

func rfftGrad() general {
	return general{
		Name: "rfft gradient", Rule: "the transform of dy",
		Shape: givenShape,
		Value: func(z *node) {
			n, axis, norm := z.fourierOf()
			z.val.AsGrad().RFFT(z.value(0), n, axis, norm)
		},
		VJP: func(z *node, _ int, dy Var) Var { return dy.RFFT(z.fourierOf()) },
	}
}

// IRFFT returns the n real numbers along an axis whose spectrum is x, a real tensor
// with a last axis of two, as [Var.RFFT] returns it. The axis is counted without that
// last one. It is cut off after n/2+1 elements, or filled up with zeros; n = 0 means
// 2(length − 1). The imaginary part of x[0], and of x[n/2] where n is even, counts as
// 0. It is the inverse of RFFT with the same n and norm.
// See https://docs.pytorch.org/docs/stable/generated/torch.fft.irfft.html.
//
//	y[j] = c re Σ x[k] exp(2πi jk/n)     k = 0 … n−1, with x[n−k] = conj(x[k])
//	dx   = the transposed transform of dy
func (x Var) IRFFT(n, axis int, norm tensor.FFTNorm) Var { return x.fourier(irfft, n, axis, norm) }

func irfft() general {
	return general{
		Name: "irfft", Rule: "the transposed transform of dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.IRFFT(y.value(0), y.attr.ints[0], y.attr.ints[1]) },
		Value: func(y *node) {
			n, axis, norm := y.fourierOf()
			tensor.IRFFTTo(&y.val, y.value(0), n, axis, norm)
		},
		VJP: func(y *node, _ int, dy Var) Var { return y.fourierGrad(irfftGrad, dy) },
	}
}

func irfftGrad() general {
	return general{
		Name: "irfft gradient", Rule: "the transform of dy",
		Shape: givenShape,
		Value: func(z *node) {
			n, axis, norm := z.fourierOf()
			z.val.AsGrad().IRFFT(z.value(0), n, axis, norm)
		},
		VJP: func(z *node, _ int, dy Var) Var { return dy.IRFFT(z.fourierOf()) },
	}
}

// ComplexAbs returns the magnitudes of complex numbers x [… 2], the real and the
// imaginary part: √(re² + im²) without overflow. It is torch.abs of complex numbers;
// where it is 0, so is its gradient.
//
//	y  = √(re² + im²)
//	dx = dy x / y, 0 where y = 0
func (x Var) ComplexAbs() Var { return begin(complexAbs, x).record() }

func complexAbs() general {
	return general{
		Name: "complex-abs", Rule: "dy x / y, 0 where y = 0",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Complex("complex-abs", y.value(0)) },
		Value: func(y *node) { tensor.ComplexAbsTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			direction := y.operand(0).quotientOrZero(y.self().Unsqueeze(-1))
			return dy.Unsqueeze(-1).Mul(direction)
		},
	}
}

// ComplexPower returns the squared magnitudes of complex numbers x [… 2], re² + im²:
// the power of a spectrum.
func (x Var) ComplexPower() Var {
	const op = "complex-power"
	var dims [tensor.MaxRank]int
	tensor.Dims(dims[:0]).Complex(op, &x.live(op).val)
	return x.Square().Sum(-1)
}
