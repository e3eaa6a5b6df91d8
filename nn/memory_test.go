package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Without recording, a deep net holds the values of about two layers, and
// computes what it computes with recording.
func TestForwardWithoutRecordingHoldsLittle(t *testing.T) {
	const batch, width, depth = 64, 64, 20
	r := tensor.NewRand(1)
	var mlp nn.Sequential
	for range depth {
		mlp = append(mlp, nn.Sequential{nn.NewLinear(r, width, width), nn.Tanh{}})
	}
	var blocks nn.Sequential
	for range depth {
		blocks = append(blocks, nn.NewTransformerBlock(r, width, nn.TransformerBlockOptions{Heads: 2, Hidden: 2 * width}))
	}
	for name, c := range map[string]struct {
		model nn.Sequential
		x     *tensor.Tensor
		bytes int // the values of one layer
	}{
		"mlp":          {mlp, normal(tensor.Float32, 2, batch, width), 2 * 4 * batch * width},
		"transformers": {blocks, normal(tensor.Float32, 2, 4, batch/4, width), 10 * 4 * batch * width},
	} {
		recorded := autograd.NewTape()
		recorded.SetMode(autograd.Eval)
		want := c.model.Forward(recorded.Const(c.x))
		require.Greater(t, recorded.PeakBytes(), depth*c.bytes/2, name)

		tape := autograd.NewTape()
		tape.SetMode(autograd.Eval)
		tape.SetRecording(false)
		got := c.model.Forward(tape.Const(c.x))
		require.Equal(t, tensor.Values(want.Value()), tensor.Values(got.Value()), name)
		require.Less(t, tape.PeakBytes(), 3*c.bytes, name)
		require.Empty(t, got.Operands(), name)
	}
}

// What a layer puts aside is given back, and using it says so.
func TestPutAsideWithoutRecording(t *testing.T) {
	var aside autograd.Var
	model := nn.Sequential{
		nn.Func(autograd.Var.Exp),
		nn.Func(func(x autograd.Var) autograd.Var { aside = x; return x.Exp() }),
		nn.Func(autograd.Var.Exp),
	}
	tape := autograd.NewTape()
	model.Forward(tape.Const(tensor.Ones(2)))
	require.Equal(t, 2, aside.Value().Len())
	tape.SetRecording(false)
	x := tape.Const(tensor.Ones(2))
	model.Forward(x)
	require.Equal(t, "value: the variable is from before Reset, or its memory has been given back since: by Recompute after its function, or by KeepOnly on a tape that does not record",
		sentence(func() { aside.Value() }))
	require.Equal(t, 2, x.Value().Len(), "what was there before stays")
}
