package autograd

import "github.com/descent-ml/descent/tensor"

// Normal returns independent numbers of the standard normal distribution, drawn
// from r as PyTorch draws them: a constant of the given element type and shape.
// It calls [Tape.Draws] itself, so that [Recompute] and [Tape.Replay] see the
// same numbers again. Noise of another mean and deviation is
// tape.Normal(dt, r, shape...).MulScalar(std).AddScalar(mean).
func (t *Tape) Normal(dt tensor.DType, r *tensor.Rand, shape ...int) Var {
	r = t.Draws(r)
	n := t.newNode()
	t.store(n, dt, shape)
	r.Normal(&n.val, 0, 1)
	return t.leaf(n)
}
