package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/train"
)

// Settings are the flags of descent train that say how to learn. A run keeps
// them in its config.json, where what was left open has been decided.
type settings struct {
	Data    string     `json:"data" default:"digits" placeholder:"WHAT" complete:"digits,mnist,fashion-mnist,cifar10" help:"What to learn: digits, which descent draws; mnist, fashion-mnist or cifar10; a CSV file; a text file; a folder with a folder of pictures for each class."`
	Kind    kindOfData `json:"kind" kong:"-"` // of Data; decided when the run begins, since the data may be gone later
	DataDir string     `json:"data_dir,omitempty" placeholder:"DIR" help:"The folder with the files of mnist, fashion-mnist or cifar10, instead of a download."`
	Target  string     `json:"target,omitempty" placeholder:"COLUMN" help:"The column of a CSV file that is to be predicted."`
	Task    string     `json:"task,omitempty" enum:"auto,regression,classification" default:"auto" help:"What to predict of a CSV file: regression (a number) or classification, instead of what the column looks like."`
	Limit   int        `json:"limit,omitempty" placeholder:"N" help:"Train on the first N examples only."`

	Model   string `json:"model" enum:"auto,linear,mlp,cnn,lstm,gru,transformer" default:"auto" help:"The net: linear, mlp or cnn for pictures; linear or mlp for tables; lstm, gru or transformer for text."`
	Hidden  []int  `json:"hidden,omitempty" placeholder:"N,…" help:"The widths of the hidden layers of an mlp."`
	Width   int    `json:"width,omitempty" placeholder:"N" help:"The width of a net for text."`
	Layers  int    `json:"layers,omitempty" placeholder:"N" help:"The layers of a net for text."`
	Length  int    `json:"length,omitempty" placeholder:"N" help:"Tokens that a net for text sees at once."`
	Size    int    `json:"size,omitempty" placeholder:"N" help:"Scale the pictures of a folder to N × N pixels; 32 without the flag."`
	Augment bool   `json:"augment,omitempty" help:"Turn, scale and move each picture a little, anew each time."`
	Tokens  int    `json:"tokens,omitempty" placeholder:"N" help:"Learn a byte-pair vocabulary of N tokens from a text, instead of its characters."`

	Loss        string   `json:"loss" enum:"auto,cross-entropy,mse,mae,huber" default:"auto" help:"The loss: cross-entropy for classes, mse, mae or huber for numbers."`
	Epochs      int      `json:"epochs" placeholder:"N" help:"How often to go over the training examples."`
	Batch       int      `json:"batch" placeholder:"N" help:"Examples in a batch."`
	Optimizer   string   `json:"optimizer" enum:"auto,adam,adamw,sgd" default:"auto" help:"adam, adamw or sgd (with momentum 0.9)."`
	LR          float64  `json:"lr" name:"lr" placeholder:"X" help:"The learning rate."`
	Schedule    string   `json:"schedule" enum:"cosine,linear,constant" default:"cosine" help:"How the learning rate falls to a hundredth: cosine, linear, or constant, which does not."`
	Warmup      int      `json:"warmup,omitempty" placeholder:"N" help:"Steps in which the learning rate rises first."`
	WeightDecay *float64 `json:"weight_decay" placeholder:"X" help:"The weight decay of the optimizer."`
	Clip        float64  `json:"clip,omitempty" placeholder:"X" help:"The largest norm of a step's gradients."`
	Average     float64  `json:"average,omitempty" placeholder:"X" help:"Average the weights over the steps, with this decay, such as 0.999."`
	Valid       float64  `json:"valid,omitempty" placeholder:"X" help:"The part of the examples that validates, such as 0.1, where the data does not say it."`
	Patience    int      `json:"patience,omitempty" placeholder:"N" help:"Stop when N epochs bring no improvement, and take the weights of the best epoch."`
	Accumulate  int      `json:"accumulate,omitempty" placeholder:"N" help:"Batches in a step."`
	Workers     int      `json:"workers,omitempty" placeholder:"N" help:"Goroutines that work on the batches of a step; the result is the same for any number from 1 on."`
	Seed        uint64   `json:"seed" default:"0" help:"Where all chance comes from: the same seed gives the same weights, to the last bit on processors with the same instruction set (AVX-512, AVX2, NEON, or none of these)."`
}

// open replaces auto, the word for what is to be decided, by nothing.
func (s *settings) open() {
	for _, p := range []*string{&s.Task, &s.Model, &s.Loss, &s.Optimizer} {
		if *p == "auto" {
			*p = ""
		}
	}
}

// check says which flag makes no sense.
func (s *settings) check() error {
	switch {
	case s.Epochs < 0 || s.Epochs > 1_000_000:
		return fmt.Errorf("--epochs must be from 1 to 1000000, not %d", s.Epochs)
	case s.Batch < 0:
		return fmt.Errorf("--batch must be at least 1, not %d", s.Batch)
	case !(s.LR >= 0) || math.IsInf(s.LR, 0):
		return fmt.Errorf("--lr must be a positive number, not %g", s.LR)
	case s.Limit < 0:
		return fmt.Errorf("--limit must be at least 1, or 0 for all, not %d", s.Limit)
	case s.WeightDecay != nil && !(*s.WeightDecay >= 0 && *s.WeightDecay < math.Inf(1)):
		return fmt.Errorf("--weight-decay must not be negative, not %g", *s.WeightDecay)
	case !(s.Clip >= 0) || math.IsInf(s.Clip, 0):
		return fmt.Errorf("--clip must be a positive number, not %g", s.Clip)
	case !(s.Average >= 0 && s.Average < 1):
		return fmt.Errorf("--average must be at least 0 and less than 1, not %g", s.Average)
	case !(s.Valid >= 0 && s.Valid < 1):
		return fmt.Errorf("--valid must be at least 0 and less than 1, not %g", s.Valid)
	}
	for _, f := range []struct {
		name  string
		value int
	}{{"warmup", s.Warmup}, {"patience", s.Patience}, {"accumulate", s.Accumulate}, {"workers", s.Workers},
		{"width", s.Width}, {"layers", s.Layers}, {"length", s.Length}, {"tokens", s.Tokens}, {"size", s.Size}} {
		if f.value < 0 {
			return fmt.Errorf("--%s must not be negative, not %d", f.name, f.value)
		}
	}
	for _, n := range s.Hidden {
		if n < 1 || n > maxWidth {
			return fmt.Errorf("--hidden must be widths from 1 to %d, not %d", maxWidth, n)
		}
	}
	if s.Width > maxWidth || s.Layers > maxLayers || s.Length > maxLength || s.Size > maxSize {
		return fmt.Errorf("--width must be at most %d, --layers %d, --length %d and --size %d", maxWidth, maxLayers, maxLength, maxSize)
	}
	return s.belongs()
}

