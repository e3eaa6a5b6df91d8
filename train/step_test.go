package train

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// A step in steady state allocates nothing, and neither does a batch of an
// evaluation.
func TestStepsAllocateNothing(t *testing.T) {
	r := tensor.NewRand(1)
	model := nn.Sequential{
		nn.NewConv2d(r, 1, 4, nn.Conv2dOptions{Kernel: nn.Square(5), Padding: nn.Square(2)}), nn.NewBatchNorm2d(4), nn.ReLU{},
		nn.MaxPool2d{Kernel: nn.Square(2)}, nn.Flatten{}, nn.NewDropout(r, 0.1), nn.NewLinear(r, 4*14*14, 10),
	}
	for _, c := range []struct{ accumulate, workers, ahead int }{{}, {accumulate: 3}, {accumulate: 3, workers: 1}, {accumulate: 3, workers: 2}, {ahead: 2}} {
		fit := &Fit[data.Batch]{
			Model:      model,
			Objective:  Classify(model, nn.CrossEntropy),
			Opt:        optim.NewAdam(nn.Params(model), optim.Adam{}),
			Schedule:   optim.Cosine{LR: 0.01, Steps: 1000},
			Clip:       1,
			Accumulate: c.accumulate,
			Workers:    c.workers,
			Train:      &data.Loader[data.Batch]{Set: synthetic.Digits(96, 1), Batch: 16, Shuffle: r, Prefetch: c.ahead},
			Valid:      &data.Loader[data.Batch]{Set: synthetic.Digits(96, 2), Batch: 32},
			Metrics:    []metric.Metric{&metric.Accuracy{}, &metric.Confusion{}},
			Average:    &Average{Decay: 0.9},
			Epochs:     1000,
			OnStep:     func(Step) error { return nil },
			OnEpoch:    func(Epoch) error { return nil },
		}
		run := fit.start()
		for range 2 {
			require.NoError(t, run.pass(context.Background()))
		}
		for b := range run.Train.Epoch() {
			if allocs.Race && c.workers > 1 {
				break // each goroutine misses what was dropped for the other
			}
			n := testing.AllocsPerRun(12, func() { require.NoError(t, run.take(b)) })
			for try := 0; n > 0 && c.workers > 1 && try < 20; try++ { // two goroutines may meet for the first time, and want a second buffer
				n = testing.AllocsPerRun(12, func() { require.NoError(t, run.take(b)) })
			}
			require.Zero(t, n, "%+v", c)
		}
		score := testing.AllocsPerRun(10, func() {
			_, err := run.valid.run(context.Background())
			require.NoError(t, err)
		})
		require.LessOrEqual(t, score, 8.0) // the loop and the values of the metrics, however many batches
	}
}
