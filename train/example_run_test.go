package train_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
)

// lineFit returns a run that fits y = w x to eight points on y = 2 x, two points
// a step.
func lineFit() *train.Fit[data.Batch] {
	x := tensor.Arange(8).Reshape(8, 1)
	model := nn.NewLinearNoBias(tensor.NewRand(1), 1, 1)
	return &train.Fit[data.Batch]{
		Model: model, Objective: train.Regress(model, nn.MSE),
		Opt:    optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.01}),
		Train:  &data.Loader[data.Batch]{Set: &data.Examples{X: x, Y: tensor.MulScalar(x, 2)}, Batch: 2},
		Epochs: 10,
	}
}

// A schedule that ends with the run needs to know how many steps there are.
func ExampleFit_StepsPerEpoch() {
	fit := lineFit()
	fit.Schedule = optim.Cosine{LR: 0.01, Steps: fit.Epochs * fit.StepsPerEpoch()}
	fmt.Println(fit.Schedule)
	// Output: {0.01 0 40}
}

// A run that stopped goes on from its newest checkpoint.
func ExampleFit_Resume() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	about := func(w io.Writer) error {
		_, err := io.WriteString(w, "y = 2 x")
		return err
	}
	fit := lineFit()
	fit.Checkpoints = &train.Checkpoints{Dir: dir, Files: []checkpoint.File{{Name: "about.txt", Write: about}}}
	if _, err := fit.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	again := lineFit()
	again.Checkpoints, again.Epochs = fit.Checkpoints, 12
	h, err := again.Resume(context.Background())
	fmt.Println(len(h.Epochs), err)
	// Output: 12 <nil>
}

// OnStep ends a run when there is enough.
func Example_enough() {
	fit := lineFit()
	fit.OnStep = func(s train.Step) error {
		if s.Loss < 1e-4 {
			return train.ErrEnough
		}
		return nil
	}
	h, err := fit.Run(context.Background())
	fmt.Println(len(h.Steps) < 40, err)
	// Output: true <nil>
}

// An error says where the run stopped, and wraps the reason.
func ExampleStopError() {
	fit := lineFit()
	full := errors.New("the disk is full")
	fit.OnEpoch = func(e train.Epoch) error {
		if e.Number == 2 {
			return full
		}
		return nil
	}
	_, err := fit.Run(context.Background())
	var stop *train.StopError
	if errors.As(err, &stop) {
		fmt.Println(stop)
		fmt.Println(stop.Epoch, stop.Step, errors.Is(stop, full))
	}
	// Output:
	// training stopped in epoch 2 after step 8: the disk is full
	// 2 8 true
}

// The history of a run is written as comma-separated values.
func ExampleHistory() {
	fit := lineFit()
	fit.Epochs = 2
	h, err := fit.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	var steps, epochs strings.Builder
	fmt.Println(h.WriteSteps(&steps), h.WriteEpochs(&epochs))
	for _, table := range []string{steps.String(), epochs.String()} {
		lines := strings.Split(strings.TrimSpace(table), "\n")
		fmt.Println(len(lines), "lines, the first is", lines[0])
	}
	// Output:
	// <nil> <nil>
	// 9 lines, the first is step,epoch,lr,examples,loss
	// 3 lines, the first is epoch,steps,lr,train_loss,seconds
}

// The state of an average goes with that of the model.
func ExampleAverage_State() {
	fit := lineFit()
	fit.Average = &train.Average{Decay: 0.9}
	if _, err := fit.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	again := lineFit()
	again.Average, again.Epochs = &train.Average{Decay: 0.9}, 11
	fmt.Println(again.Average.LoadState(fit.Average.State()))
	// Output: <nil>
}

// Settings are drawn, each by a function; a search then tries them.
func ExampleDraw() {
	rates := train.Draw(4, tensor.NewRand(1), func(r *tensor.Rand) float64 { return 0.01 + 0.04*r.Float64() })
	search := train.Search[float64, data.Batch]{Settings: rates, Build: func(lr float64) *train.Fit[data.Batch] {
		fit := lineFit()
		fit.Opt.SetLR(lr)
		fit.Valid = fit.Train
		return fit
	}}
	trials, err := search.Run(context.Background())
	fmt.Println(len(trials), err)
	fmt.Println(strings.Count(trials.String(), "\n"), "lines, the best first:", trials[0].Score.Loss <= trials[3].Score.Loss)
	// Output:
	// 4 <nil>
	// 5 lines, the best first: true
}

// What is measured prints as a line or a table.
func ExampleScore() {
	score := train.Score{Examples: 500, Loss: 0.25, Metrics: []train.Value{{Name: "accuracy", Value: 0.9}}}
	fmt.Println(score)
	fmt.Println(&train.Folds{Scores: []train.Score{score, score}})
	// Output:
	// loss 0.2500, accuracy 0.9000
	// loss 0.2500 ± 0.0000, accuracy 0.9000 ± 0.0000
}

func ExampleRates() {
	rates := &train.Rates{Points: []train.RatePoint{{LR: 0.001, Loss: 2}, {LR: 0.01, Loss: 1}, {LR: 0.1, Loss: 5}}, Suggestion: 0.01}
	fmt.Println(rates)
	// Output: 3 learning rates from 0.001 to 0.1, steepest at 0.01
}

// A table of numbers is the smallest model of a language: each token says what
// comes after it.
func ExampleTokenModel() {
	var model train.TokenModel = nn.NewEmbedding(tensor.NewRand(1), 3, 3)
	fmt.Println(model.Forward(autograd.NewTape(), []int{0, 1, 2, 0}, 1, 4).Shape())
	// Output: [1 4 3]
}
