package train_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// After a test of rates a run is as if there had been none: dropout, shuffling,
// batch norm's statistics, moments and the rate itself.
func TestRatesChangeNothing(t *testing.T) {
	for _, c := range []struct{ accumulate, workers, ahead int }{{}, {2, 0, 0}, {2, 2, 3}} {
		plain, fit := small(3), small(3)
		for _, f := range []*train.Fit[data.Batch]{plain, fit} {
			f.Accumulate, f.Workers = c.accumulate, c.workers
			loaderOf(f).Prefetch = c.ahead
			f.Epochs = 2
			_, err := f.Run(background) // the moments are not zero
			require.NoError(t, err)
		}
		rates, err := fit.TestRates(background, train.RateTest{To: 100, Steps: 50})
		require.NoError(t, err)
		require.NotEmpty(t, rates.Points)
		require.Equal(t, plain.Opt.LR(), fit.Opt.LR())
		require.Equal(t, weights(plain.Model), weights(fit.Model))
		want, err := plain.Run(background)
		require.NoError(t, err)
		got, err := fit.Run(background)
		require.NoError(t, err)
		require.Equal(t, want.Steps, got.Steps)
		require.Equal(t, weights(plain.Model), weights(fit.Model))
	}
}

// given returns a run whose losses are those of the list, whatever the rate.
func given(losses []float64) *train.Fit[data.Batch] {
	w := autograd.NewParam(tensor.Ones(1).To(tensor.Float64))
	step := -1
	return &train.Fit[data.Batch]{
		Model: &struct{ W *autograd.Param }{w},
		Objective: func(t *autograd.Tape, b *data.Batch) train.Outcome {
			if !t.Replaying() {
				step++
			}
			return train.Outcome{Loss: t.Param(w).MulScalar(0).Sum().AddScalar(losses[step])}
		},
		Opt:   optim.NewSGD([]*autograd.Param{w}, optim.SGD{LR: 0.5}),
		Train: &data.Loader[data.Batch]{Set: clouds(8, 1), Batch: 2},
	}
}

// The points and the suggestion are those of fast.ai's formulas, computed here
// by its own steps.
func TestRatesAreFastAIs(t *testing.T) {
	losses := make([]float64, 60)
	for i := range losses {
		losses[i] = 2 - math.Tanh(float64(i-25)/6) + 0.1*math.Sin(float64(i*i))
		if i > 45 {
			losses[i] += math.Pow(2, float64(i-45))
		}
	}
	rates, err := given(losses).TestRates(background, train.RateTest{Steps: 60})
	require.NoError(t, err)

	var lrs, smooth []float64
	val, best := 0.0, math.Inf(1)
	for i, loss := range losses {
		val = 0.98*val + 0.02*loss
		s := val / (1 - math.Pow(0.98, float64(i+1)))
		lrs, smooth = append(lrs, 1e-7*math.Pow(1e8, float64(i)/59)), append(smooth, s)
		if best = min(best, s); s > 4*best {
			break
		}
	}
	require.Less(t, len(lrs), 60) // it ended early
	require.Len(t, rates.Points, len(lrs))
	for i, p := range rates.Points {
		require.InEpsilon(t, lrs[i], p.LR, 1e-12)
		require.InEpsilon(t, smooth[i], p.Loss, 1e-12)
	}
	lrs, smooth = lrs[6:len(lrs)-5], smooth[6:len(smooth)-5]
	at, least := 0, math.Inf(1)
	for i := 1; i < len(lrs); i++ {
		if g := (smooth[i] - smooth[i-1]) / (math.Log(lrs[i]) - math.Log(lrs[i-1])); g < least {
			at, least = i-1, g
		}
	}
	require.InEpsilon(t, lrs[at], rates.Suggestion, 1e-12)
	require.Regexp(t, `^\d\d learning rates from 1e-07 to \S+, steepest at \S+$`, rates.String())
}

