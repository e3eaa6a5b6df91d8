package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// affine returns x w + b. An empty Var stands for no w or no b.
func (x Var) affine(w, b Var) Var {
	if !w.IsZero() {
		x = x.Mul(w)
	}
	if !b.IsZero() {
		x = x.Add(b)
	}
	return x
}

// perChannel shapes a vector so that it broadcasts along axis 1 of a tensor of
// the given rank.
func (x Var) perChannel(rank int) Var {
	if x.IsZero() || rank == 2 {
		return x
	}
	var dims [tensor.MaxRank]int
	dims[0] = -1
	for i := 1; i < rank-1; i++ {
		dims[i] = 1
	}
	return x.Reshape(dims[:rank-1]...)
}

// NormalizeChannels returns (x − mean)/√(variance + eps) w + b for each channel
// (axis 1), with given statistics: batch normalisation in evaluation. w and b
// may be empty Vars.
func (x Var) NormalizeChannels(mean, variance, w, b Var, eps float64) Var {
	r := x.Rank()
	scale := variance.AddScalar(eps).Rsqrt()
	if !w.IsZero() {
		scale = scale.Mul(w)
	}
	return x.Sub(mean.perChannel(r)).affine(scale.perChannel(r), b.perChannel(r))
}

// GroupNorm divides the channels (axis 1) of each example into groups, and
// standardizes each group over its channels and over all axes after them. It
// returns the result times w plus b, which have one element for each channel and
// may be empty Vars (https://arxiv.org/abs/1803.08494). With as many groups as
// channels it is instance normalisation.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html.
func (x Var) GroupNorm(groups int, w, b Var, eps float64) Var {
	v := &x.live("group-norm").val
	if v.Rank() < 2 || groups < 1 || v.Dim(1)%groups != 0 {
		tensor.BadShape("group-norm", fmt.Sprintf("want [batch channels …] with channels that %d groups divide", groups), v)
	}
	shape, r := v.Shape(), v.Rank()
	size := v.Dim(1) / groups
	for _, d := range shape[2:] {
		size *= d
	}
	y := x.Reshape(shape[0], groups, size).LayerNorm(1, Var{}, Var{}, eps).Reshape(shape...)
	return y.affine(w.perChannel(r), b.perChannel(r))
}

// normalize returns the node of a normalisation of x with eps, the weight w and
// the bias b. Both may be empty, or b alone.
func (x Var) normalize(op generalOp, eps float64, w, b Var) *node {
	y := begin(op, x, w, b)
	y.attr.f[0] = eps
	return y
}

// normGrads are the gradients of a normalisation by its operands, parts of one
// vector.
type normGrads struct {
	parts [3]tensor.Tensor
	given int
}

// by returns that by operand i, or nil when there is none.
func (d *normGrads) by(i int) *tensor.Tensor {
	if i >= d.given {
		return nil
	}
	return &d.parts[i]
}

// normGradShape is the Shape of the vector of normGrads. The last operand is dy.
func normGradShape(z *node, dims tensor.Dims) []int {
	_, n := z.gradPart(len(z.in) - 2)
	return append(dims, n)
}

// normGrads returns the parts of the value of z, and what they are computed
// from; w is nil where there is none.
func (z *node) normGrads() (d normGrads, dy, mean, variance, x, w *tensor.Tensor) {
	d.given = len(z.in) - 1
	for i, x := range z.in[:d.given] {
		from, to := z.gradPart(i)
		d.parts[i].AsView().Slice(&z.val, 0, from, to, 1)
		d.parts[i].AsView().Reshape(&d.parts[i], x.val.Shape()...)
	}
	if d.given > 1 {
		w = z.value(1)
	}
	return d, z.value(d.given), &z.saved[0].val, &z.saved[1].val, z.value(0), w
}

// normalizeRule returns the gradient by operand i, given those of beginGrad.
func normalizeRule(y *node, i int, common Var) Var {
	from, to := y.gradPart(i)
	return common.Slice(0, from, to, 1).Reshape(y.in[i].val.Shape()...)
}

// gradPart returns where the gradient by operand i stands in a vector that holds
// the gradients by all operands of y, one after another.
func (y *node) gradPart(i int) (from, to int) {
	for _, x := range y.in[:i] {
		from += x.val.Len()
	}
	return from, from + y.in[i].val.Len()
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
		g = dy.Mul(w.Reshape(tensor.Dims(dims[:0]).Reduce(&x.n.val, rest, true)...))
	}
	dx := g.Sub(g.reduceSet(mean, axes)).Sub(u.Mul(g.Mul(u).reduceSet(mean, axes))).Mul(r).Reshape(-1)
	if len(operands) == 2 {
		return dx
	}
	return Concat(0, dx, dy.Mul(u).reduceSet(sum, rest).Reshape(-1), dy.reduceSet(sum, rest).Reshape(-1))
}

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
