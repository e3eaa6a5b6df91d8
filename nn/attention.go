package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// MultiheadAttention lets every place of a sequence look at the others, by
// several heads at once (https://arxiv.org/abs/1706.03762). It is PyTorch's
// layer with batch_first=True, applied to one input as query, key and value.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html.
type MultiheadAttention struct {
	InProjWeight *autograd.Param // [3·width width]: of queries, keys and values
	InProjBias   *autograd.Param // [3·width]
	OutProj      *Linear
	Heads        int
	Causal       bool // each place sees those before it and itself alone
}

// NewMultiheadAttention returns a layer for inputs of the given width, which
// the heads share, with PyTorch's initial values: projections drawn by
// [XavierUniform] and as those of [NewLinear], and biases 0. It panics when the
// heads do not divide the width.
func NewMultiheadAttention(r *tensor.Rand, width, heads int) *MultiheadAttention {
	if heads < 1 || width < 1 || width%heads != 0 {
		panic(&tensor.ArgError{Op: "multihead-attention", Reason: fmt.Sprintf("%d heads do not divide a width of %d", heads, width)})
	}
	out := NewLinear(r, width, width)
	out.Bias.Value.Fill(0)
	w := tensor.Zeros(3*width, width)
	XavierUniform(r, w, 1)
	return &MultiheadAttention{InProjWeight: autograd.NewParam(w), InProjBias: autograd.NewParam(tensor.Zeros(3 * width)), OutProj: out, Heads: heads}
}

// Forward keeps the shape, [batch length width].
func (m *MultiheadAttention) Forward(x autograd.Var) autograd.Var {
	wantSequences("multihead-attention", x, m.InProjWeight.Value.Dim(1))
	return m.OutProj.Forward(x.Linear(lift(x, m.InProjWeight), lift(x, m.InProjBias)).SelfAttention(m.Heads, m.Causal))
}

// wantSequences panics when x is not [batch length width].
func wantSequences(op string, x autograd.Var, width int) {
	if x.Rank() != 3 || x.Dim(2) != width {
		panic(misfit(op, fmt.Sprintf("want sequences [batch length %d]", width), x.Value()))
	}
}

// TransformerBlockOptions are the settings of a [TransformerBlock]. The zero
// value is PyTorch's default, but for Heads, which has none.
type TransformerBlockOptions struct {
	Heads      int
	Hidden     int   // width between the two linear layers; 0 means 2048
	Activation Layer // there; nil means ReLU
	Causal     bool  // each place sees those before it and itself alone
}

// TransformerBlock is attention, and then two linear layers at each place,
// both added to what comes in (https://arxiv.org/abs/2002.04745). It is
// PyTorch's TransformerEncoderLayer with norm_first=True, batch_first=True and
// without dropout.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html.
//
//	x = x + attention(norm1(x))
//	x = x + linear2(activation(linear1(norm2(x))))
type TransformerBlock struct {
	SelfAttn         *MultiheadAttention
	Linear1, Linear2 *Linear
	Norm1, Norm2     *LayerNorm
	Activation       Layer
}

// NewTransformerBlock returns a block for inputs of the given width, which the
// heads share. It panics when the heads do not divide the width.
func NewTransformerBlock(r *tensor.Rand, width int, o TransformerBlockOptions) *TransformerBlock {
	hidden := o.Hidden
	if hidden == 0 {
		hidden = 2048
	}
	b := &TransformerBlock{
		SelfAttn: NewMultiheadAttention(r, width, o.Heads),
		Linear1:  NewLinear(r, width, hidden), Linear2: NewLinear(r, hidden, width),
		Norm1: NewLayerNorm(width), Norm2: NewLayerNorm(width),
		Activation: o.Activation,
	}
	b.SelfAttn.Causal = o.Causal
	if b.Activation == nil {
		b.Activation = ReLU{}
	}
	return b
}

// Forward keeps the shape, [batch length width].
func (b *TransformerBlock) Forward(x autograd.Var) autograd.Var {
	x = x.Add(b.SelfAttn.Forward(b.Norm1.Forward(x)))
	return x.Add(b.Linear2.Forward(b.Activation.Forward(b.Linear1.Forward(b.Norm2.Forward(x)))))
}

// PositionalEmbedding adds a learned vector for each place of a sequence, as
// GPT does.
type PositionalEmbedding struct {
	Weight *autograd.Param // [longest width]
}

// NewPositionalEmbedding returns a layer for sequences of at most the given
// length, with normally distributed vectors: those of [NewEmbedding].
func NewPositionalEmbedding(r *tensor.Rand, longest, width int) *PositionalEmbedding {
	return &PositionalEmbedding{Weight: NewEmbedding(r, longest, width).Weight}
}

// Forward keeps the shape, [batch length width].
func (p *PositionalEmbedding) Forward(x autograd.Var) autograd.Var {
	w := p.Weight.Value
	wantSequences("positional-embedding", x, w.Dim(1))
	if x.Dim(1) > w.Dim(0) {
		panic(misfit("positional-embedding", fmt.Sprintf("the sequences are longer than %d", w.Dim(0)), x.Value(), w))
	}
	return x.Add(lift(x, p.Weight).Slice(0, 0, x.Dim(1), 1))
}
