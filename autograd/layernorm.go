package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// LayerNorm standardizes x over its trailing axes, that is the last ones, as many
// as trailing says. It returns the result times w plus b, which have the lengths
// of these axes and may be empty Vars (https://arxiv.org/abs/1607.06450).
// PyTorch's default eps is 1e-5.
//
//	u  = (x − mean x) r, r = 1/√(var x + eps)
//	y  = u w + b
//	dx = r (g − mean g − u mean(g u)), g = dy w
//	dw = Σ dy u, db = Σ dy
func (x Var) LayerNorm(trailing int, w, b Var, eps float64) Var {
	x.checkTrailing("layer-norm", trailing)
	if w.IsZero() != b.IsZero() {
		return x.LayerNorm(trailing, Var{}, Var{}, eps).affine(w, b)
	}
	y := x.normalize(layerNorm, eps, w, b)
	y.attr.ints[0] = trailing
	return y.record()
}

func layerNorm() general {
	return general{
		Name: "layer-norm", Rule: "r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy, with u = (x − mean x) r, r = 1/√(var x + eps)",
		Shape: sameShape,
		Value: func(y *node) {
			mean, variance := y.saveRows()
			tensor.LayerNormTo(&y.val, mean, variance, y.value(0), y.value(1), y.value(2), y.attr.ints[0], y.attr.f[0])
		},
		Common: func(y *node, dy Var) Var { return y.beginGrad(layerNormGrad, dy).record() },
		VJP:    normalizeRule,
	}
}

func layerNormGrad() general {
	return general{
		Name: "layer-norm gradient", Rule: "that of r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy",
		Shape: normGradShape,
		Value: func(z *node) {
			d, dy, mean, variance, x, w := z.normGrads()
			d.by(0).AsGrad().LayerNorm(d.by(1), d.by(2), dy, mean, variance, x, w, z.attr.ints[0], z.attr.f[0])
		},
		Expr: func(z *node, operands []Var) Var {
			axes, rest := trailingAxes(operands[0].Rank(), z.attr.ints[0])
			return normalizeGradExpr(z, operands, axes, rest)
		},
	}
}

// RMSNorm divides x by the root of its mean square over the trailing axes, that
// is the last ones, as many as trailing says. It returns the result times w,
// which has the lengths of these axes and may be the empty Var
// (https://arxiv.org/abs/1910.07467). PyTorch's default eps is the ε of the
// element type.
//
//	u  = x r, r = 1/√(mean x² + eps)
//	y  = u w
//	dx = r (g − u mean(g u)), g = dy w
//	dw = Σ dy u
func (x Var) RMSNorm(trailing int, w Var, eps float64) Var {
	x.checkTrailing("rms-norm", trailing)
	y := x.normalize(rmsNorm, eps, w, Var{})
	y.attr.ints[0] = trailing
	return y.record()
}

func rmsNorm() general {
	return general{
		Name: "rms-norm", Rule: "r (g − u mean(g u)), g = dy w; Σ dy u, with u = x r, r = 1/√(mean x² + eps)",
		Shape: sameShape,
		Value: func(y *node) {
			mean, square := y.saveRows()
			tensor.RMSNormTo(&y.val, mean, square, y.value(0), y.value(1), y.attr.ints[0], y.attr.f[0])
		},
		Common: func(y *node, dy Var) Var { return y.beginGrad(rmsNormGrad, dy).record() },
		VJP:    normalizeRule,
	}
}

func rmsNormGrad() general {
	return general{
		Name: "rms-norm gradient", Rule: "that of r (g − u mean(g u)), g = dy w; Σ dy u",
		Shape: normGradShape,
		Value: func(z *node) {
			d, dy, mean, square, x, w := z.normGrads()
			d.by(0).AsGrad().RMSNorm(d.by(1), dy, mean, square, x, w, z.attr.ints[0], z.attr.f[0])
		},
		Expr: func(z *node, operands []Var) Var {
			x, dy := operands[0], operands[len(operands)-1]
			axes, rest := trailingAxes(x.Rank(), z.attr.ints[0])
			r := x.Square().reduceSet(mean, axes).AddScalar(z.attr.f[0]).Rsqrt()
			u := x.Mul(r)
			g := dy
			if len(operands) > 2 {
				g = dy.Mul(operands[1])
			}
			dx := g.Sub(u.Mul(g.Mul(u).reduceSet(mean, axes))).Mul(r).Reshape(-1)
			if len(operands) == 2 {
				return dx
			}
			return Concat(0, dx, dy.Mul(u).reduceSet(sum, rest).Reshape(-1))
		},
	}
}

// saveRows returns two new tensors with one element for each row of the operand,
// which y keeps for its rule. A row is what is normalized together.
func (y *node) saveRows() (a, b *tensor.Tensor) {
	x := y.value(0)
	rows := x.Shape()[:x.Rank()-y.attr.ints[0]]
	return y.save(0, rows...), y.save(1, rows...)
}

// trailingAxes returns the set of the trailing axes and that of the others.
func trailingAxes(rank, trailing int) (axes, rest tensor.Axes) {
	rest = 1<<(rank-trailing) - 1
	return 1<<rank - 1 - rest, rest
}

func (x Var) checkTrailing(op string, trailing int) {
	if rank := x.live(op).val.Rank(); trailing < 1 || trailing > rank {
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: fmt.Sprintf("cannot normalize over the last %d axes", trailing)})
	}
}
