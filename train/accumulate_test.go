package train_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// inBatches returns a run of 3 epochs over 100 examples in order, by plain
// gradient descent, on a model whose examples do not depend on one another.
func inBatches(size, accumulate, ahead int) *train.Fit[data.Batch] {
	fit := small(4)
	r := tensor.NewRand(9)
	model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.Tanh{}, nn.NewLinear(r, 16, 3)}
	use(fit, model)
	fit.Opt = optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.3, Momentum: 0.9})
	fit.Train = &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: size, Prefetch: ahead}
	fit.Accumulate, fit.Epochs = accumulate, 3
	return fit
}

// A step of k batches of n examples is that of one batch of k·n, up to rounding,
// also where the last step of an epoch has fewer batches, or a smaller one.
func TestAccumulateIsALargeBatch(t *testing.T) {
	for _, c := range []struct{ size, accumulate int }{
		{25, 2},  // 2 steps of 2 batches
		{10, 4},  // the last step has 2 batches
		{16, 3},  // the last has 16, and 4 examples in one batch of 4
		{30, 2},  // the last has batches of 30 and 10
		{7, 100}, // all in one step, the last batch of 2
	} {
		whole, parts := inBatches(c.size*c.accumulate, 0, 0), inBatches(c.size, c.accumulate, 0)
		whole.Clip, parts.Clip = 0.2, 0.2
		want, err := whole.Run(background)
		require.NoError(t, err)
		got, err := parts.Run(background)
		require.NoError(t, err)
		require.Len(t, got.Steps, len(want.Steps), "%+v", c)
		for i, w := range want.Steps {
			g := got.Steps[i]
			require.Equal(t, []int{w.Epoch, w.Number, w.Examples}, []int{g.Epoch, g.Number, g.Examples}, "%+v", c)
			require.InDelta(t, w.Loss, g.Loss, 1e-6, "%+v, step %d", c, i)
			require.InDelta(t, w.Norm, g.Norm, 1e-5, "%+v, step %d", c, i)
		}
		for i, e := range want.Epochs {
			require.Equal(t, e.Train.Examples, got.Epochs[i].Train.Examples)
			require.InDelta(t, e.Train.Loss, got.Epochs[i].Train.Loss, 1e-6)
			require.InDelta(t, e.Train.Of("accuracy"), got.Epochs[i].Train.Of("accuracy"), 1e-12)
		}
		before, w, g := weights(inBatches(1, 0, 0).Model), weights(whole.Model), weights(parts.Model)
		for i := range w {
			require.InDeltaSlice(t, w[i], g[i], 1e-5, "%+v", c)
			require.NotEqual(t, before[i][0], g[i][0], "the weights have not moved")
		}
	}
}

// Batches that are made ahead are kept while their step is not complete.
func TestPrefetchChangesNoBit(t *testing.T) {
	for _, c := range []struct{ accumulate, workers int }{{0, 0}, {3, 0}, {3, 2}} {
		var want [][]float64
		for _, ahead := range []int{0, 1, 4} {
			fit := inBatches(16, c.accumulate, ahead)
			fit.Workers = c.workers
			loader := loaderOf(fit)
			loader.Shuffle, loader.Seed = tensor.NewRand(5), 6
			loader.Transform = func(b *data.Batch, r *tensor.Rand) {
				b.X.Set(b.X.At(0, 0)+r.Float64(), 0, 0)
			}
			_, err := fit.Run(background)
			require.NoError(t, err)
			if ahead == 0 {
				want = weights(fit.Model)
			}
			require.Equal(t, want, weights(fit.Model), "%+v, %d ahead", c, ahead)
		}
	}
}

// A batch whose labels all do not count has no part in training or validation:
// the mean over them is 0/0.
func TestNothingCounts(t *testing.T) {
	without := clouds(100, 1).Subset(slices.Concat(upTo(25, 50), upTo(75, 100)))
	for _, accumulate := range []int{0, 2} {
		few := inBatches(25, 0, 0)
		loaderOf(few).Set = without
		want, err := few.Run(background)
		require.NoError(t, err)

		all := inBatches(25, accumulate, 0)
		classify := all.Objective
		all.Objective = func(tape *autograd.Tape, b *data.Batch) train.Outcome {
			labeled := *b
			labeled.Labels = slices.Clone(b.Labels)
			for k, i := range b.Index {
				if i/25%2 == 0 {
					labeled.Labels[k] = -100
				}
			}
			return classify(tape, &labeled)
		}
		all.Valid = all.Train
		got, err := all.Run(background)
		require.NoError(t, err)
		require.Equal(t, want.Steps, got.Steps)
		require.Zero(t, got.Skipped)
		require.Equal(t, weights(few.Model), weights(all.Model))
		require.Equal(t, 50, got.Epochs[2].Valid.Examples)
		score, err := train.Evaluate(background, few.Objective, &data.Loader[data.Batch]{Set: without, Batch: 25})
		require.NoError(t, err)
		require.Equal(t, score.Loss, got.Epochs[2].Valid.Loss)
	}
}

// upTo returns the integers from a to b−1.
func upTo(a, b int) (list []int) {
	for i := a; i < b; i++ {
		list = append(list, i)
	}
	return list
}
