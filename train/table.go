package train

import (
	"fmt"
	"time"

	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// This file writes a history as tables of numbers, and reads it back. A step is
// a row
//
//	epoch number examples loss lr norm also…
//
// and an epoch is a row, in which the score is examples, loss, metrics…
//
//	number steps lr nanoseconds score(training) valid score(validation)
//
// where valid is 1, or 0 when there was no validation.

func (h *History) stepTable() *tensor.Tensor {
	var rows []float64
	for _, s := range h.Steps {
		rows = append(rows, float64(s.Epoch), float64(s.Number), float64(s.Examples), s.Loss, s.LR, s.Norm)
		rows = append(rows, s.Also...)
	}
	return table(rows, len(h.Steps))
}

func (h *History) epochTable() *tensor.Tensor {
	var rows []float64
	for _, e := range h.Epochs {
		rows = append(rows, float64(e.Number), float64(e.Steps), e.LR, float64(e.Time))
		rows = appendScore(rows, &e.Train)
		valid, has := e.Valid, 1.0
		if valid == nil {
			valid, has = &Score{Metrics: e.Train.Metrics}, 0
		}
		rows = appendScore(append(rows, has), valid)
	}
	return table(rows, len(h.Epochs))
}

func appendScore(row []float64, s *Score) []float64 {
	row = append(row, float64(s.Examples), s.Loss)
	for _, v := range s.Metrics {
		row = append(row, v.Value)
	}
	return row
}

// table returns numbers as a tensor of n rows.
func table(numbers []float64, n int) *tensor.Tensor {
	if n == 0 {
		return tensor.Zeros64(0, 0)
	}
	return tensor.New(numbers, n, len(numbers)/n)
}

// load takes the tables of a run with the given metrics and turns after the
// first.
func (h *History) load(steps, epochs *tensor.Tensor, metrics []metric.Metric, also int) error {
	rows, err := rowsOf("steps", steps, 6+also)
	if err != nil {
		return err
	}
	for _, x := range rows {
		s := Step{Epoch: int(x[0]), Number: int(x[1]), Examples: int(x[2]), Loss: x[3], LR: x[4], Norm: x[5]}
		if also > 0 {
			h.also = append(h.also, x[6:]...)
			s.Also = h.also[len(h.also)-also : len(h.also) : len(h.also)]
		}
		h.Steps = append(h.Steps, s)
	}
	m := len(metrics)
	if rows, err = rowsOf("epochs", epochs, 4+2+m+1+2+m); err != nil {
		return err
	}
	for _, x := range rows {
		e := Epoch{Number: int(x[0]), Steps: int(x[1]), LR: x[2], Time: time.Duration(x[3]), Train: scoreOf(x[4:6+m], metrics)}
		if x[6+m] != 0 {
			valid := scoreOf(x[7+m:], metrics)
			e.Valid = &valid
		}
		h.Epochs = append(h.Epochs, e)
	}
	return nil
}

func scoreOf(x []float64, metrics []metric.Metric) Score {
	s := Score{Examples: int(x[0]), Loss: x[1]}
	for i, m := range metrics {
		s.Metrics = append(s.Metrics, Value{m.Name(), x[2+i]})
	}
	return s
}

// rowsOf returns the rows of a table with the given number of columns.
func rowsOf(name string, x *tensor.Tensor, columns int) (rows [][]float64, err error) {
	if x == nil || x.Rank() != 2 || x.Dim(0) > 0 && x.Dim(1) != columns {
		return nil, fmt.Errorf("%s has no table %q with %d columns; it is of a run with other metrics or turns", recordFile, name, columns)
	}
	all := tensor.Values(x)
	for i := range x.Dim(0) {
		rows = append(rows, all[i*columns:(i+1)*columns])
	}
	return rows, nil
}
