package autograd

import "github.com/descent-ml/descent/tensor"

// BatchNorm standardizes each channel (axis 1) of x over all other axes, and
// returns the result times w plus b (https://arxiv.org/abs/1502.03167). w and b
// have one element for each channel and may be empty Vars. BatchNorm also returns
// the mean and the biased variance of each channel, for running statistics. They
// belong to the tape, and no gradient flows through them.
//
// The gradients are those of [Var.LayerNorm], with means over the other axes.
func (x Var) BatchNorm(w, b Var, eps float64) (y Var, mean, variance *tensor.Tensor) {
	if x.live("batch-norm").val.Rank() < 2 {
		panic(&tensor.ShapeError{Op: "batch-norm", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: "want a batch with channels on axis 1"})
	}
	if w.IsZero() != b.IsZero() {
		y, mean, variance = x.BatchNorm(Var{}, Var{}, eps)
		return y.affine(w.perChannel(x.Rank()), b.perChannel(x.Rank())), mean, variance
	}
	z := x.normalize(batchNorm, eps, w, b)
	y = z.record()
	return y, &z.saved[0].val, &z.saved[1].val
}

func batchNorm() general {
	return general{
		Name: "batch-norm", Rule: "r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy, with u = (x − mean x) r, r = 1/√(var x + eps)",
		Shape: sameShape,
		Value: func(y *node) {
			x := y.value(0)
			tensor.BatchNormTo(&y.val, y.save(0, x.Dim(1)), y.save(1, x.Dim(1)), x, y.value(1), y.value(2), y.attr.f[0])
		},
		Common: func(y *node, dy Var) Var { return y.beginGrad(batchNormGrad, dy).record() },
		VJP:    normalizeRule,
	}
}

func batchNormGrad() general {
	return general{
		Name: "batch-norm gradient", Rule: "that of r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy",
		Shape: normGradShape,
		Value: func(z *node) {
			d, dy, mean, variance, x, w := z.normGrads()
			d.by(0).AsGrad().BatchNorm(d.by(1), d.by(2), dy, mean, variance, x, w, z.attr.f[0])
		},
		Expr: func(z *node, operands []Var) Var {
			axes := tensor.Axes(1<<operands[0].Rank() - 1 - 1<<1)
			return normalizeGradExpr(z, operands, axes, axes)
		},
	}
}
