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
	"github.com/descent-ml/descent/train/metric"
)

var background = context.Background()

// clouds returns n points of the plane around the corners of a triangle, each
// labelled with its corner.
func clouds(n int, seed uint64) *data.Examples {
	r := tensor.NewRand(seed)
	s := &data.Examples{X: tensor.Zeros(n, 2), Labels: make([]int, n), Classes: 3}
	r.Normal(s.X, 0, 0.5)
	r.Randint(s.Labels, 0, 3)
	for i, l := range s.Labels {
		angle := float64(l) * 2 * math.Pi / 3
		s.X.Set(s.X.At(i, 0)+2*math.Cos(angle), i, 0)
		s.X.Set(s.X.At(i, 1)+2*math.Sin(angle), i, 1)
	}
	return s
}

// small returns a run of 4 epochs with 7 steps each, the last with 4 examples,
// with dropout and batch norm in the model.
func small(seed uint64) *train.Fit[data.Batch] {
	r := tensor.NewRand(seed)
	model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.NewBatchNorm1d(16), nn.ReLU{}, nn.NewDropout(r, 0.25), nn.NewLinear(r, 16, 3)}
	return &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:     &data.Loader[data.Batch]{Set: clouds(100, 1), Batch: 16, Shuffle: r},
		Valid:     &data.Loader[data.Batch]{Set: clouds(50, 2), Batch: 16},
		Metrics:   []metric.Metric{&metric.Accuracy{}},
		Epochs:    4,
	}
}

// loaderOf returns the loader that small has made.
func loaderOf(fit *train.Fit[data.Batch]) *data.Loader[data.Batch] {
	return fit.Train.(*data.Loader[data.Batch])
}

// use makes a run train another model.
func use(fit *train.Fit[data.Batch], model nn.Layer) {
	fit.Model, fit.Objective = model, train.Classify(model, nn.CrossEntropy)
}

// weights returns copies of all parameters and buffers of a model.
func weights(model any) [][]float64 {
	var all [][]float64
	for _, s := range nn.State(model) {
		all = append(all, tensor.Values(s.Value))
	}
	return all
}

func TestRunIsTheLoopWrittenOut(t *testing.T) {
	fit, twin := small(7), small(7)
	schedule := optim.Cosine{LR: 0.05, Steps: 28}
	fit.Schedule, fit.Clip = schedule, 0.5
	var steps []train.Step
	var epochs []train.Epoch
	fit.OnStep = func(s train.Step) error { steps = append(steps, s); return nil }
	fit.OnEpoch = func(e train.Epoch) error { epochs = append(epochs, e); return nil }
	h, err := fit.Run(background)
	require.NoError(t, err)
	require.Equal(t, steps, h.Steps)
	require.Equal(t, epochs, h.Epochs)
	require.Len(t, steps, 28)
	require.Len(t, epochs, 4)

	tape := autograd.NewTape()
	n := 0
	for epoch := 1; epoch <= 4; epoch++ {
		var loss float64
		var examples, correct int
		for b := range twin.Train.Epoch() {
			tape.Reset()
			logits := twin.Model.(nn.Sequential).Forward(tape.Const(b.X))
			mean := nn.CrossEntropy(logits, b.Labels)
			right := 0
			for i, best := range tensor.ArgMax(logits.Value(), 1) {
				if best == b.Labels[i] {
					right++
				}
			}
			loss += mean.Item() * float64(len(b.Labels))
			examples += len(b.Labels)
			correct += right
			twin.Opt.SetLR(schedule.At(n))
			grads := mean.Backward()
			require.Equal(t, train.Step{
				Epoch: epoch, Number: n + 1, Examples: len(b.Labels), Loss: mean.Item(), LR: schedule.At(n), Norm: grads.ClipNorm(0.5),
			}, steps[n])
			twin.Opt.Step(grads)
			n++
		}
		valid, err := train.Evaluate(background, twin.Objective, twin.Valid, &metric.Accuracy{})
		require.NoError(t, err)
		e := epochs[epoch-1]
		require.Positive(t, e.Time)
		e.Time = 0
		require.Equal(t, train.Epoch{
			Number: epoch, Steps: n, LR: schedule.At(n - 1), Valid: &valid,
			Train: train.Score{Examples: examples, Loss: loss / float64(examples), Metrics: []train.Value{{Name: "accuracy", Value: float64(correct) / float64(examples)}}},
		}, e)
	}
	require.Equal(t, weights(twin.Model), weights(fit.Model))
	require.Greater(t, epochs[3].Valid.Of("accuracy"), 0.95)
}

