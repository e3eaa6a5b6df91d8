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
	other := stochastic(2)
	other.Seed = 1
	_, err = other.Run(background)
	require.NoError(t, err)
	require.NotEqual(t, weights(one.Model), weights(other.Model))
	none := stochastic(0) // draws from the layers' generators
	_, err = none.Run(background)
	require.NoError(t, err)
	require.NotEqual(t, weights(one.Model), weights(none.Model))
}

// Running statistics take in the batches in order, whoever worked on them.
// Every worker count gives what a model without workers has, which sees one
// batch after the other.
func TestWorkersTrainBatchNorm(t *testing.T) {
	run := func(workers, harm int) (*train.History, [][]float64, error) {
		fit := small(4)
		r := tensor.NewRand(9)
		twice := nn.NewBatchNorm1d(16)
		model := nn.Sequential{nn.NewLinear(r, 2, 16), twice, nn.Tanh{}, twice, nn.NewLinear(r, 16, 3), nn.NewBatchNorm1d(3)}
		whole := train.Classify(model, nn.CrossEntropy)
		fit.Model = model
		fit.Objective = func(t *autograd.Tape, b *data.Batch) train.Outcome {
			o := whole(t, b)
			if len(b.Labels) == harm {
				o.Loss = o.Loss.Sub(o.Loss).AddScalar(-1).Log()
			}
			return o
		}
		fit.Opt = optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.1})
		fit.Train = &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 8, Shuffle: tensor.NewRand(3)}
		fit.Epochs, fit.Accumulate, fit.Workers, fit.Skip = 2, 5, workers, 1
		h, err := fit.Run(background)
		return h, weights(model), err
	}
	_, want, err := run(0, 0)
	require.NoError(t, err)
	for _, workers := range []int{1, 2, 3, 5} {
		_, got, err := run(workers, 0)
		require.NoError(t, err)
		require.Equal(t, want, got, "%d workers", workers)
	}

	// The last step of an epoch has a bad batch, of 4 examples. The first is left
	// out, and the second ends the run.
	h, want, err := run(0, 4)
	require.Error(t, err)
	require.Equal(t, 1, h.Skipped)
	for _, workers := range []int{1, 3} {
		again, got, other := run(workers, 4)
		require.EqualError(t, other, err.Error())
		require.Equal(t, h.Steps, again.Steps)
		require.Equal(t, want, got, "%d workers", workers)
	}
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
