package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// NormP returns the p-norm over the named axes, or over all, for any p: 0 counts
// the elements that are not 0, math.Inf(1) takes the largest absolute value,
// math.Inf(-1) the smallest.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html.
func NormP(x *Tensor, p float64, axes ...int) *Tensor {
	return reduced("p-norm", x, axes, func(dst, x *Tensor, axes Axes) { NormPTo(dst, x, axes, p) })
}

// NormPTo is [NormP] into dst, whose shape may keep the reduced axes.
func NormPTo(dst, x *Tensor, axes Axes, p float64) {
	switch {
	case p != p:
		BadArg("p-norm", "want a number p, got NaN")
	case p < 0 || math.IsInf(p, 1):
		notEmpty("p-norm", x, axes)
	}
	rows("p-norm", dst, x, axes,
		func(row []float32) float32 { return float32(kernel.NormP(row, p)) },
		func(row []float64) float64 { return kernel.NormP(row, p) })
}
