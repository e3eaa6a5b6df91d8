package train_test

import (
	"fmt"
	"math"
	"slices"
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

// A script is a metric whose values are written down. In an epoch it is asked
// twice: for training, and for validation.
type script struct {
	values []float64
	asked  int
}

func (s *script) Name() string     { return "script" }
func (s *script) Reset()           {}
func (s *script) Add(metric.Batch) {}
func (s *script) Value() float64   { s.asked++; return s.values[(s.asked-1)/2] }

func TestWatch(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name         string
		watch        train.Watch
		values       []float64
		epochs, best int
	}{
		{"no patience", train.Watch{}, []float64{3, 4, 5, 6, 7, 8}, 6, 1},
		{"patience", train.Watch{Patience: 2}, []float64{3, 2, 2.5, 1, 1, 1.5, 0}, 6, 4},
		{"one epoch", train.Watch{Patience: 1}, []float64{3, 2, 2, 0}, 3, 2},
		{"least", train.Watch{Patience: 2, Least: 0.25}, []float64{3, 2.9, 2.8, 1}, 3, 1},
		{"least is not enough", train.Watch{Patience: 1, Least: 0.25}, []float64{3, 2.75, 1}, 2, 1},
		{"slowly, but more than least", train.Watch{Patience: 3, Least: 0.25}, []float64{3, 2.9, 2.7, 2.6, 2.5}, 5, 3},
		{"maximize", train.Watch{Patience: 2, Maximize: true}, []float64{0.5, 0.4, 0.6, 0.6, 0.5, 1}, 5, 3},
		{"maximize least", train.Watch{Patience: 2, Maximize: true, Least: 0.1}, []float64{0.5, 0.55, 0.65, 0.5, 0.7, 1}, 5, 3},
		{"NaN first", train.Watch{Patience: 3}, []float64{nan, nan, 5, 4, 6, 7}, 6, 4},
		{"NaN between", train.Watch{Patience: 2}, []float64{5, nan, 4, nan, nan, 1}, 5, 3},
		{"only NaN", train.Watch{Patience: 3}, []float64{nan, nan, nan, nan}, 3, 0},
		{"infinite first", train.Watch{Patience: 2}, []float64{inf, inf, 5, 6, 7, 8}, 5, 3},
		{"all negative", train.Watch{Patience: 1}, []float64{-1, -2, -1.5, -3}, 3, 2},
		{"maximize negative", train.Watch{Patience: 1, Maximize: true}, []float64{-2, -1, -3, 0}, 3, 2},
	} {
		fit := small(1)
		model, watch := fit.Model, c.watch
		watch.Metric, watch.KeepBest = "script", true
		fit.Metrics, fit.Watch, fit.Epochs = []metric.Metric{&script{values: c.values}}, &watch, len(c.values)
		var all [][][]float64
		fit.OnEpoch = func(e train.Epoch) error {
			all = append(all, weights(model))
			return nil
		}
		h, err := fit.Run(background)
		require.NoError(t, err, c.name)
		require.Len(t, h.Epochs, c.epochs, c.name)
		require.Len(t, all, c.epochs, c.name) // the last is reported, too
		epoch, value := watch.Best()
		require.Equal(t, c.best, epoch, c.name)
		if c.best == 0 {
			require.True(t, math.IsNaN(value), c.name)
			require.Equal(t, all[len(all)-1], weights(model), c.name)
			continue
		}
		require.Equal(t, c.values[c.best-1], value, c.name)
		require.Equal(t, all[c.best-1], weights(model), c.name) // batch norm's statistics are among them
	}
}

func TestWatchTheLoss(t *testing.T) {
	for _, name := range []string{"", "loss"} {
		fit := small(1)
		fit.Watch = &train.Watch{Metric: name}
		h, err := fit.Run(background)
		require.NoError(t, err)
		epoch, value := fit.Watch.Best()
		require.Equal(t, h.Epochs[epoch-1].Valid.Loss, value)
		for _, e := range h.Epochs {
			require.GreaterOrEqual(t, e.Valid.Loss, value)
		}
		last := weights(fit.Model)
		twin := small(1) // without KeepBest, a Watch does not touch the model
		_, err = twin.Run(background)
		require.NoError(t, err)
		require.Equal(t, weights(twin.Model), last)
	}
	var unused train.Watch
	epoch, value := unused.Best()
	require.Zero(t, epoch)
	require.True(t, math.IsNaN(value))
}

func TestWatchMisuse(t *testing.T) {
	fit := small(1)
	fit.Watch = &train.Watch{Metric: "acuracy"}
	require.PanicsWithError(t, `train: Watch looks at the metric "acuracy", which is not among the Metrics`, func() { fit.Run(background) })
	fit.Watch.Metric, fit.Valid = "accuracy", nil
	require.PanicsWithError(t, "train: Watch looks at the validation, but there is no Valid source", func() { fit.Run(background) })
}

