package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
)

// A trainCommand is descent train.
type trainCommand struct {
	settings `embed:""`

	Out    string  `json:"-" placeholder:"DIR" help:"The run folder, new or empty, instead of a new one in runs."`
	Resume string  `json:"-" placeholder:"DIR" help:"Go on with the run in this folder, with its settings."`
	Keep   int     `json:"-" default:"2" help:"How many of the newest checkpoints are kept, beside the best."`
	Every  float64 `json:"-" default:"30" placeholder:"SECONDS" help:"Save a checkpoint after so many seconds; 0 saves after each step."`

	voiceFlags  `embed:""`
	threadsFlag `embed:""`

	given bool // a flag that is one of the settings
}

// AfterApply finds out whether a setting was given.
func (c *trainCommand) AfterApply(parsed *kong.Context) error {
	for _, p := range parsed.Path {
		if p.Flag != nil && !slices.Contains([]string{"help", "out", "resume", "keep", "every", "quiet", "json", "threads"}, p.Flag.Name) {
			c.given = true
		}
		if p.Flag != nil && slices.Contains([]string{"epochs", "batch", "lr"}, p.Flag.Name) && p.Flag.Target.IsZero() {
			return fmt.Errorf("--%s must not be 0; leave it out to have it chosen", p.Flag.Name)
		}
	}
	return nil
}

// Help is what descent train --help says above the flags.
func (c *trainCommand) Help() string {
	return "Without flags: a small convolutional net on 10,000 digits that descent draws, in well under a minute. " +
		"With a CSV file and the column to predict, a text file, or a folder of pictures: a net for that, chosen from the data. " +
		"The run folder then holds the weights (weights.safetensors), the loss curve (loss.png), the history " +
		"(history.csv by epoch, steps.csv by step), checkpoints, what eval and predict need, and config.json and result.json. " +
		"An interrupt finishes the step and saves; so does the end of the terminal, or of what reads the output. " +
		"A second interrupt does not wait.\n\n" +
		"    descent train --data houses.csv --target price\n" +
		"    descent train --data mnist --epochs 10\n" +
		"    descent train --data poems.txt --model lstm\n" +
		"    descent train --resume runs/digits-cnn-20261127-101500"
}

// check says which flag makes no sense.
func (c *trainCommand) check() error {
	switch {
	case c.Keep < 1:
		return fmt.Errorf("--keep must be at least 1, not %d", c.Keep)
	case !(c.Every >= 0) || c.Every > 1e6:
		return fmt.Errorf("--every must be a number of seconds up to a million, not %g", c.Every)
	}
	if err := c.settings.check(); err != nil {
		return err
	}
	if err := c.exists(); err != nil {
		return err
	}
	return c.threadsFlag.check()
}

// Run trains, tests, and leaves a run folder.
func (c *trainCommand) Run(ctx context.Context, con *console) error {
	con.use(c.voiceFlags)
	if c.Resume != "" && c.Out != "" {
		return &usageError{errors.New("--resume goes on in the folder that it names; leave out --out"), "descent train --help"}
	}
	if c.Resume != "" {
		if err := c.readSettings(); err != nil {
			return err
		}
	}
	c.open()
	if err := c.check(); err != nil {
		return &usageError{err, "descent train --help"}
	}
	defer c.use()()
	c.Kind = c.kind()
	t, err := await(ctx, func() (task, error) { return c.load(ctx, con) })
	if err != nil {
		return err
	}
	for _, line := range t.about() {
		con.say("%s\n", line)
	}
	if ctx.Err() != nil {
		return &interruptedError{"before the first step; nothing was saved"}
	}
	folder, err := c.folder()
	if err != nil {
		return err
	}
	defer folder.close()
	if c.Resume == "" {
		if err := folder.writeAll(c.files(t.files())...); err != nil {
			return err
		}
	}
	model, layers := t.net()
	con.say("\n%s\n", layers)
	return c.fit(ctx, con, folder, t, model)
}

// folder returns the folder of a new run, or of the one that is resumed.
func (c *trainCommand) folder() (*runFolder, error) {
	if c.Resume != "" {
		return openRunFolder(c.Resume)
	}
	return newRunFolder(c.Out, c.label()+"-"+c.Model)
}

