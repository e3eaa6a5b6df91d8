package autograd

import "github.com/descent-ml/descent/tensor"

// Normal returns independent numbers of the standard normal distribution, drawn
// from r as PyTorch draws them: a constant of the given element type and shape.
// It calls [Tape.Draws] itself, so that [Recompute] and [Tape.Replay] see the
// same numbers again. Noise of another mean and deviation is
// tape.Normal(dt, r, shape...).MulScalar(std).AddScalar(mean).
func (t *Tape) Normal(dt tensor.DType, r *tensor.Rand, shape ...int) Var {
	return t.Draw(dt, r, standardNormal, shape...)
}

func standardNormal(r *tensor.Rand, dst *tensor.Tensor) { r.Normal(dst, 0, 1) }

// Draw returns what fill draws from the generator into dst: a constant of the given
// element type and shape. Every element of dst must be written; before, they are
// unspecified. fill is given r or the generator in its place, see [Tape.Draws], which
// Draw calls itself.
func (t *Tape) Draw(dt tensor.DType, r *tensor.Rand, fill func(r *tensor.Rand, dst *tensor.Tensor), shape ...int) Var {
	r = t.Draws(r)
	n := t.newNode()
	t.store(n, dt, shape)
	fill(r, &n.val)
	return t.leaf(n)
}
