package nn

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Embedding is a table of vectors, one for each token.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html.
type Embedding struct {
	Weight       *autograd.Param // [tokens width]
	PaddingIndex *int            // the row that gets no gradient; nil for none
	MaxNorm      float64         // a longer vector is shortened to this norm when it is looked up; 0 for no limit
	NormType     float64         // the p of that norm; 0 stands for 2, +Inf for the largest absolute value
}

// NewEmbedding returns a table of vectors whose elements are drawn from the
// normal distribution with mean 0 and variance 1.
func NewEmbedding(r *tensor.Rand, tokens, width int) *Embedding {
	w := tensor.Zeros(tokens, width)
	r.Normal(w, 0, 1)
	return &Embedding{Weight: autograd.NewParam(w)}
}

// NewEmbeddingPadded is [NewEmbedding] with one row of zeros for padding. That
// row is never trained. A negative index counts from the end.
func NewEmbeddingPadded(r *tensor.Rand, tokens, width, paddingIndex int) *Embedding {
	e := NewEmbedding(r, tokens, width)
	e.PaddingIndex = &paddingIndex
	row := e.padding()
	e.PaddingIndex = &row
	e.Weight.Value.Slice(0, row, row+1, 1).Fill(0)
	return e
}

// padding returns the row that gets no gradient, −1 for none.
func (e *Embedding) padding() int {
	if e.PaddingIndex == nil {
		return -1
	}
	row, rows := *e.PaddingIndex, e.Weight.Value.Dim(0)
	if row < 0 {
		row += rows
	}
	if row < 0 || row >= rows {
		tensor.BadShape("embedding", fmt.Sprintf("PaddingIndex is %d; the table has %d rows", *e.PaddingIndex, rows), e.Weight.Value)
	}
	return row
}

// Forward looks up tokens. The result has their shape and one more axis, that
// of the vectors. Without a shape, the tokens are a list. With MaxNorm, as in
// PyTorch, Forward changes the weight itself, in evaluation, too, and no gradient
// knows of it: only one goroutine may look up at a time.
func (e *Embedding) Forward(tape *autograd.Tape, tokens []int, shape ...int) autograd.Var {
	if e == nil || !has(e.Weight) {
		panic(empty("embedding", "NewEmbedding"))
	}
	w := e.Weight.Value
	for i, token := range tokens {
		if token < 0 || token >= w.Dim(0) {
			tensor.BadShape("embedding", fmt.Sprintf("tokens[%d] is %d; the table has %d rows", i, token, w.Dim(0)), w)
		}
	}
	if n, err := tensor.Size(shape); len(shape) > 0 && (err != nil || n != len(tokens)) {
		tensor.BadShape("embedding", fmt.Sprintf("%d tokens do not fill shape %v", len(tokens), slices.Clone(shape)), w)
	}
	renormalize("embedding", w, tokens, e.MaxNorm, e.NormType)
	return tape.Param(e.Weight).Embedding(tokens, e.padding(), shape...)
}

// EmbeddingBag is a table of vectors, of which it takes the mean, the sum or the
// largest elements for each bag of tokens.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html.
type EmbeddingBag struct {
	Weight       *autograd.Param  // [tokens width]
	Reduce       autograd.BagMode // the zero value is the mean
	PaddingIndex *int             // the token that counts nowhere and gets no gradient; nil for none
	MaxNorm      float64          // a longer vector is shortened to this norm, as by an [Embedding]; 0 for no limit
	NormType     float64          // the p of that norm; 0 stands for 2, +Inf for the largest absolute value
}

// NewEmbeddingBag returns a table of vectors whose elements are drawn from the
// normal distribution with mean 0 and variance 1.
func NewEmbeddingBag(r *tensor.Rand, tokens, width int, reduce autograd.BagMode) *EmbeddingBag {
	return &EmbeddingBag{Weight: NewEmbedding(r, tokens, width).Weight, Reduce: reduce}
}

// Forward maps tokens to [bags width]. offsets tells where in tokens each bag
// begins; the first begins at 0.
func (e *EmbeddingBag) Forward(tape *autograd.Tape, tokens, offsets []int) autograd.Var {
	if offsets == nil {
		tensor.BadArg("embedding-bag", "there are no offsets; ForwardRows takes bags of one length")
	}
	return e.forward(tape, autograd.Bags{Index: tokens, Offsets: offsets}, autograd.Var{})
}

// ForwardRows maps tokens to [bags width]. All bags have the given length.
func (e *EmbeddingBag) ForwardRows(tape *autograd.Tape, tokens []int, length int) autograd.Var {
	return e.forward(tape, autograd.Bags{Index: tokens, Length: length}, autograd.Var{})
}

// ForwardWeighted is [EmbeddingBag.Forward] with a factor for each token. The
// layer must take the sum.
func (e *EmbeddingBag) ForwardWeighted(tokens, offsets []int, weights autograd.Var) autograd.Var {
	return e.forward(weights.Tape(), autograd.Bags{Index: tokens, Offsets: offsets}, weights)
}

func (e *EmbeddingBag) forward(tape *autograd.Tape, b autograd.Bags, weights autograd.Var) autograd.Var {
	if e == nil || !has(e.Weight) {
		panic(empty("embedding-bag", "NewEmbeddingBag"))
	}
	b.Mode, b.Padding = e.Reduce, (&Embedding{Weight: e.Weight, PaddingIndex: e.PaddingIndex}).padding()+1
	renormalize("embedding-bag", e.Weight.Value, b.Index, e.MaxNorm, e.NormType)
	return tape.Param(e.Weight).EmbeddingBag(b, weights)
}

// renormalize shortens those rows of a table that tokens name and whose p-norm is
// larger than the limit. 0 is no limit.
func renormalize(op string, table *tensor.Tensor, tokens []int, limit, p float64) {
	if limit == 0 {
		return
	}
	if p = setting(p, 2); !(limit > 0) || !(p > 0) {
		tensor.BadArg(op, "MaxNorm is %v and NormType %v; they must be positive", limit, p)
	}
	for _, token := range tokens {
		if token < 0 || token >= table.Dim(0) {
			continue // what looks it up says so
		}
		var row tensor.Tensor
		row.AsView().Slice(table, 0, token, token+1, 1)
		if n := tensor.NormPOf(&row, p); n > limit {
			tensor.MulScalarTo(&row, &row, limit/(n+1e-7))
		}
	}
}

// String returns EmbeddingBag(65 → 32, mean).
func (e *EmbeddingBag) String() string {
	if e == nil || !has(e.Weight) {
		return "EmbeddingBag(empty)"
	}
	w := e.Weight.Value
	mode := [...]string{autograd.BagMean: "mean", autograd.BagSum: "sum", autograd.BagMax: "max"}[e.Reduce]
	return text("EmbeddingBag", fmt.Sprintf("%d → %d", w.Dim(0), w.Dim(1)), mode, when(e.PaddingIndex != nil, "padding index %d", index(e.PaddingIndex, 0)),
		when(e.MaxNorm != 0, "max norm %v", e.MaxNorm), when(e.NormType != 0, "norm type %v", e.NormType))
}
