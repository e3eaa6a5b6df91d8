package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// NormP returns the p-norm over the named axes, or over all, for any p: 0 counts
// the elements that are not 0, math.Inf(1) takes the largest absolute value,
// math.Inf(-1) the smallest. Where the norm is 0, so is its gradient. Several that
// are the largest share the gradient evenly.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html.
//
//	y  = (Σ |x|ᵖ)^(1/p)
//	dx = dy sign x (|x| / y)ᵖ⁻¹
func (x Var) NormP(p float64, axes ...int) Var { return x.reduceWith(normP, p, false, axes) }

// NormPKeep is [Var.NormP] that keeps the reduced axes with length one.
func (x Var) NormPKeep(p float64, axes ...int) Var { return x.reduceWith(normP, p, true, axes) }

// f[1] is 1 when each of several that are the largest gets the whole gradient.
func normP() general {
	return general{
		Name: "p-norm", Rule: "dy sign x (|x| / y)ᵖ⁻¹",
		Shape: reducedShape,
		Value: func(y *node) { tensor.NormPTo(&y.val, y.value(0), tensor.Axes(y.attr.ints[0]), y.attr.f[0]) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, p := y.operand(0), y.attr.f[0]
			self, dy := y.kept(dy)
			switch {
			case p == 0:
				return x.zero()
			case p == 1:
				return dy.Mul(x.Sign())
			case p == 2:
				return dy.quotientOrZero(self).Mul(x)
			case math.IsInf(p, 0):
				chosen := x.Abs().Equal(self).Add(x.NotEqual(x)) // a NaN has been chosen
				if y.attr.f[1] == 0 {
					chosen = chosen.Div(chosen.reduceSet(sum, tensor.Axes(y.attr.ints[0])))
				}
				return dy.Mul(x.Sign()).Mul(chosen)
			}
			if p == math.Trunc(p) && p > 2 { // at 0, |x|ᵖ⁻² is finite
				power := x.Abs()
				if p > 3 {
					power = power.PowScalar(p - 2)
				}
				return dy.quotientOrZero(self.PowScalar(p - 1)).Mul(power.Mul(x))
			}
			zero := x.scalar(0)
			none := x.Equal(zero)
			power := Where(none, zero, Where(none, x.scalar(1), x.Abs()).PowScalar(p-1))
			if p < 1 {
				dy = dy.Mul(self.PowScalar(1 - p))
			} else {
				dy = dy.quotientOrZero(self.PowScalar(p - 1))
			}
			return dy.Mul(x.Sign()).Mul(power)
		},
	}
}

// Normalize returns x divided by its p-norm along an axis, or by eps where the norm
// is smaller.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html.
func (x Var) Normalize(p float64, axis int, eps float64) Var {
	return x.Div(x.NormPKeep(p, axis).Clamp(eps, math.Inf(1)))
}

// CosineSimilarity returns the cosine of the angle between x and b along an axis:
// their inner product divided by their norms, of which none counts less than eps.
// The operands broadcast.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html.
func (x Var) CosineSimilarity(b Var, axis int, eps float64) Var {
	const op = "cosine-similarity"
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Broadcast(op, &x.live(op).val, &b.live(op).val)
	x, b = x.Expand(shape...), b.Expand(shape...)
	return x.direction(axis, eps).Mul(b.direction(axis, eps)).Sum(axis)
}

// direction returns x divided by its norm along an axis, or by eps where the norm
// is smaller. As in PyTorch, the gradient is that of the norm there, too.
func (x Var) direction(axis int, eps float64) Var {
	norm := x.NormKeep(axis)
	raised := norm.Detach().Clamp(eps, math.Inf(1)).Sub(norm.Detach())
	return x.Div(norm.Add(raised))
}

// Cdist returns the distances, by the p-norm, of each row of x [… n k] from each
// row of b [… m k], as [… n m]. The axes before the last two broadcast. For p
// infinite, each of several differences that are the largest gets the whole
// gradient, as in PyTorch.
// See https://docs.pytorch.org/docs/stable/generated/torch.cdist.html.
func (x Var) Cdist(b Var, p float64) Var {
	const op = "cdist"
	if n, m := &x.live(op).val, &b.live(op).val; n.Rank() < 2 || m.Rank() < 2 || n.Dim(-1) != m.Dim(-1) {
		tensor.BadShape(op, "want rows of one length, in operands of at least two axes", n, m)
	}
	y := begin(normP, x.Unsqueeze(-2).Sub(b.Unsqueeze(-3)))
	y.attr.ints[0] = int(y.in[0].val.AxesOf(op, -1))
	y.attr.f = [2]float64{p, 1}
	return y.record()
}
