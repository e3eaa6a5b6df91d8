package train_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

type namedTensor struct {
	Name  string
	Shape []int
	Data  fixture.Numbers
}

func (n *namedTensor) require(t *testing.T, x *tensor.Tensor, what string) {
	t.Helper()
	want := fixture.Tensor{Shape: n.Shape, Data: n.Data}
	require.NoError(t, want.Diff(x, 1e-5, 1e-6), "%s %s", what, n.Name)
}

// EMA and SWA are those of torch.optim.swa_utils, and validation measures them
// as soon as they have begun.
func TestAverageIsPyTorchs(t *testing.T) {
	var f struct {
		Config struct {
			Batch, Epochs, From, Every int
			LR                         float64
		}
		Runs []struct {
			Name         string
			Decay        float64
			First        []*fixture.Tensor
			X, Y         fixture.Tensor
			Losses       []float64
			Own, Average []namedTensor
		}
	}
	fixture.Read(t, "testdata/average.json", &f)
	require.Len(t, f.Runs, 2)
	for _, want := range f.Runs {
		r := tensor.NewRand(1)
		model := nn.Sequential{nn.NewLinear(r, 3, 4), nn.NewBatchNorm1d(4), nn.Tanh{}, nn.NewLinear(r, 4, 1)}
		for i, p := range nn.Params(model) {
			p.Value.CopyFrom(want.First[i].Tensor(tensor.Float32))
		}
		set := &data.Examples{X: want.X.Tensor(tensor.Float32), Y: want.Y.Tensor(tensor.Float32)}
		average := &train.Average{Decay: want.Decay, From: f.Config.From, Every: f.Config.Every}
		fit := &train.Fit[data.Batch]{
			Model: model, Objective: train.Regress(model, nn.MSE), Average: average, Epochs: f.Config.Epochs,
			Opt:   optim.NewSGD(nn.Params(model), optim.SGD{LR: f.Config.LR}),
			Train: &data.Loader[data.Batch]{Set: set, Batch: f.Config.Batch},
			Valid: &data.Loader[data.Batch]{Set: set, Batch: 32},
		}
		h, err := fit.Run(background)
		require.NoError(t, err)
		for i, e := range h.Epochs {
			require.InDelta(t, want.Losses[i], e.Valid.Loss, 1e-5, "%s, epoch %d", want.Name, i)
		}
		compare := func(list []namedTensor) {
			t.Helper()
			for i, s := range nn.State(model) {
				require.Equal(t, list[i].Name, s.Name)
				list[i].require(t, s.Value, want.Name)
			}
		}
		compare(want.Own)
		before := weights(model)
		average.Swap()
		compare(want.Average)
		require.NotEqual(t, before, weights(model))
		average.Swap()
		require.Equal(t, before, weights(model))
	}
}

// An average that is saved in the middle of a run and loaded into another goes
// on as if nothing had happened.
func TestAverageGoesOn(t *testing.T) {
	for _, decay := range []float64{0, 0.8} {
		average := func() *train.Average { return &train.Average{Decay: decay, From: 3, Every: 2} }
		whole := small(3)
		whole.Average = average()
		_, err := whole.Run(background)
		require.NoError(t, err)

		first := small(3)
		first.Average, first.Epochs = average(), 1
		_, err = first.Run(background)
		require.NoError(t, err)
		state := first.Average.State()
		for i, s := range state {
			state[i].Value = s.Value.Clone()
		}

		rest := *first
		rest.Average, rest.Epochs = average(), 0
		_, err = rest.Run(background) // the average gets to know the model
		require.NoError(t, err)
		require.NoError(t, rest.Average.LoadState(state))
		rest.Epochs = 3
		_, err = rest.Run(background)
		require.NoError(t, err)
		require.Equal(t, weights(whole.Model), weights(rest.Model))
		whole.Average.Swap()
		rest.Average.Swap()
		require.Equal(t, weights(whole.Model), weights(rest.Model), "decay %v", decay)
	}
}