// files returns what eval, predict and --resume need beside the weights: the
// settings of the run, and what the data taught, such as an encoder.
func (c *trainCommand) files(beside []checkpoint.File) []checkpoint.File {
	return append(beside[:len(beside):len(beside)], checkpoint.File{Name: configFile, Write: jsonOf(&c.settings)})
}

// fit trains the model, tests it, and writes the results.
func (c *trainCommand) fit(ctx context.Context, con *console, folder *runFolder, t task, model any) error {
	history, err := t.fit(ctx, con, c, folder)
	interrupted := err != nil && errors.Is(err, context.Cause(ctx))
	switch {
	case interrupted && len(history.Steps) == 0:
		return &interruptedError{"before the first step; descent train --resume " + folder.path + " begins again"}
	case err != nil && !interrupted:
		return c.explain(err, folder)
	}
	if err := c.usable(history); err != nil {
		return err
	}
	weights := folder.file(weightsFile)
	if err := c.save(folder, t, model, history); err != nil {
		return fmt.Errorf("%w; the weights are in the newest checkpoint in %s", err, folder.file(checkpointsFolder))
	}
	if interrupted {
		last := history.Steps[len(history.Steps)-1]
		return &interruptedError{fmt.Sprintf("in epoch %d after step %d; the weights are in %s, and descent train --resume %s goes on",
			last.Epoch, last.Number, weights, folder.path)}
	}
	r, err := t.measure(ctx)
	if err != nil {
		return &interruptedError{"while testing; training is complete and the weights are in " + weights}
	}
	if err := folder.saveResult(r); err != nil {
		return err
	}
	con.result(r, folder, weights)
	return nil
}

// explain says what to do about a run that failed.
func (c *trainCommand) explain(err error, folder *runFolder) error {
	var nan *autograd.NaNError
	var stop *train.StopError
	if !errors.As(err, &nan) || !errors.As(err, &stop) {
		return err
	}
	what := *nan
	what.File = "" // the line of the program tells its user nothing
	return fmt.Errorf("training stopped in epoch %d after step %d because %w; try a smaller --lr than %g (checkpoints from before are in %s)",
		stop.Epoch, stop.Step, &what, c.LR, folder.file(checkpointsFolder))
}

// usable returns an error when the net has learnt nothing that is worth a file:
// its weights are finite, but so large that what it computes is not.
func (c *trainCommand) usable(h *train.History) error {
	if len(h.Epochs) == 0 {
		return nil
	}
	loss := h.Epochs[len(h.Epochs)-1].Valid.Loss
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("training ended with a validation loss of %g; the weights were not saved, try a smaller --lr than %g", loss, c.LR)
	}
	return nil
}

// save writes the weights and the history of training.
func (c *trainCommand) save(folder *runFolder, t task, model any, h *train.History) error {
	weights := &safetensors.File{Metadata: t.metadata(), Tensors: nn.State(model)}
	title := fmt.Sprintf("%s on %s, seed %d", c.Model, c.label(), c.Seed)
	return folder.writeAll(
		checkpoint.File{Name: weightsFile, Write: func(w io.Writer) error { return safetensors.Write(w, weights) }},
		checkpoint.File{Name: "history.csv", Write: h.WriteEpochs},
		checkpoint.File{Name: "steps.csv", Write: h.WriteSteps},
		checkpoint.File{Name: curveFile, Write: func(w io.Writer) error { return plotLoss(w, title, h) }},
	)
}

// saveResult writes the results of the test.
func (f *runFolder) saveResult(r *result) error {
	list := []checkpoint.File{{Name: resultFile, Write: jsonOf(r.json())}}
	if r.confusion != nil {
		list = append([]checkpoint.File{{Name: "confusion.csv", Write: func(w io.Writer) error { return writeConfusion(w, r.confusion, r.classes) }}}, list...)
	}
	return f.writeAll(list...)
}

// json returns the result for result.json and for --json.
func (r *result) json() map[string]any {
	m := map[string]any{"on": r.on, "examples": r.score.Examples, "loss": jsonNumber(r.score.Loss)}
	for _, v := range r.score.Metrics {
		if v.Name != "confusion" {
			m[v.Name] = jsonNumber(v.Value)
		}
	}
	m[r.column.name] = jsonNumber(r.column.value(r.score)) // in the unit of the target
	return m
}

// jsonNumber returns v, or its text where JSON has no number for it.
func jsonNumber(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strings.ToLower(fmt.Sprint(v))
	}
	return v
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
