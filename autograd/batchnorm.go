package autograd

import "github.com/descent-ml/descent/tensor"

// BatchNorm standardizes each channel (axis 1) of x over all other axes, and
// returns the result times w plus b, which have a place for each channel and
// may be empty Vars (https://arxiv.org/abs/1502.03167). It also returns mean
// and biased variance of the batch, with a place for each channel, for running
// statistics. They belong to the tape, and no gradient flows through them.
//
// The gradients are those of [Var.LayerNorm], with means over the other axes.
func (x Var) BatchNorm(w, b Var, eps float64) (y Var, mean, variance *tensor.Tensor) {
	n := x.live("batch-norm")
	if x.Rank() < 2 {
		panic(&tensor.ShapeError{Op: "batch-norm", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: "want a batch with channels on axis 1"})
	}
	if w.IsZero() != b.IsZero() {
		y, mean, variance = x.BatchNorm(Var{}, Var{}, eps)
		return y.affine(w.perChannel(x.Rank()), b.perChannel(x.Rank())), mean, variance
	}
	z := n.normalize(sharedOp(batchNorm), eps, w, b)
	mean, variance = z.save(0, x.Dim(1)), z.save(1, x.Dim(1))
	tensor.BatchNormTo(&z.val, mean, variance, &n.val, z.operandValue(1), z.operandValue(2), eps)
	return n.tape.finish(z), mean, variance
}

func batchNorm() shared {
	return shared{
		Name: "batch-norm", Rule: "r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy, with u = (x − mean x) r, r = 1/√(var x + eps)",
		Common: func(y *node, dy Var) Var {
			z, d := y.normalizeGrad(batchNormGrad, dy)
			d.by(0).AsGrad().BatchNorm(d.by(1), d.by(2), &dy.n.val, &y.saved[0].val, &y.saved[1].val, &y.in[0].val, y.operandValue(1), y.attr.f[0])
			return y.tape.finish(z)
		},
		VJP: normalizeRule,
	}
}

func batchNormGrad() derived {
	return derived{
		Name: "batch-norm gradient", Rule: "that of r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy",
		Expr: func(z *node, operands []Var) Var {
			axes := tensor.Axes(1<<operands[0].Rank() - 1 - 1<<1)
			return normalizeGradExpr(z, operands, axes, axes)
		},
	}
}
