package train_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// A noisy layer adds what its generator draws.
type noisy struct{ Rand *tensor.Rand }

func (l *noisy) Forward(x autograd.Var) autograd.Var {
	return x.Add(x.Tape().Normal(x.DType(), l.Rand, x.Shape()...).MulScalar(0.1))
}

// stochastic returns a run of two epochs with 3 steps each: of 5 batches, of 5,
// and of 3, the last of which has 4 examples.
func stochastic(workers int) *train.Fit[data.Batch] {
	fit := small(4)
	r := tensor.NewRand(9)
	model := nn.Sequential{
		nn.NewLinear(r, 2, 16), nn.NewDropout(r, 0.3), nn.Tanh{}, &noisy{r}, nn.NewDropout(tensor.NewRand(1), 0.2), nn.NewLinear(r, 16, 3),
	}
	use(fit, model)
	fit.Opt = optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02})
	fit.Train = &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 8, Shuffle: tensor.NewRand(3)}
	fit.Epochs, fit.Accumulate, fit.Workers = 2, 5, workers
	return fit
}

func TestWorkersGiveTheSameBits(t *testing.T) {
	one := stochastic(1)
	want, err := one.Run(background)
	require.NoError(t, err)
	require.Equal(t, []int{40, 40, 20}, []int{want.Steps[0].Examples, want.Steps[1].Examples, want.Steps[2].Examples})
	for _, workers := range []int{2, 3, 5, 9} {
		fit := stochastic(workers)
		got, err := fit.Run(background)
		require.NoError(t, err)
		require.Equal(t, want.Steps, got.Steps, "%d workers", workers)
		require.Equal(t, weights(one.Model), weights(fit.Model), "%d workers", workers)
		for i := range want.Epochs {
			require.Equal(t, want.Epochs[i].Train, got.Epochs[i].Train)
			require.Equal(t, want.Epochs[i].Valid, got.Epochs[i].Valid)
		}
	}
	none := stochastic(0) // draws from the layers' generators
	_, err = none.Run(background)
	require.NoError(t, err)
	require.NotEqual(t, weights(one.Model), weights(none.Model))
}

// Each batch, each step and each turn has other random numbers.
func TestWorkersDrawAnew(t *testing.T) {
	drop := nn.NewDropout(tensor.NewRand(1), 0.5)
	seen := map[float64]bool{}
	count := func(w *autograd.Param) train.Objective[data.Batch] {
		return func(t *autograd.Tape, b *data.Batch) train.Outcome {
			mask := drop.Forward(t.Const(tensor.Ones(60)))
			bits := 0.0
			for i, v := range tensor.Values(mask.Value())[:50] {
				if v > 0 {
					bits += math.Ldexp(1, i)
				}
			}
			seen[bits] = true
			return train.Outcome{Loss: t.Param(w).Square().Sum()}
		}
	}
	w := autograd.NewParam(tensor.Ones(1))
	opt := optim.NewSGD([]*autograd.Param{w}, optim.SGD{LR: 0.1})
	fit := &train.Fit[data.Batch]{
		Model: &struct{ W *autograd.Param }{w}, Objective: count(w), Opt: opt, Epochs: 2, Accumulate: 2, Workers: 1,
		Also:  []train.Turn[data.Batch]{{Objective: count(w), Opt: opt}},
		Train: &data.Loader[data.Batch]{Set: clouds(8, 1), Batch: 2},
	}
	_, err := fit.Run(background)
	require.NoError(t, err)
	require.Len(t, seen, 2*4*2) // epochs, batches, turns
}

// A panic of an objective reaches the caller of Run, whoever ran it.
func TestPanicOfAWorker(t *testing.T) {
	for _, workers := range []int{0, 1, 3} {
		fit := stochastic(workers)
		whole := fit.Objective
		fit.Objective = func(t *autograd.Tape, b *data.Batch) train.Outcome {
			if len(b.Labels) == 4 { // the last batch of an epoch
				panic("four")
			}
			return whole(t, b)
		}
		require.PanicsWithValue(t, "four", func() { fit.Run(background) }, "%d workers", workers)
	}
}

// The culprit is found with the random numbers of its batch.
func TestNotFiniteOfAWorker(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		fit := stochastic(workers)
		drop := nn.NewDropout(tensor.NewRand(1), 0.5)
		whole := fit.Objective
		fit.Objective = func(t *autograd.Tape, b *data.Batch) train.Outcome {
			o := whole(t, b)
			kept := drop.Forward(t.Const(tensor.Ones(5))).Sum()
			o.Loss = o.Loss.Mul(kept.Div(kept)) // 0/0 when nothing is kept
			return o
		}
		fit.Epochs = 100
		var there [][]float64
		fit.OnStep = func(train.Step) error { there = weights(fit.Model); return nil }
		h, err := fit.Run(background)
		require.ErrorContains(t, err, "div made NaN of [] in [0, 0] and [] in [0, 0]", "%d workers", workers)
		require.NotEmpty(t, h.Steps)
		require.Equal(t, there, weights(fit.Model))
	}
}
