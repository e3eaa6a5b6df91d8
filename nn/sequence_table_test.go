package nn_test

import (
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// recurrentNames are the parameters of one layer of an LSTM or a GRU.
func recurrentNames(suffix string) []string {
	return []string{"weight_ih_" + suffix, "weight_hh_" + suffix, "bias_ih_" + suffix, "bias_hh_" + suffix}
}

// projectedNames are those of an LSTM with a projection.
func projectedNames(suffix string) []string {
	return append(recurrentNames(suffix), "weight_hr_"+suffix)
}

// unbiasedNames are those without biases.
func unbiasedNames(suffix string) []string { return recurrentNames(suffix)[:2] }

// states joins the results of a layer that returns its state as well.
func states(y, h, c autograd.Var) autograd.Var {
	y = autograd.Concat(0, y.Reshape(-1), h.Reshape(-1))
	if c.IsZero() {
		return y
	}
	return autograd.Concat(0, y, c.Reshape(-1))
}

// sequenceRows are layers for sequences.
func sequenceRows() []layerRow {
	lstm := func(o nn.RecurrentOptions) func(*tensor.Rand) any {
		return func(r *tensor.Rand) any { return nn.NewLSTM(r, 3, 2, o) }
	}
	gru := func(o nn.RecurrentOptions) func(*tensor.Rand) any {
		return func(r *tensor.Rand) any { return nn.NewGRU(r, 3, 2, o) }
	}
	oneAndThree := []int{1, 3}
	both := append(recurrentNames("l0"), recurrentNames("l0_reverse")...)
	attention := []string{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}
	block := func(o nn.TransformerBlockOptions) func(*tensor.Rand) any {
		return func(r *tensor.Rand) any { return nn.NewTransformerBlock(r, 4, o) }
	}
	blockNames := []string{"self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight", "self_attn.out_proj.bias",
		"linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias", "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"}
	return append(append(transformerRows(), plainRows()...), []layerRow{{
		layer: "LSTM", make: lstm(nn.RecurrentOptions{}), in: []int{3, 2, 3}, out: []int{3, 2, 2}, state: recurrentNames("l0"),
		misuse: []misuse{{[]int{3}, "lstm [3]: want sequences [length batch features] or [length features]"},
			{[]int{3, 2, 4}, "lstm [3 2 4] × [8 3]: the input has 4 features, the layer wants 3"},
			{[]int{0, 2, 3}, "lstm [0 2 3]: the sequence has no step"}},
	}, {
		layer: "LSTM", sample: "two layers, both ways", make: lstm(nn.RecurrentOptions{Layers: 2, Bidirectional: true, BatchFirst: true}),
		in: []int{2, 2, 3}, out: []int{2, 2, 4}, state: append(append([]string{}, both...), append(recurrentNames("l1"), recurrentNames("l1_reverse")...)...),
		misuse: []misuse{{[]int{3}, "lstm [3]: want sequences [batch length features] or [length features]"}},
	}, {
		layer: "LSTM", sample: "state", make: lstm(nn.RecurrentOptions{}), in: []int{2, 2, 3}, out: []int{16}, state: recurrentNames("l0"),
		run: func(model any, x autograd.Var) autograd.Var {
			s := x.Slice(0, 0, 1, 1).Slice(2, 0, 2, 1)
			return states(model.(*nn.LSTM).ForwardState(x, s, s.Tanh()))
		},
		misuse: []misuse{{[]int{2, 1, 1}, "slice [1 1 1]: 0:2:1 does not lie within axis 2"}},
	}, {
		layer: "LSTM", sample: "projection, both ways", make: func(r *tensor.Rand) any {
			return nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Projection: 2, Layers: 2, Bidirectional: true})
		},
		in: []int{3, 2, 3}, out: []int{3, 2, 4}, state: slices.Concat(projectedNames("l0"), projectedNames("l0_reverse"), projectedNames("l1"), projectedNames("l1_reverse")),
		misuse: []misuse{{[]int{0, 2, 3}, "lstm [0 2 3]: the sequence has no step"}},
	}, {
		layer: "LSTM", sample: "projection, lengths, state", make: func(r *tensor.Rand) any {
			return nn.NewLSTM(r, 3, 2, nn.RecurrentOptions{Projection: 1, BatchFirst: true})
		},
		in: []int{2, 3, 3}, out: []int{2*3*1 + 2*1 + 2*2}, state: projectedNames("l0"),
		run: func(model any, x autograd.Var) autograd.Var {
			s := x.Slice(1, 0, 1, 1).Transpose(0, 1)
			return states(model.(*nn.LSTM).ForwardLengths(x, oneAndThree, s.Slice(2, 0, 1, 1), s.Slice(2, 1, 3, 1)))
		},
		misuse: []misuse{{[]int{2, 2, 3}, "lstm [2 2 3]: Lengths[1] is 3; want 1 to 2"}},
	}, {
		layer: "LSTM", sample: "no bias, two layers, both ways",
		make: func(r *tensor.Rand) any {
			return nn.NewLSTMNoBias(r, 3, 2, nn.RecurrentOptions{Layers: 2, Bidirectional: true})
		},
		in: []int{2, 2, 3}, out: []int{2, 2, 4},
		state: slices.Concat(unbiasedNames("l0"), unbiasedNames("l0_reverse"), unbiasedNames("l1"), unbiasedNames("l1_reverse")),
	}, {
		layer: "GRU", sample: "no bias, state", make: func(r *tensor.Rand) any { return nn.NewGRUNoBias(r, 3, 2, nn.RecurrentOptions{}) },
		in: []int{2, 2, 3}, out: []int{12}, state: unbiasedNames("l0"),
		run: func(model any, x autograd.Var) autograd.Var {
			y, h := model.(*nn.GRU).ForwardState(x, x.Slice(0, 0, 1, 1).Slice(2, 0, 2, 1))
			return states(y, h, autograd.Var{})
		},
	}, {
		layer: "GRU", make: gru(nn.RecurrentOptions{}), in: []int{3, 2, 3}, out: []int{3, 2, 2}, state: recurrentNames("l0"),
		misuse: []misuse{{[]int{3}, "gru [3]: want sequences [length batch features] or [length features]"},
			{[]int{3, 2, 4}, "gru [3 2 4] × [6 3]: the input has 4 features, the layer wants 3"}},
	}, {
		layer: "GRU", sample: "both ways, state", make: gru(nn.RecurrentOptions{Bidirectional: true}), in: []int{2, 2, 3}, out: []int{24}, state: both,
		run: func(model any, x autograd.Var) autograd.Var {
			y, h := model.(*nn.GRU).ForwardState(x, x.Slice(2, 0, 2, 1))
			return states(y, h, autograd.Var{})
		},
	}, {
		layer: "MultiheadAttention", make: func(r *tensor.Rand) any { return nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{}) },
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: attention,
		misuse: []misuse{{[]int{4}, "multihead-attention [4]: want sequences [batch length 4] or [length 4]"},
			{[]int{2, 3, 5}, "multihead-attention [2 3 5]: want sequences [batch length 4] or [length 4]"}},
	}, {
		layer: "TransformerBlock", make: block(nn.TransformerBlockOptions{Heads: 2, Hidden: 3, Activation: nn.GELU{}, Causal: true}),
		in: []int{1, 3, 4}, out: []int{1, 3, 4}, state: blockNames,
		misuse: []misuse{{[]int{1, 1, 3, 4}, "multihead-attention [1 1 3 4]: want sequences [batch length 4] or [length 4]"}},
	}, {
		layer: "TransformerBlock", sample: "tanh", make: block(nn.TransformerBlockOptions{Heads: 1, Hidden: 2, Activation: nn.Tanh{}}),
		in: []int{2, 2, 4}, out: []int{2, 2, 4}, state: blockNames,
	}, {
		layer: "PositionalEmbedding", make: func(r *tensor.Rand) any { return nn.NewPositionalEmbedding(r, 5, 3) },
		in: []int{2, 4, 3}, out: []int{2, 4, 3}, state: []string{"weight"},
		misuse: []misuse{{[]int{2, 6, 3}, "positional-embedding [2 6 3] × [5 3]: the sequences are longer than 5"},
			{[]int{3}, "positional-embedding [3]: want sequences [batch length 3] or [length 3]"}},
	}}...)
}