func TestLossOfOnesOwn(t *testing.T) {
	fit := small(1)
	model := fit.Model.(nn.Sequential)
	fit.Objective = train.Classify(model, nn.CrossEntropyLoss{Smoothing: 0.5}.Of)
	h, err := fit.Run(background)
	require.NoError(t, err)
	plain, err := train.Evaluate(background, train.Classify(model, nn.CrossEntropy), fit.Valid, &metric.Accuracy{})
	require.NoError(t, err)
	smooth := h.Epochs[3].Valid
	require.Equal(t, plain.Metrics, smooth.Metrics)
	require.Greater(t, smooth.Loss, plain.Loss+0.1) // the valid loss is the same loss
}

func TestStepsPerEpoch(t *testing.T) {
	fit := small(1) // 7 batches
	for accumulate, want := range []int{7, 7, 4, 3, 2, 2, 2, 1, 1} {
		fit.Accumulate = accumulate
		require.Equal(t, want, fit.StepsPerEpoch())
	}
	fit.Train = &data.Stream[data.Batch]{}
	require.Equal(t, -1, fit.StepsPerEpoch())
}

func TestNothingToDo(t *testing.T) {
	fit := small(1)
	before := weights(fit.Model)
	fit.Epochs = 0
	h, err := fit.Run(background)
	require.NoError(t, err)
	require.Empty(t, h.Steps)
	require.Empty(t, h.Epochs)
	require.Equal(t, before, weights(fit.Model))

	fit = small(1) // no full batch
	loaderOf(fit).Batch, loaderOf(fit).DropLast, fit.Valid = 101, true, nil
	h, err = fit.Run(background)
	require.NoError(t, err)
	require.Empty(t, h.Steps)
	require.Len(t, h.Epochs, 4)
	require.True(t, math.IsNaN(h.Epochs[0].Train.Loss))
	require.Nil(t, h.Epochs[0].Valid)
}

func TestMisuse(t *testing.T) {
	for _, spoil := range []func(*train.Fit[data.Batch]){
		func(f *train.Fit[data.Batch]) { f.Model = nil },
		func(f *train.Fit[data.Batch]) { f.Objective = nil },
		func(f *train.Fit[data.Batch]) { f.Opt = nil },
		func(f *train.Fit[data.Batch]) { f.Train = nil },
	} {
		fit := small(1)
		spoil(fit)
		require.PanicsWithError(t, "train: a Fit needs a Model, an Objective, an Opt and a Train source", func() { fit.Run(background) })
	}
	fit := small(1)
	fit.Epochs = -1
	require.PanicsWithError(t, "train: Epochs is -1; it must not be negative", func() { fit.Run(background) })

	fit = small(1)
	use(fit, nn.Sequential{nn.NewLinear(tensor.NewRand(1), 3, 3)})
	require.Panics(t, func() { fit.Run(background) })
}

// TestStopLosesNothing stops runs after every possible step.
func TestStopLosesNothing(t *testing.T) {
	why := errors.New("enough")
	for _, last := range []int{0, 1, 5, 7, 8, 27, 28} {
		ctx, cancel := context.WithCancelCause(background)
		fit := small(3)
		fit.OnStep = func(s train.Step) error {
			if s.Number == last {
				cancel(why)
			}
			return nil
		}
		if last == 0 {
			cancel(why)
		}
		h, err := fit.Run(ctx)
		var stop *train.StopError
		require.ErrorAs(t, err, &stop)
		require.ErrorIs(t, err, why)
		require.Equal(t, last, stop.Step)
		require.Equal(t, max(1, (last+6)/7), stop.Epoch)
		require.Len(t, h.Steps, last)
		require.Len(t, h.Epochs, max(0, (last-1)/7)) // the validation of the last did not run

		full := small(3)
		if last == 0 {
			require.Equal(t, weights(full.Model), weights(fit.Model))
			continue
		}
		var there [][]float64
		full.OnStep = func(s train.Step) error {
			if s.Number == last {
				there = weights(full.Model)
			}
			return nil
		}
		whole, err := full.Run(background)
		require.NoError(t, err)
		require.Equal(t, whole.Steps[:last], h.Steps)
		require.Equal(t, there, weights(fit.Model))
	}
}

