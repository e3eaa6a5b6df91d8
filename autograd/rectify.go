package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// PReLU returns x where it is positive, else slope times x; its derivative at 0
// is the slope (https://arxiv.org/abs/1502.01852). The slope is a variable that
// broadcasts against x.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html.
//
//	y  = x [x > 0] + slope x [x ≤ 0]
//	dx = dy (1 where x > 0, else slope), dslope = dy x [x ≤ 0]
func (x Var) PReLU(slope Var) Var { return x.binary(prelu, slope) }

func prelu() Binary {
	return Binary{
		Name: "prelu", Rule: "dy (1 where x > 0, else slope); dy x [x ≤ 0]",
		Value: tensor.PReLUTo,
		A:     func(x, slope, _, dy Var) Var { return Where(x.scalar(0).Less(x), dy, dy.Mul(slope)) },
		B:     func(x, _, _, dy Var) Var { return Where(x.scalar(0).Less(x), x.scalar(0), dy.Mul(x)) },
	}
}

// RReLU returns x where it is positive, else a slope times x that is drawn for
// each element evenly between lower and upper, as PyTorch draws it on a CPU. Where
// layers behave as in evaluation, the slope is the mean of the two
// (https://arxiv.org/abs/1505.00853). PyTorch's defaults are 1/8 and 1/3.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html.
//
//	y  = x [x > 0] + slope x [x ≤ 0]
//	dx = dy (1 where x > 0, else slope)
func (x Var) RReLU(lower, upper float64, r *tensor.Rand) Var {
	n := x.live("rrelu")
	t := n.tape
	if !(lower <= upper) {
		tensor.BadArg("rrelu", "want lower ≤ upper, got %v and %v", lower, upper)
	}
	if !t.Training() {
		return x.LeakyReLU((lower + upper) / 2)
	}
	r = t.Draws(r)
	slope := t.newNode()
	slope.op = leafOp
	t.store(slope, n.val.DType(), n.val.Shape())
	src := &t.packed(n).val
	if n.val.DType() == tensor.Float64 {
		drawSlopes(tensor.Data[float64](&slope.val), tensor.Data[float64](src), lower, upper, r)
	} else {
		drawSlopes(tensor.Data[float32](&slope.val), tensor.Data[float32](src), lower, upper, r)
	}
	return x.PReLU(slope.self())
}

// drawSlopes draws a slope for each element that is not positive.
func drawSlopes[T float32 | float64](dst, x []T, lower, upper float64, r *tensor.Rand) {
	for i, v := range x {
		dst[i] = 1
		if v <= 0 {
			dst[i] = T(r.Float64()*(upper-lower) + lower)
		}
	}
}

// CELU returns x where it is positive, else alpha (e^(x/alpha) − 1). PyTorch's
// default alpha is 1 (https://arxiv.org/abs/1704.07483).
//
//	y  = x where x > 0, else alpha (e^(x/alpha) − 1)
//	dx = dy (1 where x > 0, else e^(x/alpha))
func (x Var) CELU(alpha float64) Var {
	if alpha == 0 {
		tensor.BadArg("celu", "alpha is 0")
	}
	return x.scaled(celu, alpha, 0)
}

func celu() scaled {
	return scaled{
		Name: "celu", Rule: "dy (1 where x > 0, else e^(x/alpha))",
		Value: func(y, x *tensor.Tensor, alpha, _ float64) { tensor.CELUTo(y, x, alpha) },
		VJP:   func(x, _, dy Var, alpha, _ float64) Var { return x.slope(celuGrad, dy, alpha, 0) },
	}
}

// Softshrink returns x moved by bound towards 0, and 0 where −bound ≤ x ≤ bound.
// PyTorch's default bound is ½.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html.
//
//	y  = x − bound where x > bound, x + bound where x < −bound, else 0
//	dx = dy (0 where −bound ≤ x ≤ bound, else 1)
func (x Var) Softshrink(bound float64) Var { return x.shrink(softshrink, bound) }

func softshrink() scaled {
	return scaled{
		Name: "softshrink", Rule: "dy (0 where −bound ≤ x ≤ bound, else 1)",
		Value: func(y, x *tensor.Tensor, bound, _ float64) { tensor.SoftshrinkTo(y, x, bound) },
		VJP:   shrinkRule,
	}
}

// Hardshrink returns x, and 0 where −bound ≤ x ≤ bound. PyTorch's default bound is
// ½.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html.
//
//	y  = 0 where −bound ≤ x ≤ bound, else x
//	dx = dy (0 where −bound ≤ x ≤ bound, else 1)
func (x Var) Hardshrink(bound float64) Var { return x.shrink(hardshrink, bound) }

func hardshrink() scaled {
	return scaled{
		Name: "hardshrink", Rule: "dy (0 where −bound ≤ x ≤ bound, else 1)",
		Value: func(y, x *tensor.Tensor, bound, _ float64) { tensor.HardshrinkTo(y, x, bound) },
		VJP:   shrinkRule,
	}
}

// shrink applies an operation with a bound.
func (x Var) shrink(op scaledOp, bound float64) Var {
	if !(bound >= 0) {
		tensor.BadArg(op().Name, "the bound is %v; it must not be negative", bound)
	}
	return x.scaled(op, bound, 0)
}

func shrinkRule(x, _, dy Var, bound, _ float64) Var {
	return x.slope(shrinkGrad, dy, -bound, bound)
}

// Tanhshrink returns x − tanh x of each element.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html.
func (x Var) Tanhshrink() Var { return x.Sub(x.Tanh()) }

// Threshold returns x where it is larger than a threshold, else value.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html.
//
//	y  = value where x ≤ threshold, else x
//	dx = dy (0 where x ≤ threshold, else 1)
func (x Var) Threshold(threshold, value float64) Var { return x.scaled(replaceBelow, threshold, value) }

func replaceBelow() scaled {
	return scaled{
		Name: "threshold", Rule: "dy (0 where x ≤ threshold, else 1)",
		Value: tensor.ThresholdTo,
		VJP:   func(x, _, dy Var, threshold, _ float64) Var { return x.slope(shrinkGrad, dy, math.Inf(-1), threshold) },
	}
}

// GLU returns the first half of x along an axis, times the logistic function of
// the second half (https://arxiv.org/abs/1612.08083). PyTorch's default axis is
// the last.
//
//	y = a sigmoid(b), x = [a b]
func (x Var) GLU(axis int) Var {
	a, b := x.halves("glu", axis)
	return a.Mul(b.Sigmoid())
}

// SwiGLU returns the SiLU of the first half of x along an axis, times the second
// half (https://arxiv.org/abs/2002.05202).
//
//	y = a sigmoid(a) b, x = [a b]
func (x Var) SwiGLU(axis int) Var {
	a, b := x.halves("swiglu", axis)
	return a.SiLU().Mul(b)
}

// halves divides x along an axis.
func (x Var) halves(op string, axis int) (a, b Var) {
	v := &x.live(op).val
	v.AxesOf(op, axis)
	if v.Rank() == 0 || v.Dim(axis)%2 != 0 {
		tensor.BadShape(op, fmt.Sprintf("want an even length along axis %d", axis), v)
	}
	n := v.Dim(axis)
	return x.Slice(axis, 0, n/2, 1), x.Slice(axis, n/2, n, 1)
}
