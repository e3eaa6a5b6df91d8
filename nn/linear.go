package nn

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Linear computes x Wᵀ + b.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html.
type Linear struct {
	Weight *autograd.Param // [out in]
	Bias   *autograd.Param // [out], or nil for none
}

// NewLinear returns a layer that maps in features to out, with weight and bias
// drawn evenly from ±1/√in.
func NewLinear(r *tensor.Rand, in, out int) *Linear {
	l := NewLinearNoBias(r, in, out)
	l.Bias = uniformParam(r, 1/math.Sqrt(float64(in)), out)
	return l
}

// NewLinearNoBias is [NewLinear] without a bias.
func NewLinearNoBias(r *tensor.Rand, in, out int) *Linear {
	w := tensor.Zeros(out, in)
	KaimingUniform(r, w, Kaiming{Slope: math.Sqrt(5)})
	return &Linear{Weight: autograd.NewParam(w)}
}

// Forward maps [… in] to [… out].
func (l *Linear) Forward(x autograd.Var) autograd.Var {
	return x.Linear(lift(x, l.Weight), lift(x, l.Bias))
}

// uniformParam returns a parameter drawn evenly from ±bound.
func uniformParam(r *tensor.Rand, bound float64, shape ...int) *autograd.Param {
	v := tensor.Zeros(shape...)
	r.Uniform(v, -bound, bound)
	return autograd.NewParam(v)
}

// lift puts a parameter on the tape of x; nil becomes the empty Var.
func lift(x autograd.Var, p *autograd.Param) autograd.Var {
	if p == nil {
		return autograd.Var{}
	}
	return x.Tape().Param(p)
}

// Embedding is a table of vectors, one for each token.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html.
type Embedding struct {
	Weight  *autograd.Param // [tokens width]
	Padding *int            // this row gets no gradient; nil for none
}

// NewEmbedding returns a table of normally distributed vectors.
func NewEmbedding(r *tensor.Rand, tokens, width int) *Embedding {
	w := tensor.Zeros(tokens, width)
	r.Normal(w, 0, 1)
	return &Embedding{Weight: autograd.NewParam(w)}
}

// NewEmbeddingPadded is [NewEmbedding] with a row of zeros, for padding, that
// is never trained.
func NewEmbeddingPadded(r *tensor.Rand, tokens, width, padding int) *Embedding {
	e := NewEmbedding(r, tokens, width)
	e.Padding = &padding
	e.Weight.Value.Slice(0, padding, padding+1, 1).Fill(0)
	return e
}

// Forward looks up tokens, which have the given shape: the result has one more
// axis, the vectors. Without a shape, tokens are a list.
func (e *Embedding) Forward(tape *autograd.Tape, tokens []int, shape ...int) autograd.Var {
	padding := -1
	if e.Padding != nil {
		padding = *e.Padding
	}
	return tape.Param(e.Weight).Embedding(tokens, padding, shape...)
}

// Dropout sets elements to zero with probability P and scales the others up by
// 1/(1 − P), on a tape in training mode.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html.
type Dropout struct {
	P    float64
	Rand *tensor.Rand // where masks are drawn from
}

// NewDropout returns a layer that draws its masks from r. PyTorch's default
// probability is 0.5.
func NewDropout(r *tensor.Rand, p float64) *Dropout { return &Dropout{P: p, Rand: r} }

// Forward keeps the shape.
func (d *Dropout) Forward(x autograd.Var) autograd.Var { return x.Dropout(d.P, d.Rand) }
