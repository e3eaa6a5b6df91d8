package train_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
	"github.com/descent-ml/descent/train/metric"
)

// full returns a run of 200 steps with all that has a state: dropout, batch norm,
// noise on the examples, a shuffle, batches in advance, momentum, an average, a
// schedule, a second objective, a generator of its own, and accumulation.
func fullRun(dir string) *train.Fit[data.Batch] {
	r, noise := tensor.NewRand(4), tensor.NewRand(5)
	model := nn.Sequential{nn.NewLinear(r, 2, 8), nn.NewBatchNorm1d(8), nn.ReLU{}, nn.NewDropout(r, 0.25), nn.NewLinear(r, 8, 3)}
	classify := train.Classify(model, nn.CrossEntropy)
	small := func(t *autograd.Tape, b *data.Batch) train.Outcome {
		return train.Outcome{Loss: model.Forward(t.Const(b.X)).Square().Mean()}
	}
	return &train.Fit[data.Batch]{
		Model: model,
		Objective: func(t *autograd.Tape, b *data.Batch) train.Outcome {
			o := classify(t, b)
			o.Loss = o.Loss.Add(o.Output.Mul(t.Normal(tensor.Float32, noise, o.Output.Shape()...)).Mean())
			return o
		},
		Opt:      optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.1, Momentum: 0.9}),
		Schedule: optim.Cosine{LR: 0.1, Steps: 200},
		Clip:     1,
		Also:     []train.Turn[data.Batch]{{Objective: small, Opt: optim.NewAdam(nn.Params(model[4]), optim.Adam{LR: 0.001})}},
		Train: &data.Loader[data.Batch]{Set: clouds(38, 1), Batch: 2, Shuffle: r, Prefetch: 3,
			Transform: func(b *data.Batch, r *tensor.Rand) { b.X.Set(r.NormalFloat64(), 0, 0) }, Seed: 7},
		Accumulate:  2, // 19 batches are 10 steps
		Valid:       &data.Loader[data.Batch]{Set: clouds(20, 2), Batch: 8, Shuffle: tensor.NewRand(8)},
		Metrics:     []metric.Metric{&metric.Accuracy{}, &metric.F1{}},
		Watch:       &train.Watch{Metric: "accuracy", Maximize: true, KeepBest: true},
		Average:     &train.Average{Decay: 0.9},
		Generators:  []*tensor.Rand{noise},
		Epochs:      20,
		Checkpoints: &train.Checkpoints{Dir: dir, Every: time.Hour},
	}
}

// ignoringTime returns a history without what a clock has measured.
func ignoringTime(h *train.History) (steps []train.Step, epochs []train.Epoch) {
	for _, e := range h.Epochs {
		e.Time = 0
		epochs = append(epochs, e)
	}
	return h.Steps, epochs
}

var errStop = errors.New("stop here")

// A run that stops after any of its 200 steps, and goes on in another process,
// ends with the weights, the average and the history of a run without a stop,
// bit for bit. It may stop by a context or by its callback.
func TestResumeAfterEachStep(t *testing.T) {
	whole := fullRun(t.TempDir())
	want, err := whole.Run(background)
	require.NoError(t, err)
	require.Len(t, want.Steps, 200)
	wantSteps, wantEpochs := ignoringTime(want)
	every := 1
	if allocs.Race {
		every = 9 // the race detector makes each run slow
	}
	for last := 0; last < 200; last += every {
		dir := t.TempDir()
		ctx, cancel := context.WithCancelCause(background)
		first := fullRun(dir)
		first.OnStep = func(s train.Step) error {
			if s.Number == last && last%2 == 0 {
				cancel(errStop)
			} else if s.Number == last {
				return errStop
			}
			return nil
		}
		if last == 0 {
			cancel(errStop)
		}
		_, err := first.Run(ctx)
		require.ErrorIs(t, err, errStop)

		second := fullRun(dir)
		got, err := second.Resume(background)
		require.NoError(t, err)
		steps, epochs := ignoringTime(got)
		require.Equal(t, wantSteps, steps, "stopped after step %d", last)
		require.Equal(t, wantEpochs, epochs, "stopped after step %d", last)
		require.Equal(t, weights(whole.Model), weights(second.Model), "stopped after step %d", last)
		whole.Average.Swap()
		second.Average.Swap()
		require.Equal(t, weights(whole.Model), weights(second.Model), "average, stopped after step %d", last)
		whole.Average.Swap()
	}
}

