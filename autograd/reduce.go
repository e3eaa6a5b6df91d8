package autograd

import (
	"math"
	"math/bits"

	"github.com/descent-ml/descent/tensor"
)

// Sum returns the sum over the named axes, or over all.
//
//	y  = Σ x
//	dx = dy, broadcast
func (x Var) Sum(axes ...int) Var { return x.reduce(sum, false, axes) }

// SumKeep is [Var.Sum] that keeps the reduced axes with length one.
func (x Var) SumKeep(axes ...int) Var { return x.reduce(sum, true, axes) }

func sum() reduction {
	return reduction{
		Name: "sum", Rule: "dy, broadcast",
		Value: tensor.SumTo,
		VJP:   func(_, _, dy Var, _ tensor.Axes) Var { return dy },
	}
}

// Mean returns the mean over the named axes, or over all.
//
//	y  = Σ x / n
//	dx = dy / n, broadcast
func (x Var) Mean(axes ...int) Var { return x.reduce(mean, false, axes) }

// MeanKeep is [Var.Mean] that keeps the reduced axes with length one.
func (x Var) MeanKeep(axes ...int) Var { return x.reduce(mean, true, axes) }

func mean() reduction {
	return reduction{
		Name: "mean", Rule: "dy / n, broadcast",
		Value: tensor.MeanTo,
		VJP: func(x, _, dy Var, axes tensor.Axes) Var {
			n := max(1, x.n.val.Count(axes)) // without elements there is nothing to scale, but 1/0 would reach the second derivative
			return dy.overwrite().MulScalar(1 / float64(n))
		},
	}
}

// Max returns the largest element over the named axes, or over all. When several
// are the largest, they share the gradient evenly.
//
//	y  = max x
//	dx = dy [x = y] / Σ [x = y]
func (x Var) Max(axes ...int) Var { return x.reduce(maxOver, false, axes) }

// MaxKeep is [Var.Max] that keeps the reduced axes with length one.
func (x Var) MaxKeep(axes ...int) Var { return x.reduce(maxOver, true, axes) }

func maxOver() reduction {
	return reduction{
		Name: "max", Rule: "dy [x = y] / Σ [x = y]",
		Value: tensor.MaxTo,
		VJP:   shareAmongEquals,
	}
}

// Min returns the smallest element over the named axes, or over all. When several
// are the smallest, they share the gradient evenly.
//
//	y  = min x
//	dx = dy [x = y] / Σ [x = y]
func (x Var) Min(axes ...int) Var { return x.reduce(minOver, false, axes) }

// MinKeep is [Var.Min] that keeps the reduced axes with length one.
func (x Var) MinKeep(axes ...int) Var { return x.reduce(minOver, true, axes) }

func minOver() reduction {
	return reduction{
		Name: "min", Rule: "dy [x = y] / Σ [x = y]",
		Value: tensor.MinTo,
		VJP:   shareAmongEquals,
	}
}

func shareAmongEquals(x, y, dy Var, axes tensor.Axes) Var {
	chosen := x.Equal(y)
	return dy.Mul(chosen.Div(chosen.reduceSet(sum, axes)))
}

// reduceSet reduces over a set of axes, which it keeps with length one.
func (x Var) reduceSet(op reductionOp, set tensor.Axes) Var {
	var axes [tensor.MaxRank]int
	n := 0
	for i := range x.Rank() {
		if set.Has(i) {
			axes[n] = i
			n++
		}
	}
	if n == 0 {
		return x // over no axes at all: a tensor without axes
	}
	return x.reduce(op, true, axes[:n])
}

// MaxAxis returns the largest elements along one axis, and their places along
// it in row-major order of the other axes. When several are the largest, it
// takes the first, and only this one gets a gradient.
func (x Var) MaxAxis(axis int) (Var, []int) { return x.choose(axis, true) }

// MinAxis returns the smallest elements along one axis, and their places along
// it in row-major order of the other axes. When several are the smallest, it
// takes the first, and only this one gets a gradient.
func (x Var) MinAxis(axis int) (Var, []int) { return x.choose(axis, false) }

func (x Var) choose(axis int, largest bool) (Var, []int) {
	op := "min along axis"
	if largest {
		op = "max along axis"
	}
	v := &x.live(op).val
	var dims [tensor.MaxRank]int
	set := v.AxesOf(op, axis)
	shape := tensor.Dims(dims[:0]).Reduce(v, set, true)
	n, _ := tensor.Size(shape)
	index := x.n.tape.ints.take(n)
	tensor.ArgTo(index, v, axis, largest)
	if v.Rank() == 0 {
		return x, index // the only element there is
	}
	return x.Gather(axis, index, shape...).Squeeze(axis), index
}

