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
	Examples int // in the batches of the step
	Loss     float64
	LR       float64   // the learning rate
	Norm     float64   // of the gradients before they were clipped; 0 when they are not
	Also     []float64 // the losses of the turns after the first; nil without any
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
	Steps   []Step
	Epochs  []Epoch // those that are complete
	Skipped int     // steps left out because a number was not finite
	Damaged []error // what is wrong with the checkpoints that Resume passed over

	also []float64 // memory of Step.Also
}

// WriteEpochs writes a line of comma-separated values for each epoch, under
// these names, where a metric stands for each that was measured:
//
//	epoch,steps,lr,train_loss,train_metric,valid_loss,valid_metric,seconds
//
// Without validation its fields are left out.
func (h *History) WriteEpochs(w io.Writer) error {
	c := csv.NewWriter(w)
	row := []string{"epoch", "steps", "lr"}
	if len(h.Epochs) > 0 {
		row = append(row, names("train_", &h.Epochs[0].Train)...)
		row = append(row, names("valid_", h.Epochs[0].Valid)...)
	}
	c.Write(append(row, "seconds"))
	for _, e := range h.Epochs {
		row = append(row[:0], strconv.Itoa(e.Number), strconv.Itoa(e.Steps), number(e.LR))
		row = append(row, values(&e.Train)...)
		row = append(row, values(e.Valid)...)
		c.Write(append(row, strconv.FormatFloat(e.Time.Seconds(), 'f', 3, 64)))
	}
	c.Flush()
	return c.Error()
}

// names returns the names of the numbers in a score.
func names(prefix string, s *Score) (list []string) {
	if s == nil {
		return nil
	}
	list = append(list, prefix+"loss")
	for _, v := range s.Metrics {
		list = append(list, prefix+v.Name)
	}
	return list
}

// values returns the numbers in a score.
func values(s *Score) (list []string) {
	if s == nil {
		return nil
	}
	list = append(list, number(s.Loss))
	for _, v := range s.Metrics {
		list = append(list, number(v.Value))
	}
	return list
}

// WriteSteps writes a line of comma-separated values for each step, under
// these names, and further losses of turns as loss2, loss3 …:
//
//	step,epoch,lr,examples,loss
func (h *History) WriteSteps(w io.Writer) error {
	c := csv.NewWriter(w)
	row := []string{"step", "epoch", "lr", "examples", "loss"}
	if len(h.Steps) > 0 {
		for i := range h.Steps[0].Also {
			row = append(row, "loss"+strconv.Itoa(i+2))
		}
	}
	c.Write(row)
	for _, s := range h.Steps {
		row = append(row[:0], strconv.Itoa(s.Number), strconv.Itoa(s.Epoch), number(s.LR), strconv.Itoa(s.Examples), number(s.Loss))
		for _, loss := range s.Also {
			row = append(row, number(loss))
		}
		c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// number writes v in the fewest digits that read back as v.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
