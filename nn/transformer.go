package nn

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

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
// batch_first=True and without dropout; [TransformerEncoderLayer] has more
// settings.
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
	l := NewTransformerEncoderLayer(r, width, TransformerOptions{Heads: o.Heads, Hidden: o.Hidden, Activation: o.Activation, Causal: o.Causal, Dropout: Zero})
	return &TransformerBlock{SelfAttn: l.SelfAttn, Linear1: l.Linear1, Linear2: l.Linear2, Norm1: l.Norm1, Norm2: l.Norm2, Activation: l.Activation}
}

// Forward keeps the shape, [batch length width] or [length width].
func (b *TransformerBlock) Forward(x autograd.Var) autograd.Var { return b.run(x, nil) }

// ForwardCached is [TransformerBlock.Forward] for the next places of sequences, as
// [MultiheadAttention.ForwardCached] is for attention. A cache for the block is
// one for its SelfAttn.
func (b *TransformerBlock) ForwardCached(x autograd.Var, cache *KVCache) autograd.Var {
	wantCache("transformer-block", cache)
	return b.run(x, cache)
}

func (b *TransformerBlock) run(x autograd.Var, cache *KVCache) autograd.Var {
	if b == nil || b.SelfAttn == nil || b.Linear1 == nil || b.Linear2 == nil || b.Norm1 == nil || b.Norm2 == nil {
		panic(empty("transformer-block", "NewTransformerBlock"))
	}
	t, start := x.Tape(), x.Tape().Mark()
	x = t.KeepOnly(start, x.Add(attendSelf(b.SelfAttn, b.Norm1.Forward(x), AttentionMask{}, cache)))
	return t.KeepOnly(start, x.Add(b.Linear2.Forward(activate(b.Activation, b.Linear1.Forward(b.Norm2.Forward(x))))))
}

// wantCache panics without a cache.
func wantCache(op string, cache *KVCache) {
	if cache == nil || cache.Keys == nil || cache.Values == nil {
		tensor.BadArg(op, "the cache is empty; make it with NewCache")
	}
}

// activate applies an activation; nil stands for ReLU.
func activate(l Layer, x autograd.Var) autograd.Var {
	if l == nil {
		return x.ReLU()
	}
	return l.Forward(x)
}

// drop applies dropout; nil stands for none.
func drop(d *Dropout, x autograd.Var) autograd.Var {
	if d == nil {
		return x
	}
	return d.Forward(x)
}

// TransformerOptions are the settings of a [TransformerEncoderLayer], a
// [TransformerDecoderLayer] or the layers of a [Transformer]. The zero value is
// PyTorch's default, except for Heads, which has none.
type TransformerOptions struct {
	Heads      int
	Hidden     int     // the width between the two linear layers; 0 stands for 2048
	Dropout    float64 // the probability of dropout, of the weights of attention as well; 0 stands for 0.1
	Activation Layer   // between the two linear layers; nil stands for ReLU
	NormFirst  bool    // normalize what goes into attention and linear layers, not what comes out of the sums
	Causal     bool    // in self-attention each place sees itself and the places before it only
	Eps        float64 // of the normalization; 0 stands for 1e-5
	NoBias     bool    // no biases anywhere, not in the normalization either: PyTorch's bias=False
}

// transformerParts are what both kinds of layers have.
type transformerParts struct {
	linear1, linear2 *Linear
	norm             func() *LayerNorm
	dropout          func() *Dropout
	attention        func(causal bool) *MultiheadAttention
	linear           func(r *tensor.Rand, in, out int) *Linear
	activation       Layer
}

// parts returns what layers are made of. It draws nothing yet.
func (o *TransformerOptions) parts(op string, r *tensor.Rand, width int) transformerParts {
	p := setting(o.Dropout, 0.1)
	checkShare(op, "Dropout", p)
	if o.Hidden < 0 {
		tensor.BadArg(op, "Hidden is %d; it must not be negative", o.Hidden)
	}
	parts := transformerParts{activation: o.Activation}
	if parts.activation == nil {
		parts.activation = ReLU{} // so that it can be seen
	}
	parts.norm = func() *LayerNorm {
		n := NewLayerNorm(width)
		if n.Eps = o.Eps; o.NoBias {
			n.Bias = nil
		}
		return n
	}
	parts.dropout = func() *Dropout { return NewDropout(r, p) }
	parts.attention = func(causal bool) *MultiheadAttention {
		a := MultiheadAttentionOptions{Causal: causal, Dropout: p}
		if o.NoBias {
			return NewMultiheadAttentionNoBias(r, width, o.Heads, a)
		}
		return NewMultiheadAttention(r, width, o.Heads, a)
	}
	parts.linear = NewLinear
	if o.NoBias {
		parts.linear = NewLinearNoBias
	}
	return parts
}