// LogSumExp returns log Σ eˣ over the named axes, or over all, without
// overflow.
//
//	y  = log Σ eˣ
//	dx = dy e^(x − y)
func (x Var) LogSumExp(axes ...int) Var { return x.reduce(logSumExp, false, axes) }

// LogSumExpKeep is [Var.LogSumExp] that keeps the reduced axes with length one.
func (x Var) LogSumExpKeep(axes ...int) Var { return x.reduce(logSumExp, true, axes) }

func logSumExp() reduction {
	return reduction{
		Name: "log-sum-exp", Rule: "dy e^(x − y)",
		Value: tensor.LogSumExpTo,
		VJP:   func(x, y, dy Var, _ tensor.Axes) Var { return dy.Mul(x.Sub(y).Exp()) },
	}
}

// Variance returns the unbiased variance over the named axes, or over all, as
// torch.var.
//
//	y  = Σ (x − mean x)² / (n − 1)
//	dx = 2 dy (x − mean x) / (n − 1)
func (x Var) Variance(axes ...int) Var { return x.reduceWith(variance, 1, false, axes) }

// VarianceKeep is [Var.Variance] that keeps the reduced axes with length one.
func (x Var) VarianceKeep(axes ...int) Var { return x.reduceWith(variance, 1, true, axes) }

// VarianceWith is [Var.Variance] with n − correction in place of n − 1: 0 gives the
// variance of a population.
func (x Var) VarianceWith(correction int, axes ...int) Var {
	return x.reduceWith(variance, float64(correction), false, axes)
}

// VarianceWithKeep is [Var.VarianceWith] that keeps the reduced axes with length
// one.
func (x Var) VarianceWithKeep(correction int, axes ...int) Var {
	return x.reduceWith(variance, float64(correction), true, axes)
}

func variance() general {
	return general{
		Name: "variance", Rule: "2 dy (x − mean x) / (n − 1)",
		Shape: reducedShape,
		Value: func(y *node) { tensor.VarianceTo(&y.val, y.value(0), tensor.Axes(y.attr.ints[0]), int(y.attr.f[0])) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, axes := y.operand(0), tensor.Axes(y.attr.ints[0])
			_, dy = y.kept(dy)
			n := float64(x.n.val.Count(axes))
			if n == 1 && y.attr.f[0] == 1 { // NaN, whatever x is
				return dy.Mul(x.scalar(math.NaN()))
			}
			return dy.Mul(x.centered(axes)).MulScalar(2 / (n - y.attr.f[0]))
		},
	}
}

// Std returns the square root of the unbiased variance over the named axes, or
// over all; where it is 0, so is its gradient.
//
//	y  = √(Σ (x − mean x)² / (n − 1))
//	dx = dy (x − mean x) / (y (n − 1)), 0 where y = 0
func (x Var) Std(axes ...int) Var { return x.reduceWith(std, 1, false, axes) }

// StdKeep is [Var.Std] that keeps the reduced axes with length one.
func (x Var) StdKeep(axes ...int) Var { return x.reduceWith(std, 1, true, axes) }

// StdWith is [Var.Std] with n − correction in place of n − 1: 0 gives the standard
// deviation of a population.
func (x Var) StdWith(correction int, axes ...int) Var {
	return x.reduceWith(std, float64(correction), false, axes)
}

// StdWithKeep is [Var.StdWith] that keeps the reduced axes with length one.
func (x Var) StdWithKeep(correction int, axes ...int) Var {
	return x.reduceWith(std, float64(correction), true, axes)
}

func std() general {
	return general{
		Name: "std", Rule: "dy (x − mean x) / (y (n − 1)), 0 where y = 0",
		Shape: reducedShape,
		Value: func(y *node) { tensor.StdTo(&y.val, y.value(0), tensor.Axes(y.attr.ints[0]), int(y.attr.f[0])) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, axes := y.operand(0), tensor.Axes(y.attr.ints[0])
			self, dy := y.kept(dy)
			n := float64(x.n.val.Count(axes))
			return dy.quotientOrZero(self).Mul(x.centered(axes)).MulScalar(1 / (n - y.attr.f[0]))
		},
	}
}

