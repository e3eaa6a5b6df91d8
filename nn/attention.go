package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// MultiheadAttention lets every place of a sequence look at the others
// (https://arxiv.org/abs/1706.03762). It is PyTorch's layer with
// batch_first=True. Query, key and value are the same input.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html.
type MultiheadAttention struct {
	InProjWeight *autograd.Param // [3·width width]: of queries, keys and values
	InProjBias   *autograd.Param // [3·width]; nil for none
	OutProj      *Linear         // of the heads' results, from width to width
	Heads        int             // they share the width
	Causal       bool            // each place sees itself and the places before it only
}

// NewMultiheadAttention returns a layer for inputs of the given width, which
// the heads share. The initial values are PyTorch's: the weight of the first
// projection is drawn by [XavierUniform], that of the second as by [NewLinear],
// and the biases are 0. NewMultiheadAttention panics when the number of heads
// does not divide the width.
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
	if m == nil || !has(m.InProjWeight) || m.OutProj == nil {
		panic(empty("multihead-attention", "NewMultiheadAttention"))
	}
	wantSequences("multihead-attention", x, m.InProjWeight.Value.Dim(1))
	return m.OutProj.Forward(x.Linear(lift(x, m.InProjWeight), lift(x, m.InProjBias)).SelfAttention(m.Heads, m.Causal))
}

// wantSequences panics when x is not [batch length width].
func wantSequences(op string, x autograd.Var, width int) {
	if x.Rank() != 3 || x.Dim(2) != width {
		tensor.BadShape(op, fmt.Sprintf("want sequences [batch length %d]", width), x.Value())
	}
}

// TransformerBlockOptions are the settings of a [TransformerBlock]. The zero
// value is PyTorch's default, except for Heads, which has none.
type TransformerBlockOptions struct {
	Heads      int
	Hidden     int   // the width between the two linear layers; 0 stands for 2048
	Activation Layer // between the two linear layers; nil stands for ReLU
	Causal     bool  // each place sees itself and the places before it only
}

// TransformerBlock applies attention, and then two linear layers at each place.
// It adds the result of each to its input (https://arxiv.org/abs/2002.04745).
// It is PyTorch's TransformerEncoderLayer with norm_first=True,
// batch_first=True and without dropout.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html.
//
//	x = x + attention(norm1(x))
//	x = x + linear2(activation(linear1(norm2(x))))
type TransformerBlock struct {
	SelfAttn         *MultiheadAttention
	Linear1, Linear2 *Linear
	Norm1, Norm2     *LayerNorm
	Activation       Layer // nil stands for ReLU
}

// NewTransformerBlock returns a block for inputs of the given width, which the
// heads share. It panics when the number of heads does not divide the width.
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
		b.Activation = ReLU{} // so that it can be seen
	}
	return b
}

// Forward keeps the shape, [batch length width].
func (b *TransformerBlock) Forward(x autograd.Var) autograd.Var {
	if b == nil || b.SelfAttn == nil || b.Linear1 == nil || b.Linear2 == nil || b.Norm1 == nil || b.Norm2 == nil {
		panic(empty("transformer-block", "NewTransformerBlock"))
	}
	t, start := x.Tape(), x.Tape().Mark()
	x = t.KeepOnly(start, x.Add(b.SelfAttn.Forward(b.Norm1.Forward(x))))
	hidden := b.Linear1.Forward(b.Norm2.Forward(x))
	if b.Activation == nil {
		hidden = hidden.ReLU()
	} else {
		hidden = b.Activation.Forward(hidden)
	}
	return t.KeepOnly(start, x.Add(b.Linear2.Forward(hidden)))
}

// PositionalEmbedding adds a learned vector for each place of a sequence, as
// GPT does.
type PositionalEmbedding struct {
	Weight *autograd.Param // [longest width]
}

// NewPositionalEmbedding returns a layer for sequences that are at most as long
// as the longest. The vectors are drawn as those of [NewEmbedding].
func NewPositionalEmbedding(r *tensor.Rand, longest, width int) *PositionalEmbedding {
	return &PositionalEmbedding{Weight: NewEmbedding(r, longest, width).Weight}
}

// Forward keeps the shape, [batch length width].
func (p *PositionalEmbedding) Forward(x autograd.Var) autograd.Var {
	if p == nil || !has(p.Weight) {
		panic(empty("positional-embedding", "NewPositionalEmbedding"))
	}
	w := p.Weight.Value
	wantSequences("positional-embedding", x, w.Dim(1))
	if x.Dim(1) > w.Dim(0) {
		tensor.BadShape("positional-embedding", fmt.Sprintf("the sequences are longer than %d", w.Dim(0)), x.Value(), w)
	}
	return x.Add(lift(x, p.Weight).Slice(0, 0, x.Dim(1), 1))
}
