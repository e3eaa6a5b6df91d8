package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/data/text"
)

// An evalCommand is descent eval.
type evalCommand struct {
	Dir  string `arg:"" name:"dir" help:"The run folder."`
	Data string `placeholder:"FILE" help:"Measure on this CSV file or text file, instead of what the run was tested with."`

	voiceFlags  `embed:""`
	threadsFlag `embed:""`
}

// Help is what descent eval --help says above the flags.
func (c *evalCommand) Help() string {
	return "The net of a run is measured on the examples that it was tested with, or on others.\n\n" +
		"    descent eval runs/houses-mlp-20261127-101500 --data new.csv"
}

// Run measures a model.
func (c *evalCommand) Run(ctx context.Context, con *console) error {
	con.use(c.voiceFlags)
	if err := c.threadsFlag.check(); err != nil {
		return &usageError{err, "descent eval --help"}
	}
	defer c.use()()
	var s settings
	if err := readConfig(c.Dir, &s); err != nil {
		return err
	}
	t, err := await(ctx, func() (task, error) {
		if c.Data != "" {
			return loadOther(c.Dir, &s, c.Data)
		}
		return s.load(ctx, con)
	})
	if err != nil {
		return err
	}
	model, _ := t.net()
	if err := loadWeights(c.Dir, model); err != nil {
		return err
	}
	r, err := t.measure(ctx)
	if err != nil {
		return err
	}
	con.result(r, nil, "")
	return nil
}

// loadOther makes of another file of the same kind what the net of a run is
// measured on.
func loadOther(dir string, s *settings, path string) (task, error) {
	switch s.kind() {
	case tables:
		m, e, err := readTableModel(dir, s)
		if err != nil {
			return nil, err
		}
		t, err := table.ReadFile(path, e.Options())
		if err != nil {
			return nil, err
		}
		target, err := t.Column(e.Target)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		nameClasses(e, target)
		set, err := e.Examples(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		l, err := tableLesson(s, e, m, set, set)
		if err != nil {
			return nil, err
		}
		l.test = l.valid
		return l, nil
	case texts:
		m, v, err := readTextModel(dir, s)
		if err != nil {
			return nil, err
		}
		corpus, err := text.ReadFile(path)
		if err != nil {
			return nil, err
		}
		set, err := windowsOf(s, v, corpus)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		l := textLesson(s, m, v, set, set)
		l.test = &data.Loader[text.Batch]{Set: set, Batch: 32}
		return l, nil
	}
	return nil, errors.New("--data is for runs on a CSV file or a text file")
}
