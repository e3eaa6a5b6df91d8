package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
	"github.com/descent-ml/descent/train/metric"
)

// A gallery is sets of pictures, with pixels from 0 to 1.
type gallery struct {
	train, valid, test *data.Examples
	classes            []string // their names; nil for digits
	how                string   // drawn, read
}

// classesFile holds the names of the classes of pictures.
const classesFile = "classes.json"

// loadPictures reads or draws pictures, and makes a net for them.
func loadPictures(ctx context.Context, s *settings, con *console) (task, error) {
	began := time.Now()
	g, err := s.gallery(ctx, con)
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	if s.Limit > 0 && s.Data != "mnist" {
		g.train = g.train.Slice(0, min(s.Limit, g.train.Len()))
	}
	s.decide(defaults{model: "cnn", loss: "cross-entropy", optimizer: "adam", epochs: 3, batch: 32, lr: 0.003})
	r := tensor.NewRand(s.Seed)
	shape := g.train.X.Shape()[1:]
	model, err := newPictureNet(s, r, shape, g.train.Classes)
	if err != nil {
		return nil, err
	}
	order := &data.Loader[data.Batch]{Set: g.train, Batch: min(s.Batch, g.train.Len()), Shuffle: r}
	if s.Augment {
		change := &images.Augment{Rotate: 10, Scale: 0.1, Translate: 0.1}
		for range shape[0] {
			change.Mean, change.Std = append(change.Mean, pixelMean), append(change.Std, pixelStd)
		}
		order.Transform, order.Seed, order.Prefetch = change.Apply, s.Seed, 2
	} else {
		standardise(g.train.X)
	}
	standardise(g.valid.X)
	said := fmt.Sprintf("%s: %s pictures to train on, %s to validate", s.Data, thousands(g.train.Len()), thousands(g.valid.Len()))
	l := &lesson[data.Batch]{
		unit: "images", examples: g.train.Len(), model: model, layers: summary(model, shape...),
		objective: train.Classify(model, nn.CrossEntropy),
		train:     order,
		valid:     &data.Loader[data.Batch]{Set: g.valid, Batch: 256},
		metrics:   []metric.Metric{&metric.Accuracy{}},
		confusion: &metric.Confusion{}, classes: g.classes, column: accuracy,
		meta: map[string]string{"format": "pt", "model": s.Model, "data": s.label(), "pixels": pixels},
	}
	if g.test != nil {
		standardise(g.test.X)
		l.test = &data.Loader[data.Batch]{Set: g.test, Batch: 256}
		said += fmt.Sprintf(", %s to test", thousands(g.test.Len()))
	}
	l.said = []string{fmt.Sprintf("%s, %s in %s", said, g.how, seconds(took))}
	l.beside = []checkpoint.File{{Name: classesFile, Write: jsonOf(pictureNotes{Shape: shape, Classes: g.classes, Count: g.train.Classes})}}
	return l, nil
}

// PictureNotes are what a prediction must know of the pictures.
type pictureNotes struct {
	Shape   []int    `json:"shape"`             // channels, rows, columns
	Count   int      `json:"count"`             // of classes
	Classes []string `json:"classes,omitempty"` // their names
}

// gallery returns the sets of pictures.
func (s *settings) gallery(ctx context.Context, con *console) (*gallery, error) {
	switch {
	case s.Data == "digits":
		return drawDigits(s.Seed), nil
	case !s.downloadable():
		return readFolder(s)
	}
	dir := s.DataDir
	if dir == "" {
		var err error
		if dir, err = fetch(ctx, con, s.Data); err != nil {
			return nil, err
		}
	}
	if s.Data == "cifar10" {
		return readCIFAR(dir)
	}
	return readMNIST(dir, s.Limit)
}

// fetch downloads a data set, unless it is in the cache already.
func fetch(ctx context.Context, con *console, name string) (dir string, err error) {
	for _, r := range images.Recipes() {
		if r.Name != name {
			continue
		}
		last := time.Time{}
		dir, err = data.Download(ctx, r, func(file string, done, size int64) {
			if con.progress && time.Since(last) > redraw {
				last = time.Now()
				fmt.Fprintf(con.err, "\r%s: %d of %d MB ", file, done>>20, size>>20)
			}
		})
		if con.progress && !last.IsZero() {
			fmt.Fprintf(con.err, "\r%s\r", strings.Repeat(" ", 60))
		}
		if err != nil {
			return "", fmt.Errorf("%s cannot be downloaded: %w; --data-dir names a folder that has its files", name, err)
		}
		return dir, nil
	}
	return "", bug("no recipe for " + name)
}

// The numbers of pictures that are drawn for --data digits.
const (
	digitsTrain = 10_000
	digitsValid = 1_000
	digitsTest  = 2_000
)

