package train

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// A step in steady state allocates nothing, and neither does a batch of an
// evaluation.
func TestStepsAllocateNothing(t *testing.T) {
	r := tensor.NewRand(1)
	model := nn.Sequential{
		nn.NewConv2d(r, 1, 4, nn.Conv2dOptions{Kernel: nn.Square(5), Padding: nn.Square(2)}), nn.NewBatchNorm2d(4), nn.ReLU{},
		nn.MaxPool2d{Kernel: nn.Square(2)}, nn.Flatten{}, nn.NewDropout(r, 0.1), nn.NewLinear(r, 4*14*14, 10),
	}
	fit := &Fit{
		Model:    model,
		Opt:      optim.NewAdam(nn.Params(model), optim.Adam{}),
		Schedule: optim.Cosine{LR: 0.01, Steps: 1000},
		Clip:     1,
		Train:    &data.Loader{Set: data.Digits(96, 1), Batch: 32, Shuffle: r},
		Valid:    data.Digits(96, 2),
		Epochs:   1000,
		OnStep:   func(Step) {},
		OnEpoch:  func(Epoch) {},
	}
	run := fit.start()
	for range 2 {
		require.NoError(t, run.pass(context.Background()))
	}
	for b := range run.Train.Epoch() {
		require.Zero(t, testing.AllocsPerRun(10, func() { require.NoError(t, run.step(b)) }))
	}
	report := testing.AllocsPerRun(10, func() {
		_, err := run.valid.run(context.Background())
		require.NoError(t, err)
	})
	require.LessOrEqual(t, report, 20.0) // the report: a row for each class
}

// A label that is no class, such as one that a loss ignores, has no row.
func TestConfusionOfNoClass(t *testing.T) {
	var c Confusion
	c.add(2, []int{-1, 0, 2, 1, -100}, []int{0, 1, 1, 1, 1})
	require.Equal(t, Confusion{{0, 1}, {0, 1}}, c)
}
