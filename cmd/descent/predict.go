package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// A predictCommand is descent predict.
type predictCommand struct {
	Dir   string   `arg:"" name:"dir" help:"The run folder."`
	Input []string `arg:"" optional:"" name:"input" help:"A CSV file, or - for the standard input; or pictures."`

	Prompt      string  `help:"How the text begins that a net for text goes on with." placeholder:"TEXT"`
	Count       int     `help:"Tokens of text to write." default:"500" placeholder:"N"`
	Temperature float64 `help:"How bold the text is: 0 takes the likeliest token, 1 what the net believes." default:"0.8" placeholder:"X"`
	TopK        int     `help:"Take one of the K likeliest tokens; 0 means any." default:"0" name:"top-k" placeholder:"K"`
	Seed        uint64  `help:"Where the chance of the text comes from." default:"0"`

	threadsFlag `embed:""`
}

// Help is what descent predict --help says above the flags.
func (c *predictCommand) Help() string {
	return "For a run on a CSV file: the rows of INPUT, with the target or without, and the predicted columns after them, as CSV. " +
		"For a run on pictures: a line of CSV for each picture. For a run on text: text that goes on from --prompt.\n\n" +
		"    descent predict runs/houses-mlp-20261127-101500 new.csv > predicted.csv\n" +
		"    descent predict runs/digits-cnn-20261127-101500 seven.png\n" +
		"    descent predict runs/poems-lstm-20261127-101500 --prompt \"The sea\" --temperature 0.7"
}

// Run predicts.
func (c *predictCommand) Run(ctx context.Context, con *console) error {
	if err := c.check(); err != nil {
		return &usageError{err, "descent predict --help"}
	}
	defer c.use()()
	var s settings
	if err := readConfig(c.Dir, &s); err != nil {
		return err
	}
	kind := s.kind()
	if kind != texts && len(c.Input) == 0 {
		return &usageError{fmt.Errorf("the run in %s is on %s; name what to predict after the folder", c.Dir, kind), "descent predict --help"}
	}
	if kind == texts && len(c.Input) > 0 {
		return &usageError{errors.New("a run on text takes no input; --prompt says how the text begins"), "descent predict --help"}
	}
	switch kind {
	case tables:
		if len(c.Input) > 1 {
			return &usageError{errors.New("predict one CSV file at a time"), "descent predict --help"}
		}
		return c.rows(con, &s)
	case texts:
		return c.text(ctx, con, &s)
	}
	return c.pictures(ctx, con, &s)
}

func (c *predictCommand) check() error {
	switch {
	case c.Count < 0 || c.Count > 1e9:
		return fmt.Errorf("--count must be from 0 to a thousand million, not %d", c.Count)
	case !(c.Temperature >= 0) || c.Temperature > 1e6:
		return fmt.Errorf("--temperature must be from 0 to a million, not %g", c.Temperature)
	case c.TopK < 0:
		return fmt.Errorf("--top-k must not be negative, not %d", c.TopK)
	}
	return c.threadsFlag.check()
}

// readTableModel returns the net of a run on a table, without its weights, and
// the encoder.
func readTableModel(dir string, s *settings) (nn.Sequential, *table.Encoder, error) {
	e := &table.Encoder{}
	if err := readJSONFile(filepath.Join(dir, encoderFile), e); err != nil {
		return nil, nil, err
	}
	return tableNet(tensor.NewRand(0), s, e), e, nil
}

// rows predicts the rows of a CSV file.
func (c *predictCommand) rows(con *console, s *settings) error {
	model, e, err := readTableModel(c.Dir, s)
	if err != nil {
		return err
	}
	if err := loadWeights(c.Dir, model); err != nil {
		return err
	}
	var file *table.File
	if path := c.Input[0]; path == "-" {
		file, err = table.OpenReader("the standard input", os.Stdin, e.Options())
	} else {
		file, err = table.Open(path, e.Options())
	}
	if err != nil {
		return err
	}
	predictor := train.NewPredictor(model)
	var x table.Encoded
	out := bufio.NewWriter(con.out)
	err = file.Extend(out, 1024, func(t *table.Table) ([]table.Column, error) {
		if err := e.ApplyTo(&x, t); err != nil {
			return nil, err
		}
		return e.Predicted(predictor.Predict(x.X), &x), nil
	})
	return errors.Join(err, out.Flush())
}

