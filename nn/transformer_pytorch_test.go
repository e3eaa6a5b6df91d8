package nn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A layerCase is a case of sequences.json.
type layerCase struct {
	Layer, Name string
	Options     layerOptions
	Lengths     []int
	Masks       map[string]*fixture.Tensor
	Params      []struct {
		Name string
		fixture.Tensor
	}
	Initial                [][3]float64 // first element, last and sum of each parameter
	Inputs, Outputs, Seeds []*fixture.Tensor
	InputGrads             []*fixture.Tensor `json:"input_grads"`
	ParamGrads             []*fixture.Tensor `json:"param_grads"`
}

// layerOptions are settings by their names in PyTorch.
type layerOptions struct {
	Heads, Layers, First int
	KeyWidth             int  `json:"kdim"`
	ValueWidth           int  `json:"vdim"`
	BiasKV               bool `json:"add_bias_kv"`
	ZeroAttn             bool `json:"add_zero_attn"`
	Hidden               int  `json:"dim_feedforward"`
	Activation           string
	Eps                  float64 `json:"layer_norm_eps"`
	NormFirst            bool    `json:"norm_first"`
	Causal, Weights      bool
	Norm, Interleaved    bool
	Base                 float64
	HiddenSize           int  `json:"hidden_size"`
	NumLayers            int  `json:"num_layers"`
	BatchFirst           bool `json:"batch_first"`
	Projection           int  `json:"proj_size"`
	Bidirectional        bool
	Nonlinearity         string
	Bias                 *bool    // nil for true
	Dropout              *float64 // nil for the default
}

func (o *layerOptions) transformer() nn.TransformerOptions {
	t := nn.TransformerOptions{Heads: o.Heads, Hidden: o.Hidden, NormFirst: o.NormFirst, Causal: o.Causal, Eps: o.Eps}
	if o.Dropout != nil {
		t.Dropout = unless(*o.Dropout, 0.1)
	}
	t.NoBias = o.Bias != nil && !*o.Bias
	if o.Activation == "gelu" {
		t.Activation = nn.GELU{}
	}
	return t
}

// make returns the layer of a case.
func (c *layerCase) make(r *tensor.Rand) any {
	o, shape := c.Options, c.Inputs[0].Shape
	width := shape[len(shape)-1]
	var norm *nn.LayerNorm
	if o.Norm {
		norm = nn.NewLayerNorm(width)
	}
	recurrent := nn.RecurrentOptions{Layers: o.NumLayers, Bidirectional: o.Bidirectional, BatchFirst: o.BatchFirst, Projection: o.Projection}
	if o.Dropout != nil {
		recurrent.Dropout = *o.Dropout
	}
	bias := o.Bias == nil || *o.Bias
	relu := o.Nonlinearity == "relu"
	switch c.Layer {
	case "RNN":
		n := nn.NewRNNNoBias
		if bias {
			n = nn.NewRNN
		}
		l := n(r, width, o.HiddenSize, recurrent)
		l.ReLU = relu
		return l
	case "LSTM":
		if !bias {
			return nn.NewLSTMNoBias(r, width, o.HiddenSize, recurrent)
		}
		return nn.NewLSTM(r, width, o.HiddenSize, recurrent)
	case "GRU":
		return nn.NewGRU(r, width, o.HiddenSize, recurrent)
	case "RNNCell":
		n := nn.NewRNNCellNoBias
		if bias {
			n = nn.NewRNNCell
		}
		l := n(r, width, o.HiddenSize)
		l.ReLU = relu
		return l
	case "LSTMCell":
		if bias {
			return nn.NewLSTMCell(r, width, o.HiddenSize)
		}
		return nn.NewLSTMCellNoBias(r, width, o.HiddenSize)
	case "GRUCell":
		if bias {
			return nn.NewGRUCell(r, width, o.HiddenSize)
		}
		return nn.NewGRUCellNoBias(r, width, o.HiddenSize)
	case "MultiheadAttention":
		m := nn.MultiheadAttentionOptions{KeyWidth: o.KeyWidth, ValueWidth: o.ValueWidth, Causal: o.Causal, BiasKV: o.BiasKV, ZeroAttn: o.ZeroAttn}
		if o.Dropout != nil {
			m.Dropout = *o.Dropout
		}
		if !bias {
			return nn.NewMultiheadAttentionNoBias(r, width, o.Heads, m)
		}
		return nn.NewMultiheadAttention(r, width, o.Heads, m)
	case "TransformerEncoderLayer":
		return nn.NewTransformerEncoderLayer(r, width, o.transformer())
	case "TransformerEncoder":
		return nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(r, width, o.transformer()), o.Layers, norm)
	case "TransformerDecoderLayer":
		return nn.NewTransformerDecoderLayer(r, width, o.transformer())
	case "TransformerDecoder":
		return nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(r, width, o.transformer()), o.Layers, norm)
	case "Transformer":
		return nn.NewTransformer(r, width, o.Layers, o.Layers+1, o.transformer())
	case "SinusoidalPositions":
		return nn.SinusoidalPositions{Base: unless(o.Base, 10000)}
	case "Rotary":
		return &nn.Rotary{Base: unless(o.Base, 10000), Interleaved: o.Interleaved}
	}
	return nil
}

