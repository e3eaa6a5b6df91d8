package nn_test

import (
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A decoder reads a memory beside its input.
type decoder interface {
	Forward(x, memory autograd.Var) autograd.Var
}

// remember runs a decoder over its own input.
func remember(model any, x autograd.Var) autograd.Var { return model.(decoder).Forward(x, x.Tanh()) }

// prefixed returns names behind a prefix.
func prefixed(prefix string, names ...string) (list []string) {
	for _, n := range names {
		list = append(list, prefix+n)
	}
	return list
}

func attentionNames(prefix string) []string {
	return prefixed(prefix+".", "in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
}

// affine returns the names of weights and biases of layers.
func affine(layers ...string) (list []string) {
	for _, l := range layers {
		list = append(list, l+".weight", l+".bias")
	}
	return list
}

// transformerRows are attention with its options, and layers made of it.
func transformerRows() []layerRow {
	attend := func(o nn.MultiheadAttentionOptions) func(*tensor.Rand) any {
		return func(r *tensor.Rand) any { return nn.NewMultiheadAttention(r, 4, 2, o) }
	}
	separate := []string{"q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}
	both := func(numbers []float64, shape ...int) (list [2]*tensor.Tensor) {
		for dt := range list {
			list[dt] = tensor.New(numbers, shape...).To(tensor.DType(dt))
		}
		return list
	}
	ignore, padding := both([]float64{0, 1, 0, 0, 0, 0, 1, 0, 0}, 3, 3), both([]float64{0, 0, 1, 0, 0, 0}, 2, 3)
	masked := func(model any, x autograd.Var) autograd.Var {
		t, m := x.Tape(), model.(*nn.MultiheadAttention)
		mask := nn.AttentionMask{
			Add: x.Slice(2, 0, 3, 1).Unsqueeze(1), Ignore: t.Const(ignore[x.DType()]), IgnoreKeys: t.Const(padding[x.DType()]),
		}
		y, w := m.ForwardWeights(x, x.Sin(), x.Cos(), mask)
		return autograd.Concat(2, y, w, m.ForwardMasked(x, x.Sin(), x.Cos(), mask))
	}
	o := nn.TransformerOptions{Heads: 2, Hidden: 3, Dropout: nn.Zero, Activation: nn.GELU{}}
	first := o
	first.NormFirst, first.Causal, first.Eps = true, true, 0.1
	bare := o
	bare.NoBias = true
	encoder := append(attentionNames("self_attn"), affine("linear1", "linear2", "norm1", "norm2")...)
	decoder := append(append(attentionNames("self_attn"), attentionNames("multihead_attn")...), affine("linear1", "linear2", "norm1", "norm2", "norm3")...)
	return []layerRow{{
		layer: "MultiheadAttention", sample: "widths", make: attend(nn.MultiheadAttentionOptions{KeyWidth: 3, ValueWidth: 2}),
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: separate,
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(*nn.MultiheadAttention).ForwardMasked(x, x.Slice(2, 0, 3, 1), x.Slice(2, 2, 4, 1), nn.AttentionMask{})
		},
	}, {
		layer: "MultiheadAttention", sample: "grouped, no bias",
		make: func(r *tensor.Rand) any {
			return nn.NewMultiheadAttentionNoBias(r, 8, 4, nn.MultiheadAttentionOptions{KVHeads: 2, Causal: true})
		},
		in: []int{1, 3, 8}, out: []int{1, 3, 8}, state: []string{"q_proj_weight", "k_proj_weight", "v_proj_weight", "out_proj.weight"},
	}, {
		layer: "MultiheadAttention", sample: "masks and weights", make: attend(nn.MultiheadAttentionOptions{}),
		in: []int{2, 3, 4}, out: []int{2, 3, 11}, state: append([]string{"in_proj_weight", "in_proj_bias"}, affine("out_proj")...), run: masked,
	}, {
		layer: "MultiheadAttention", sample: "rotary, grouped", make: attend(nn.MultiheadAttentionOptions{Rotary: &nn.Rotary{}, KVHeads: 1}),
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: separate,
	}, {
		layer: "MultiheadAttention", sample: "bias and zeros, masks and weights", make: attend(nn.MultiheadAttentionOptions{BiasKV: true, ZeroAttn: true, Causal: true}),
		in: []int{2, 3, 4}, out: []int{2, 3, 13}, state: append([]string{"in_proj_weight", "in_proj_bias", "bias_k", "bias_v"}, affine("out_proj")...), run: masked,
	}, {
		layer: "MultiheadAttention", sample: "bias, grouped, rotary", make: attend(nn.MultiheadAttentionOptions{BiasKV: true, KVHeads: 1, Rotary: &nn.Rotary{}}),
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: []string{"q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight", "out_proj.bias"},
	}, {
		layer: "MultiheadAttention", sample: "no batch", make: attend(nn.MultiheadAttentionOptions{Causal: true}),
		in: []int{3, 4}, out: []int{3, 4}, state: append([]string{"in_proj_weight", "in_proj_bias"}, affine("out_proj")...),
	}, {
		layer: "TransformerEncoderLayer", make: func(r *tensor.Rand) any { return nn.NewTransformerEncoderLayer(r, 4, o) },
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: encoder,
		misuse: []misuse{{[]int{2, 3, 5}, "multihead-attention [2 3 5]: want sequences [batch length 4] or [length 4]"}},
	}, {
		layer: "TransformerEncoderLayer", sample: "norm first, causal, no batch", make: func(r *tensor.Rand) any { return nn.NewTransformerEncoderLayer(r, 4, first) },
		in: []int{3, 4}, out: []int{3, 4}, state: encoder,
	}, {
		layer: "TransformerDecoderLayer", make: func(r *tensor.Rand) any { return nn.NewTransformerDecoderLayer(r, 4, o) },
		in: []int{2, 2, 4}, out: []int{2, 2, 4}, state: decoder, run: remember,
		misuse: []misuse{{[]int{2, 3, 5}, "multihead-attention [2 3 5]: want sequences [batch length 4] or [length 4]"}},
	}, {
		layer: "TransformerDecoderLayer", sample: "norm first, causal", make: func(r *tensor.Rand) any { return nn.NewTransformerDecoderLayer(r, 4, first) },
		in: []int{2, 2, 4}, out: []int{2, 2, 4}, state: decoder, run: remember,
	}, {
		layer: "TransformerEncoder", make: func(r *tensor.Rand) any {
			return nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(r, 4, o), 2, nn.NewLayerNorm(4))
		},
		in: []int{1, 2, 4}, out: []int{1, 2, 4},
		state: append(append(prefixed("layers.0.", encoder...), prefixed("layers.1.", encoder...)...), affine("norm")...),
	}, {
		layer: "TransformerDecoder", make: func(r *tensor.Rand) any {
			return nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(r, 4, first), 2, nil)
		},
		in: []int{1, 2, 4}, out: []int{1, 2, 4}, run: remember, state: append(prefixed("layers.0.", decoder...), prefixed("layers.1.", decoder...)...),
	}, {
		layer: "TransformerEncoderLayer", sample: "no bias", make: func(r *tensor.Rand) any { return nn.NewTransformerEncoderLayer(r, 4, bare) },
		in: []int{2, 3, 4}, out: []int{2, 3, 4},
		state: []string{"self_attn.in_proj_weight", "self_attn.out_proj.weight", "linear1.weight", "linear2.weight", "norm1.weight", "norm2.weight"},
	}, {
		layer: "Transformer", make: func(r *tensor.Rand) any { return nn.NewTransformer(r, 4, 1, 2, first) }, in: []int{1, 2, 4}, out: []int{1, 2, 4},
		run: func(model any, x autograd.Var) autograd.Var { return model.(*nn.Transformer).Forward(x.Sin(), x) },
		state: slices.Concat(prefixed("encoder.layers.0.", encoder...), affine("encoder.norm"), prefixed("decoder.layers.0.", decoder...),
			prefixed("decoder.layers.1.", decoder...), affine("decoder.norm")),
		misuse: []misuse{{[]int{2, 3, 5}, "layer-norm [2 3 5]: the trailing axes must have shape [4]"}},
	}, {
		layer: "SinusoidalPositions", make: func(*tensor.Rand) any { return nn.SinusoidalPositions{} }, in: []int{2, 3, 4}, out: []int{2, 3, 4},
		misuse: []misuse{{[]int{3, 5}, "sinusoidal-positions [3 5]: want an even width"}, {[]int{4}, "sinusoidal-positions [4]: want sequences [batch length width] or [length width]"}},
	}, {
		layer: "Rotary", make: func(*tensor.Rand) any { return &nn.Rotary{} }, in: []int{2, 3, 4}, out: []int{2, 3, 4},
		misuse: []misuse{{[]int{3, 5}, "rotary [3 5]: want an even width"}, {[]int{4}, "rotary [4]: want [… length width]"}},
	}, {
		layer: "Rotary", sample: "interleaved", make: func(*tensor.Rand) any { return &nn.Rotary{Base: 10, Interleaved: true} }, in: []int{2, 1, 3, 6}, out: []int{2, 1, 3, 6},
	}}
}
