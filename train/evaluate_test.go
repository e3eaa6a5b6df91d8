package train_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// The logits are the examples themselves.
var same = nn.Func(func(x autograd.Var) autograd.Var { return x })

func TestEvaluate(t *testing.T) {
	set := &data.Examples{Classes: 3, Labels: []int{0, 0, 1, 2, 2}, X: tensor.New([]float32{
		5, 0, 0,
		0, 5, 0,
		0, 5, 0,
		0, 0, 5,
		5, 0, 0,
	}, 5, 3)}
	right := math.Log(1 + 2*math.Exp(-5))
	want := train.Score{Examples: 5, Loss: right + 2, Metrics: []train.Value{{Name: "accuracy", Value: 0.6}, {Name: "confusion", Value: 0.6}}}
	objective := train.Classify(same, nn.CrossEntropy)
	for _, batch := range []int{1, 2, 5, 9} {
		var confusion metric.Confusion
		got, err := train.Evaluate(background, objective, &data.Loader[data.Batch]{Set: set, Batch: batch}, &metric.Accuracy{}, &confusion)
		require.NoError(t, err)
		require.InDelta(t, want.Loss, got.Loss, 1e-6)
		want.Loss = got.Loss
		require.Equal(t, want, got)
		require.Equal(t, [][]int{{1, 1, 0}, {0, 1, 0}, {1, 0, 1}}, [][]int{confusion.Row(0), confusion.Row(1), confusion.Row(2)})
		require.Equal(t, "loss 2.0134, accuracy 0.6000, confusion 0.6000", got.String())
		require.Equal(t, []float64{got.Loss, 0.6}, []float64{got.Of("loss"), got.Of("confusion")})
		require.True(t, math.IsNaN(got.Of("f1")))
	}

	none, err := train.Evaluate(background, objective, &data.Loader[data.Batch]{Set: set.Slice(0, 0), Batch: 4}, &metric.Accuracy{})
	require.NoError(t, err)
	require.True(t, math.IsNaN(none.Loss))
	require.True(t, math.IsNaN(none.Of("accuracy")))
}

func TestEvaluateLeavesTheModelAlone(t *testing.T) {
	fit := small(1)
	before := weights(fit.Model)
	a, err := train.Evaluate(background, fit.Objective, fit.Valid)
	require.NoError(t, err)
	b, err := train.Evaluate(background, fit.Objective, fit.Valid) // no dropout
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.Equal(t, before, weights(fit.Model))
}

func TestEvaluateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	batches := 0
	model := nn.Func(func(x autograd.Var) autograd.Var {
		if batches++; batches == 3 {
			cancel()
		}
		return x
	})
	set := &data.Examples{X: tensor.Zeros(100, 3), Labels: make([]int, 100), Classes: 3}
	_, err := train.Evaluate(ctx, train.Classify(model, nn.CrossEntropy), &data.Loader[data.Batch]{Set: set, Batch: 10})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, batches)
}

func TestHistoryFiles(t *testing.T) {
	accuracy := func(v float64) []train.Value { return []train.Value{{Name: "accuracy", Value: v}} }
	h := train.History{
		Steps: []train.Step{
			{Epoch: 1, Number: 1, Examples: 4, Loss: 2.5, LR: 0.1},
			{Epoch: 1, Number: 2, Examples: 3, Loss: 0.1, LR: 1e-6},
		},
		Epochs: []train.Epoch{
			{Number: 1, Steps: 2, LR: 0.1, Train: train.Score{Examples: 4, Loss: 1.0 / 3, Metrics: accuracy(0.75)},
				Valid: &train.Score{Examples: 2, Loss: 0.75, Metrics: accuracy(0)}, Time: 1500 * time.Millisecond},
			{Number: 2, Steps: 4, LR: 0.05, Train: train.Score{Examples: 4, Loss: 0.25, Metrics: accuracy(1)},
				Valid: &train.Score{Examples: 2, Loss: 0.5, Metrics: accuracy(0.5)}},
		},
	}
	var b strings.Builder
	require.NoError(t, h.WriteSteps(&b))
	require.Equal(t, "step,epoch,lr,examples,loss\n1,1,0.1,4,2.5\n2,1,1e-06,3,0.1\n", b.String())
	b.Reset()
	require.NoError(t, h.WriteEpochs(&b))
	require.Equal(t, "epoch,steps,lr,train_loss,train_accuracy,valid_loss,valid_accuracy,seconds\n"+
		"1,2,0.1,0.3333333333333333,0.75,0.75,0,1.500\n"+
		"2,4,0.05,0.25,1,0.5,0.5,0.000\n", b.String())

	h.Steps[0].Also, h.Steps[1].Also = []float64{1}, []float64{2}
	h.Epochs = h.Epochs[:1]
	h.Epochs[0].Valid = nil
	b.Reset()
	require.NoError(t, h.WriteSteps(&b))
	require.NoError(t, h.WriteEpochs(&b))
	require.Equal(t, "step,epoch,lr,examples,loss,loss2\n1,1,0.1,4,2.5,1\n2,1,1e-06,3,0.1,2\n"+
		"epoch,steps,lr,train_loss,train_accuracy,seconds\n1,2,0.1,0.3333333333333333,0.75,1.500\n", b.String())

	require.ErrorIs(t, h.WriteSteps(full{}), errFull)
	require.ErrorIs(t, h.WriteEpochs(full{}), errFull)
}

// full is a disk without room.
type full struct{}

var errFull = fmt.Errorf("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func ExampleFit() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.Flatten{}, nn.NewLinear(r, 784, 10)}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 3e-3}),
		Train:     &data.Loader[data.Batch]{Set: synthetic.Digits(1_000, 1), Batch: 50, Shuffle: r},
		Valid:     &data.Loader[data.Batch]{Set: synthetic.Digits(500, 2), Batch: 50},
		Metrics:   []metric.Metric{&metric.Accuracy{}},
		Epochs:    3,
		OnEpoch: func(e train.Epoch) error {
			fmt.Println("epoch", e.Number, "after", e.Steps, "steps")
			return nil
		},
	}
	history, err := fit.Run(context.Background())
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("three digits of four:", history.Epochs[2].Valid.Of("accuracy") > 0.75)
	// Output:
	// epoch 1 after 20 steps
	// epoch 2 after 40 steps
	// epoch 3 after 60 steps
	// three digits of four: true
}

func ExampleEvaluate() {
	// A model that always says 0, on 100 digits of each kind.
	zero := nn.Func(func(x autograd.Var) autograd.Var {
		return x.Tape().Const(tensor.OneHot(make([]int, x.Dim(0)), 10))
	})
	digits := &data.Loader[data.Batch]{Set: synthetic.Digits(1_000, 1), Batch: 100}
	var confusion metric.Confusion
	score, err := train.Evaluate(context.Background(), train.Classify(zero, nn.CrossEntropy), digits, &metric.Accuracy{}, &confusion)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% correct\n", 100*score.Of("accuracy"))
	fmt.Println(confusion.Row(7))
	// Output:
	// 10 % correct
	// [100 0 0 0 0 0 0 0 0 0]
}
