package train_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

type setting struct {
	LR     float64
	Hidden int
	note   string
}

func TestGrid(t *testing.T) {
	got := train.Grid(setting{note: "base"},
		train.Vary(func(s *setting, lr float64) { s.LR = lr }, 1, 2),
		train.Vary(func(s *setting, n int) { s.Hidden = n }, 3, 4, 5))
	require.Equal(t, []setting{{1, 3, "base"}, {1, 4, "base"}, {1, 5, "base"}, {2, 3, "base"}, {2, 4, "base"}, {2, 5, "base"}}, got)
	require.Equal(t, []int{7}, train.Grid(7))
	require.Empty(t, train.Grid(7, train.Vary[int, int](nil)))
}

func TestDraw(t *testing.T) {
	draw := func(r *tensor.Rand) setting { return setting{LR: r.Float64()} }
	got, r := train.Draw(5, tensor.NewRand(1), draw), tensor.NewRand(1)
	require.Len(t, got, 5)
	for _, s := range got {
		require.Equal(t, r.Float64(), s.LR)
	}
}

// scripted returns a search over metrics that are written down.
func scripted(values ...float64) *train.Search[float64, data.Batch] {
	return &train.Search[float64, data.Batch]{Settings: values, Metric: "script", Build: func(v float64) *train.Fit[data.Batch] {
		fit := small(1)
		fit.Epochs, fit.Metrics = 1, []metric.Metric{&script{values: []float64{v}}}
		return fit
	}}
}

func order(trials train.Trials[float64]) (list []float64) {
	for _, t := range trials {
		list = append(list, t.Setting)
	}
	return list
}

func TestSearchSorts(t *testing.T) {
	s := scripted(3, 1, 2)
	trials, err := s.Run(background)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 2, 3}, order(trials))
	require.Equal(t, 2.0, trials[1].Score.Of("script"))
	require.Positive(t, trials[0].Time)
	s.Maximize = true
	trials, err = s.Run(background)
	require.NoError(t, err)
	require.Equal(t, []float64{3, 2, 1}, order(trials))

	s = scripted(3, math.NaN(), 1)
	s.Maximize = true
	trials, err = s.Run(background)
	require.NoError(t, err)
	require.True(t, math.IsNaN(trials[2].Setting))

	s.Metric, s.Settings = "", []float64{5, 6} // equal losses stay in their order
	trials, err = s.Run(background)
	require.NoError(t, err)
	require.Equal(t, []float64{5, 6}, order(trials))
}

// A setting that makes NaN is no reason to end a search.
func TestSearchGoesOn(t *testing.T) {
	s := &train.Search[setting, data.Batch]{
		Settings: []setting{{LR: math.MaxFloat64}, {LR: 0.1}},
		Build: func(s setting) *train.Fit[data.Batch] {
			fit := small(1)
			fit.Opt = optim.NewSGD(nn.Params(fit.Model), optim.SGD{LR: s.LR})
			return fit
		},
	}
	trials, err := s.Run(background)
	require.NoError(t, err)
	require.Len(t, trials, 2)
	require.Equal(t, 0.1, trials[0].Setting.LR)
	require.NoError(t, trials[0].Err)
	require.ErrorContains(t, trials[1].Err, "training stopped in epoch 1")
	require.Regexp(t, `^LR +Hidden +loss +accuracy +seconds\n0\.1 +0 +0\.\d{4} +[01]\.\d{4} +\d+\.\d\n1\.79\S+ +0 +not finite +\d+\.\d\n$`, trials.String())
}

func TestSearchStops(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	s := scripted(3, 1, 2)
	s.OnTrial = func(t train.Trial[float64]) error {
		if t.Setting == 1 {
			cancel()
		}
		return nil
	}
	trials, err := s.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []float64{1, 3}, order(trials)) // sorted, too

	why := errors.New("why")
	for _, end := range []error{why, train.ErrEnough} {
		s.OnTrial = func(train.Trial[float64]) error { return end }
		trials, err = s.Run(background)
		require.Len(t, trials, 1)
		if errors.Is(end, why) {
			require.ErrorIs(t, err, why)
		} else {
			require.NoError(t, err)
		}
	}
	s.Build = nil
	require.PanicsWithError(t, "train: a Search needs Build", func() { s.Run(background) })
}

func TestTrialsString(t *testing.T) {
	require.Equal(t, "setting  loss  seconds\n", train.Trials[int]{}.String())
	require.Equal(t, "setting  loss    seconds\n7        0.5000  0.0\n", train.Trials[int]{{Setting: 7, Score: train.Score{Loss: 0.5}}}.String())
}

func ExampleSearch() {
	type setting struct {
		LR     float64
		Hidden int
	}
	search := train.Search[setting, data.Batch]{
		Settings: train.Grid(setting{},
			train.Vary(func(s *setting, lr float64) { s.LR = lr }, 0.3, 1e-6),
			train.Vary(func(s *setting, n int) { s.Hidden = n }, 4, 8)),
		Build: func(s setting) *train.Fit[data.Batch] {
			r := tensor.NewRand(1)
			model := nn.Sequential{nn.NewLinear(r, 2, s.Hidden), nn.Tanh{}, nn.NewLinear(r, s.Hidden, 3)}
			return &train.Fit[data.Batch]{
				Model: model, Objective: train.Classify(model, nn.CrossEntropy),
				Opt:     optim.NewSGD(nn.Params(model), optim.SGD{LR: s.LR}),
				Train:   &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 10, Shuffle: r},
				Valid:   &data.Loader[data.Batch]{Set: clouds(100, 2), Batch: 100},
				Metrics: []metric.Metric{&metric.Accuracy{}},
				Epochs:  3,
			}
		},
		Metric: "accuracy", Maximize: true,
	}
	trials, err := search.Run(context.Background())
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(trials), "settings, the best with a rate of", trials[0].Setting.LR)
	// fmt.Println(trials) writes them as a table.

	// Output: 4 settings, the best with a rate of 0.3
}
