package main

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
	"github.com/descent-ml/descent/train/metric"
)

// encoderFile holds what turns the rows of a table into inputs of the net.
const encoderFile = "encoder.json"

// validRows is the part of a table that validates unless --valid says otherwise.
const validRows = 0.2

// loadTable reads a CSV file, learns how to encode it from the training part,
// and makes a net for it.
func loadTable(s *settings) (task, error) {
	t, err := table.ReadFile(s.Data, table.Options{})
	if err != nil {
		return nil, err
	}
	target, err := t.Column(s.Target)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Data, err)
	}
	e := &table.Encoder{Target: s.Target}
	why, err := chooseTask(s, target, e)
	if err != nil {
		return nil, err
	}
	r := tensor.NewRand(s.Seed)
	split, err := splitTable(s, target, e)
	if err != nil {
		return nil, err
	}
	rows := split.Train
	if s.Limit > 0 {
		rows = rows[:min(s.Limit, len(rows))]
	}
	part := t.Take(rows)
	if err := e.Fit(part); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Data, err)
	}
	trainSet, err := e.Examples(part)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Data, err)
	}
	validSet, err := e.Examples(t.Take(split.Valid))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Data, err)
	}
	decideTable(s, e, trainSet.Len())
	l, err := tableLesson(s, e, tableNet(r, s, e), trainSet, validSet)
	if err != nil {
		return nil, err
	}
	l.train = &data.Loader[data.Batch]{Set: trainSet, Batch: min(s.Batch, trainSet.Len()), Shuffle: r}
	l.said = append([]string{
		fmt.Sprintf("%s: %s rows to train on, %s to validate", s.Data, thousands(trainSet.Len()), thousands(validSet.Len())), why,
	}, strings.Split(strings.TrimRight(e.String(), "\n"), "\n")...)
	return l, nil
}

// chooseTask decides what kind of task the target asks for, and says why.
func chooseTask(s *settings, target *table.Column, e *table.Encoder) (why string, err error) {
	if s.Task == "" {
		if e.Task, why, err = table.GuessTask(target); err != nil {
			return "", fmt.Errorf("%s: %w", s.Data, err)
		}
		s.Task = e.Task.String()
		why = fmt.Sprintf("task %s, because %s (--task says otherwise)", s.Task, why)
	} else {
		if err := e.Task.UnmarshalText([]byte(s.Task)); err != nil {
			return "", err
		}
		why = fmt.Sprintf("task %s, as --task says", s.Task)
	}
	nameClasses(e, target)
	return why, nil
}

// nameClasses makes categories of the numbers or texts that a classification
// predicts, so that each part of a table has the same classes.
func nameClasses(e *table.Encoder, target *table.Column) {
	if e.Task == table.Classification && target.Kind != table.Category {
		*target = target.ToCategory()
	}
}

// splitTable divides the rows that have a target.
func splitTable(s *settings, target *table.Column, e *table.Encoder) (data.Split, error) {
	var rows, labels []int
	for i := range target.Len() {
		if target.Missing(i) {
			continue
		}
		rows = append(rows, i)
		if e.Task == table.Classification {
			labels = append(labels, target.Index[i])
		}
	}
	if len(rows) < 2 {
		return data.Split{}, fmt.Errorf("%s: only %d rows have a value in the column %s; there must be some to train on and some to validate", s.Data, len(rows), s.Target)
	}
	s.Valid = cmp.Or(s.Valid, validRows)
	r := tensor.NewRand(tensor.Seed(s.Seed, 1))
	var split data.Split
	if labels != nil {
		split = data.StratifiedSplit(labels, s.Valid, 0, r)
	} else {
		split = data.RandomSplit(len(rows), s.Valid, 0, r)
	}
	for _, part := range [][]int{split.Train, split.Valid} {
		if len(part) == 0 {
			return split, fmt.Errorf("%s: --valid %g leaves no rows to train on or none to validate, of %d", s.Data, s.Valid, len(rows))
		}
		for i, k := range part {
			part[i] = rows[k]
		}
	}
	return split, nil
}

// decideTable fills in what was left open, for n rows to train on.
func decideTable(s *settings, e *table.Encoder, n int) {
	c := defaults{model: "mlp", loss: "mse", optimizer: "adam", lr: 0.003, epochs: 200, patience: 20, batch: min(max(n/50, 16), 256)}
	if e.Task == table.Classification {
		c.loss = "cross-entropy"
	}
	s.decide(c)
	if s.Model == "mlp" && len(s.Hidden) == 0 {
		s.Hidden = []int{64, 64}
	}
}

// tableNet returns a net for the features and the target of an encoder.
func tableNet(r *tensor.Rand, s *settings, e *table.Encoder) nn.Sequential {
	outputs := 1
	if e.Task == table.Classification {
		outputs = len(e.Classes())
	}
	return denseNet(r, len(e.Features()), s.Hidden, outputs)
}

// tableLesson returns what a net learns of an encoded table, but for the order
// of the training set.
func tableLesson(s *settings, e *table.Encoder, model nn.Sequential, trainSet, validSet *data.Examples) (*lesson[data.Batch], error) {
	if (e.Task == table.Classification) != (s.Loss == "cross-entropy") {
		return nil, fmt.Errorf("--loss %s is not for a %s", s.Loss, e.Task)
	}
	l := &lesson[data.Batch]{
		unit: "rows", examples: trainSet.Len(), model: model, layers: summary(model, len(e.Features())),
		valid:  &data.Loader[data.Batch]{Set: validSet, Batch: 256},
		beside: []checkpoint.File{{Name: encoderFile, Write: jsonOf(e)}},
		meta:   map[string]string{"format": "pt", "model": s.Model, "task": s.Task, "target": s.Target},
	}
	if e.Task == table.Classification {
		l.objective = train.Classify(model, nn.CrossEntropy)
		l.metrics, l.column = []metric.Metric{&metric.Accuracy{}}, accuracy
		l.confusion, l.classes = &metric.Confusion{}, e.Classes()
		return l, nil
	}
	l.objective = train.Regress(model, numberLosses[s.Loss])
	l.metrics, l.column = []metric.Metric{&metric.RMSE{}, &metric.R2{}}, rmse(e)
	return l, nil
}

// numberLosses are the losses of regressions by the names that --loss gives
// them.
var numberLosses = map[string]func(prediction, target autograd.Var) autograd.Var{
	"mse": nn.MSE, "mae": nn.L1, "huber": nn.HuberLoss{}.Of,
}

// amount writes a number with at least four digits, and none that are zeros for
// their place alone.
func amount(v float64) string {
	if math.Abs(v) >= 1000 && math.Abs(v) < 1e15 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// rmse is the column of regressions: the root of the mean squared error in the
// unit of the target, which the net sees standardised.
func rmse(e *table.Encoder) column {
	scale := e.Values(tensor.New([]float32{0, 1}, 2))
	unit := scale[1] - scale[0]
	value := func(s train.Score) float64 { return s.Of("rmse") * unit }
	return column{
		name: "rmse", head: "rmse", watch: "rmse", value: value,
		text: func(s train.Score) string { return amount(value(s)) },
		more: func(s train.Score) string { return fmt.Sprintf(" (r² %.4f)", s.Of("r2")) },
	}
}
