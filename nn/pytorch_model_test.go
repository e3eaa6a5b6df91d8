package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Batch norm and instance norm follow PyTorch through three batches: results,
// running statistics and their count, and then in evaluation.
func TestBatchNormSequences(t *testing.T) {
	cases := read(t).BatchNorms
	require.Len(t, cases, 15)
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Layer, c.Train[0].X.Shape, c.Options), func(t *testing.T) {
			c.Options["num_features"] = float64(c.Features)
			l := (&sample{Layer: c.Layer}).norm(c.Options, nil).(nn.Layer)
			var weight, bias *autograd.Param
			var mean, variance, count *tensor.Tensor
			switch l := l.(type) {
			case *nn.BatchNorm:
				weight, bias, mean, variance, count = l.Weight, l.Bias, l.RunningMean, l.RunningVar, l.NumBatchesTracked
			case *nn.InstanceNorm:
				weight, bias, mean, variance, count = l.Weight, l.Bias, l.RunningMean, l.RunningVar, l.NumBatchesTracked
			}
			require.Equal(t, c.Weight == nil, weight == nil)
			if c.Weight != nil {
				weight.Value.CopyFrom(c.Weight.Tensor(tensor.Float32))
				bias.Value.CopyFrom(c.Bias.Tensor(tensor.Float32))
			}
			tape := autograd.NewTape()
			for i, s := range append(slices.Clone(c.Train), c.Eval) {
				if i == len(c.Train) {
					tape.SetMode(autograd.Eval)
				}
				tape.Reset()
				y := l.Forward(tape.Const(s.X.Tensor(tensor.Float32)))
				require.NoError(t, s.Y.Diff(y.Value(), rtol32, atol32), "step %d", i)
				if s.RunningMean == nil {
					require.Nil(t, s.NumBatchesTracked)
					continue
				}
				require.NoError(t, s.RunningMean.Diff(mean, 3e-7, 3e-8), "step %d", i)
				require.NoError(t, s.RunningVar.Diff(variance, 3e-7, 0), "step %d", i)
				require.Equal(t, *s.NumBatchesTracked, count.Item(), "step %d", i)
			}
		})
	}
}

// nested is the model of nn.py with that name.
type nested struct {
	Features nn.Sequential
	Embed    *nn.Embedding
	Norm     *nn.LayerNorm
	FC1, FC2 *nn.Linear
}

func newNested(r *tensor.Rand) *nested {
	return &nested{
		Features: nn.Sequential{nn.NewConv2d(r, 1, 2, nn.Conv2dOptions{Kernel: nn.Square(3)}), nn.NewBatchNorm2d(2), nn.ReLU{}, nn.Flatten{}, nn.NewLinear(r, 8, 4)},
		Embed:    nn.NewEmbedding(r, 5, 4),
		Norm:     nn.NewLayerNorm(4),
		FC1:      nn.NewLinear(r, 4, 6),
		FC2:      nn.NewLinearNoBias(r, 6, 2),
	}
}

// State names what state_dict names, in its order, and Params are PyTorch's.
func TestStateNames(t *testing.T) {
	cases := read(t).States
	require.Len(t, cases, 2)
	for _, c := range cases {
		t.Run(c.Model, func(t *testing.T) {
			m := newNested(tensor.NewRand(0))
			model := any(m)
			if c.Model == "Sequential" {
				model = m.Features
			}
			state := nn.State(model)
			require.Len(t, state, len(c.State))
			var buffers []string
			for i, want := range c.State {
				require.Equal(t, want.Name, state[i].Name)
				require.Equal(t, want.Shape, append([]int{}, state[i].Value.Shape()...))
				dt := tensor.Float32
				if want.DType == "int64" {
					dt = tensor.Float64 // which safetensors makes of I64
				}
				require.Equal(t, dt, state[i].Value.DType(), want.Name)
				if slices.Contains(c.Buffers, want.Name) {
					buffers = append(buffers, want.Name)
				}
			}
			require.Equal(t, c.Buffers, buffers)
			var params []string
			for name := range nn.NamedParams(model) {
				params = append(params, name)
			}
			require.Equal(t, c.Parameters, params)
		})
	}
}
