package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// A trainCommand is descent train. Its flags are what config.json holds.
type trainCommand struct {
	Data    string  `json:"data" enum:"digits,mnist" default:"digits" help:"What to learn: digits, which descent draws, or mnist."`
	DataDir string  `json:"data_dir,omitempty" placeholder:"DIR" help:"The folder with the four files of MNIST."`
	Limit   int     `json:"limit" placeholder:"N" help:"Train on the first N pictures only."`
	Model   string  `json:"model" enum:"cnn,mlp,linear" default:"cnn" help:"The net: cnn, mlp (one hidden layer) or linear."`
	Epochs  int     `json:"epochs" default:"3" help:"How often to go over the training pictures."`
	Batch   int     `json:"batch" default:"32" help:"Pictures in a step."`
	LR      float64 `json:"lr" name:"lr" default:"0.003" help:"The learning rate of Adam, which falls along a cosine to a hundredth."`
	Seed    uint64  `json:"seed" default:"0" help:"Where all chance comes from: the same seed gives the same weights, to the last bit on processors with the same instruction set (AVX-512, AVX2, NEON, or none of these)."`
	Out     string  `json:"-" placeholder:"DIR" help:"The run folder, new or empty, instead of a new one in runs."`

	threadsFlag `embed:""`
}

// Help is what descent train --help says above the flags.
func (c *trainCommand) Help() string {
	return "Without flags: a small convolutional net on 10,000 digits that descent draws, in well under a minute. " +
		"The run folder then holds the weights (weights.safetensors), the loss curve (loss.png), the history " +
		"(history.csv by epoch, steps.csv by step), the confusion matrix (confusion.csv), and config.json and result.json. " +
		"An interrupt finishes the step and saves; so does the end of the terminal, or of what reads the output. " +
		"A second interrupt does not wait."
}

// check says which flag makes no sense.
func (c *trainCommand) check() error {
	switch {
	case c.Data == "mnist" && c.DataDir == "":
		return errors.New("--data mnist needs --data-dir DIR, the folder with the four files of MNIST")
	case c.Data != "mnist" && c.DataDir != "":
		return errors.New("--data-dir is only read with --data mnist")
	case c.Epochs < 1 || c.Epochs > 1_000_000:
		return fmt.Errorf("--epochs must be from 1 to 1000000, not %d", c.Epochs)
	case c.Batch < 1:
		return fmt.Errorf("--batch must be at least 1, not %d", c.Batch)
	case !(c.LR > 0) || math.IsInf(c.LR, 0):
		return fmt.Errorf("--lr must be a positive number, not %g", c.LR)
	case c.Limit < 0:
		return fmt.Errorf("--limit must be at least 1, or 0 for all pictures, not %d", c.Limit)
	}
	return c.threadsFlag.check()
}

// Run trains, tests, and leaves a run folder.
func (c *trainCommand) Run(ctx context.Context, con *console) error {
	if err := c.check(); err != nil {
		return &usageError{err, "descent train --help"}
	}
	defer c.use()()
	began := time.Now()
	src, err := await(ctx, c.load)
	if err != nil {
		return err
	}
	c.describe(con, src, time.Since(began))
	folder, err := newRunFolder(c.Out, c.Data+"-"+c.Model)
	if err != nil {
		return err
	}
	defer folder.close()

	r := tensor.NewRand(c.Seed)
	model := newModel(c.Model, r)
	con.printf("\n%v\n", nn.Summary(model, append([]int{1}, src.train.X.Shape()[1:]...)...))

	history, err := c.fit(ctx, con, model, src, r)
	interrupted := err != nil && errors.Is(err, context.Cause(ctx))
	switch {
	case interrupted && len(history.Steps) == 0:
		return &interruptedError{"before the first step; nothing was saved"}
	case err != nil && !interrupted:
		return c.explain(err)
	}
	if err := c.usable(history); err != nil {
		return err
	}
	weights := folder.file(weightsFile)
	if err := c.save(folder, model, history); err != nil {
		if folder.used {
			err = fmt.Errorf("%w; the weights are in %s", err, weights)
		}
		return err
	}
	if interrupted {
		last := history.Steps[len(history.Steps)-1]
		return &interruptedError{fmt.Sprintf("in epoch %d after step %d; the weights are in %s", last.Epoch, last.Number, weights)}
	}

	var confusion metric.Confusion
	test := &data.Loader[data.Batch]{Set: src.test, Batch: 256}
	score, err := train.Evaluate(ctx, train.Classify(model, nn.CrossEntropy), test, &metric.Accuracy{}, &confusion)
	if err != nil {
		return &interruptedError{"while testing; training is complete and the weights are in " + weights}
	}
	con.printf("\non %s test pictures (a row for each digit, a column for each answer of the net):\n\n", thousands(score.Examples))
	printConfusion(con, &confusion)
	if err := c.saveReport(folder, score, &confusion); err != nil {
		return err
	}
	con.printf("\nweights     %s\nloss curve  %s\n\n", weights, folder.file(curveFile))
	con.printf("test accuracy %.2f %%\n", percent(score))
	return nil
}

