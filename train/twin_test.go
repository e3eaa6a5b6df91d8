package train_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// A twin is a training run of PyTorch, as testdata/fixtures/twin.py did it.
type twin struct {
	Seed   uint64
	Params []struct {
		Name   string
		Shape  []int
		First  fixture.Numbers
		SHA256 string
	}
	X      fixture.Tensor
	XSum   float64 `json:"x_sum"`
	Y      []int
	Orders [][]int
	Losses []float64
	Final  []struct {
		Name  string
		Shape []int
		Data  fixture.Numbers
	}
	After fixture.Numbers // four numbers drawn when all was done
}

// The same seed gives PyTorch's initial weights, data and orders bit for bit,
// and its losses and final weights up to rounding.
func TestTwinsOfPyTorch(t *testing.T) {
	var f struct {
		Config struct {
			Layers                 []int
			Samples, Batch, Epochs int
			Optimizer              string
			LR                     float64
		}
		Runs []twin
	}
	fixture.Read(t, "testdata/twin.json", &f)
	c := f.Config
	require.Equal(t, "Adam", c.Optimizer)
	require.Len(t, f.Runs, 4)
	for _, want := range f.Runs {
		r := tensor.NewRand(want.Seed)
		model := nn.Sequential{nn.NewLinear(r, c.Layers[0], c.Layers[1]), nn.ReLU{}, nn.NewLinear(r, c.Layers[1], c.Layers[2])}
		for i, p := range nn.State(model) {
			require.Equal(t, want.Params[i].Name, p.Name)
			require.Equal(t, want.Params[i].Shape, p.Value.Shape())
			require.Equal(t, []float64(want.Params[i].First), tensor.Values(p.Value)[:len(want.Params[i].First)])
			require.Equal(t, want.Params[i].SHA256, digest(p.Value), "%s of seed %d", p.Name, want.Seed)
		}

		set := &data.Examples{X: tensor.Zeros(c.Samples, c.Layers[0]), Labels: make([]int, c.Samples), Classes: c.Layers[2]}
		r.Normal(set.X, 0, 1)
		r.Randint(set.Labels, 0, set.Classes)
		require.NoError(t, want.X.Diff(set.X, 0, 0))
		require.Equal(t, want.Y, set.Labels)

		order := &recorder{Layer: model}
		fit := &train.Fit[data.Batch]{
			Model:     order,
			Objective: train.Classify(order, nn.CrossEntropy),
			Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: c.LR}),
			Train:     &data.Loader[data.Batch]{Set: numbered(set), Batch: c.Batch, Shuffle: r},
			Epochs:    c.Epochs,
		}
		h, err := fit.Run(context.Background())
		require.NoError(t, err)
		require.Len(t, h.Steps, len(want.Losses))
		for i, s := range h.Steps {
			require.InDelta(t, want.Losses[i], s.Loss, 1e-6, "seed %d, step %d", want.Seed, i)
		}
		require.Equal(t, slices.Concat(want.Orders...), order.seen)
		for i, p := range nn.State(model) {
			x := fixture.Tensor{Shape: want.Final[i].Shape, Data: want.Final[i].Data}
			require.Equal(t, want.Final[i].Name, p.Name)
			require.NoError(t, x.Diff(p.Value, 1e-4, 1e-6), p.Name)
		}
		for _, v := range want.After {
			require.Equal(t, v, float64(r.Float32()))
		}
	}
}

// numbered appends to each example its number in the set.
func numbered(s *data.Examples) *data.Examples {
	numbers := tensor.Arange(s.Len()).Reshape(-1, 1)
	return &data.Examples{X: tensor.Concat(1, s.X, numbers), Labels: s.Labels, Classes: s.Classes}
}

// A recorder takes the numbers off the examples before its layer sees them,
// and keeps them.
type recorder struct {
	nn.Layer
	seen []int
}

func (r *recorder) Forward(x autograd.Var) autograd.Var {
	last := x.Dim(1) - 1
	for i := range x.Dim(0) {
		r.seen = append(r.seen, int(x.Value().At(i, last)))
	}
	return r.Layer.Forward(x.Slice(1, 0, last, 1))
}

// digest returns the SHA-256 of the elements as little-endian float32.
func digest(x *tensor.Tensor) string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, tensor.Data[float32](x))
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}
