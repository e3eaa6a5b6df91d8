package nn

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// TransformerDecoderLayer applies self-attention, then attention over a memory,
// which an encoder has made, and then two linear layers at each place. It adds the
// result of each to its input (https://arxiv.org/abs/1706.03762). It is PyTorch's
// layer with batch_first=True.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html.
//
//	x = norm1(x + attention(x))
//	x = norm2(x + attention(x over memory))
//	x = norm3(x + linear2(activation(linear1(x))))
//
// With NormFirst, what goes into each part is normalized, and not the sums.
type TransformerDecoderLayer struct {
	SelfAttn, MultiheadAttn      *MultiheadAttention // over the sequence itself, and over the memory
	Linear1                      *Linear
	Dropout                      *Dropout // after the activation; nil for none, as the others
	Linear2                      *Linear
	Norm1, Norm2, Norm3          *LayerNorm
	Dropout1, Dropout2, Dropout3 *Dropout // of what is added
	Activation                   Layer    // nil stands for ReLU
	NormFirst                    bool
}

// NewTransformerDecoderLayer returns a layer for inputs and memories of the given
// width, which the heads share. It panics when the number of heads does not divide
// the width.
func NewTransformerDecoderLayer(r *tensor.Rand, width int, o TransformerOptions) *TransformerDecoderLayer {
	p := o.parts("transformer-decoder-layer", r, width)
	self, cross := p.attention(o.Causal), p.attention(false)
	p.drawLinear(r, width, o.Hidden)
	return &TransformerDecoderLayer{
		SelfAttn: self, MultiheadAttn: cross, Linear1: p.linear1, Dropout: p.dropout(), Linear2: p.linear2,
		Norm1: p.norm(), Norm2: p.norm(), Norm3: p.norm(), Dropout1: p.dropout(), Dropout2: p.dropout(), Dropout3: p.dropout(),
		Activation: p.activation, NormFirst: o.NormFirst,
	}
}

// Forward keeps the shape of x, [batch length width] or [length width]. memory is
// [batch places width] or [places width].
func (l *TransformerDecoderLayer) Forward(x, memory autograd.Var) autograd.Var {
	return l.run(x, memory, AttentionMask{}, AttentionMask{}, nil)
}

// ForwardMasked is [TransformerDecoderLayer.Forward] with masks of self-attention,
// PyTorch's tgt_mask and tgt_key_padding_mask, and masks of attention over the
// memory, memory_mask and memory_key_padding_mask.
func (l *TransformerDecoderLayer) ForwardMasked(x, memory autograd.Var, mask, memoryMask AttentionMask) autograd.Var {
	return l.run(x, memory, mask, memoryMask, nil)
}

// ForwardCached is [TransformerDecoderLayer.Forward] for the next places of
// sequences, as [MultiheadAttention.ForwardCached] is for attention. A cache for
// the layer is one for its SelfAttn. Keys and values of the memory are computed
// anew each time.
func (l *TransformerDecoderLayer) ForwardCached(x, memory autograd.Var, memoryMask AttentionMask, cache *KVCache) autograd.Var {
	wantCache("transformer-decoder-layer", cache)
	return l.run(x, memory, AttentionMask{}, memoryMask, cache)
}

func (l *TransformerDecoderLayer) run(x, memory autograd.Var, mask, memoryMask AttentionMask, cache *KVCache) autograd.Var {
	if l == nil || l.SelfAttn == nil || l.MultiheadAttn == nil || l.Linear1 == nil || l.Linear2 == nil || l.Norm1 == nil || l.Norm2 == nil || l.Norm3 == nil {
		panic(empty("transformer-decoder-layer", "NewTransformerDecoderLayer"))
	}
	t, start := x.Tape(), x.Tape().Mark()
	y := dropAttended(l.Dropout1, attendSelf(l.SelfAttn, before(l.NormFirst, l.Norm1, x), mask, cache))
	x = t.KeepOnly(start, after(l.NormFirst, l.Norm1, x.Add(y)))
	y = dropAttended(l.Dropout2, l.MultiheadAttn.ForwardMasked(before(l.NormFirst, l.Norm2, x), memory, memory, memoryMask))
	x = t.KeepOnly(start, after(l.NormFirst, l.Norm2, x.Add(y)))
	y = activate(l.Activation, l.Linear1.Forward(before(l.NormFirst, l.Norm3, x)))
	y = drop(l.Dropout3, l.Linear2.Forward(drop(l.Dropout, y)))
	return t.KeepOnly(start, after(l.NormFirst, l.Norm3, x.Add(y)))
}