// masks returns the masks whose names in PyTorch begin with a prefix, on a tape.
func (c *layerCase) masks(tape *autograd.Tape, dt tensor.DType, prefixes ...string) (m nn.AttentionMask) {
	for name, f := range c.Masks {
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		x := tape.Const(f.Tensor(dt))
		booleans := !slices.ContainsFunc(f.Data, func(v float64) bool { return v != 0 && v != 1 })
		switch {
		case strings.HasSuffix(name, "key_padding_mask"):
			m.IgnoreKeys = x
		case booleans:
			m.Ignore = x
		case len(f.Shape) == 3: // [batch·heads queries keys]
			m.Add = x.Reshape(-1, c.Options.Heads, f.Shape[1], f.Shape[2])
		default:
			m.Add = x
		}
	}
	return m
}

// run applies the layer to inputs.
func (c *layerCase) run(model any, tape *autograd.Tape, in []autograd.Var) []autograd.Var {
	dt := in[0].DType()
	lengths := c.Lengths
	if len(lengths) == 0 {
		lengths = nil
	}
	more := append(slices.Clone(in), autograd.Var{}, autograd.Var{})
	switch m := model.(type) {
	case *nn.RNN:
		y, h := m.ForwardLengths(in[0], lengths, more[1])
		return []autograd.Var{y, h}
	case *nn.GRU:
		y, h := m.ForwardLengths(in[0], lengths, more[1])
		return []autograd.Var{y, h}
	case *nn.LSTM:
		y, h, s := m.ForwardLengths(in[0], lengths, more[1], more[2])
		return []autograd.Var{y, h, s}
	case *nn.RNNCell:
		return []autograd.Var{m.Forward(in[0], more[1])}
	case *nn.GRUCell:
		return []autograd.Var{m.Forward(in[0], more[1])}
	case *nn.LSTMCell:
		h, s := m.Forward(in[0], more[1], more[2])
		return []autograd.Var{h, s}
	case *nn.MultiheadAttention:
		mask := c.masks(tape, dt, "attn", "key")
		if c.Options.Weights {
			y, w := m.ForwardWeights(in[0], in[min(1, len(in)-1)], in[len(in)-1], mask)
			return []autograd.Var{y, w}
		}
		return []autograd.Var{m.ForwardMasked(in[0], in[min(1, len(in)-1)], in[len(in)-1], mask)}
	case *nn.TransformerEncoderLayer:
		return []autograd.Var{m.ForwardMasked(in[0], c.masks(tape, dt, "src"))}
	case *nn.TransformerEncoder:
		return []autograd.Var{m.ForwardMasked(in[0], c.masks(tape, dt, "src"))}
	case *nn.TransformerDecoderLayer:
		return []autograd.Var{m.ForwardMasked(in[0], in[1], c.masks(tape, dt, "tgt"), c.masks(tape, dt, "memory"))}
	case *nn.TransformerDecoder:
		return []autograd.Var{m.ForwardMasked(in[0], in[1], c.masks(tape, dt, "tgt"), c.masks(tape, dt, "memory"))}
	case *nn.Transformer:
		return []autograd.Var{m.ForwardMasked(in[0], in[1], c.masks(tape, dt, "src"), c.masks(tape, dt, "tgt"), c.masks(tape, dt, "memory"))}
	case nn.SinusoidalPositions:
		return []autograd.Var{m.ForwardAt(in[0], c.Options.First)}
	case *nn.Rotary:
		return []autograd.Var{m.ForwardAt(in[0], c.Options.First)}
	}
	return nil
}