func TestAverageRefusesAnotherModels(t *testing.T) {
	fit := small(1)
	fit.Average, fit.Epochs = &train.Average{}, 1
	_, err := fit.Run(background)
	require.NoError(t, err)
	good := fit.Average.State()
	fit.Average.Swap()
	before := weights(fit.Model)
	fit.Average.Swap()
	for name, spoil := range map[string]func(s []tensor.Named) []tensor.Named{
		"no steps":        func(s []tensor.Named) []tensor.Named { return s[1:] },
		"no taken":        func(s []tensor.Named) []tensor.Named { return append(s[:1:1], s[2:]...) },
		"no weights":      func(s []tensor.Named) []tensor.Named { return s[:len(s)-1] },
		"another shape":   func(s []tensor.Named) []tensor.Named { s[3].Value = tensor.Zeros(7); return s },
		"another type":    func(s []tensor.Named) []tensor.Named { s[3].Value = s[3].Value.To(tensor.Float64); return s },
		"negative steps":  func(s []tensor.Named) []tensor.Named { s[0].Value = tensor.New([]float64{-1}); return s },
		"half a step":     func(s []tensor.Named) []tensor.Named { s[0].Value = tensor.New([]float64{1.5}); return s },
		"steps are NaN":   func(s []tensor.Named) []tensor.Named { s[0].Value = tensor.New([]float64{math.NaN()}); return s },
		"more taken":      func(s []tensor.Named) []tensor.Named { s[1].Value = tensor.New([]float64{1e6}); return s },
		"steps beyond":    func(s []tensor.Named) []tensor.Named { s[0].Value = tensor.New([]float64{1e300}); return s },
		"two numbers":     func(s []tensor.Named) []tensor.Named { s[0].Value = tensor.Zeros64(2); return s },
		"nothing at all":  func(s []tensor.Named) []tensor.Named { return nil },
		"a hole in names": func(s []tensor.Named) []tensor.Named { s[4].Name = "average."; return s },
	} {
		state := spoil(append([]tensor.Named{}, good...))
		for i, s := range state { // whatever is taken by mistake would show
			if s.Value.Len() > 2 {
				state[i].Value = s.Value.Clone()
				state[i].Value.Fill(9)
			}
		}
		require.Error(t, fit.Average.LoadState(state), name)
		fit.Average.Swap()
		require.Equal(t, before, weights(fit.Model), name)
		fit.Average.Swap()
	}
}

func TestAverageMisuse(t *testing.T) {
	for want, a := range map[string]train.Average{
		"train: the Decay of an Average is 1; it must be at least 0 and less than 1":    {Decay: 1},
		"train: the Decay of an Average is -0.1; it must be at least 0 and less than 1": {Decay: -0.1},
		"train: the Decay of an Average is NaN; it must be at least 0 and less than 1":  {Decay: math.NaN()},
		"train: From is -1 and Every 0 in an Average; neither may be negative":          {From: -1},
		"train: From is 0 and Every -1 in an Average; neither may be negative":          {Every: -1},
	} {
		fit := small(1)
		fit.Average = &a
		require.PanicsWithError(t, want, func() { fit.Run(background) })
	}
}

func ExampleAverage() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 2, 3)}
	fit := &train.Fit[data.Batch]{
		Model: model, Objective: train.Classify(model, nn.CrossEntropy),
		Opt:     optim.NewSGD(nn.Params(model), optim.SGD{LR: 1}),
		Train:   &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 10, Shuffle: r},
		Average: &train.Average{Decay: 0.9}, // validation measures the average
		Valid:   &data.Loader[data.Batch]{Set: clouds(100, 2), Batch: 100},
		Epochs:  5,
	}
	h, err := fit.Run(background)
	if err != nil {
		fmt.Println(err)
	}
	fit.Average.Swap() // the average becomes the model, to be saved or used
	score, err := train.Evaluate(background, fit.Objective, fit.Valid)
	fmt.Println(score.Loss == h.Epochs[4].Valid.Loss, err)
	// Output: true <nil>
}
