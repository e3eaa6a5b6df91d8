package autograd

import (
	"math"
	"slices"

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
// gradient, as in PyTorch. Euclidean distances between more than 25 rows come from a
// matrix product, but for rows near each other.
// See https://docs.pytorch.org/docs/stable/generated/torch.cdist.html.
//
//	dx = Σ dy sign(x − b) or Σ dy/y (x − b)
//	db = −(the same, over x)
//
// The first is for p = 1 and the second, which is 0 where y is 0, for p = 2.
func (x Var) Cdist(b Var, p float64) Var {
	const op = "cdist"
	n, m := &x.live(op).val, &b.live(op).val
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Cdist(n, m)
	if p != 1 && p != 2 {
		return x.cdistExpr(b, p)
	}
	lead, k := shape[:len(shape)-2], n.Dim(-1)
	var of [tensor.MaxRank]int
	if n.Rank() != len(shape) || !slices.Equal(n.Shape()[:len(lead)], lead) {
		x = x.Expand(append(append(of[:0], lead...), n.Dim(-2), k)...)
	}
	if m.Rank() != len(shape) || !slices.Equal(m.Shape()[:len(lead)], lead) {
		b = b.Expand(append(append(of[:0], lead...), m.Dim(-2), k)...)
	}
	y := begin(cdist, x, b)
	y.attr.f[0] = p
	return y.record()
}

// cdistExpr is [Var.Cdist] of any order, from all differences.
func (x Var) cdistExpr(b Var, p float64) Var {
	y := begin(normP, x.Unsqueeze(-2).Sub(b.Unsqueeze(-3)))
	y.attr.ints[0] = int(y.in[0].val.AxesOf("cdist", -1))
	y.attr.f = [2]float64{p, 1}
	return y.record()
}

func cdist() general {
	return general{
		Name: "cdist", Rule: "Σ dy sign(x − b) or Σ dy/y (x − b); −(the same, over x)",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Cdist(y.value(0), y.value(1)) },
		Value: func(y *node) { tensor.CdistTo(&y.val, y.value(0), y.value(1), y.attr.f[0]) },
		Common: func(y *node, dy Var) Var {
			z := y.beginGrad(cdistGrad, dy)
			z.saved[0], z.saved[1] = y, y
			return z.record()
		},
		VJP: normalizeRule,
	}
}

func cdistGrad() general {
	return general{
		Name: "cdist gradient", Rule: "that of Σ dy sign(x − b) or Σ dy/y (x − b); −(the same, over x)",
		Shape: normGradShape,
		Value: func(z *node) {
			d, dy, y, _, x, b := z.normGrads()
			d.by(0).AsGrad().Cdist(d.by(1), y, dy, x, b, z.attr.f[0])
		},
		Expr: func(z *node, operands []Var) Var {
			x, b, dy := operands[0], operands[1], operands[2]
			y := x.cdistExpr(b, z.attr.f[0])
			g := normP().VJP(y.n, 0, dy)
			return Concat(0, g.Sum(-2).Reshape(-1), g.Sum(-3).Neg().Reshape(-1))
		},
	}
}