// The steepest falls are in the first tenth of the steps and in the last five
// points, which do not count.
func TestSuggestionLeavesOutTheEnds(t *testing.T) {
	losses := make([]float64, 20)
	for i := range 17 {
		losses[i] = 3
	}
	losses[0] = 3.5
	rates, err := given(losses).TestRates(background, train.RateTest{Steps: 20})
	require.NoError(t, err)
	require.Len(t, rates.Points, 20)
	require.Equal(t, rates.Points[2].LR, rates.Suggestion)
}

func TestRatesEndWhenTheLossIsNotFinite(t *testing.T) {
	rates, err := given([]float64{3, 2, 1, math.NaN()}).TestRates(background, train.RateTest{})
	require.NoError(t, err)
	require.Len(t, rates.Points, 3)
	require.Zero(t, rates.Suggestion) // too few
	rates, err = given([]float64{math.Inf(1)}).TestRates(background, train.RateTest{})
	require.NoError(t, err)
	require.Equal(t, "no step was done", rates.String())
}

func TestRatesStop(t *testing.T) {
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(background)
	fit := small(1)
	fit.OnGradients = func(autograd.Grads) { cancel(why) }
	before := weights(fit.Model)
	rates, err := fit.TestRates(ctx, train.RateTest{})
	require.ErrorIs(t, err, why)
	require.Len(t, rates.Points, 1)
	require.Equal(t, before, weights(fit.Model))

	fit = small(1)
	fit.Train = &data.Loader[data.Batch]{Set: &broken{clouds(100, 1), 40}, Batch: 16}
	_, err = fit.TestRates(background, train.RateTest{})
	require.ErrorIs(t, err, errBroken)
	require.Equal(t, before, weights(fit.Model))
}

func TestRateTestMisuse(t *testing.T) {
	for _, test := range []train.RateTest{{From: -1}, {From: 20}, {From: 1, To: 1}, {To: math.Inf(1)}, {From: math.NaN()}, {Steps: 1}, {Steps: -5}} {
		require.ErrorContains(t, panicOf(func() { small(1).TestRates(background, test) }), "want 0 < From < To and at least 2 steps")
	}
}

// fold returns the run of a fold of 60 points.
func fold(i int, split data.Split) *train.Fit[data.Batch] {
	fit := small(uint64(i))
	set := clouds(60, 1)
	fit.Train = &data.Loader[data.Batch]{Set: &data.Subset[data.Batch]{Set: set, Index: split.Train}, Batch: 10, Shuffle: tensor.NewRand(1)}
	fit.Valid = &data.Loader[data.Batch]{Set: &data.Subset[data.Batch]{Set: set, Index: split.Valid}, Batch: 10}
	return fit
}

func TestCrossValidate(t *testing.T) {
	splits := data.KFold(60, 3, tensor.NewRand(1))
	folds, err := train.CrossValidate(background, splits, fold)
	require.NoError(t, err)
	require.Len(t, folds.Scores, 3)
	var losses []float64
	for i, split := range splits {
		h, err := fold(i, split).Run(background)
		require.NoError(t, err)
		require.Equal(t, *h.Epochs[3].Valid, folds.Scores[i])
		require.Equal(t, 20, folds.Scores[i].Examples)
		losses = append(losses, h.Epochs[3].Valid.Loss)
	}
	mean := (losses[0] + losses[1] + losses[2]) / 3
	a, b, c := losses[0]-mean, losses[1]-mean, losses[2]-mean
	require.InEpsilon(t, mean, folds.Mean("loss"), 1e-12)
	require.InEpsilon(t, math.Sqrt((a*a+b*b+c*c)/2), folds.Deviation("loss"), 1e-12)
	require.True(t, math.IsNaN(folds.Mean("f1")))

	// With a Watch the best epoch counts.
	folds, err = train.CrossValidate(background, splits[:1], func(i int, split data.Split) *train.Fit[data.Batch] {
		fit := fold(i, split)
		fit.Metrics = []metric.Metric{&script{values: []float64{2, 1, 3, 4}}}
		fit.Watch = &train.Watch{Metric: "script"}
		return fit
	})
	require.NoError(t, err)
	require.Equal(t, 1.0, folds.Mean("script"))
	require.True(t, math.IsNaN(folds.Deviation("script")))
}

