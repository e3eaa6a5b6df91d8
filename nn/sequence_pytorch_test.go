package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A sequenceCase is a case of layers.json.
type sequenceCase struct {
	Layer, Name string
	Options     sequenceOptions
	Params      []struct {
		Name string
		fixture.Tensor
	}
	Inputs, Outputs, Seeds []*fixture.Tensor
	InputGrads             []*fixture.Tensor `json:"input_grads"`
	ParamGrads             []*fixture.Tensor `json:"param_grads"`
}

// sequenceOptions are settings by their names in PyTorch.
type sequenceOptions struct {
	Hidden        int `json:"hidden_size"`
	Layers        int `json:"num_layers"`
	Bidirectional bool
	BatchFirst    bool `json:"batch_first"`
	Dropout       float64
	Heads         int `json:"num_heads"`
	Feedforward   int `json:"dim_feedforward"`
	Activation    string
	Causal        bool
	Bias          *bool // nil for true
}

func (o *sequenceOptions) recurrent() nn.RecurrentOptions {
	return nn.RecurrentOptions{Layers: o.Layers, Bidirectional: o.Bidirectional, BatchFirst: o.BatchFirst, Dropout: o.Dropout}
}

// make returns the layer of a case.
func (c *sequenceCase) make(r *tensor.Rand) any {
	o, width := c.Options, c.Inputs[0].Shape[2]
	switch c.Layer {
	case "LSTM":
		if o.Bias != nil && !*o.Bias {
			return nn.NewLSTMNoBias(r, width, o.Hidden, o.recurrent())
		}
		return nn.NewLSTM(r, width, o.Hidden, o.recurrent())
	case "GRU":
		if o.Bias != nil && !*o.Bias {
			return nn.NewGRUNoBias(r, width, o.Hidden, o.recurrent())
		}
		return nn.NewGRU(r, width, o.Hidden, o.recurrent())
	case "MultiheadAttention":
		m := nn.NewMultiheadAttention(r, width, o.Heads, nn.MultiheadAttentionOptions{})
		m.Causal = o.Causal
		return m
	}
	block := nn.TransformerBlockOptions{Heads: o.Heads, Hidden: o.Feedforward, Causal: o.Causal}
	if o.Activation == "gelu" {
		block.Activation = nn.GELU{}
	}
	return nn.NewTransformerBlock(r, width, block)
}

// run applies the layer to inputs: the sequence and, perhaps, a state.
func (c *sequenceCase) run(model any, in []autograd.Var) []autograd.Var {
	in = append(in, autograd.Var{}, autograd.Var{})
	switch m := model.(type) {
	case *nn.LSTM:
		y, h, cell := m.ForwardState(in[0], in[1], in[2])
		return []autograd.Var{y, h, cell}
	case *nn.GRU:
		y, h := m.ForwardState(in[0], in[1])
		return []autograd.Var{y, h}
	}
	return []autograd.Var{model.(nn.Layer).Forward(in[0])}
}

// Layers for sequences have PyTorch's outputs, final states and gradients, by
// inputs, initial states and every parameter.
func TestPyTorchSequences(t *testing.T) {
	var f struct{ Cases []sequenceCase }
	fixture.Read(t, "testdata/layers.json", &f)
	require.Len(t, f.Cases, 38)
	for _, c := range f.Cases {
		for dt, tol := range [][2]float64{{rtol32, atol32}, {rtol64, atol64}} {
			dt := tensor.DType(dt)
			t.Run(c.Name+" "+dt.String(), func(t *testing.T) {
				r := tensor.NewRand(1)
				model := c.make(r)
				nn.To(model, dt)
				params := nn.State(model)
				require.Len(t, params, len(c.Params))
				for i, want := range c.Params {
					require.Equal(t, want.Name, params[i].Name)
					params[i].Value.CopyFrom(want.Tensor.Tensor(dt))
				}
				tape := autograd.NewTape()
				var in []autograd.Var
				for _, x := range c.Inputs {
					in = append(in, tape.Var(x.Tensor(dt)))
				}
				r.Seed(7)
				outputs := c.run(model, in)
				require.Len(t, outputs, len(c.Outputs))
				var loss autograd.Var
				for i, y := range outputs {
					require.NoError(t, c.Outputs[i].Diff(y.Value(), tol[0], tol[1]), "output %d", i)
					s := y.Mul(tape.Const(c.Seeds[i].Tensor(dt))).Sum()
					if i > 0 {
						s = loss.Add(s)
					}
					loss = s
				}
				grads := loss.Backward()
				for i, want := range c.InputGrads {
					require.NoError(t, want.Diff(grads.Of(in[i]), tol[0], tol[1]), "gradient by input %d", i)
				}
				for i, want := range c.ParamGrads {
					require.NoError(t, want.Diff(grads.Of(nn.Params(model)[i]), tol[0], tol[1]), "gradient by %s", params[i].Name)
				}
			})
		}
	}
}
