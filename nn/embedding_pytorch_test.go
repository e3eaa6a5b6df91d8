package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A tableCase is an embedding that shortens the vectors that it looks up.
type tableCase struct {
	Layer, Name                       string
	Options                           settings
	Index, Offsets                    []int
	Weight, Output, Seed, Grad, After *fixture.Tensor
}

// Embeddings with a largest norm change their weight as PyTorch's do, and give its
// results and gradients.
func TestPyTorchMaxNorm(t *testing.T) {
	var f moduleFile
	fixture.Read(t, "testdata/modules.json", &f)
	require.Len(t, f.Tables, 6)
	for _, c := range f.Tables {
		for dt, tol := range [][2]float64{{rtol32, atol32}, {rtol64, atol64}} {
			dt := tensor.DType(dt)
			t.Run(c.Name+" "+dt.String(), func(t *testing.T) {
				limit, p := c.Options.number("max_norm"), c.Options.number("norm_type")
				if c.Options.is("norm_type", "inf") {
					p = math.Inf(1)
				}
				w := autograd.NewParam(c.Weight.Tensor(dt))
				tape := autograd.NewTape()
				var y autograd.Var
				if c.Layer == "Embedding" {
					y = (&nn.Embedding{Weight: w, MaxNorm: limit, NormType: p, PaddingIndex: c.Options.index("padding_idx")}).Forward(tape, c.Index)
				} else {
					mode := map[any]autograd.BagMode{"sum": autograd.BagSum, "mean": autograd.BagMean}[c.Options["mode"]]
					y = (&nn.EmbeddingBag{Weight: w, MaxNorm: limit, NormType: p, Reduce: mode}).Forward(tape, c.Index, c.Offsets)
				}
				require.NoError(t, c.Output.Diff(y.Value(), tol[0], tol[1]), "output")
				require.NoError(t, c.After.Diff(w.Value, tol[0], tol[1]), "weight")
				grads := y.BackwardSeed(c.Seed.Tensor(dt))
				require.NoError(t, c.Grad.Diff(grads.Of(w), tol[0], tol[1]), "gradient")
			})
		}
	}
}

func TestMaxNormMisuse(t *testing.T) {
	tape := autograd.NewTape()
	e := nn.NewEmbedding(tensor.NewRand(1), 3, 2)
	e.MaxNorm = -1
	require.Equal(t, "embedding: MaxNorm is -1 and NormType 2; they must be positive", sentence(func() { e.Forward(tape, []int{0}) }))
	b := &nn.EmbeddingBag{Weight: e.Weight, MaxNorm: 1, NormType: nn.Zero}
	require.Equal(t, "embedding-bag: MaxNorm is 1 and NormType 0; they must be positive", sentence(func() { b.Forward(tape, []int{0}, []int{0}) }))
	b.NormType = 0
	require.Contains(t, sentence(func() { b.Forward(tape, []int{3}, []int{0}) }), "embedding-bag")
}

// Shortening allocates nothing.
func TestMaxNormSteadyState(t *testing.T) {
	tape := autograd.NewTape()
	e := nn.NewEmbedding(tensor.NewRand(1), 3, 2)
	e.MaxNorm, e.NormType = 0.5, 3
	seed := tensor.Ones(2, 2)
	tokens := []int{0, 2}
	requireNoAllocs(t, func() {
		tape.Reset()
		e.Weight.Value.Fill(1)
		e.Forward(tape, tokens).BackwardSeed(seed)
	})
}
