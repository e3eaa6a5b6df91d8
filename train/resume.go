package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/checkpoint"
)

// Resume is [Fit.Run] from the newest whole checkpoint. The fields must be made
// as for the run that was stopped, from the same settings; the checkpoint then
// gives model, optimizers, generators and sources the state that they had.
// Epochs may be another number than before.
//
// A damaged checkpoint is passed over, and [History.Damaged] says what is wrong
// with it. When there is no whole checkpoint, or it is one of another model,
// Resume returns an error and does no step. The history is that of the whole
// run.
func (f *Fit[B]) Resume(ctx context.Context) (*History, error) {
	if f.Checkpoints == nil {
		misuse("Resume needs Checkpoints, which say where to go on from")
	}
	r := f.start()
	defer r.close()
	c, damaged, err := f.Checkpoints.store().Newest()
	r.history.Damaged = damaged
	switch {
	case err != nil:
	case c == nil:
		err = errors.Join(append([]error{fmt.Errorf("there is no whole checkpoint in %s", f.Checkpoints.Dir)}, damaged...)...)
	default:
		if err = r.load(c); err != nil {
			err = fmt.Errorf("the checkpoint %s cannot be resumed: %w", c.Path, err)
		}
	}
	if err != nil {
		return &r.history, err
	}
	return r.run(ctx)
}

// maxState is the largest file of a run's state that is read, in bytes.
const maxState = 64 << 20

// load gives the run the state of a checkpoint.
func (r *run[B]) load(c *checkpoint.Checkpoint) error {
	var s saved
	if err := readState(c, &s); err != nil {
		return err
	}
	record, err := readTensors(c, recordFile)
	if err != nil {
		return err
	}
	if err := r.loadModel(c); err != nil {
		return err
	}
	if err := r.loadRecord(record); err != nil {
		return err
	}
	return r.loadState(&s)
}

// loadModel loads what has a file of its own.
func (r *run[B]) loadModel(c *checkpoint.Checkpoint) error {
	load := func(name string, into func([]tensor.Named) error) error {
		f, err := readTensors(c, name)
		if err != nil {
			return err
		}
		if err := into(f.Tensors); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	if err := load(weightsFile, func(s []tensor.Named) error { return nn.LoadState(r.Model, s) }); err != nil {
		return err
	}
	for i := range r.turns {
		if err := load(optimizerFile(i), r.turns[i].Opt.LoadState); err != nil {
			return err
		}
	}
	if r.Average != nil {
		if err := load(averageFile, r.Average.LoadState); err != nil {
			return err
		}
	}
	if r.Watch != nil && c.Has(bestFile) {
		return load(bestFile, func(s []tensor.Named) error { return r.Watch.load(r.Model, s) })
	}
	return nil
}

// loadRecord loads what is numbers.
func (r *run[B]) loadRecord(f *safetensors.File) error {
	get := func(name string) ([]float64, error) {
		x := f.Lookup(name)
		if x == nil || x.Rank() != 1 {
			return nil, fmt.Errorf("%s has no list of numbers %q", recordFile, name)
		}
		return tensor.Values(x), nil
	}
	if meter, err := get("meter"); err != nil {
		return err
	} else if err := r.meter.setState(meter); err != nil {
		return err
	}
	for i, m := range r.Metrics {
		state, err := get(fmt.Sprintf("metric.%d", i))
		if err != nil {
			return err
		}
		if err := m.(stateful).SetState(state); err != nil {
			return err
		}
	}
	rates, err := get("rates")
	if err != nil {
		return err
	}
	if len(rates) != len(r.turns) {
		return fmt.Errorf("%s is of a run with %d optimizers; this one has %d", recordFile, len(rates), len(r.turns))
	}
	for i, rate := range rates {
		if r.turns[i].Opt.LR() != rate {
			r.turns[i].Opt.SetLR(rate)
		}
	}
	if r.Watch != nil {
		w, err := get("watch")
		if err != nil {
			return err
		}
		if len(w) != 3 {
			return fmt.Errorf("%s has %d numbers for watch; want 3", recordFile, len(w))
		}
		r.Watch.best, r.Watch.epoch, r.Watch.since = w[0], int(w[1]), int(w[2])
	}
	return r.history.load(f.Lookup("steps"), f.Lookup("epochs"), r.Metrics, len(r.Also))
}

// loadState loads counters, generators and the places in the data.
func (r *run[B]) loadState(s *saved) error {
	generators := r.generators()
	if len(s.Generators) != len(generators) {
		return fmt.Errorf("%s has the states of %d generators; this run has %d", stateFile, len(s.Generators), len(generators))
	}
	for i, g := range generators {
		if err := g.UnmarshalBinary(s.Generators[i]); err != nil {
			return fmt.Errorf("%s: generator %d: %w", stateFile, i, err)
		}
	}
	seek := func(name string, source data.Source[B], p *data.Position) error {
		if source == nil || p == nil {
			return nil
		}
		if err := source.Seek(*p); err != nil {
			return fmt.Errorf("%s: %s: %w", stateFile, name, err)
		}
		return nil
	}
	if err := seek("train", r.Train, &s.Train); err != nil {
		return err
	}
	if err := seek("valid", r.Valid, s.Valid); err != nil {
		return err
	}
	r.epoch, r.began, r.trained = s.Epoch, s.Began, s.Trained
	r.steps, r.history.Skipped = s.Steps, s.Skipped
	r.savedAt = time.Now()
	return nil
}

func readState(c *checkpoint.Checkpoint, s *saved) error {
	path, err := c.File(stateFile)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := json.NewDecoder(io.LimitReader(file, maxState)).Decode(s); err != nil {
		return fmt.Errorf("%s: %w", stateFile, err)
	}
	switch {
	case s.Version != savedVersion:
		return fmt.Errorf("%s is of version %d; this descent reads version %d", stateFile, s.Version, savedVersion)
	case s.Epoch < 1 || s.Steps < 0 || s.Skipped < 0:
		return fmt.Errorf("%s: epoch %d, %d steps and %d skipped make no sense", stateFile, s.Epoch, s.Steps, s.Skipped)
	}
	return nil
}

func readTensors(c *checkpoint.Checkpoint, name string) (*safetensors.File, error) {
	path, err := c.File(name)
	if err != nil {
		return nil, err
	}
	return safetensors.ReadFile(path)
}
