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
			tensor.RMSNormGradTo(&d.x, d.weight(), &dy.n.val, &y.saved[0].val, &y.saved[1].val, &y.in[0].val, d.w, y.attr.ints[0], y.attr.f[0])
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

// normalize begins the record of a normalisation of n with affine, the weight
// and perhaps a bias, or with none when these are empty.
func (n *node) normalize(op operation, eps float64, affine ...Var) *node {
	name, _ := op.info()
	t := n.tape
	operands := append(t.nodes.take(1 + len(affine))[:0], n)
	for _, v := range affine {
		if !v.IsZero() {
			operands = append(operands, v.live(name))
		}
	}
	y := t.apply(op, operands...)
	y.attr.f[0] = eps
	t.store(y, n.val.DType(), n.val.Shape())
	return y
}

// operandValue returns the value of operand i, or nil when there is none.
func (y *node) operandValue(i int) *tensor.Tensor {
	if i >= len(y.in) {
		return nil
	}
	return &y.in[i].val
}

// normGrads are the gradients of a normalisation, parts of one vector: by x, by
// the weight and by the bias.
type normGrads struct {
	x      tensor.Tensor
	affine [2]tensor.Tensor
	given  int            // of the affine ones
	w      *tensor.Tensor // the weight, or nil
}

func (d *normGrads) weight() *tensor.Tensor { return d.part(0) }
func (d *normGrads) bias() *tensor.Tensor   { return d.part(1) }

func (d *normGrads) part(i int) *tensor.Tensor {
	if i >= d.given {
		return nil
	}
	return &d.affine[i]
}

// normalizeGrad begins the gradient of y, whose operands are those of y and dy.
func (y *node) normalizeGrad(op derivedOp, dy Var) (z *node, d normGrads) {
	t := y.tape
	operands := append(t.nodes.take(len(y.in) + 1)[:0], y.in...)
	z = t.apply(op, append(operands, dy.live("gradient of a normalisation"))...)
	z.attr.ints, z.attr.f = y.attr.ints, y.attr.f
	n, m := y.in[0].val.Len(), 0
	d.given = len(y.in) - 1
	if d.w = y.operandValue(1); d.w != nil {
		m = d.w.Len()
	}
	t.store(z, y.val.DType(), []int{n + d.given*m})
	d.x.SetSlice(&z.val, 0, 0, n, 1)
	d.x.SetReshape(&d.x, y.val.Shape()...)
	for i := range d.given {
		d.affine[i].SetSlice(&z.val, 0, n+i*m, n+(i+1)*m, 1)
		d.affine[i].SetReshape(&d.affine[i], d.w.Shape()...)
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
