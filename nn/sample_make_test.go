package nn_test

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// setting returns a number that the zero value of a field would not say.
func (s settings) setting(name string) float64 {
	if v, there := s[name]; there && v == 0.0 {
		return nn.Zero
	}
	return s.number(name)
}

// index returns a setting that is an index, nil when it is not there.
func (s settings) index(name string) *int {
	if _, there := s[name]; !there {
		return nil
	}
	return new(s.int(name))
}

// list returns a setting that is a list.
func (s settings) list(name string) (list []int) {
	for _, v := range s[name].([]any) {
		list = append(list, int(v.(float64)))
	}
	return list
}

// false reports whether a setting is false.
func (s settings) false(name string) bool { return s.is(name, false) }

// make returns the layer of a sample; nil for a loss.
func (c *sample) make(r *tensor.Rand) any {
	m := moduleCase{Layer: c.Layer, Options: c.Options}
	for _, f := range []func(settings, *tensor.Rand) any{c.activation, c.norm, c.recurrent, c.transformer, c.padding} {
		if l := f(c.Options, r); l != nil {
			return l
		}
	}
	return m.layer(r)
}

func (c *sample) activation(s settings, r *tensor.Rand) any {
	switch c.Layer {
	case "CELU":
		return nn.CELU{Alpha: s.setting("alpha")}
	case "ELU":
		return nn.ELU{Alpha: s.setting("alpha")}
	case "GELU":
		return nn.GELU{}
	case "GLU":
		return nn.GLU{Axis: s.index("dim")}
	case "Hardshrink":
		return nn.Hardshrink{Lambda: s.setting("lambd")}
	case "Softshrink":
		return nn.Softshrink{Lambda: s.setting("lambd")}
	case "Hardswish":
		return nn.HardSwish{}
	case "Hardtanh":
		return nn.HardTanh{Min: s.setting("min_val"), Max: s.setting("max_val")}
	case "LeakyReLU":
		return nn.LeakyReLU{Slope: s.setting("negative_slope")}
	case "LogSigmoid":
		return nn.LogSigmoid{}
	case "LogSoftmax":
		return nn.LogSoftmax{Axis: s.index("dim")}
	case "Mish":
		return nn.Mish{}
	case "ReLU":
		return nn.ReLU{}
	case "ReLU6":
		return nn.ReLU6{}
	case "SELU":
		return nn.SELU{}
	case "SiLU":
		return nn.SiLU{}
	case "Sigmoid":
		return nn.Sigmoid{}
	case "Softmax":
		return nn.Softmax{Axis: s.index("dim")}
	case "Softmax2d":
		return nn.Softmax{Axis: new(-3)}
	case "Softmin":
		return nn.Func(func(x autograd.Var) autograd.Var { return x.Neg().Softmax(s.int("dim")) })
	case "Softplus":
		return nn.Softplus{Beta: s.setting("beta"), Threshold: s.setting("threshold")}
	case "Softsign":
		return nn.Softsign{}
	case "Tanh":
		return nn.Tanh{}
	case "Tanhshrink":
		return nn.Tanhshrink{}
	case "Threshold":
		return nn.Threshold{Threshold: s.number("threshold"), Value: s.number("value")}
	case "LinearCrossEntropyLoss":
		h := &headed{classes: s.int("num_classes")}
		if _, there := s["out_features"]; there {
			h.places = s.list("out_features")
		}
		out := h.classes
		for _, n := range h.places {
			out *= n
		}
		if h.Linear = nn.NewLinearNoBias(r, s.int("in_features"), out); s.is("bias", true) {
			h.Linear = nn.NewLinear(r, s.int("in_features"), out)
		}
		return h
	case "Embedding":
		return nn.NewEmbedding(r, s.int("num_embeddings"), s.int("embedding_dim"))
	}
	return nil
}

func (c *sample) norm(s settings, _ *tensor.Rand) any {
	n, eps := s.int("num_features"), s.setting("eps")
	affine := func(w, b **autograd.Param, name string) {
		if s.false(name) {
			*w = nil
		}
		if s.false(name) || s.withoutBias() {
			*b = nil
		}
	}
	switch c.Layer {
	case "BatchNorm1d", "BatchNorm2d", "BatchNorm3d":
		b := map[string]func(int) *nn.BatchNorm{"BatchNorm1d": nn.NewBatchNorm1d, "BatchNorm2d": nn.NewBatchNorm2d, "BatchNorm3d": nn.NewBatchNorm3d}[c.Layer](n)
		b.Eps, b.Momentum = eps, s.setting("momentum")
		if m, there := s["momentum"]; there && m == nil {
			b.Cumulative = true
		}
		if s.false("track_running_stats") {
			b.RunningMean, b.RunningVar, b.NumBatchesTracked = nil, nil, nil
		}
		affine(&b.Weight, &b.Bias, "affine")
		return b
	case "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d":
		i := map[string]func(int) *nn.InstanceNorm{
			"InstanceNorm1d": nn.NewInstanceNorm1dAffine, "InstanceNorm2d": nn.NewInstanceNorm2dAffine, "InstanceNorm3d": nn.NewInstanceNorm3dAffine,
		}[c.Layer](n)
		i.Eps, i.Momentum = eps, s.setting("momentum")
		if !s.is("affine", true) {
			i.Weight, i.Bias = nil, nil
		}
		affine(&i.Weight, &i.Bias, "affine")
		if s.is("track_running_stats", true) {
			i.Tracked()
		}
		return i
	case "GroupNorm":
		g := nn.NewGroupNorm(s.int("num_groups"), s.int("num_channels"))
		g.Eps = eps
		affine(&g.Weight, &g.Bias, "affine")
		return g
	case "LayerNorm":
		l := nn.NewLayerNorm(s.list("normalized_shape")...)
		l.Eps = eps
		affine(&l.Weight, &l.Bias, "elementwise_affine")
		return l
	case "RMSNorm":
		l := nn.NewRMSNorm(s.list("normalized_shape")...)
		l.Eps = eps
		if s.false("elementwise_affine") {
			l.Weight = nil
		}
		return l
	}
	return nil
}