// TransformerDecoder applies layers one after the other, and then a norm.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html.
type TransformerDecoder struct {
	Layers []*TransformerDecoderLayer
	Norm   *LayerNorm // nil for none
}

// NewTransformerDecoder returns a decoder of n copies of a layer, as
// [NewTransformerEncoder] does.
func NewTransformerDecoder(layer *TransformerDecoderLayer, n int, norm *LayerNorm) *TransformerDecoder {
	wantLayers("transformer-decoder", n)
	d := &TransformerDecoder{Norm: norm}
	for range n {
		l := *layer
		l.SelfAttn, l.MultiheadAttn = l.SelfAttn.clone(), l.MultiheadAttn.clone()
		copyTo(&l.Linear1, &l.Linear2)
		copyTo(&l.Norm1, &l.Norm2, &l.Norm3)
		copyTo(&l.Dropout, &l.Dropout1, &l.Dropout2, &l.Dropout3)
		cloneParams(&l.Linear1.Weight, &l.Linear1.Bias, &l.Linear2.Weight, &l.Linear2.Bias,
			&l.Norm1.Weight, &l.Norm1.Bias, &l.Norm2.Weight, &l.Norm2.Bias, &l.Norm3.Weight, &l.Norm3.Bias)
		d.Layers = append(d.Layers, &l)
	}
	return d
}

// Forward keeps the shape of x, [batch length width] or [length width].
func (d *TransformerDecoder) Forward(x, memory autograd.Var) autograd.Var {
	return d.ForwardMasked(x, memory, AttentionMask{}, AttentionMask{})
}

// ForwardMasked is [TransformerDecoder.Forward] with masks of self-attention and
// of attention over the memory.
func (d *TransformerDecoder) ForwardMasked(x, memory autograd.Var, mask, memoryMask AttentionMask) autograd.Var {
	if d == nil || len(d.Layers) == 0 {
		panic(empty("transformer-decoder", "NewTransformerDecoder"))
	}
	t, start := x.Tape(), x.Tape().Mark()
	for _, l := range d.Layers {
		x = t.KeepOnly(start, l.ForwardMasked(x, memory, mask, memoryMask))
	}
	return before(d.Norm != nil, d.Norm, x)
}

// Transformer translates one sequence into another: an encoder reads the source,
// and a decoder makes the target from what the encoder has made of it
// (https://arxiv.org/abs/1706.03762). Both end with a norm. It is PyTorch's model
// with batch_first=True.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html.
type Transformer struct {
	Encoder *TransformerEncoder
	Decoder *TransformerDecoder
}

// NewTransformer returns a model for sequences of the given width, with so many
// layers (PyTorch has 6 and 6). Causal is for the decoder: each place of the target
// sees itself and the places before it only. As in PyTorch all matrices are drawn
// by [XavierUniform].
func NewTransformer(r *tensor.Rand, width, encoderLayers, decoderLayers int, o TransformerOptions) *Transformer {
	wantLayers("transformer", min(encoderLayers, decoderLayers))
	norm := o.parts("transformer", r, width).norm
	encoder := o
	encoder.Causal = false
	t := &Transformer{}
	t.Encoder = NewTransformerEncoder(NewTransformerEncoderLayer(r, width, encoder), encoderLayers, norm())
	t.Decoder = NewTransformerDecoder(NewTransformerDecoderLayer(r, width, o), decoderLayers, norm())
	for _, p := range Params(t) {
		if p.Value.Rank() > 1 {
			XavierUniform(r, p.Value, 1)
		}
	}
	return t
}

// Forward maps a source and a target to a result with the shape of the target,
// [batch length width] or [length width]. Their lengths may differ.
func (t *Transformer) Forward(source, target autograd.Var) autograd.Var {
	return t.ForwardMasked(source, target, AttentionMask{}, AttentionMask{}, AttentionMask{})
}

// ForwardMasked is [Transformer.Forward] with masks of attention of the source over
// itself, of the target over itself, and of the target over the source.
func (t *Transformer) ForwardMasked(source, target autograd.Var, sourceMask, targetMask, memoryMask AttentionMask) autograd.Var {
	if t == nil || t.Encoder == nil || t.Decoder == nil {
		panic(empty("transformer", "NewTransformer"))
	}
	return t.Decoder.ForwardMasked(target, t.Encoder.ForwardMasked(source, sourceMask), targetMask, memoryMask)
}
