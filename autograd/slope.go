package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// A slope declares z = dy f′(x), the gradient of an elementwise operation f with
// up to two numbers, as an operation. It is linear in dy, so the gradient by dy is
// the same operation, on dz.
type slope struct {
	Name, Rule string
	Value      func(z, x, dy *tensor.Tensor, a, b float64)
	X          func(x, dy, dz Var, a, b float64) Var // the gradient by x, dz dy f″(x); nil when it is zero everywhere
}

type slopeOp func() slope

func (op slopeOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op slopeOp) vjp(z *node, i int, dz Var) Var {
	a, b := z.attr.f[0], z.attr.f[1]
	if i == 1 {
		return z.operand(0).slope(op, dz, a, b)
	}
	if rule := op().X; rule != nil {
		return rule(z.operand(0), z.operand(1), dz, a, b)
	}
	return Var{}
}

// slope applies an operation to x and dy. It may write its result over dy.
func (x Var) slope(op slopeOp, dy Var, a, b float64) Var {
	d := op()
	n, m := x.live(d.Name), dy.overwrite().live(d.Name)
	t := n.tape
	z := t.apply(op, n, m)
	z.attr.f = [2]float64{a, b}
	z.needs = t.recording && (d.X != nil && n.needs || m.needs)
	var dims [tensor.MaxRank]int
	t.storeOver(z, m, tensor.Dims(dims[:0]).Broadcast(d.Name, &n.val, &m.val))
	d.Value(&z.val, &n.val, &m.val, a, b)
	return t.finish(z)
}

func absGrad() slope {
	return slope{
		Name: "abs gradient", Rule: "0; dz sign x",
		Value: func(z, x, dy *tensor.Tensor, _, _ float64) { z.AsGrad().Abs(x, dy) },
	}
}

func clampGrad() slope {
	return slope{
		Name: "clamp gradient", Rule: "0; dz [lo < x < hi]",
		Value: func(z, x, dy *tensor.Tensor, lo, hi float64) { z.AsGrad().Clamp(x, dy, lo, hi) },
	}
}

func hardTanhGrad() slope {
	return slope{
		Name: "hard-tanh gradient", Rule: "0; dz [lo < x < hi]",
		Value: func(z, x, dy *tensor.Tensor, lo, hi float64) { z.AsGrad().HardTanh(x, dy, lo, hi) },
	}
}

func hardSigmoidGrad() slope {
	return slope{
		Name: "hard-sigmoid gradient", Rule: "0; dz/6 [−3 < x < 3]",
		Value: func(z, x, dy *tensor.Tensor, _, _ float64) { z.AsGrad().HardSigmoid(x, dy) },
	}
}

func hardSwishGrad() slope {
	return slope{
		Name: "hard-swish gradient", Rule: "dz dy/3 [−3 < x < 3]; dz (0 below −3, x/3 + ½ between, 1 above 3)",
		Value: func(z, x, dy *tensor.Tensor, _, _ float64) { z.AsGrad().HardSwish(x, dy) },
		X:     func(x, dy, dz Var, _, _ float64) Var { return x.slope(clampGrad, dz.Mul(dy), -3, 3).MulScalar(1.0 / 3) },
	}
}

// shrinkGrad has two bounds, of which that below may be infinite.
func shrinkGrad() slope {
	return slope{
		Name: "shrink gradient", Rule: "0; dz (0 where lo ≤ x ≤ hi, else 1)",
		Value: func(z, x, dy *tensor.Tensor, lo, hi float64) { z.AsGrad().Shrink(x, dy, lo, hi) },
	}
}

func leakyReLUGrad() slope {
	return slope{
		Name: "leaky-relu gradient", Rule: "0; dz (1 where x > 0, else slope)",
		Value: func(z, x, dy *tensor.Tensor, by, _ float64) { z.AsGrad().LeakyReLU(x, dy, by) },
	}
}

func huberGrad() slope {
	return slope{
		Name: "huber gradient", Rule: "dz dy [−limit < x < limit]; dz min(max(x, −limit), limit)",
		Value: func(z, x, dy *tensor.Tensor, limit, _ float64) { z.AsGrad().Huber(x, dy, limit) },
		X:     func(x, dy, dz Var, limit, _ float64) Var { return x.slope(clampGrad, dz.Mul(dy), -limit, limit) },
	}
}

func eluGrad() slope {
	return slope{
		Name: "elu gradient", Rule: "dz dy scale alpha eˣ [x < 0]; dz (scale where x > 0, else scale alpha eˣ)",
		Value: func(z, x, dy *tensor.Tensor, alpha, scale float64) { z.AsGrad().ELU(x, dy, alpha, scale) },
		X: func(x, dy, dz Var, alpha, scale float64) Var {
			return dz.Mul(dy).Mul(x.expBelow(1).MulScalar(scale * alpha))
		},
	}
}