// Stops between the epochs and within validation lose nothing either, nor does
// a second stop.
func TestResumeOfEpochs(t *testing.T) {
	whole := fullRun(t.TempDir())
	want, err := whole.Run(background)
	require.NoError(t, err)
	wantSteps, wantEpochs := ignoringTime(want)

	dir := t.TempDir()
	stops := 0
	for {
		fit := fullRun(dir)
		ctx, cancel := context.WithCancelCause(background)
		seen := 0
		objective := fit.Objective
		fit.Objective = func(t *autograd.Tape, b *data.Batch) train.Outcome {
			if seen++; t.Mode() == autograd.Eval && stops%2 == 0 && seen > 30 {
				cancel(errStop) // within validation
			}
			return objective(t, b)
		}
		fit.OnEpoch = func(e train.Epoch) error {
			if stops%2 == 1 && seen > 30 {
				return errStop
			}
			return nil
		}
		run := fit.Resume
		if stops == 0 {
			run = fit.Run
		}
		got, err := run(ctx)
		if err == nil {
			steps, epochs := ignoringTime(got)
			require.Equal(t, wantSteps, steps)
			require.Equal(t, wantEpochs, epochs)
			require.Equal(t, weights(whole.Model), weights(fit.Model))
			break
		}
		require.ErrorIs(t, err, errStop)
		stops++
	}
	require.GreaterOrEqual(t, stops, 6)
}

// A run that was complete can be continued for more epochs.
func TestResumeForMoreEpochs(t *testing.T) {
	long := fullRun(t.TempDir())
	long.Watch = nil // gives back its best weights at the end
	_, err := long.Run(background)
	require.NoError(t, err)

	dir := t.TempDir()
	for _, epochs := range []int{3, 20} {
		fit := fullRun(dir)
		fit.Watch, fit.Epochs = nil, epochs
		if epochs == 3 {
			_, err = fit.Run(background)
		} else {
			_, err = fit.Resume(background)
			require.Equal(t, weights(long.Model), weights(fit.Model))
		}
		require.NoError(t, err)
	}
}

// A run that has ended because it ceased to improve is not continued.
func TestResumeAfterTheEnd(t *testing.T) {
	dir := t.TempDir()
	patient := func() *train.Fit[data.Batch] {
		fit := fullRun(dir)
		fit.Watch.Patience, fit.Watch.Least = 2, 1 // no accuracy improves by so much
		return fit
	}
	fit := patient()
	want, err := fit.Run(background)
	require.NoError(t, err)
	require.Len(t, want.Epochs, 3)
	again := patient()
	got, err := again.Resume(background)
	require.NoError(t, err)
	require.Len(t, got.Epochs, 3)
	require.Equal(t, weights(fit.Model), weights(again.Model))
}

// A damaged checkpoint is passed over, with a word about what is wrong.
func TestResumeFromDamage(t *testing.T) {
	dir := t.TempDir()
	fit := fullRun(dir)
	fit.Epochs, fit.Checkpoints.Steps = 2, 5
	_, err := fit.Run(background)
	require.NoError(t, err)
	store := &checkpoint.Store{Dir: dir}
	newest, _, err := store.Newest()
	require.NoError(t, err)
	require.NoError(t, os.Truncate(filepath.Join(newest.Path, "optimizer.safetensors"), 100))

	again := fullRun(dir)
	again.Epochs = 2
	h, err := again.Resume(background)
	require.NoError(t, err)
	require.Len(t, h.Damaged, 1)
	require.ErrorContains(t, h.Damaged[0], "optimizer.safetensors has 100 bytes")
	require.Equal(t, weights(fit.Model), weights(again.Model))
}

