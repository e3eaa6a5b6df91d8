package train_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/train"
)

// OnGradients sees the gradients before they are clipped, and the optimizer
// those that it leaves.
func TestOnGradients(t *testing.T) {
	fit := small(1)
	fit.Clip = 0.01
	norms := []float64{}
	fit.OnGradients = func(g autograd.Grads) { norms = append(norms, g.Norm()) }
	h, err := fit.Run(background)
	require.NoError(t, err)
	require.Len(t, norms, 28)
	for i, s := range h.Steps {
		require.Equal(t, norms[i], s.Norm)
	}

	fit = small(1)
	before := weights(nn.Params(fit.Model))
	fit.Opt = optim.NewSGD(nn.Params(fit.Model), optim.SGD{LR: 1})
	fit.OnGradients = func(g autograd.Grads) { g.Zero() }
	_, err = fit.Run(background)
	require.NoError(t, err)
	require.Equal(t, before, weights(nn.Params(fit.Model)))
}

func TestEnough(t *testing.T) {
	fit := small(1)
	fit.Watch = &train.Watch{KeepBest: true}
	fit.OnStep = func(s train.Step) error {
		if s.Number == 10 {
			return train.ErrEnough
		}
		return nil
	}
	h, err := fit.Run(background)
	require.NoError(t, err)
	require.Len(t, h.Steps, 10)
	require.Len(t, h.Epochs, 1)

	fit = small(1)
	fit.OnEpoch = func(e train.Epoch) error {
		if e.Number == 2 {
			return errors.Join(errors.New("good"), train.ErrEnough)
		}
		return nil
	}
	h, err = fit.Run(background)
	require.NoError(t, err)
	require.Len(t, h.Steps, 14)
	require.Len(t, h.Epochs, 2)
}

func TestErrorOfACallback(t *testing.T) {
	why := errors.New("why")
	fit := small(1)
	fit.OnStep = func(s train.Step) error {
		if s.Number == 10 {
			return why
		}
		return nil
	}
	h, err := fit.Run(background)
	require.ErrorIs(t, err, why)
	require.EqualError(t, err, "training stopped in epoch 2 after step 10: why")
	require.Len(t, h.Steps, 10)

	fit = small(1)
	fit.OnEpoch = func(e train.Epoch) error { return why }
	h, err = fit.Run(background)
	require.EqualError(t, err, "training stopped in epoch 1 after step 7: why")
	require.Len(t, h.Epochs, 1)
}

// A broken set gives its examples, but for one.
type broken struct {
	data.Set[data.Batch]
	bad int
}

var errBroken = errors.New("the disk is broken")

func (s *broken) Fill(b *data.Batch, index []int) error {
	for _, i := range index {
		if i == s.bad {
			return errBroken
		}
	}
	return s.Set.Fill(b, index)
}

func TestErrorOfASource(t *testing.T) {
	for _, ahead := range []int{0, 3} {
		fit := small(1)
		fit.Train = &data.Loader[data.Batch]{Set: &broken{clouds(100, 1), 40}, Batch: 16, Prefetch: ahead}
		h, err := fit.Run(background)
		require.ErrorIs(t, err, errBroken)
		require.EqualError(t, err, "training stopped in epoch 1 after step 2: the disk is broken")
		require.Len(t, h.Steps, 2)
		require.Empty(t, h.Epochs)

		fit = small(1)
		fit.Valid = &data.Loader[data.Batch]{Set: &broken{clouds(100, 1), 40}, Batch: 16, Prefetch: ahead}
		fit.Average = &train.Average{}
		before := small(1)
		before.Epochs = 1
		_, err = before.Run(background)
		require.NoError(t, err)
		_, err = fit.Run(background)
		require.EqualError(t, err, "training stopped in epoch 1 after step 7: the disk is broken")
		require.Equal(t, weights(before.Model), weights(fit.Model)) // not those of the average
	}
}

// streamed deals out the same batches as a loader without Shuffle. It counts
// the epochs that it has opened and closed.
func streamed(set data.Set[data.Batch], size, length int, opened, closed *int) *data.Stream[data.Batch] {
	return &data.Stream[data.Batch]{
		Length: length,
		Open: func(epoch int) (func(*data.Batch) error, func() error, error) {
			*opened++
			at, index := 0, []int{}
			next := func(b *data.Batch) error {
				if at == set.Len() {
					return io.EOF
				}
				index = index[:0]
				for ; at < set.Len() && len(index) < size; at++ {
					index = append(index, at)
				}
				return set.Fill(b, index)
			}
			return next, func() error { *closed++; return nil }, nil
		},
	}
}

// Fit trains on a stream as on a loader, whether its length is known or not.
func TestStream(t *testing.T) {
	for _, accumulate := range []int{0, 3} {
		loaded := small(1)
		loaded.Accumulate, loaderOf(loaded).Shuffle = accumulate, nil
		want, err := loaded.Run(background)
		require.NoError(t, err)
		for _, length := range []int{0, 7} {
			fit := small(1)
			fit.Accumulate = accumulate
			opened, closed := 0, 0
			fit.Train = streamed(clouds(100, 1), 16, length, &opened, &closed)
			got, err := fit.Run(background)
			require.NoError(t, err)
			require.Equal(t, want.Steps, got.Steps)
			require.Equal(t, weights(loaded.Model), weights(fit.Model))
			require.Equal(t, []int{4, 4}, []int{opened, closed})
		}
	}
}

// An epoch of a stream that is left early is closed, too.
func TestStreamIsClosed(t *testing.T) {
	fit := small(1)
	opened, closed := 0, 0
	fit.Train = streamed(clouds(100, 1), 16, 0, &opened, &closed)
	fit.OnStep = func(s train.Step) error {
		if s.Number == 9 {
			return train.ErrEnough
		}
		return nil
	}
	_, err := fit.Run(background)
	require.NoError(t, err)
	require.Equal(t, []int{2, 2}, []int{opened, closed})
	require.Equal(t, data.Position{Epoch: 1, Batch: 2}, fit.Train.Position())
}

func TestMisuseOfCounts(t *testing.T) {
	fit := small(1)
	fit.Also = []train.Turn[data.Batch]{{Opt: fit.Opt}}
	require.PanicsWithError(t, "train: Also[0] needs an Objective and an Opt", func() { fit.Run(background) })
	for _, spoil := range []func(*train.Fit[data.Batch]){
		func(f *train.Fit[data.Batch]) { f.Accumulate = -1 },
		func(f *train.Fit[data.Batch]) { f.Workers = -1 },
		func(f *train.Fit[data.Batch]) { f.Skip = -1 },
	} {
		fit := small(1)
		spoil(fit)
		want := fmt.Sprintf("train: Accumulate is %d, Workers %d and Skip %d; none may be negative", fit.Accumulate, fit.Workers, fit.Skip)
		require.PanicsWithError(t, want, func() { fit.Run(background) })
	}
}