func celuGrad() slope {
	return slope{
		Name: "celu gradient", Rule: "dz dy e^(x/alpha)/alpha [x < 0]; dz (1 where x > 0, else e^(x/alpha))",
		Value: func(z, x, dy *tensor.Tensor, alpha, _ float64) { z.AsGrad().CELU(x, dy, alpha) },
		X: func(x, dy, dz Var, alpha, _ float64) Var {
			return dz.Mul(dy).Mul(x.expBelow(1 / alpha).MulScalar(1 / alpha))
		},
	}
}

// expBelow returns e^(c x) where x is negative, else 0.
func (x Var) expBelow(c float64) Var {
	zero := x.scalar(0)
	negative := x.Less(zero)
	return Where(negative, Where(negative, x, zero).MulScalar(c).Exp(), zero)
}

func softplusGrad() slope {
	return slope{
		Name: "softplus gradient", Rule: "dz dy beta s (1 − s), s = sigmoid(beta x); dz s",
		Value: func(z, x, dy *tensor.Tensor, beta, threshold float64) { z.AsGrad().Softplus(x, dy, beta, threshold) },
		X: func(x, dy, dz Var, beta, threshold float64) Var {
			bx := x.MulScalar(beta)
			s := bx.Sigmoid()
			bend := s.Mul(bx.Neg().Sigmoid()).MulScalar(beta)
			return dz.Mul(dy).Mul(Where(x.scalar(threshold).Less(bx), x.scalar(0), bend))
		},
	}
}

// logSigmoidSlope returns dy sigmoid(−x).
func (x Var) logSigmoidSlope(dy Var) Var { return x.slope(softplusGrad, dy, -1, math.Inf(1)) }

func siluGrad() slope {
	return slope{
		Name: "silu gradient", Rule: "dz dy s (1 − s) (2 + x (1 − 2s)), s = sigmoid x; dz s (1 + x (1 − s))",
		Value: func(z, x, dy *tensor.Tensor, _, _ float64) { z.AsGrad().SiLU(x, dy) },
		X: func(x, dy, dz Var, _, _ float64) Var {
			s := x.Sigmoid()
			rest := s.Neg().AddScalar(1)
			return dz.Mul(dy).Mul(s.Mul(rest)).Mul(x.Mul(rest.Sub(s)).AddScalar(2))
		},
	}
}

// geluTanhGrad is written by s = ½ (1 + t), the sigmoid of 2u.
func geluTanhGrad() slope {
	return slope{
		Name:  "gelu-tanh gradient",
		Rule:  "dz dy s (1 − s) (2v′ + x v″ + x v′² (1 − 2s)), s = sigmoid v, v = 2 √(2/π) (x + 0.044715 x³); dz s (1 + x v′ (1 − s))",
		Value: func(z, x, dy *tensor.Tensor, _, _ float64) { z.AsGrad().GELUTanh(x, dy) },
		X: func(x, dy, dz Var, _, _ float64) Var {
			const c, k = 1.5957691216057308, 0.044715 // 2 √(2/π)
			xx := x.Square()
			v := xx.MulScalar(c * k).AddScalar(c).Mul(x)
			v1 := xx.MulScalar(3 * c * k).AddScalar(c)
			s, rest := v.Sigmoid(), v.Neg().Sigmoid()
			bend := v1.MulScalar(2).Add(xx.MulScalar(6 * c * k)).Add(x.Mul(v1.Square()).Mul(rest.Sub(s)))
			return dz.Mul(dy).Mul(s.Mul(rest)).Mul(bend)
		},
	}
}

// logitGrad applied twice is dy / (x (1 − x))².
func logitGrad() slope {
	return slope{
		Name: "logit gradient", Rule: "dz dy (2x − 1) / (x (1 − x))²; dz / (x (1 − x)); 0 where x was clamped",
		Value: func(z, x, dy *tensor.Tensor, eps, _ float64) { z.AsGrad().Logit(x, dy, eps) },
		X: func(x, dy, dz Var, eps, _ float64) Var {
			bend := dz.Mul(dy).Mul(x.MulScalar(2).AddScalar(-1))
			return x.slope(logitGrad, x.slope(logitGrad, bend, eps, 0), eps, 0)
		},
	}
}

func mishGrad() slope {
	return slope{
		Name:  "mish gradient",
		Rule:  "dz dy (1 − t²) s (2 + x (1 − s − 2 t s)), t = tanh(softplus x), s = sigmoid x; dz (t + x (1 − t²) s)",
		Value: func(z, x, dy *tensor.Tensor, _, _ float64) { z.AsGrad().Mish(x, dy) },
		X: func(x, dy, dz Var, _, _ float64) Var {
			s, t := x.Sigmoid(), x.Softplus(1, 20).Tanh()
			g := t.Square().Neg().AddScalar(1).Mul(s)
			bend := t.Mul(s).MulScalar(2).Add(s).Neg().AddScalar(1)
			return dz.Mul(dy).Mul(g).Mul(x.Mul(bend).AddScalar(2))
		},
	}
}

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