func TestStopErrorIsASentence(t *testing.T) {
	err := &train.StopError{Epoch: 2, Step: 17, Err: context.Canceled}
	require.EqualError(t, err, "training stopped in epoch 2 after step 17: context canceled")
}

// A probe is a layer that may do harm in a chosen step.
type probe struct {
	nn.Layer
	harm func(step int, logits autograd.Var) autograd.Var
	step int
}

func (p *probe) Forward(x autograd.Var) autograd.Var {
	p.step++
	return p.harm(p.step, p.Layer.Forward(x))
}

func TestNotFiniteNamesTheOperation(t *testing.T) {
	for _, c := range []struct {
		name, want string
		harm       func(autograd.Var) autograd.Var
	}{
		{"loss", "log made NaN of [16 3] in [-1, -1]", func(x autograd.Var) autograd.Var { return x.Sub(x).AddScalar(-1).Log() }},
		{"infinity", "exp made Inf of [16 3] in [1000, 1000]", func(x autograd.Var) autograd.Var { return x.Sub(x).AddScalar(1000).Exp() }},
		{"gradient", "the gradient of sqrt", func(x autograd.Var) autograd.Var { return x.Add(x.Sub(x).Sqrt()) }},
	} {
		fit := small(5)
		fit.Opt = optim.NewAdam(nn.Params(fit.Model), optim.Adam{})
		model := fit.Model.(nn.Layer)
		use(fit, &probe{Layer: model, harm: func(step int, logits autograd.Var) autograd.Var {
			if step >= 3 {
				logits = c.harm(logits)
			}
			return logits
		}})
		var there [][]float64
		fit.OnStep = func(s train.Step) error { there = weights(nn.Params(model)); return nil }
		h, err := fit.Run(background)
		var stop *train.StopError
		require.ErrorAs(t, err, &stop, c.name)
		require.Equal(t, []int{1, 2}, []int{stop.Epoch, stop.Step}, c.name)
		require.Len(t, h.Steps, 2, c.name)
		require.ErrorContains(t, err, "training stopped in epoch 1 after step 2: "+c.want)
		require.Equal(t, there, weights(nn.Params(model)), c.name)

		var nan *autograd.NaNError
		require.ErrorAs(t, err, &nan, c.name)
		require.True(t, strings.HasSuffix(nan.File, "fit_test.go"), nan.File)
	}
}

// A mask of dropout that makes NaN must be drawn again to be found, and the
// generator must not notice.
func TestNotFiniteWithTheSameMasks(t *testing.T) {
	for seed := range uint64(5) {
		fit := small(seed)
		r := tensor.NewRand(seed)
		drop := nn.NewDropout(r, 0.5)
		model := fit.Model.(nn.Layer)
		use(fit, nn.Func(func(x autograd.Var) autograd.Var {
			kept := drop.Forward(x.Tape().Const(tensor.Ones(4))).Sum()
			return model.Forward(x).Mul(kept.Div(kept)) // 0/0 when nothing is kept
		}))
		fit.Epochs = 100
		h, err := fit.Run(background)
		require.ErrorContains(t, err, "div made NaN of [] in [0, 0] and [] in [0, 0]")

		// What r has drawn is what the steps have, and the one that failed.
		fresh := tensor.NewRand(seed)
		four := tensor.Zeros(4)
		for range len(h.Steps) + 1 {
			fresh.Bernoulli(four, 0.5)
		}
		require.Equal(t, fresh, r)
	}
}

func TestInfiniteInput(t *testing.T) {
	fit := small(1)
	model := nn.Sequential{nn.NewLinear(tensor.NewRand(1), 2, 3)}
	fit.Model, fit.Objective = model, train.Classify(model, func(logits autograd.Var, _ []int) autograd.Var { return logits.Abs().Sum() })
	fit.Opt = optim.NewSGD(nn.Params(fit.Model), optim.SGD{LR: 0.1})
	loaderOf(fit).Set.(*data.Examples).X.Set(math.Inf(1), 0, 0)
	_, err := fit.Run(background)
	require.ErrorContains(t, err, "the loss or a gradient is infinite because an input or a constant of the model is")
}