// The best of an average is kept as the average.
func TestWatchKeepsTheBestAverage(t *testing.T) {
	fit := small(1)
	fit.Metrics, fit.Average = []metric.Metric{&script{values: []float64{2, 1, 3, 4}}}, &train.Average{Decay: 0.9}
	fit.Watch = &train.Watch{Metric: "script", KeepBest: true}
	var own, averages [][][]float64
	fit.OnEpoch = func(e train.Epoch) error {
		own = append(own, weights(fit.Model))
		fit.Average.Swap()
		averages = append(averages, weights(fit.Model))
		fit.Average.Swap()
		return nil
	}
	_, err := fit.Run(background)
	require.NoError(t, err)
	require.NotEqual(t, own[1], averages[1])
	require.Equal(t, averages[1], weights(fit.Model))

	plain := small(1) // neither changes how the model is trained
	_, err = plain.Run(background)
	require.NoError(t, err)
	require.Equal(t, weights(plain.Model), own[3])
}

// harmful returns a run in which the given batches, counted from 1, have a
// loss of NaN.
func harmful(seed uint64, batches ...int) *train.Fit[data.Batch] {
	fit := small(seed)
	whole, n := fit.Objective, 0
	fit.Objective = func(t *autograd.Tape, b *data.Batch) train.Outcome {
		o := whole(t, b)
		if t.Training() && !t.Replaying() {
			n++
		}
		if t.Training() && slices.Contains(batches, n) {
			o.Loss = o.Loss.Sub(o.Loss).AddScalar(-1).Log()
		}
		return o
	}
	return fit
}

func TestSkip(t *testing.T) {
	fit := harmful(2, 3, 9)
	fit.Skip = 2
	model := fit.Model.(nn.Sequential)
	var there [][]float64
	var numbers []int
	fit.OnStep = func(s train.Step) error {
		numbers = append(numbers, s.Number)
		there = weights(model)
		return nil
	}
	h, err := fit.Run(background)
	require.NoError(t, err)
	require.Equal(t, 2, h.Skipped)
	require.Len(t, h.Steps, 26)
	for i, n := range numbers {
		require.Equal(t, i+1, n)
	}
	require.Equal(t, 100-16, h.Epochs[0].Train.Examples) // what was left out is not counted
	require.Equal(t, []int{6, 12, 19, 26}, []int{h.Epochs[0].Steps, h.Epochs[1].Steps, h.Epochs[2].Steps, h.Epochs[3].Steps})
	require.Equal(t, 26.0, model[1].(*nn.BatchNorm).NumBatchesTracked.Item())
	require.Equal(t, there, weights(model))
}

// A step that is left out changes nothing: the run is that of the other batches.
func TestSkipChangesNothing(t *testing.T) {
	fit := harmful(2, 7) // the last batch of the first epoch
	fit.Skip, fit.Epochs = 1, 1
	_, err := fit.Run(background)
	require.NoError(t, err)
	twin := small(2)
	twin.Epochs = 1
	loaderOf(twin).DropLast = true
	_, err = twin.Run(background)
	require.NoError(t, err)
	require.Equal(t, weights(twin.Model), weights(fit.Model))
}

func TestOneMoreThanSkipEndsTheRun(t *testing.T) {
	for _, accumulate := range []int{0, 2} {
		fit := harmful(2, 3, 7, 12)
		fit.Skip, fit.Accumulate = 2, accumulate
		model := fit.Model
		var there [][]float64
		fit.OnStep = func(train.Step) error { there = weights(model); return nil }
		h, err := fit.Run(background)
		var nan *autograd.NaNError
		require.ErrorAs(t, err, &nan)
		require.Equal(t, "log", nan.Op)
		require.Equal(t, 2, h.Skipped)
		require.Equal(t, there, weights(model))
		if accumulate == 0 {
			require.Len(t, h.Steps, 9)
		}
	}
}

func ExampleWatch() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 2, 3)}
	fit := &train.Fit[data.Batch]{
		Model: model, Objective: train.Classify(model, nn.CrossEntropy),
		Opt:     optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.1}),
		Train:   &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 10, Shuffle: r},
		Valid:   &data.Loader[data.Batch]{Set: clouds(100, 2), Batch: 100},
		Metrics: []metric.Metric{&metric.Accuracy{}},
		Watch:   &train.Watch{Metric: "accuracy", Maximize: true, Patience: 3, KeepBest: true},
		Epochs:  1000,
	}
	h, err := fit.Run(background)
	if err != nil {
		fmt.Println(err)
	}
	best, accuracy := fit.Watch.Best()
	fmt.Println("stopped three epochs after the best:", len(h.Epochs) == best+3)
	fmt.Println("nearly all are right:", accuracy > 0.95)
	// Output:
	// stopped three epochs after the best: true
	// nearly all are right: true
}