// The checkpoint that is kept as the best has the weights of the end of the best
// epoch, whatever is saved within later ones.
func TestBestCheckpoint(t *testing.T) {
	fit := fullRun(t.TempDir())
	fit.Watch.KeepBest, fit.Epochs = false, 8
	fit.Checkpoints.Steps, fit.Checkpoints.Keep = 1, 1
	var best [][]float64
	fit.OnEpoch = func(e train.Epoch) error {
		if epoch, _ := fit.Watch.Best(); epoch == e.Number {
			best = weights(fit.Model)
		}
		return nil
	}
	_, err := fit.Run(background)
	require.NoError(t, err)
	epoch, _ := fit.Watch.Best()
	require.Less(t, epoch, 8)
	c, err := (&checkpoint.Store{Dir: fit.Checkpoints.Dir}).Best()
	require.NoError(t, err)
	require.NotNil(t, c)
	path, err := c.File("weights.safetensors")
	require.NoError(t, err)
	file, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	for i, x := range file.Tensors {
		require.Equal(t, best[i], tensor.Values(x.Value), x.Name)
	}
}

func TestResumeErrors(t *testing.T) {
	dir := t.TempDir()
	fit := fullRun(dir)
	fit.OnStep = func(s train.Step) error {
		if s.Number == 18 {
			return errStop
		}
		return nil
	}
	_, err := fit.Run(background)
	require.ErrorIs(t, err, errStop)

	_, err = fullRun(dir).Run(background)
	require.ErrorContains(t, err, "there are checkpoints of another run in "+dir+"; resume it, or choose another folder")
	_, err = fullRun(t.TempDir()).Resume(background)
	require.ErrorContains(t, err, "there is no whole checkpoint in ")
	require.PanicsWithError(t, "train: Resume needs Checkpoints, which say where to go on from", func() {
		_, _ = small(1).Resume(background)
	})

	for want, change := range map[string]func(*train.Fit[data.Batch]){
		"weights.safetensors: ": func(f *train.Fit[data.Batch]) {
			use(f, nn.Sequential{nn.NewLinear(tensor.NewRand(1), 2, 3)})
			f.Opt = optim.NewSGD(nn.Params(f.Model), optim.SGD{LR: 0.1, Momentum: 0.9})
		},
		"optimizer.safetensors: load optimizer state": func(f *train.Fit[data.Batch]) {
			f.Opt = optim.NewSGD(nn.Params(f.Model), optim.SGD{LR: 0.1})
		},
		"has no file optimizer3.safetensors":  func(f *train.Fit[data.Batch]) { f.Also = append(f.Also, f.Also[0]) },
		"is of a run with 2 optimizers":       func(f *train.Fit[data.Batch]) { f.Also = nil },
		"has the states of 3 generators":      func(f *train.Fit[data.Batch]) { f.Generators = nil },
		"there are only 10 batches":           func(f *train.Fit[data.Batch]) { f.Train.(*data.Loader[data.Batch]).Batch = 4 },
		"has no list of numbers \"metric.2\"": func(f *train.Fit[data.Batch]) { f.Metrics = append(f.Metrics, &metric.Loss{}) },
		"table \"epochs\" with 11 columns":    func(f *train.Fit[data.Batch]) { f.Metrics = f.Metrics[:1] },
	} {
		f := fullRun(dir)
		change(f)
		_, err := f.Resume(background)
		require.ErrorContains(t, err, "cannot be resumed: ", want)
		require.ErrorContains(t, err, want)
	}

	type odd struct{ metric.Metric }
	f := fullRun(t.TempDir())
	f.Metrics = append(f.Metrics, odd{&metric.Loss{}})
	require.PanicsWithError(t, "train: the metric loss cannot be saved in a checkpoint; give it the methods State() []float64 and SetState([]float64) error",
		func() { _, _ = f.Run(background) })
}

// A disk that fails stops the run with a sentence.
func TestSaveFails(t *testing.T) {
	dir := t.TempDir()
	fit := fullRun(dir)
	fit.OnStep = func(s train.Step) error {
		if s.Number == 3 {
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.WriteFile(dir, nil, 0o666))
			return fmt.Errorf("enough of this")
		}
		return nil
	}
	_, err := fit.Run(background)
	require.ErrorContains(t, err, "enough of this")
	require.ErrorContains(t, err, "the checkpoint cannot be saved in "+dir)
}
