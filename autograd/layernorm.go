package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// LayerNorm standardizes x over so many trailing axes, and returns the result
// times w plus b, which have the lengths of these axes and may be empty Vars
// (https://arxiv.org/abs/1607.06450). PyTorch's default eps is 1e-5.
//
//	u  = (x − mean x) r, r = 1/√(var x + eps)
//	y  = u w + b
//	dx = r (g − mean g − u mean(g u)), g = dy w
//	dw = Σ dy u, db = Σ dy
func (x Var) LayerNorm(trailing int, w, b Var, eps float64) Var {
	n := x.live("layer-norm")
	x.checkTrailing("layer-norm", trailing)
	if w.IsZero() != b.IsZero() {
		return x.LayerNorm(trailing, Var{}, Var{}, eps).affine(w, b)
	}
	y := n.normalize(sharedOp(layerNorm), eps, w, b)
	y.attr.ints[0] = trailing
	lead := x.Rank() - trailing
	mean, variance := y.save(0, x.Shape()[:lead]...), y.save(1, x.Shape()[:lead]...)
	tensor.LayerNormTo(&y.val, mean, variance, &n.val, y.operandValue(1), y.operandValue(2), trailing, eps)
	return n.tape.finish(y)
}

func layerNorm() shared {
	return shared{
		Name: "layer-norm", Rule: "r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy, with u = (x − mean x) r, r = 1/√(var x + eps)",
		Common: func(y *node, dy Var) Var {
			z, d := y.normalizeGrad(layerNormGrad, dy)
			d.by(0).AsGrad().LayerNorm(d.by(1), d.by(2), &dy.n.val, &y.saved[0].val, &y.saved[1].val, &y.in[0].val, y.operandValue(1), y.attr.ints[0], y.attr.f[0])
			return y.tape.finish(z)
		},
		VJP: normalizeRule,
	}
}

func layerNormGrad() derived {
	return derived{
		Name: "layer-norm gradient", Rule: "that of r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy",
		Expr: func(z *node, operands []Var) Var {
			axes, rest := trailingAxes(operands[0].Rank(), z.attr.ints[0])
			return normalizeGradExpr(z, operands, axes, rest)
		},
	}
}

// RMSNorm divides x by the root of its mean square over so many trailing axes,
// and returns the result times w, which has the lengths of these axes and may
// be the empty Var (https://arxiv.org/abs/1910.07467). PyTorch's default eps is
// the ε of the element type.
//
//	u  = x r, r = 1/√(mean x² + eps)
//	y  = u w
//	dx = r (g − u mean(g u)), g = dy w
//	dw = Σ dy u
func (x Var) RMSNorm(trailing int, w Var, eps float64) Var {
	n := x.live("rms-norm")
	x.checkTrailing("rms-norm", trailing)
	y := n.normalize(sharedOp(rmsNorm), eps, w)
	y.attr.ints[0] = trailing
	lead := x.Rank() - trailing
	mean, square := y.save(0, x.Shape()[:lead]...), y.save(1, x.Shape()[:lead]...)
	tensor.RMSNormTo(&y.val, mean, square, &n.val, y.operandValue(1), trailing, eps)
	return n.tape.finish(y)
}

func rmsNorm() shared {
	return shared{
		Name: "rms-norm", Rule: "r (g − u mean(g u)), g = dy w; Σ dy u, with u = x r, r = 1/√(mean x² + eps)",
		Common: func(y *node, dy Var) Var {
			z, d := y.normalizeGrad(rmsNormGrad, dy)
			d.by(0).AsGrad().RMSNorm(d.by(1), &dy.n.val, &y.saved[0].val, &y.saved[1].val, &y.in[0].val, y.operandValue(1), y.attr.ints[0], y.attr.f[0])
			return y.tape.finish(z)
		},
		VJP: normalizeRule,
	}
}

func rmsNormGrad() derived {
	return derived{
		Name: "rms-norm gradient", Rule: "that of r (g − u mean(g u)), g = dy w; Σ dy u",
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

// trailingAxes returns the last axes, so many, and the others.
func trailingAxes(rank, trailing int) (axes, rest tensor.Axes) {
	rest = 1<<(rank-trailing) - 1
	return 1<<rank - 1 - rest, rest
}

func (x Var) checkTrailing(op string, trailing int) {
	if trailing < 1 || trailing > x.Rank() {
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: fmt.Sprintf("cannot normalize over %d trailing axes", trailing)})
	}
}