// pictures predicts the classes of pictures.
func (c *predictCommand) pictures(ctx context.Context, con *console, s *settings) error {
	var notes pictureNotes
	if err := readJSONFile(filepath.Join(c.Dir, classesFile), &notes); err != nil {
		return err
	}
	if err := notes.check(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(c.Dir, classesFile), err)
	}
	model, err := newPictureNet(s, tensor.NewRand(0), notes.Shape, notes.Count)
	if err != nil {
		return err
	}
	if err := loadWeights(c.Dir, model); err != nil {
		return err
	}
	format := images.Format{Channels: notes.Shape[0], Height: notes.Shape[1], Width: notes.Shape[2]}
	predictor := train.NewPredictor(model)
	out := csv.NewWriter(con.out)
	_ = out.Write([]string{"picture", "class", "probability"}) // Flush keeps the error
	for _, path := range c.Input {
		if ctx.Err() != nil {
			return &interruptedError{"while predicting"}
		}
		x, err := format.ReadFile(path)
		if err != nil {
			return err
		}
		if s.kindOfInk() && paper(x) {
			tensor.MulScalarTo(x, x, -1)
			tensor.AddScalarTo(x, x, 1)
		}
		standardise(x)
		p := tensor.Softmax(predictor.Predict(x), 1)
		class := tensor.ArgMax(p, 1)[0]
		_ = out.Write([]string{path, className(notes.Classes, class), strconv.FormatFloat(p.At(0, class), 'f', 4, 64)})
	}
	out.Flush()
	return out.Error()
}

// check returns an error when n cannot be of pictures.
func (n *pictureNotes) check() error {
	switch {
	case len(n.Shape) != 3 || n.Shape[0] != 1 && n.Shape[0] != 3:
		return fmt.Errorf("the shape of a picture is %v; want [1 rows columns] or [3 rows columns]", n.Shape)
	case n.Shape[1] < 1 || n.Shape[2] < 1 || n.Shape[1] > maxWidth || n.Shape[2] > maxWidth:
		return fmt.Errorf("a picture of %d × %d pixels; want 1 to %d", n.Shape[1], n.Shape[2], maxWidth)
	case n.Count < 1 || n.Count > 1<<20:
		return fmt.Errorf("%d classes; want 1 to a million", n.Count)
	}
	return nil
}

// kindOfInk reports whether the pictures of the run are bright ink on dark
// paper, as those of digits and of MNIST.
func (s *settings) kindOfInk() bool { return s.Data == "digits" || s.Data == "mnist" }

// paper reports whether a picture is dark ink on bright paper: most of it is
// bright. Such a picture is turned to its negative.
func paper(x *tensor.Tensor) bool { return tensor.Mean(x).Item() > 0.5 }

// readTextModel returns the net of a run on a text, without its weights, and the
// vocabulary.
func readTextModel(dir string, s *settings) (*textNet, text.Vocabulary, error) {
	path := filepath.Join(dir, vocabularyFile)
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	v, err := text.ReadVocabulary(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if s.Width < 1 || s.Layers < 1 || s.Length < 1 {
		return nil, nil, fmt.Errorf("%s lacks the width, the layers or the length of the net", filepath.Join(dir, configFile))
	}
	return newTextNet(s, tensor.NewRand(0), v.Size()), v, nil
}

// text writes what the net makes of a prompt, token by token.
func (c *predictCommand) text(ctx context.Context, con *console, s *settings) error {
	net, v, err := readTextModel(c.Dir, s)
	if err != nil {
		return err
	}
	if err := loadWeights(c.Dir, net); err != nil {
		return err
	}
	prompt := c.Prompt
	if prompt == "" {
		prompt = "\n"
	}
	tokens, err := v.Encode(nil, prompt)
	if err != nil {
		return fmt.Errorf("--prompt: %w", err)
	}
	predictor := &train.Predictor[[]int]{Forward: func(t *autograd.Tape, tokens []int) autograd.Var {
		return net.Forward(t, tokens, 1, len(tokens))
	}}
	pick := &text.Picker{Temperature: c.Temperature, TopK: c.TopK}
	r := tensor.NewRand(c.Seed)
	con.printf("%s", c.Prompt)
	var piece []byte
	for range c.Count {
		if ctx.Err() != nil {
			con.printf("\n")
			return &interruptedError{"while writing"}
		}
		seen := tokens[max(0, len(tokens)-s.Length):]
		y := predictor.Predict(seen)
		next, err := pick.Next(y.Slice(1, len(seen)-1, len(seen), 1).Reshape(-1), r)
		if err != nil {
			return err
		}
		tokens = append(tokens, next)
		piece = v.Decode(piece[:0], tokens[len(tokens)-1:])
		con.printf("%s", piece)
	}
	con.printf("\n")
	return con.failed()
}