// drawLinear draws the two linear layers.
func (p *transformerParts) drawLinear(r *tensor.Rand, width, hidden int) {
	if hidden == 0 {
		hidden = 2048
	}
	p.linear1, p.linear2 = p.linear(r, width, hidden), p.linear(r, hidden, width)
}

// TransformerEncoderLayer applies self-attention, and then two linear layers at
// each place. It adds the result of each to its input
// (https://arxiv.org/abs/1706.03762). It is PyTorch's layer with
// batch_first=True.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html.
//
//	x = norm1(x + attention(x))
//	x = norm2(x + linear2(activation(linear1(x))))
//
// With NormFirst, it is
//
//	x = x + attention(norm1(x))
//	x = x + linear2(activation(linear1(norm2(x))))
type TransformerEncoderLayer struct {
	SelfAttn           *MultiheadAttention
	Linear1            *Linear
	Dropout            *Dropout // after the activation; nil for none, as the others
	Linear2            *Linear
	Norm1, Norm2       *LayerNorm
	Dropout1, Dropout2 *Dropout // of what is added
	Activation         Layer    // nil stands for ReLU
	NormFirst          bool
}

// NewTransformerEncoderLayer returns a layer for inputs of the given width, which
// the heads share. It panics when the number of heads does not divide the width.
func NewTransformerEncoderLayer(r *tensor.Rand, width int, o TransformerOptions) *TransformerEncoderLayer {
	p := o.parts("transformer-encoder-layer", r, width)
	attention := p.attention(o.Causal)
	p.drawLinear(r, width, o.Hidden)
	return &TransformerEncoderLayer{
		SelfAttn: attention, Linear1: p.linear1, Dropout: p.dropout(), Linear2: p.linear2, Norm1: p.norm(), Norm2: p.norm(),
		Dropout1: p.dropout(), Dropout2: p.dropout(), Activation: p.activation, NormFirst: o.NormFirst,
	}
}

// Forward keeps the shape, [batch length width] or [length width].
func (l *TransformerEncoderLayer) Forward(x autograd.Var) autograd.Var {
	return l.run(x, AttentionMask{}, nil)
}

// ForwardMasked is [TransformerEncoderLayer.Forward] with masks of self-attention:
// PyTorch's src_mask and src_key_padding_mask.
func (l *TransformerEncoderLayer) ForwardMasked(x autograd.Var, mask AttentionMask) autograd.Var {
	return l.run(x, mask, nil)
}

// ForwardCached is [TransformerEncoderLayer.Forward] for the next places of
// sequences, as [MultiheadAttention.ForwardCached] is for attention. A cache for
// the layer is one for its SelfAttn.
func (l *TransformerEncoderLayer) ForwardCached(x autograd.Var, cache *KVCache) autograd.Var {
	wantCache("transformer-encoder-layer", cache)
	return l.run(x, AttentionMask{}, cache)
}

func (l *TransformerEncoderLayer) run(x autograd.Var, mask AttentionMask, cache *KVCache) autograd.Var {
	if l == nil || l.SelfAttn == nil || l.Linear1 == nil || l.Linear2 == nil || l.Norm1 == nil || l.Norm2 == nil {
		panic(empty("transformer-encoder-layer", "NewTransformerEncoderLayer"))
	}
	t, start := x.Tape(), x.Tape().Mark()
	y := before(l.NormFirst, l.Norm1, x)
	y = dropAttended(l.Dropout1, attendSelf(l.SelfAttn, y, mask, cache))
	x = t.KeepOnly(start, after(l.NormFirst, l.Norm1, x.Add(y)))
	y = activate(l.Activation, l.Linear1.Forward(before(l.NormFirst, l.Norm2, x)))
	y = drop(l.Dropout2, l.Linear2.Forward(drop(l.Dropout, y)))
	return t.KeepOnly(start, after(l.NormFirst, l.Norm2, x.Add(y)))
}

