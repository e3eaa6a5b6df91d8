package dist

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Distribution is one of those of this package, for [KL].
type Distribution interface {
	// Entropy returns the entropy in nats, or the differential entropy.
	Entropy() autograd.Var
}

// spread broadcasts two parameters to one shape.
func spread(op string, a, b autograd.Var) (autograd.Var, autograd.Var) {
	if slices.Equal(a.Shape(), b.Shape()) {
		return a, b
	}
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Broadcast(op, a.Value(), b.Value())
	return a.Expand(shape...), b.Expand(shape...)
}

// extended returns the shape of samples of a batch.
func extended(dims []int, sample, batch []int) []int {
	return append(append(dims, sample...), batch...)
}

// noise draws independent numbers by fill, samples of the shape and element type of
// like.
func noise(r *tensor.Rand, like autograd.Var, fill func(r *tensor.Rand, dst *tensor.Tensor), sample []int) autograd.Var {
	var dims [tensor.MaxRank]int
	return like.Tape().Draw(like.DType(), r, fill, extended(dims[:0], sample, like.Shape())...)
}

// drawn draws samples by a method of the generator that takes a parameter for each
// number.
func drawn(r *tensor.Rand, params autograd.Var, sample []int, draw func(r *tensor.Rand, dst, params *tensor.Tensor)) autograd.Var {
	p := params
	if len(sample) > 0 {
		var dims [tensor.MaxRank]int
		p = p.Expand(extended(dims[:0], sample, p.Shape())...).MulScalar(1) // the generator reads them one after the other
	}
	return noise(r, p, func(r *tensor.Rand, dst *tensor.Tensor) { draw(r, dst, p.Value()) }, nil)
}

func standardNormal(r *tensor.Rand, dst *tensor.Tensor)      { r.Normal(dst, 0, 1) }
func standardUniform(r *tensor.Rand, dst *tensor.Tensor)     { r.Uniform(dst, 0, 1) }
func standardExponential(r *tensor.Rand, dst *tensor.Tensor) { r.Exponential(dst, 1) }

// epsilon is the distance from 1 to the next larger number, tiny the smallest normal
// number.
func epsilon(dt tensor.DType) float64 {
	if dt == tensor.Float64 {
		return 0x1p-52
	}
	return 0x1p-23
}

func tiny(dt tensor.DType) float64 {
	if dt == tensor.Float64 {
		return 0x1p-1022
	}
	return 0x1p-126
}

// number returns c with the element type of like.
func number(like autograd.Var, c float64) autograd.Var {
	return like.Tape().Scalar(like.DType(), c)
}

// below returns 1 where x < c, else 0.
func below(x autograd.Var, c float64) autograd.Var { return x.Less(number(x, c)) }

// above returns 1 where x > c, else 0.
func above(x autograd.Var, c float64) autograd.Var { return x.Greater(number(x, c)) }

// either returns 1 where a or b is 1.
func either(a, b autograd.Var) autograd.Var { return a.Maximum(b) }

// impossible returns −∞ where outside is 1, and y elsewhere.
func impossible(outside, y autograd.Var) autograd.Var {
	return y.MaskedFill(outside, math.Inf(-1))
}

// logBeta returns log Γ(a) + log Γ(b) − log Γ(a + b).
func logBeta(a, b autograd.Var) autograd.Var {
	return a.Lgamma().Add(b.Lgamma()).Sub(a.Add(b).Lgamma())
}

// xlogx returns x log x, and 0 of 0.
func xlogx(x autograd.Var) autograd.Var { return x.Xlogy(x) }