// drawDigits draws the sets of a seed. The validation set follows the training
// set in one drawing; the test set is drawn from another seed, which is
// the same seed with its lower 32 bits inverted.
func drawDigits(seed uint64) *gallery {
	g := &gallery{test: synthetic.Digits(digitsTest, seed^0xffffffff), how: "drawn"}
	drawn := synthetic.Digits(digitsTrain+digitsValid, seed)
	g.train, g.valid = drawn.Slice(0, digitsTrain), drawn.Slice(digitsTrain, drawn.Len())
	return g
}

// The most pictures of MNIST's files that are kept to validate and to test. The
// original files have 60,000 and 10,000 pictures, of which 5,000 and 10,000 are
// used. A larger file must not take memory without bound.
const (
	mnistValid = 5_000
	mnistTest  = 60_000
)

// readMNIST reads the files in a folder. The last twelfth of the training
// files, but no more than mnistValid pictures, is the validation set. limit is
// the most pictures to train on, or 0 for all; others are not kept.
func readMNIST(dir string, limit int) (*gallery, error) {
	f, err := images.OpenMNIST(dir, "train")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := images.OpenMNIST(dir, "t10k")
	if err != nil {
		return nil, err
	}
	defer t.Close()
	n := f.Len()
	if n < 2 || t.Len() == 0 {
		return nil, fmt.Errorf("MNIST: there are only %d pictures to train on and %d to test with in %s", n, t.Len(), dir)
	}

	valid := min(max(1, n/12), mnistValid)
	train := n - valid
	if limit > 0 {
		train = min(train, limit)
	}
	g := &gallery{how: "read"}
	if g.train, err = f.Next(train); err != nil {
		return nil, err
	}
	if err := f.Skip(n - train - valid); err != nil {
		return nil, err
	}
	if g.valid, err = f.Next(valid); err != nil {
		return nil, err
	}
	if err := f.End(); err != nil {
		return nil, err
	}
	if g.test, err = t.Next(min(t.Len(), mnistTest)); err != nil {
		return nil, err
	}
	if t.Len() <= mnistTest {
		if err := t.End(); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// readCIFAR reads CIFAR-10. The last tenth of the training pictures validates.
func readCIFAR(dir string) (*gallery, error) {
	all, test, err := images.CIFAR10(dir)
	if err != nil {
		return nil, err
	}
	n := all.Len() - all.Len()/10
	return &gallery{
		train: all.Slice(0, n), valid: all.Slice(n, all.Len()), test: test,
		classes: images.CIFAR10Classes(), how: "read",
	}, nil
}

// readFolder reads a folder that has a folder of pictures for each class. A part
// of each class validates.
func readFolder(s *settings) (*gallery, error) {
	s.Size = cmp.Or(s.Size, 32)
	f, err := images.OpenFolder(s.Data, images.Format{Channels: 3, Height: s.Size, Width: s.Size})
	if err != nil {
		return nil, err
	}
	if s.Limit > 0 && s.Limit < len(f.Files) { // a sample: the files are sorted by class
		keep := data.RandomSplit(len(f.Files), float64(len(f.Files)-s.Limit)/float64(len(f.Files)), 0, tensor.NewRand(tensor.Seed(s.Seed, 2))).Train
		slices.Sort(keep)
		for i, k := range keep {
			f.Files[i], f.Labels[i] = f.Files[k], f.Labels[k]
		}
		f.Files, f.Labels = f.Files[:len(keep)], f.Labels[:len(keep)]
	}
	all, err := f.Load()
	if err != nil {
		return nil, err
	}
	s.Valid = cmp.Or(s.Valid, 0.2)
	split := data.StratifiedSplit(all.Labels, s.Valid, 0, tensor.NewRand(tensor.Seed(s.Seed, 1)))
	if len(split.Train) == 0 || len(split.Valid) == 0 {
		return nil, fmt.Errorf("%s: --valid %g leaves no pictures to train on or none to validate, of %d", s.Data, s.Valid, all.Len())
	}
	return &gallery{
		train: all.Subset(split.Train), valid: all.Subset(split.Valid), classes: f.Classes, how: "read",
	}, nil
}

// The mean of MNIST's pixels and their standard deviation.
const (
	pixelMean = 0.1307
	pixelStd  = 0.3081
)

// pixels says in the weights file what the net takes for pixels.
const pixels = "(ink - 0.1307) / 0.3081, ink from 0 to 1"

// standardise subtracts the mean of MNIST's pixels from each pixel and divides
// by their standard deviation, which makes learning easier.
func standardise(x *tensor.Tensor) {
	tensor.AddScalarTo(x, x, -pixelMean)
	tensor.MulScalarTo(x, x, 1/pixelStd)
}