// dropAttended applies dropout to a result of attention. PyTorch computes it as
// [length batch width], and draws the mask in this order.
func dropAttended(d *Dropout, x autograd.Var) autograd.Var {
	if d == nil || x.Rank() != 3 {
		return drop(d, x)
	}
	return d.Forward(x.Transpose(0, 1)).Transpose(0, 1)
}

// attendSelf is self-attention, with a cache when there is one.
func attendSelf(m *MultiheadAttention, x autograd.Var, mask AttentionMask, cache *KVCache) autograd.Var {
	if cache != nil {
		return m.ForwardCached(x, cache)
	}
	return m.ForwardMasked(x, x, x, mask)
}

// before normalizes what goes into a part of a layer, when the norm comes first.
func before(first bool, n *LayerNorm, x autograd.Var) autograd.Var {
	if first {
		return n.Forward(x)
	}
	return x
}

// after normalizes a sum, when the norm does not come first.
func after(first bool, n *LayerNorm, x autograd.Var) autograd.Var { return before(!first, n, x) }

// TransformerEncoder applies layers one after the other, and then a norm.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html.
type TransformerEncoder struct {
	Layers []*TransformerEncoderLayer
	Norm   *LayerNorm // nil for none
}

// NewTransformerEncoder returns an encoder of n copies of a layer. As in PyTorch
// all of them begin with the same weights. They share the activation and the
// generator of the layer.
func NewTransformerEncoder(layer *TransformerEncoderLayer, n int, norm *LayerNorm) *TransformerEncoder {
	wantLayers("transformer-encoder", n)
	e := &TransformerEncoder{Norm: norm}
	for range n {
		l := *layer
		l.SelfAttn = l.SelfAttn.clone()
		copyTo(&l.Linear1, &l.Linear2)
		copyTo(&l.Norm1, &l.Norm2)
		copyTo(&l.Dropout, &l.Dropout1, &l.Dropout2)
		cloneParams(&l.Linear1.Weight, &l.Linear1.Bias, &l.Linear2.Weight, &l.Linear2.Bias, &l.Norm1.Weight, &l.Norm1.Bias, &l.Norm2.Weight, &l.Norm2.Bias)
		e.Layers = append(e.Layers, &l)
	}
	return e
}

// Forward keeps the shape, [batch length width] or [length width].
func (e *TransformerEncoder) Forward(x autograd.Var) autograd.Var {
	return e.ForwardMasked(x, AttentionMask{})
}

// ForwardMasked is [TransformerEncoder.Forward] with masks of self-attention.
func (e *TransformerEncoder) ForwardMasked(x autograd.Var, mask AttentionMask) autograd.Var {
	if e == nil || len(e.Layers) == 0 {
		panic(empty("transformer-encoder", "NewTransformerEncoder"))
	}
	t, start := x.Tape(), x.Tape().Mark()
	for _, l := range e.Layers {
		x = t.KeepOnly(start, l.ForwardMasked(x, mask))
	}
	return before(e.Norm != nil, e.Norm, x)
}

func wantLayers(op string, n int) {
	if n < 1 {
		tensor.BadArg(op, "want at least one layer, got %d", n)
	}
}

// clone returns a copy of the layer with weights of its own.
func (m *MultiheadAttention) clone() *MultiheadAttention {
	c := *m
	copyTo(&c.OutProj)
	cloneParams(&c.InProjWeight, &c.QProjWeight, &c.KProjWeight, &c.VProjWeight, &c.InProjBias, &c.OutProj.Weight, &c.OutProj.Bias)
	return &c
}

// copyTo makes each pointer one to a copy of what it points to.
func copyTo[T any](ps ...**T) {
	for _, p := range ps {
		if *p != nil {
			c := **p
			*p = &c
		}
	}
}

// cloneParams makes each parameter a copy of itself.
func cloneParams(ps ...**autograd.Param) {
	for _, p := range ps {
		if has(*p) {
			c := **p
			c.Value = c.Value.Clone()
			*p = &c
		}
	}
}
