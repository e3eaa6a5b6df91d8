package main

import (
	"context"
	"fmt"
	"time"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
	"github.com/descent-ml/descent/train/metric"
)

// A task is what a run learns: a data set, a net and an objective.
type task interface {
	// about says what the data is, and what was chosen because of it.
	about() []string
	// net returns the model, and a table of its layers.
	net() (model any, summary string)
	// fit trains the model, from the start or from the newest checkpoint.
	fit(ctx context.Context, con *console, c *trainCommand, folder *runFolder) (*train.History, error)
	// measure tests the model.
	measure(ctx context.Context) (*result, error)
	// files are those that predictions need beside the weights.
	files() []checkpoint.File
	// metadata is what the weights file says of itself.
	metadata() map[string]string
}

// A lesson is a [task] whose batches are of type B.
type lesson[B any] struct {
	said         []string
	unit         string // what an example is called, in the plural
	examples     int    // in an epoch
	model        any
	layers       string // a table of them
	objective    train.Objective[B]
	train, valid data.Source[B]
	test         data.Source[B] // nil when there is none, and the validation stands in for it
	metrics      []metric.Metric
	confusion    *metric.Confusion // of a classification, else nil
	classes      []string          // their names
	column       column
	beside       []checkpoint.File
	meta         map[string]string
}

// A column is a number that tells how well a model does.
type column struct {
	name     string                    // in sentences: accuracy
	head     string                    // above the column
	watch    string                    // the metric that tells it
	maximize bool                      // more is better
	text     func(train.Score) string  // with its unit
	more     func(train.Score) string  // what a result says beside it, or nil
	value    func(train.Score) float64 // in result.json
}

// accuracy is the column of classifications.
var accuracy = column{
	name: "accuracy", head: "correct", watch: "accuracy", maximize: true,
	text:  func(s train.Score) string { return fmt.Sprintf("%.2f %%", 100*s.Of("accuracy")) },
	value: func(s train.Score) float64 { return s.Of("accuracy") },
}

// perplexity is the column of texts.
var perplexity = column{
	name: "perplexity", head: "perplexity", watch: "loss",
	text:  func(s train.Score) string { return fmt.Sprintf("%.3f", s.Of("perplexity")) },
	more:  func(s train.Score) string { return fmt.Sprintf(" (loss %.4f)", s.Loss) },
	value: func(s train.Score) float64 { return s.Of("perplexity") },
}

// A result is how a model did.
type result struct {
	on        string // test or validation
	unit      string
	score     train.Score
	column    column
	confusion *metric.Confusion
	classes   []string
}

func (l *lesson[B]) about() []string             { return l.said }
func (l *lesson[B]) net() (any, string)          { return l.model, l.layers }
func (l *lesson[B]) files() []checkpoint.File    { return l.beside }
func (l *lesson[B]) metadata() map[string]string { return l.meta }

// fit trains the model and prints a line for each epoch.
func (l *lesson[B]) fit(ctx context.Context, con *console, c *trainCommand, folder *runFolder) (*train.History, error) {
	bar := newProgress(con, c.Epochs, l.examples, l.unit)
	fit := &train.Fit[B]{
		Model:       l.model,
		Objective:   l.objective,
		Opt:         c.optimizer(l.model),
		Train:       l.train,
		Valid:       l.valid,
		Epochs:      c.Epochs,
		Clip:        c.Clip,
		Accumulate:  c.Accumulate,
		Workers:     c.Workers,
		Metrics:     l.metrics,
		Watch:       c.watch(l.column),
		Average:     c.average(),
		Checkpoints: c.checkpoints(folder, l.beside),
		OnStep:      bar.step,
		OnEpoch: func(e train.Epoch) error {
			bar.clear()
			printEpoch(con, e, c.Epochs, l.column)
			return nil
		},
	}
	fit.Schedule = c.schedule(c.Epochs * fit.StepsPerEpoch())
	run := fit.Run
	if c.Resume != "" {
		run = fit.Resume
	}
	printEpochHead(con, l.column)
	history, err := run(ctx)
	bar.clear()
	for _, d := range history.Damaged {
		fmt.Fprintf(con.err, "descent: %v; an earlier one is taken\n", d)
	}
	if fit.Average != nil && (fit.Watch == nil || err != nil) {
		fit.Average.Swap() // the average is what the run is for
	}
	return history, err
}

// measure tests the model, on the validation set where there is no other.
func (l *lesson[B]) measure(ctx context.Context) (*result, error) {
	r := &result{on: "test", unit: l.unit, column: l.column, confusion: l.confusion, classes: l.classes}
	source := l.test
	if source == nil {
		r.on, source = "validation", l.valid
	}
	metrics := l.metrics
	if l.confusion != nil {
		metrics = append(metrics[:len(metrics):len(metrics)], l.confusion)
	}
	var err error
	r.score, err = train.Evaluate(ctx, l.objective, source, metrics...)
	return r, err
}

// summary returns the table of the layers of a net for inputs of a shape.
func summary(model nn.Layer, shape ...int) string {
	return fmt.Sprint(nn.Summary(model, append([]int{1}, shape...)...))
}

// The files of a run folder.
const (
	weightsFile       = "weights.safetensors"
	configFile        = "config.json"
	resultFile        = "result.json"
	curveFile         = "loss.png"
	checkpointsFolder = "checkpoints"
)

// checkpoints says when checkpoints are saved, and where. Each one is itself a
// folder that eval and predict take.
func (c *trainCommand) checkpoints(folder *runFolder, beside []checkpoint.File) *train.Checkpoints {
	s := &train.Checkpoints{
		Dir: folder.file(checkpointsFolder), Every: time.Duration(c.Every * float64(time.Second)), Keep: c.Keep,
		Files: c.files(beside),
	}
	if c.Every == 0 {
		s.Steps = 1
	}
	return s
}
