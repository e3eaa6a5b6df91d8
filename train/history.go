package train

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"
)

// A Step is what happened in one step of training.
type Step struct {
	Epoch    int // from 1
	Number   int // from 1, over all epochs
	Examples int // in the batch
	Correct  int // of these
	Loss     float64
	LR       float64 // the learning rate
}

// An Epoch sums up one pass over the training set.
type Epoch struct {
	Number int     // from 1
	Steps  int     // done so far, over all epochs
	LR     float64 // of the last step
	Train  Score   // over the steps of the epoch
	Valid  *Score  // after the epoch; nil without a validation set
	Time   time.Duration
}

// A History is the record of a training run.
type History struct {
	Steps  []Step
	Epochs []Epoch // those that are complete
}

// WriteEpochs writes a line of comma-separated values for each epoch, under
// these names:
//
//	epoch,steps,lr,train_loss,train_accuracy,valid_loss,valid_accuracy,seconds
//
// Accuracies are fractions. Without validation its fields are empty.
func (h *History) WriteEpochs(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"epoch", "steps", "lr", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "seconds"})
	for _, e := range h.Epochs {
		loss, accuracy := "", ""
		if e.Valid != nil {
			loss, accuracy = number(e.Valid.Loss), number(e.Valid.Accuracy())
		}
		c.Write([]string{
			strconv.Itoa(e.Number), strconv.Itoa(e.Steps), number(e.LR),
			number(e.Train.Loss), number(e.Train.Accuracy()), loss, accuracy,
			strconv.FormatFloat(e.Time.Seconds(), 'f', 3, 64),
		})
	}
	c.Flush()
	return c.Error()
}

// WriteSteps writes a line of comma-separated values for each step, under
// these names:
//
//	step,epoch,lr,examples,correct,loss
func (h *History) WriteSteps(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"step", "epoch", "lr", "examples", "correct", "loss"})
	for _, s := range h.Steps {
		c.Write([]string{
			strconv.Itoa(s.Number), strconv.Itoa(s.Epoch), number(s.LR),
			strconv.Itoa(s.Examples), strconv.Itoa(s.Correct), number(s.Loss),
		})
	}
	c.Flush()
	return c.Error()
}

// number writes v in the fewest digits that read back as v.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