// load draws or reads the data.
func (c *trainCommand) load() (*source, error) {
	if c.Data == "mnist" {
		return readMNIST(c.DataDir, c.Limit)
	}
	src := drawDigits(c.Seed)
	if c.Limit > 0 {
		src.train = src.train.Slice(0, min(c.Limit, src.train.Len()))
	}
	return src, nil
}

// describe says what the data is and how long it took to load.
func (c *trainCommand) describe(con *console, src *source, took time.Duration) {
	how := "drawn"
	if c.Data == "mnist" {
		how = "read"
	}
	con.printf("%s: %s pictures to train on, %s to validate, %s to test, %s in %s\n", c.Data,
		thousands(src.train.Len()), thousands(src.valid.Len()), thousands(src.test.Len()), how, seconds(took))
}

// await returns what f returns. An interruption does not wait for f, which may
// be reading from a pipe or a disk that does not answer.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { done <- r }()
		defer recovered(&r.err)
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, &interruptedError{"before the first step; nothing was saved"}
	}
}

// fit trains the model and prints a line for each epoch.
func (c *trainCommand) fit(ctx context.Context, con *console, model nn.Layer, src *source, r *tensor.Rand) (*train.History, error) {
	loader := &data.Loader[data.Batch]{Set: src.train, Batch: min(c.Batch, src.train.Len()), Shuffle: r}
	bar := newProgress(con, c.Epochs, src.train.Len())
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: c.LR}),
		Schedule:  optim.Cosine{LR: c.LR, Min: c.LR / 100, Steps: c.Epochs * loader.Batches()},
		Train:     loader,
		Valid:     &data.Loader[data.Batch]{Set: src.valid, Batch: loader.Batch},
		Metrics:   []metric.Metric{&metric.Accuracy{}},
		Epochs:    c.Epochs,
		OnStep:    bar.step,
		OnEpoch: func(e train.Epoch) error {
			bar.clear()
			printEpoch(con, e, c.Epochs)
			return nil
		},
	}
	con.printf(epochHead)
	history, err := fit.Run(ctx)
	bar.clear()
	return history, err
}

// explain says what to do about a run that failed.
func (c *trainCommand) explain(err error) error {
	var nan *autograd.NaNError
	var stop *train.StopError
	if !errors.As(err, &nan) || !errors.As(err, &stop) {
		return err
	}
	what := *nan
	what.File = "" // the line of the program tells its user nothing
	return fmt.Errorf("training stopped in epoch %d after step %d because %w; nothing was saved, try a smaller --lr than %g",
		stop.Epoch, stop.Step, &what, c.LR)
}

// usable returns an error when the net has learnt nothing that is worth a file:
// its weights are finite, but so large that what it computes is not.
func (c *trainCommand) usable(h *train.History) error {
	if len(h.Epochs) == 0 {
		return nil
	}
	loss := h.Epochs[len(h.Epochs)-1].Valid.Loss
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("training ended with a validation loss of %g; nothing was saved, try a smaller --lr than %g", loss, c.LR)
	}
	return nil
}

const (
	weightsFile = "weights.safetensors"
	curveFile   = "loss.png"
)

// save writes the weights and the history of training.
func (c *trainCommand) save(folder *runFolder, model nn.Layer, h *train.History) error {
	weights := &safetensors.File{
		Metadata: map[string]string{"format": "pt", "model": c.Model, "data": c.Data, "pixels": pixels},
		Tensors:  nn.State(model),
	}
	title := fmt.Sprintf("%s on %s, seed %d", c.Model, c.Data, c.Seed)
	return folder.writeAll(
		content{weightsFile, func(w io.Writer) error { return safetensors.Write(w, weights) }},
		content{"config.json", jsonOf(c)},
		content{"history.csv", h.WriteEpochs},
		content{"steps.csv", h.WriteSteps},
		content{curveFile, func(w io.Writer) error { return plotLoss(w, title, h) }},
	)
}

// saveReport writes the results of the test.
func (c *trainCommand) saveReport(folder *runFolder, s train.Score, confusion *metric.Confusion) error {
	return folder.writeAll(
		content{"confusion.csv", func(w io.Writer) error { return writeConfusion(w, confusion) }},
		content{"result.json", jsonOf(map[string]any{
			"test_images": s.Examples, "test_loss": s.Loss, "test_accuracy": s.Of("accuracy"),
		})},
	)
}