func (c *sample) recurrent(s settings, r *tensor.Rand) any {
	in, hidden, bias := s.int("input_size"), s.int("hidden_size"), !s.withoutBias()
	o := nn.RecurrentOptions{Layers: s.int("num_layers"), Bidirectional: s.is("bidirectional", true), BatchFirst: s.is("batch_first", true), Projection: s.int("proj_size")}
	pick := func(with, without any) any {
		if bias {
			return with
		}
		return without
	}
	switch c.Layer {
	case "LSTM":
		return pick(nn.NewLSTM, nn.NewLSTMNoBias).(func(*tensor.Rand, int, int, nn.RecurrentOptions) *nn.LSTM)(r, in, hidden, o)
	case "GRU":
		return pick(nn.NewGRU, nn.NewGRUNoBias).(func(*tensor.Rand, int, int, nn.RecurrentOptions) *nn.GRU)(r, in, hidden, o)
	case "RNN":
		l := pick(nn.NewRNN, nn.NewRNNNoBias).(func(*tensor.Rand, int, int, nn.RecurrentOptions) *nn.RNN)(r, in, hidden, o)
		l.ReLU = s.is("nonlinearity", "relu")
		return l
	case "LSTMCell":
		return nn.NewLSTMCell(r, in, hidden)
	case "GRUCell":
		return nn.NewGRUCell(r, in, hidden)
	case "RNNCell":
		l := nn.NewRNNCell(r, in, hidden)
		l.ReLU = s.is("nonlinearity", "relu")
		return l
	}
	return nil
}

func (c *sample) transformer(s settings, r *tensor.Rand) any {
	if c.Layer == "MultiheadAttention" {
		o := nn.MultiheadAttentionOptions{BiasKV: s.is("add_bias_kv", true), ZeroAttn: s.is("add_zero_attn", true)}
		if s.withoutBias() {
			return nn.NewMultiheadAttentionNoBias(r, s.int("embed_dim"), s.int("num_heads"), o)
		}
		return nn.NewMultiheadAttention(r, s.int("embed_dim"), s.int("num_heads"), o)
	}
	width := s.int("d_model")
	o := nn.TransformerOptions{Heads: s.int("nhead"), Hidden: s.int("dim_feedforward"), Dropout: s.setting("dropout"), NormFirst: s.is("norm_first", true), NoBias: s.withoutBias()}
	if s.is("activation", "gelu") {
		o.Activation = nn.GELU{}
	}
	switch c.Layer {
	case "TransformerEncoderLayer":
		return nn.NewTransformerEncoderLayer(r, width, o)
	case "TransformerEncoder":
		return nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(r, width, o), s.int("num_layers"), nil)
	case "TransformerDecoderLayer":
		return nn.NewTransformerDecoderLayer(r, width, o)
	case "Transformer":
		return nn.NewTransformer(r, width, s.int("num_encoder_layers"), s.int("num_decoder_layers"), o)
	}
	return nil
}

// padding returns the layers that only pad, which are operations of package autograd.
func (c *sample) padding(s settings, _ *tensor.Rand) any {
	dims := map[byte]int{'1': 1, '2': 2, '3': 3}[c.Layer[len(c.Layer)-2]]
	name := c.Layer[:max(0, len(c.Layer)-2)]
	if _, there := s["padding"]; !there || name != "ZeroPad" && name != "ConstantPad" && name != "ReflectionPad" && name != "ReplicationPad" && name != "CircularPad" {
		return nil
	}
	return nn.Func(func(x autograd.Var) autograd.Var {
		pads := make([]int, 2*x.Rank())
		for i := range dims {
			before, after := s.int("padding"), s.int("padding")
			if _, list := s["padding"].([]any); list {
				before, after = s.list("padding")[2*i], s.list("padding")[2*i+1]
			}
			pads[2*(x.Rank()-1-i)], pads[2*(x.Rank()-1-i)+1] = before, after
		}
		switch name {
		case "ReflectionPad":
			return x.PadReflect(pads...)
		case "ReplicationPad":
			return x.PadReplicate(pads...)
		case "CircularPad":
			return x.PadCircular(pads...)
		}
		return x.Pad(s.number("value"), pads...)
	})
}
