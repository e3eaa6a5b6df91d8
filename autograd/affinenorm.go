package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// LayerNorm standardizes x over its trailing axes, as many as w has, and
// returns the result times w plus b, which have the lengths of these axes and
// may be empty Vars (https://arxiv.org/abs/1607.06450). PyTorch's default eps
// is 1e-5.
//
//	u  = (x − mean x) r, r = 1/√(var x + eps)
//	y  = u w + b
//	dx = r (g − mean g − u mean(g u)), g = dy w
//	dw = Σ dy u, db = Σ dy
func (x Var) LayerNorm(trailing int, w, b Var, eps float64) Var {
	n := x.live("layer-norm")
	if trailing < 1 || trailing > x.Rank() {
		panic(&tensor.ShapeError{Op: "layer-norm", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: fmt.Sprintf("cannot normalize over %d trailing axes", trailing)})
	}
	if w.IsZero() != b.IsZero() {
		return x.LayerNorm(trailing, Var{}, Var{}, eps).affine(w, b)
	}
	y := n.normalize(sharedOp(layerNorm), w, b, eps)
	y.attr.ints[0] = trailing
	lead := x.Rank() - trailing
	mean, variance := y.save(0, x.Shape()[:lead]...), y.save(1, x.Shape()[:lead]...)
	w1, b1 := y.affineValues()
	tensor.LayerNormTo(&y.val, mean, variance, &n.val, w1, b1, trailing, eps)
	return n.tape.finish(y)
}

func layerNorm() shared {
	return shared{
		Name: "layer-norm", Rule: "r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy, with u = (x − mean x) r, r = 1/√(var x + eps)",
		Common: func(y *node, dy Var) Var {
			z, d := y.normalizeGrad(layerNormGrad, dy)
			tensor.LayerNormGradTo(&d.x, d.weight(), d.bias(), &dy.n.val, &y.saved[0].val, &y.saved[1].val, &y.in[0].val, d.w, y.attr.ints[0], y.attr.f[0])
			return y.tape.finish(z)
		},
		VJP: normalizeRule,
	}
}

func layerNormGrad() derived {
	return derived{
		Name: "layer-norm gradient", Rule: "that of r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy",
		Expr: func(z *node, operands []Var) Var {
			x := operands[0]
			var axes, rest tensor.Axes
			for i := range x.Rank() {
				if i >= x.Rank()-z.attr.ints[0] {
					axes |= 1 << i
				} else {
					rest |= 1 << i
				}
			}
			return normalizeGradExpr(z, operands, axes, rest)
		},
	}
}

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
	z := n.normalize(sharedOp(batchNorm), w, b, eps)
	mean, variance = z.save(0, x.Dim(1)), z.save(1, x.Dim(1))
	w1, b1 := z.affineValues()
	tensor.BatchNormTo(&z.val, mean, variance, &n.val, w1, b1, eps)
	return n.tape.finish(z), mean, variance
}

func batchNorm() shared {
	return shared{
		Name: "batch-norm", Rule: "r (g − mean g − u mean(g u)), g = dy w; Σ dy u; Σ dy, with u = (x − mean x) r, r = 1/√(var x + eps)",
		Common: func(y *node, dy Var) Var {
			z, d := y.normalizeGrad(batchNormGrad, dy)
			tensor.BatchNormGradTo(&d.x, d.weight(), d.bias(), &dy.n.val, &y.saved[0].val, &y.saved[1].val, &y.in[0].val, d.w, y.attr.f[0])
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

// normalize begins the record of a normalisation of n, with w and b or neither.
func (n *node) normalize(op operation, w, b Var, eps float64) *node {
	name, _ := op.info()
	t := n.tape
	var y *node
	if w.IsZero() {
		y = t.apply(op, n)
	} else {
		y = t.apply(op, n, w.live(name), b.live(name))
	}
	y.attr.f[0] = eps
	t.store(y, n.val.DType(), n.val.Shape())
	return y
}

// affineValues returns the values of w and b, or nil for none.
func (y *node) affineValues() (w, b *tensor.Tensor) {
	if len(y.in) == 1 {
		return nil, nil
	}
	return &y.in[1].val, &y.in[2].val
}

// normGrads are the gradients of a normalisation, parts of one vector: by x, by
// the weight and by the bias.
type normGrads struct {
	x, dw, db tensor.Tensor
	w         *tensor.Tensor // the weight, or nil
}

func (d *normGrads) weight() *tensor.Tensor {
	if d.w == nil {
		return nil
	}
	return &d.dw
}

func (d *normGrads) bias() *tensor.Tensor {
	if d.w == nil {
		return nil
	}
	return &d.db
}

// normalizeGrad begins the gradient of y, whose operands are those of y and dy.
func (y *node) normalizeGrad(op derivedOp, dy Var) (z *node, d normGrads) {
	t := y.tape
	operands := append(t.nodes.take(len(y.in) + 1)[:0], y.in...)
	z = t.apply(op, append(operands, dy.live("gradient of a normalisation"))...)
	z.attr.ints, z.attr.f = y.attr.ints, y.attr.f
	n, m := y.in[0].val.Len(), 0
	if d.w, _ = y.affineValues(); d.w != nil {
		m = d.w.Len()
	}
	t.store(z, y.val.DType(), []int{n + 2*m})
	d.x.SetSlice(&z.val, 0, 0, n, 1)
	d.x.SetReshape(&d.x, y.val.Shape()...)
	if d.w != nil {
		d.dw.SetSlice(&z.val, 0, n, n+m, 1)
		d.dw.SetReshape(&d.dw, d.w.Shape()...)
		d.db.SetSlice(&z.val, 0, n+m, n+2*m, 1)
		d.db.SetReshape(&d.db, d.w.Shape()...)
	}
	return z, d
}

// normalizeRule returns the gradient by operand i, given those of normalizeGrad.
func normalizeRule(y *node, i int, common Var) Var {
	n, m := y.in[0].val.Len(), 0
	from := 0
	if i > 0 {
		m = y.in[1].val.Len()
		from, n = n+(i-1)*m, m
	}
	return common.Slice(0, from, from+n, 1).Reshape(y.in[i].val.Shape()...)
}

// normalizeGradExpr is the gradient of a normalisation over axes as a plain
// expression: the weight does not vary along the axes in rest.
func normalizeGradExpr(z *node, operands []Var, axes, rest tensor.Axes) Var {
	x, dy := operands[0], operands[len(operands)-1]
	centred := x.Sub(x.reduceSet(mean, axes))
	r := centred.Square().reduceSet(mean, axes).AddScalar(z.attr.f[0]).Rsqrt()
	u := centred.Mul(r)
	g := dy
	if len(operands) > 2 {
		w := operands[1]
		var dims [tensor.MaxRank]int
		g = dy.Mul(w.Reshape(x.n.val.ReducedShape(dims[:0], rest, true)...))
	}
	dx := g.Sub(g.reduceSet(mean, axes)).Sub(u.Mul(g.Mul(u).reduceSet(mean, axes))).Mul(r).Reshape(-1)
	if len(operands) == 2 {
		return dx
	}
	return Concat(0, dx, dy.Mul(u).reduceSet(sum, rest).Reshape(-1), dy.reduceSet(sum, rest).Reshape(-1))
}
