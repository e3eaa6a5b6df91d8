package nn_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// snapshot copies all values of a model.
func snapshot(model any) (values [][]float64) {
	for _, s := range nn.State(model) {
		values = append(values, tensor.Values(s.Value))
	}
	return values
}

func TestLoadState(t *testing.T) {
	a, b := newNested(tensor.NewRand(1)), newNested(tensor.NewRand(2))
	tape := autograd.NewTape()
	a.Features.Forward(tape.Const(normal(tensor.Float32, 1, 3, 1, 4, 4))) // fill the running statistics
	state := nn.Snapshot(a)
	require.NotEqual(t, snapshot(a), snapshot(b))
	weight := b.FC1.Weight

	slices.Reverse(state)
	require.NoError(t, nn.LoadState(b, state))
	require.Equal(t, snapshot(a), snapshot(b))
	require.Same(t, weight, b.FC1.Weight)
	require.Equal(t, 1.0, b.Features[1].(*nn.BatchNorm).NumBatchesTracked.Item())

	// The model owns its values: the state may change afterwards.
	state[0].Value.Fill(9)
	require.Equal(t, snapshot(a), snapshot(b))

	// Element types are converted, to those of the model.
	for i := range state {
		state[i].Value = state[i].Value.To(tensor.Float64)
	}
	require.NoError(t, nn.LoadState(a, state))
	require.Equal(t, tensor.Float32, a.FC1.Weight.Value.DType())
	require.Equal(t, 9.0, a.FC2.Weight.Value.At(0, 0))
}

// A state that does not fit is an error that says what differs, and the model
// stays as it was.
func TestLoadStateErrors(t *testing.T) {
	m := newNested(tensor.NewRand(1))
	fresh := func() []tensor.Named {
		state := nn.Snapshot(m)
		for _, s := range state {
			s.Value.Fill(7)
		}
		return state
	}
	last := len(fresh()) - 1
	before := snapshot(m)
	for _, c := range []struct {
		change func(s []tensor.Named) []tensor.Named
		want   string
	}{
		{func(s []tensor.Named) []tensor.Named { return s[:last] },
			`load state: "fc2.weight" is missing; the model has 15 tensors, the state 14`},
		{func([]tensor.Named) []tensor.Named { return nil },
			`load state: "features.0.weight" is missing; the model has 15 tensors, the state 0`},
		{func(s []tensor.Named) []tensor.Named {
			return append(s, tensor.Named{Name: "fc3.weight", Value: tensor.Zeros(1)})
		},
			`load state: the model has no "fc3.weight"`},
		{func(s []tensor.Named) []tensor.Named { return append(s, s[0]) }, `load state: "features.0.weight" is there twice`},
		{func(s []tensor.Named) []tensor.Named { s[last].Value = tensor.Zeros(6, 2); return s },
			`load state: "fc2.weight" has shape [6 2], the model wants [2 6]`},
		{func(s []tensor.Named) []tensor.Named { s[last].Value = tensor.Zeros(12); return s },
			`load state: "fc2.weight" has shape [12], the model wants [2 6]`},
		{func(s []tensor.Named) []tensor.Named { s[last].Value = nil; return s }, `load state: "fc2.weight" has no tensor`},
		{func(s []tensor.Named) []tensor.Named { s[last].Name = "module.fc2.weight"; return s },
			`load state: "fc2.weight" is missing; the model has 15 tensors, the state 15`},
	} {
		require.EqualError(t, nn.LoadState(m, c.change(fresh())), c.want)
		require.Equal(t, before, snapshot(m), c.want)
	}
	require.NoError(t, nn.LoadState(m, fresh()))
	require.NotEqual(t, before, snapshot(m))
}

// A state goes through a safetensors file unchanged.
func TestStateFile(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		a, b := newNested(tensor.NewRand(1)), newNested(tensor.NewRand(2))
		nn.To(a, dt)
		nn.To(b, dt)
		var file bytes.Buffer
		require.NoError(t, safetensors.Write(&file, &safetensors.File{Tensors: nn.State(a)}))
		f, err := safetensors.Read(&file)
		require.NoError(t, err)
		require.NoError(t, nn.LoadState(b, f.Tensors))
		require.Equal(t, snapshot(a), snapshot(b))
	}
}
