package train_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// A run that stops between two epochs, and another that does the remaining
// ones with the same parts, give the weights of one run without a stop.
func TestStopBetweenEpochsDrawsNothing(t *testing.T) {
	whole := small(3)
	_, err := whole.Run(background)
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(background)
	fit := small(3)
	fit.OnEpoch = func(e train.Epoch) error {
		if e.Number == 2 {
			cancel()
		}
		return nil
	}
	h, err := fit.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, h.Epochs, 2)
	fit.OnEpoch, fit.Epochs = nil, 2
	_, err = fit.Run(background)
	require.NoError(t, err)
	require.Equal(t, weights(whole.Model), weights(fit.Model))
}

// A stop after the very last step loses nothing and is no stop.
func TestStopAfterTheLastStep(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	fit := small(3)
	fit.Valid = nil
	fit.OnStep = func(s train.Step) error {
		if s.Number == 28 {
			cancel()
		}
		return nil
	}
	h, err := fit.Run(ctx)
	require.NoError(t, err)
	require.Len(t, h.Epochs, 4)
}

// The running statistics of batch norm, too, are as they were before a step
// that is refused.
func TestRefusedStepChangesNothing(t *testing.T) {
	for name, harm := range map[string]func(autograd.Var) autograd.Var{
		"loss":     func(x autograd.Var) autograd.Var { return x.Sub(x).AddScalar(-1).Log() },
		"gradient": func(x autograd.Var) autograd.Var { return x.Add(x.Sub(x).Sqrt()) },
	} {
		fit := small(5)
		model := fit.Model.(nn.Layer)
		use(fit, &probe{Layer: model, harm: func(step int, logits autograd.Var) autograd.Var {
			if step >= 3 {
				logits = harm(logits)
			}
			return logits
		}})
		var there [][]float64
		fit.OnStep = func(s train.Step) error { there = weights(model); return nil }
		_, err := fit.Run(background)
		var nan *autograd.NaNError
		require.ErrorAs(t, err, &nan, name)
		require.Equal(t, there, weights(model), name)
		require.Equal(t, 2.0, model.(nn.Sequential)[1].(*nn.BatchNorm).NumBatchesTracked.Item(), name)
	}
}

// Each layer of a model is descent's own, so that no line of the program did
// the operation. The layer is named, not the loader that dealt the batch.
func TestNotFiniteInALayer(t *testing.T) {
	fit := small(1)
	fit.Model.(nn.Sequential)[0].(*nn.Linear).Weight.Value.Fill(3e38)
	loaderOf(fit).Set.(*data.Examples).X.Fill(3)
	_, err := fit.Run(background)
	var nan *autograd.NaNError
	require.ErrorAs(t, err, &nan)
	require.Equal(t, "linear", nan.Op)
	require.True(t, strings.HasSuffix(nan.File, "/nn/linear.go"), nan.File)
}

// No step comes after the last, to notice what the optimizer did in it.
func TestLastStepIsChecked(t *testing.T) {
	for _, last := range []int{7, 14, 28} { // with and without another epoch
		fit := small(1)
		fit.Schedule = jump{at: last - 1}
		fit.Opt = optim.NewSGD(nn.Params(fit.Model), optim.SGD{LR: 0.1})
		h, err := fit.Run(background)
		var stop *train.StopError
		require.ErrorAs(t, err, &stop)
		require.Equal(t, []int{last / 7, last}, []int{stop.Epoch, stop.Step})
		require.Len(t, h.Epochs, last/7-1)
		require.Regexp(t, `: the optimizer made (Inf|NaN) of the parameter 0\.weight \[16 2\]$`, err.Error())
	}
}

// A stop, too, is looked at before its weights are taken for good ones.
func TestStepBeforeAStopIsChecked(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(background)
	fit := small(1)
	fit.Schedule = jump{at: 2}
	fit.Opt = optim.NewSGD(nn.Params(fit.Model), optim.SGD{LR: 0.1})
	fit.OnStep = func(s train.Step) error {
		if s.Number == 3 {
			cancel(why)
		}
		return nil
	}
	_, err := fit.Run(ctx)
	var nan *autograd.NaNError
	require.ErrorAs(t, err, &nan)
	require.NotErrorIs(t, err, why)
}

// A jump is a learning rate of 0.1, but for one step, in which it is as large
// as a number can be.
type jump struct{ at int }

func (j jump) At(step int) float64 {
	if step == j.at {
		return math.MaxFloat64
	}
	return 0.1
}

// An infinite mask is a buffer that was infinite from the start, which is no
// fault of a step.
func TestInfiniteBuffersAreLeftAlone(t *testing.T) {
	fit := small(1)
	use(fit, &masked{Sequential: fit.Model.(nn.Sequential), Mask: tensor.Full(math.Inf(-1), 2)})
	_, err := fit.Run(background)
	require.NoError(t, err)
}

type masked struct {
	nn.Sequential
	Mask *tensor.Tensor
}

// A loss may be infinite though every gradient is finite. The step is refused
// all the same.
func TestInfiniteLossWithFiniteGradients(t *testing.T) {
	fit := small(1)
	before := weights(fit.Model)
	fit.Objective = train.Classify(fit.Model.(nn.Layer), func(logits autograd.Var, labels []int) autograd.Var {
		return nn.CrossEntropy(logits, labels).AddScalar(math.Inf(1))
	})
	_, err := fit.Run(background)
	var stop *train.StopError
	require.ErrorAs(t, err, &stop)
	require.Zero(t, stop.Step)
	require.Equal(t, before, weights(fit.Model))
}
