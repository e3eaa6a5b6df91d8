package main

import (
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/tensor"
)

// A source is the data of a run. Its pixels are standardised, see [standard].
type source struct{ train, valid, test *data.Examples }

// The numbers of pictures that are drawn for --data digits.
const (
	digitsTrain = 10_000
	digitsValid = 1_000
	digitsTest  = 2_000
)

// drawDigits draws the sets of a seed. The validation set follows the training
// set in one drawing; the test set is drawn from another seed, which is
// the same seed with its lower 32 bits inverted.
func drawDigits(seed uint64) *source {
	s := &source{test: standard(synthetic.Digits(digitsTest, seed^0xffffffff))}
	drawn := standard(synthetic.Digits(digitsTrain+digitsValid, seed))
	s.train, s.valid = drawn.Slice(0, digitsTrain), drawn.Slice(digitsTrain, drawn.Len())
	return s
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
func readMNIST(dir string, limit int) (*source, error) {
	f, err := images.OpenMNIST(dir, "train")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	g, err := images.OpenMNIST(dir, "t10k")
	if err != nil {
		return nil, err
	}
	defer g.Close()
	n := f.Len()
	if n < 2 || g.Len() == 0 {
		return nil, fmt.Errorf("MNIST: there are only %d pictures to train on and %d to test with in %s", n, g.Len(), dir)
	}

	valid := min(max(1, n/12), mnistValid)
	train := n - valid
	if limit > 0 {
		train = min(train, limit)
	}
	s := &source{}
	if s.train, err = f.Next(train); err != nil {
		return nil, err
	}
	if err := f.Skip(n - train - valid); err != nil {
		return nil, err
	}
	if s.valid, err = f.Next(valid); err != nil {
		return nil, err
	}
	if err := f.End(); err != nil {
		return nil, err
	}
	if s.test, err = g.Next(min(g.Len(), mnistTest)); err != nil {
		return nil, err
	}
	if g.Len() <= mnistTest {
		if err := g.End(); err != nil {
			return nil, err
		}
	}
	standard(s.train)
	standard(s.valid)
	standard(s.test)
	return s, nil
}

// pixels says in the weights file what the net takes for pixels.
const pixels = "(ink - 0.1307) / 0.3081, ink from 0 to 1"

// standard subtracts from each pixel the mean of MNIST's pixels and divides by
// their standard deviation, which makes learning easier. It changes the set.
func standard(s *data.Examples) *data.Examples {
	tensor.AddScalarTo(s.X, s.X, -0.1307)
	tensor.MulScalarTo(s.X, s.X, 1/0.3081)
	return s
}
