package train

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/checkpoint"
)

// Checkpoints say where and when a run saves what it needs to go on: the
// weights, the states of optimizers, average, metrics and generators, the place
// in the data and the history. A run saves before its first step, after the
// epochs and steps that are due, when it is stopped, and at its end.
// [Fit.Resume] goes on from the newest checkpoint with the same bits as if the
// run had never stopped.
type Checkpoints struct {
	Dir   string        // the folder of the checkpoints
	Every time.Duration // save when the last checkpoint is older than this; 0 means 30 seconds
	Steps int           // save after every so many steps as well; 0 means not
	Keep  int           // how many of the newest checkpoints are kept, beside the best; 0 means 2

	// Files are saved with each checkpoint: what belongs to the model but is not
	// in it, such as the settings of a scaler.
	Files []checkpoint.File
}

// The files of a checkpoint.
const (
	weightsFile = "weights.safetensors"
	averageFile = "average.safetensors"
	bestFile    = "best.safetensors"
	recordFile  = "record.safetensors"
	stateFile   = "state.json"
)

// optimizerFile returns the name of the file of an optimizer, by its turn.
func optimizerFile(turn int) string {
	if turn == 0 {
		return "optimizer.safetensors"
	}
	return fmt.Sprintf("optimizer%d.safetensors", turn+1)
}

// A saved is the part of a run's state that is no tensor.
type saved struct {
	Version    int            `json:"version"`
	Epoch      int            `json:"epoch"`   // the one that runs, from 1
	Began      bool           `json:"began"`   // the metrics are those of its batches so far
	Trained    bool           `json:"trained"` // all its batches are done, but not its validation
	Steps      int            `json:"steps"`
	Skipped    int            `json:"skipped"`
	Train      data.Position  `json:"train"`
	Valid      *data.Position `json:"valid,omitempty"`
	Generators [][]byte       `json:"generators"`
}

const savedVersion = 1

func (c *Checkpoints) store() *checkpoint.Store { return &checkpoint.Store{Dir: c.Dir, Keep: c.Keep} }

// firstSave saves a checkpoint in a folder that must have none.
func (r *run[B]) firstSave() error {
	paths, err := r.Checkpoints.store().Paths()
	if err != nil {
		return err
	}
	if len(paths) > 0 {
		return fmt.Errorf("there are checkpoints of another run in %s; resume it, or choose another folder", r.Checkpoints.Dir)
	}
	return r.save()
}

// due reports whether it is time for a checkpoint.
func (r *run[B]) due() bool {
	c := r.Checkpoints
	if c == nil {
		return false
	}
	every := c.Every
	if every == 0 {
		every = 30 * time.Second
	}
	return time.Since(r.savedAt) >= every || c.Steps > 0 && r.steps%c.Steps == 0
}

// save saves a checkpoint, if the run has any.
func (r *run[B]) save() error {
	c := r.Checkpoints
	if c == nil {
		return nil
	}
	list := []checkpoint.File{tensors(weightsFile, nn.State(r.Model))}
	for i := range r.turns {
		list = append(list, tensors(optimizerFile(i), r.turns[i].Opt.State()))
	}
	if r.Average != nil {
		list = append(list, tensors(averageFile, r.Average.State()))
	}
	if r.Watch != nil && r.Watch.state != nil {
		list = append(list, tensors(bestFile, r.Watch.state))
	}
	list = append(list, tensors(recordFile, r.record()), checkpoint.File{Name: stateFile, Write: func(w io.Writer) error {
		return json.NewEncoder(w).Encode(r.state())
	}})
	if err := c.store().Save(r.isBest(), append(list, c.Files...)...); err != nil {
		return err
	}
	r.savedAt = time.Now()
	return nil
}

// tensors returns a safetensors file.
func tensors(name string, list []tensor.Named) checkpoint.File {
	return checkpoint.File{Name: name, Write: func(w io.Writer) error {
		return safetensors.Write(w, &safetensors.File{Metadata: map[string]string{"format": "pt"}, Tensors: list})
	}}
}

// A pause is the state of a run between the last step of an epoch and its
// validation, which uses the same metrics and perhaps the same generators. A run
// that is stopped during validation does all of it again.
type pause struct {
	state   *saved
	metrics [][]float64
}

func (r *run[B]) state() *saved {
	if r.paused != nil {
		return r.paused.state
	}
	s := &saved{
		Version: savedVersion, Epoch: r.epoch, Began: r.began, Trained: r.trained, Steps: r.steps, Skipped: r.history.Skipped,
		Train: r.Train.Position(),
	}
	s.Train.Batch -= r.unused
	if r.Valid != nil {
		p := r.Valid.Position()
		s.Valid = &p
	}
	for _, g := range r.generators() {
		b, _ := g.MarshalBinary() // has no error
		s.Generators = append(s.Generators, b)
	}
	return s
}

// generators returns the generators of the run, each once.
func (r *run[B]) generators() []*tensor.Rand {
	all := nn.Generators(r.Model)
	for _, s := range []data.Source[B]{r.Train, r.Valid} {
		if s, ok := s.(interface{ Rand() *tensor.Rand }); ok {
			all = append(all, s.Rand())
		}
	}
	var list []*tensor.Rand
	for _, g := range append(all, r.Generators...) {
		if g != nil && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

// record returns the part of a run's state that is numbers.
func (r *run[B]) record() []tensor.Named {
	list := []tensor.Named{
		vector("meter", r.meter.state()),
		{Name: "steps", Value: r.history.stepTable()},
		{Name: "epochs", Value: r.history.epochTable()},
	}
	for i, m := range r.metricStates() {
		list = append(list, vector(fmt.Sprintf("metric.%d", i), m))
	}
	var rates []float64
	for i := range r.turns {
		rates = append(rates, r.turns[i].Opt.LR())
	}
	list = append(list, vector("rates", rates))
	if w := r.Watch; w != nil {
		list = append(list, vector("watch", []float64{w.best, float64(w.epoch), float64(w.since)}))
	}
	return list
}

func vector(name string, v []float64) tensor.Named {
	return tensor.Named{Name: name, Value: tensor.New(v, len(v))}
}

// A stateful metric can be saved.
type stateful interface {
	State() []float64
	SetState([]float64) error
}

// metricStates returns the states of the metrics on the training set.
func (r *run[B]) metricStates() [][]float64 {
	if r.paused != nil {
		return r.paused.metrics
	}
	list := [][]float64{}
	for _, m := range r.Metrics {
		list = append(list, m.(stateful).State())
	}
	return list
}