// The largest nets that the flags can ask for.
const (
	maxWidth  = 1 << 14
	maxLayers = 100
	maxLength = 1 << 14
	maxSize   = 1 << 10
)

// belongs says which flag does not belong to the data.
func (s *settings) belongs() error {
	kind := s.kind()
	switch {
	case s.DataDir != "" && !s.downloadable():
		return errors.New("--data-dir is only read with --data mnist, fashion-mnist or cifar10")
	case s.Target != "" && kind != tables:
		return errors.New("--target names a column of a CSV file, and --data is none")
	case s.Target == "" && kind == tables:
		return errors.New("--data FILE.csv needs --target COLUMN, the column that is to be predicted")
	case s.Task != "" && kind != tables:
		return errors.New("--task is only read with a CSV file")
	}
	nets := map[kindOfData][]string{
		pictures: {"linear", "mlp", "cnn"}, tables: {"linear", "mlp"}, texts: {"lstm", "gru", "transformer"},
	}[kind]
	if s.Model != "" && !slices.Contains(nets, s.Model) {
		return fmt.Errorf("--model %s is not for %s; choose one of %v", s.Model, kind, nets)
	}
	if kind != texts && (s.Width != 0 || s.Layers != 0 || s.Length != 0 || s.Tokens != 0) {
		return errors.New("--width, --layers, --length and --tokens are only read with a text file")
	}
	if kind != tables && s.Loss != "" && s.Loss != "cross-entropy" {
		return fmt.Errorf("--loss %s is for numbers; %s are learnt by cross-entropy", s.Loss, kind)
	}
	if kind != pictures && (s.Augment || s.Size != 0) {
		return errors.New("--augment and --size are only read with pictures")
	}
	if len(s.Hidden) > 0 && (kind == texts || s.Model != "" && s.Model != "mlp") {
		return errors.New("--hidden is only read with --model mlp")
	}
	return nil
}

// Defaults are the settings of a kind of data that no flag has set.
type defaults struct {
	model, loss, optimizer string
	epochs, batch, warmup  int
	lr, decay, clip        float64
	patience               int
}

// decide fills in what was left open.
func (s *settings) decide(c defaults) {
	s.Model, s.Loss, s.Optimizer = cmp.Or(s.Model, c.model), cmp.Or(s.Loss, c.loss), cmp.Or(s.Optimizer, c.optimizer)
	s.Epochs, s.Batch, s.Warmup = cmp.Or(s.Epochs, c.epochs), cmp.Or(s.Batch, c.batch), cmp.Or(s.Warmup, c.warmup)
	s.LR, s.Clip, s.Patience = cmp.Or(s.LR, c.lr), cmp.Or(s.Clip, c.clip), cmp.Or(s.Patience, c.patience)
	if s.WeightDecay == nil {
		s.WeightDecay = &c.decay
	}
}

// optimizer returns the optimizer of a model.
func (s *settings) optimizer(model any) optim.Optimizer {
	params, decay := nn.Params(model), *s.WeightDecay
	switch s.Optimizer {
	case "sgd":
		return optim.NewSGD(params, optim.SGD{LR: s.LR, Momentum: 0.9, WeightDecay: decay})
	case "adamw":
		if decay == 0 {
			decay = optim.Zero
		}
		return optim.NewAdamW(params, optim.AdamW{LR: s.LR, Betas: [2]float64{0, 0.99}, WeightDecay: decay})
	}
	return optim.NewAdam(params, optim.Adam{LR: s.LR, WeightDecay: decay})
}

// schedule returns the learning rates of a run with that many steps.
func (s *settings) schedule(steps int) optim.Schedule {
	var fall optim.Schedule
	switch s.Schedule {
	case "constant":
		fall = optim.Constant{LR: s.LR}
	case "linear":
		fall = optim.Linear{From: s.LR, To: s.LR / 100, Steps: max(1, steps-s.Warmup)}
	default:
		fall = optim.Cosine{LR: s.LR, Min: s.LR / 100, Steps: max(1, steps-s.Warmup)}
	}
	return optim.Warmup(min(s.Warmup, steps), fall)
}

// watch returns what stops the run, or nil.
func (s *settings) watch(c column) *train.Watch {
	if s.Patience == 0 {
		return nil
	}
	return &train.Watch{Metric: c.watch, Maximize: c.maximize, Patience: s.Patience, KeepBest: true}
}

// average returns the average of the weights, or nil.
func (s *settings) average() *train.Average {
	if s.Average == 0 {
		return nil
	}
	return &train.Average{Decay: s.Average}
}
