package nn

import (
	"fmt"
	"math"
	"slices"

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
	l.Bias = uniformParam(r, in, out)
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
	if in := l.Weight.Value.Dim(-1); x.Rank() > 0 && x.Dim(-1) != in {
		panic(misfit("linear", fmt.Sprintf("the input has %d features, the layer wants %d", x.Dim(-1), in), x.Value(), l.Weight.Value))
	}
	return x.Linear(lift(x, l.Weight), lift(x, l.Bias))
}

// uniformParam returns a vector drawn evenly from ±1/√fanIn.
func uniformParam(r *tensor.Rand, fanIn, n int) *autograd.Param {
	v := tensor.Zeros(n)
	if fanIn > 0 {
		bound := 1 / math.Sqrt(float64(fanIn))
		r.Uniform(v, -bound, bound)
	}
	return autograd.NewParam(v)
}

// unmade describes a layer that lacks what it computes with.
func unmade(op, constructor string) *tensor.ArgError {
	return &tensor.ArgError{Op: op, Reason: "the layer has no weights; make it with " + constructor}
}

// misfit describes tensors that do not fit together, or not to a layer.
func misfit(op, reason string, ts ...*tensor.Tensor) *tensor.ShapeError {
	e := &tensor.ShapeError{Op: op, Reason: reason}
	for _, t := range ts {
		e.Shapes = append(e.Shapes, slices.Clone(t.Shape()))
	}
	return e
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
// is never trained. A negative padding counts from the end.
func NewEmbeddingPadded(r *tensor.Rand, tokens, width, padding int) *Embedding {
	e := NewEmbedding(r, tokens, width)
	if padding < 0 {
		padding += tokens
	}
	if padding < 0 || padding >= tokens {
		panic(misfit("embedding", "the padding must be one of its rows", e.Weight.Value))
	}
	e.Padding = &padding
	e.Weight.Value.Slice(0, padding, padding+1, 1).Fill(0)
	return e
}

// Forward looks up tokens, which have the given shape: the result has one more
// axis, the vectors. Without a shape, tokens are a list.
func (e *Embedding) Forward(tape *autograd.Tape, tokens []int, shape ...int) autograd.Var {
	w := e.Weight.Value
	for i, token := range tokens {
		if token < 0 || token >= w.Dim(0) {
			panic(misfit("embedding", fmt.Sprintf("tokens[%d] is %d; the table has %d rows", i, token, w.Dim(0)), w))
		}
	}
	if n, err := tensor.Size(shape); len(shape) > 0 && (err != nil || n != len(tokens)) {
		panic(misfit("embedding", fmt.Sprintf("%d tokens do not fill shape %v", len(tokens), slices.Clone(shape)), w))
	}
	padding := -1
	if e.Padding != nil {
		padding = *e.Padding
	}
	return tape.Param(e.Weight).Embedding(tokens, padding, shape...)
}

// Dropout sets each element to zero with probability P, and divides the others
// by 1 − P. In evaluation it does nothing. With Mode set to [autograd.Train] it
// drops in evaluation, too, as Monte Carlo dropout does.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html.
type Dropout struct {
	P    float64       // the probability; 0 drops nothing
	Rand *tensor.Rand  // where masks are drawn from
	Mode autograd.Mode // the zero value inherits the mode of the tape
}

// NewDropout returns a layer that draws its masks from r. PyTorch's default
// probability is 0.5. It panics when p does not lie between 0 and 1.
func NewDropout(r *tensor.Rand, p float64) *Dropout {
	if !(p >= 0 && p <= 1) {
		panic(&tensor.ArgError{Op: "dropout", Reason: fmt.Sprintf("the probability must lie between 0 and 1, got %v", p)})
	}
	return &Dropout{P: p, Rand: r}
}

// Forward keeps the shape.
func (d *Dropout) Forward(x autograd.Var) autograd.Var {
	t := x.Tape()
	defer t.SetMode(t.SetMode(d.Mode))
	if d.Rand == nil && d.P > 0 && t.Training() {
		panic(&tensor.ArgError{Op: "dropout", Reason: "there is no generator to draw from; make the layer with NewDropout"})
	}
	return x.Dropout(d.P, d.Rand)
}
