package main

import (
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// A source is the data of a run. Its pixels are [standard].
type source struct{ train, valid, test *data.Set }

// What is drawn for --data digits.
const (
	digitsTrain = 10_000
	digitsValid = 1_000
	digitsTest  = 2_000
)

// drawDigits draws the sets of a seed. The validation set follows the training
// set in one drawing; the test set is another, of the seed with its lower 32
// bits inverted, which differs from every other seed.
func drawDigits(seed uint64) *source {
	s := &source{test: standard(data.Digits(digitsTest, seed^0xffffffff))}
	s.train, s.valid = standard(data.Digits(digitsTrain+digitsValid, seed)).Split(digitsTrain)
	return s
}

// readMNIST reads the files in a folder. The last twelfth of the training
// files, 5 000 of 60 000 pictures, is the validation set.
func readMNIST(dir string) (*source, error) {
	train, test, err := data.MNIST(dir)
	if err != nil {
		return nil, err
	}
	n := train.Len()
	if n < 2 || test.Len() == 0 {
		return nil, fmt.Errorf("MNIST: there are only %d pictures to train on and %d to test with in %s", n, test.Len(), dir)
	}
	s := &source{test: standard(test)}
	s.train, s.valid = standard(train).Split(n - max(1, n/12))
	return s, nil
}

// pixels says in the weights file what the net takes for pixels.
const pixels = "(ink - 0.1307) / 0.3081, ink from 0 to 1"

// standard moves pixels from 0 … 1 to about mean 0 and deviation 1, by the mean
// and the deviation of MNIST's, which makes learning easier. It changes the set.
func standard(s *data.Set) *data.Set {
	tensor.AddScalarTo(s.X, s.X, -0.1307)
	tensor.MulScalarTo(s.X, s.X, 1/0.3081)
	return s
}