// centered returns x − mean x. The mean is rounded, and this error may exceed the
// differences between the elements. So the mean of x − mean x, which is nearly 0,
// is subtracted, too.
func (x Var) centered(axes tensor.Axes) Var {
	c := x.Sub(x.reduceSet(mean, axes))
	return c.Sub(c.reduceSet(mean, axes))
}

// quotientOrZero returns x / y, and 0 where y is 0.
func (x Var) quotientOrZero(y Var) Var {
	zero := y.scalar(0)
	none := y.Equal(zero)
	return Where(none, zero, x.Div(Where(none, y.scalar(1), y)))
}

// Norm returns the Euclidean norm over the named axes, or over all; where it is
// 0, so is its gradient.
//
//	y  = √(Σ x²)
//	dx = dy x / y, 0 where y = 0
func (x Var) Norm(axes ...int) Var { return x.reduce(norm, false, axes) }

// NormKeep is [Var.Norm] that keeps the reduced axes with length one.
func (x Var) NormKeep(axes ...int) Var { return x.reduce(norm, true, axes) }

func norm() reduction {
	return reduction{
		Name: "norm", Rule: "dy x / y, 0 where y = 0",
		Value: tensor.NormTo,
		VJP:   func(x, y, dy Var, _ tensor.Axes) Var { return dy.quotientOrZero(y).Mul(x) },
	}
}

// Prod returns the product over the named axes, or over all; its gradient is
// right also where factors are zero.
//
//	y  = Π x
//	dx = dy · the product of the other factors
func (x Var) Prod(axes ...int) Var { return x.reduceWith(prod, 0, false, axes) }

// ProdKeep is [Var.Prod] that keeps the reduced axes with length one.
func (x Var) ProdKeep(axes ...int) Var { return x.reduceWith(prod, 0, true, axes) }

// reduceWith applies a reduction that takes a number over the named axes, or over
// all. ints[0] holds the set of axes, ints[1] is 1 to keep them, and f[0] is the
// number.
func (x Var) reduceWith(op generalOp, number float64, keep bool, axes []int) Var {
	y := begin(op, x)
	y.attr.ints[0] = int(y.in[0].val.AxesOf(op().Name, axes...))
	if keep {
		y.attr.ints[1] = 1
	}
	y.attr.f[0] = number
	return y.record()
}

// reducedShape is the Shape of a reduction by [Var.reduceWith].
func reducedShape(y *node, dims tensor.Dims) []int {
	return dims.Reduce(y.value(0), tensor.Axes(y.attr.ints[0]), y.attr.ints[1] == 1)
}

func prod() general {
	return general{
		Name: "prod", Rule: "dy · the product of the other factors",
		Shape: reducedShape,
		Value: func(y *node) { tensor.ProdTo(&y.val, y.value(0), tensor.Axes(y.attr.ints[0])) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, set := y.operand(0), tensor.Axes(y.attr.ints[0])
			if bits.OnesCount16(uint16(set)) == 1 {
				_, dy = y.kept(dy)
				return dy.Mul(x.along(prodGrad, bits.TrailingZeros16(uint16(set))))
			}
			// The reduced axes become one, the last.
			var order, back, dims [tensor.MaxRank]int
			rank, kept := x.Rank(), 0
			for _, reduced := range []bool{false, true} {
				for i := range rank {
					if set.Has(i) == reduced {
						order[kept], back[i] = i, kept
						kept++
					}
				}
			}
			kept = rank - bits.OnesCount16(uint16(set))
			x = x.Permute(order[:rank]...)
			shape := append(dims[:0], x.Shape()[:kept]...)
			factors := x.Reshape(append(shape, y.in[0].val.Count(set))...)
			dx := dy.Reshape(append(shape, 1)...).Mul(factors.along(prodGrad, -1))
			return dx.Reshape(x.Shape()...).Permute(back[:rank]...)
		},
	}
}

// prodGrad is the product of the other factors along an axis.
func prodGrad() general {
	return general{
		Name: "prod gradient", Rule: "that of the product of the other factors",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().Prod(z.value(0), z.attr.ints[0]) },
		Expr: func(z *node, operands []Var) Var {
			x, axis := operands[0], z.attr.ints[0]
			if x.Dim(axis) == 0 {
				return x
			}
			back := x.Flip(axis).productsBefore(axis).Flip(axis)
			y := x.productsBefore(axis).Mul(back)
			return Where(x.Equal(x), y, x)
		},
	}
}
