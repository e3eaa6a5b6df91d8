package tensor

import "github.com/descent-ml/descent/internal/kernel"

// PReLU returns x where it is positive, else slope·x. The operands broadcast.
func PReLU(x, slope *Tensor) *Tensor { return of2("prelu", x, slope, PReLUTo) }

// PReLUTo is [PReLU] into dst.
func PReLUTo(dst, x, slope *Tensor) {
	binary("prelu", dst, x, slope, kernel.PReLU[float32], kernel.PReLU[float64])
}

// CELU returns x where it is positive, else alpha·(e^(x/alpha) − 1).
func CELU(x *Tensor, alpha float64) *Tensor {
	dst := ZerosLike(x)
	CELUTo(dst, x, alpha)
	return dst
}

// CELUTo is [CELU] into dst.
func CELUTo(dst, x *Tensor, alpha float64) {
	scaled("celu", dst, x, alpha, 0, kernel.CELU[float32], kernel.CELU[float64])
}

// Softshrink returns x moved by bound towards 0, and 0 where −bound ≤ x ≤ bound.
func Softshrink(x *Tensor, bound float64) *Tensor {
	dst := ZerosLike(x)
	SoftshrinkTo(dst, x, bound)
	return dst
}

// SoftshrinkTo is [Softshrink] into dst.
func SoftshrinkTo(dst, x *Tensor, bound float64) {
	scaled("softshrink", dst, x, bound, 0,
		func(dst, a []float32, bound, _ float64) { kernel.Softshrink(dst, a, float32(bound)) },
		func(dst, a []float64, bound, _ float64) { kernel.Softshrink(dst, a, bound) })
}

// Hardshrink returns x, and 0 where −bound ≤ x ≤ bound.
func Hardshrink(x *Tensor, bound float64) *Tensor {
	dst := ZerosLike(x)
	HardshrinkTo(dst, x, bound)
	return dst
}

// HardshrinkTo is [Hardshrink] into dst.
func HardshrinkTo(dst, x *Tensor, bound float64) {
	scaled("hardshrink", dst, x, bound, 0,
		func(dst, a []float32, bound, _ float64) { kernel.Hardshrink(dst, a, float32(bound)) },
		func(dst, a []float64, bound, _ float64) { kernel.Hardshrink(dst, a, bound) })
}

// Threshold returns x where it is larger than a threshold, else value.
func Threshold(x *Tensor, threshold, value float64) *Tensor {
	dst := ZerosLike(x)
	ThresholdTo(dst, x, threshold, value)
	return dst
}

// ThresholdTo is [Threshold] into dst.
func ThresholdTo(dst, x *Tensor, threshold, value float64) {
	scaled("threshold", dst, x, threshold, value,
		func(dst, a []float32, threshold, value float64) {
			kernel.Threshold(dst, a, float32(threshold), float32(value))
		},
		func(dst, a []float64, threshold, value float64) { kernel.Threshold(dst, a, threshold, value) })
}