// check compares the outputs and gradients of a case with PyTorch's.
func (c *layerCase) check(t *testing.T, dt tensor.DType, rtol, atol float64) {
	r := tensor.NewRand(3)
	model := c.make(r)
	require.NotNil(t, model)
	params := nn.State(model)
	require.Len(t, params, len(c.Params))
	for i, want := range c.Params {
		require.Equal(t, want.Name, params[i].Name)
		v := tensor.Values(params[i].Value)
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		require.Equal(t, c.Initial[i][0], v[0], want.Name)
		require.Equal(t, c.Initial[i][1], v[len(v)-1], want.Name)
		require.InDelta(t, c.Initial[i][2], sum, 1e-12, want.Name)
	}
	nn.To(model, dt)
	params = nn.State(model)
	for i, want := range c.Params {
		params[i].Value.CopyFrom(want.Tensor.Tensor(dt))
	}
	tape := autograd.NewTape()
	var in []autograd.Var
	for _, x := range c.Inputs {
		in = append(in, tape.Var(x.Tensor(dt)))
	}
	r.Seed(7)
	outputs := c.run(model, tape, in)
	require.Len(t, outputs, len(c.Outputs))
	var loss autograd.Var
	for i, y := range outputs {
		require.NoError(t, c.Outputs[i].Diff(y.Value(), rtol, atol), "output %d", i)
		s := y.Mul(tape.Const(c.Seeds[i].Tensor(dt))).Sum()
		if i > 0 {
			s = loss.Add(s)
		}
		loss = s
	}
	grads := loss.Backward()
	for i, want := range c.InputGrads {
		require.NoError(t, want.Diff(grads.Of(in[i]), rtol, atol), "gradient by input %d", i)
	}
	for i, want := range c.ParamGrads {
		require.NoError(t, want.Diff(grads.Of(nn.Params(model)[i]), rtol, atol), "gradient by %s", params[i].Name)
	}
}

// Layers for sequences begin with PyTorch's weights, and have PyTorch's outputs
// and gradients, by inputs and every parameter.
func TestPyTorchSequenceLayers(t *testing.T) {
	var f struct{ Cases []layerCase }
	fixture.Read(t, "testdata/sequences.json", &f)
	seen := map[string]int{}
	for _, c := range f.Cases {
		seen[c.Layer]++
		t.Run(c.Name, func(t *testing.T) {
			t.Run("float32", func(t *testing.T) { c.check(t, tensor.Float32, rtol32, atol32) })
			t.Run("float64", func(t *testing.T) { c.check(t, tensor.Float64, rtol64, atol64) })
		})
	}
	require.Equal(t, []string{"GRU", "GRUCell", "LSTM", "LSTMCell", "MultiheadAttention", "RNN", "RNNCell", "Rotary", "SinusoidalPositions", "Transformer", "TransformerDecoder", "TransformerDecoderLayer",
		"TransformerEncoder", "TransformerEncoderLayer"}, slices.Sorted(maps.Keys(seen)))
	require.Equal(t, 46, seen["MultiheadAttention"])
}