func TestFoldsString(t *testing.T) {
	f := train.Folds{Scores: []train.Score{
		{Loss: 1, Metrics: []train.Value{{Name: "accuracy", Value: 0.5}}}, {Loss: 3, Metrics: []train.Value{{Name: "accuracy", Value: 0.5}}},
	}}
	require.Equal(t, "loss 2.0000 ± 1.4142, accuracy 0.5000 ± 0.0000", f.String())
	require.Equal(t, "no folds", (&train.Folds{}).String())
}

func TestCrossValidateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	folds, err := train.CrossValidate(ctx, data.KFold(60, 3, nil), func(i int, split data.Split) *train.Fit[data.Batch] {
		if i == 1 {
			cancel()
		}
		return fold(i, split)
	})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "fold 2 of 3: ")
	require.Len(t, folds.Scores, 1)

	_, err = train.CrossValidate(background, data.KFold(60, 3, nil), func(i int, split data.Split) *train.Fit[data.Batch] {
		fit := fold(i, split)
		fit.OnStep = func(train.Step) error { return train.ErrEnough }
		return fit
	})
	require.EqualError(t, err, "fold 1 of 3: the run ended after 1 steps, before the first validation")
	require.PanicsWithError(t, "train: a run that is to be compared needs a Valid source and at least one epoch", func() {
		train.CrossValidate(background, data.KFold(60, 3, nil), func(i int, split data.Split) *train.Fit[data.Batch] {
			fit := fold(i, split)
			fit.Valid = nil
			return fit
		})
	})
}

func ExampleRateTest() {
	model := nn.Sequential{nn.NewLinear(tensor.NewRand(1), 2, 3)}
	fit := &train.Fit[data.Batch]{
		Model: model, Objective: train.Classify(model, nn.CrossEntropy),
		Opt:    optim.NewSGD(nn.Params(model), optim.SGD{}),
		Train:  &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 10, Shuffle: tensor.NewRand(2)},
		Epochs: 5,
	}
	rates, err := fit.TestRates(context.Background(), train.RateTest{From: 1e-4})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("between 0.001 and 1:", 1e-3 < rates.Suggestion && rates.Suggestion < 1)
	fit.Opt.SetLR(rates.Suggestion)
	// Output: between 0.001 and 1: true
}

func ExampleCrossValidate() {
	set := clouds(90, 1)
	folds, err := train.CrossValidate(context.Background(), data.StratifiedKFold(set.Labels, 3, tensor.NewRand(1)), func(i int, split data.Split) *train.Fit[data.Batch] {
		model := nn.Sequential{nn.NewLinear(tensor.NewRand(uint64(i)), 2, 3)}
		return &train.Fit[data.Batch]{
			Model: model, Objective: train.Classify(model, nn.CrossEntropy),
			Opt:     optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.5}),
			Train:   &data.Loader[data.Batch]{Set: &data.Subset[data.Batch]{Set: set, Index: split.Train}, Batch: 10, Shuffle: tensor.NewRand(2)},
			Valid:   &data.Loader[data.Batch]{Set: &data.Subset[data.Batch]{Set: set, Index: split.Valid}, Batch: 30},
			Metrics: []metric.Metric{&metric.Accuracy{}},
			Epochs:  5,
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(folds.Scores), "folds, nearly all are right:", folds.Mean("accuracy") > 0.95 && folds.Deviation("accuracy") < 0.05)
	// Output: 3 folds, nearly all are right: true
}
