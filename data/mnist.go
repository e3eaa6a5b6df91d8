package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/tensor"
)

// MNIST reads the four files of the MNIST data set, or of one with its layout
// such as Fashion-MNIST, from a folder:
//
//	train-images-idx3-ubyte   train-labels-idx1-ubyte
//	t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
//
// each with or without .gz, and with a dot or a hyphen before idx. X has shape
// [n 1 28 28] with values from 0 to 1 (the byte divided by 255, as torchvision's
// ToTensor has it), and there are 10 classes.
//
// A file that is missing (then errors.Is(err, fs.ErrNotExist)), damaged, or that
// does not fit the others is an error which names it.
func MNIST(dir string) (train, test *Set, err error) {
	if train, err = readMNIST(dir, "train"); err != nil {
		return nil, nil, err
	}
	if test, err = readMNIST(dir, "t10k"); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// readMNIST reads the images and the labels of one part.
func readMNIST(dir, part string) (*Set, error) {
	images, imagesFile, err := openMNIST(dir, part+"-images-idx3-ubyte")
	if err != nil {
		return nil, err
	}
	labels, labelsFile, err := openMNIST(dir, part+"-labels-idx1-ubyte")
	if err != nil {
		return nil, err
	}
	s := images.Shape
	if len(s) != 3 || s[1] != digitSide || s[2] != digitSide {
		return nil, fmt.Errorf("%s: the shape is %v, want [n %d %d]", imagesFile, s, digitSide, digitSide)
	}
	if len(labels.Shape) != 1 {
		return nil, fmt.Errorf("%s: the shape is %v, want [n]", labelsFile, labels.Shape)
	}
	if s[0] != labels.Shape[0] {
		return nil, fmt.Errorf("%s has %d images, but %s has %d labels", imagesFile, s[0], labelsFile, labels.Shape[0])
	}

	set := &Set{Labels: make([]int, s[0]), Classes: 10}
	for i, l := range labels.Data {
		if l > 9 {
			return nil, fmt.Errorf("%s: label %d is %d, want 0 to 9", labelsFile, i, l)
		}
		set.Labels[i] = int(l)
	}
	x := make([]float32, len(images.Data))
	for i, b := range images.Data {
		x[i] = float32(b) / 255
	}
	set.X = tensor.New(x, s[0], 1, digitSide, digitSide)
	return set, nil
}

// openMNIST reads the first spelling of name that is in dir, and returns the
// path it found.
func openMNIST(dir, name string) (*IDX, string, error) {
	dotted := strings.Replace(name, "-idx", ".idx", 1)
	for _, spelling := range []string{name, name + ".gz", dotted, dotted + ".gz"} {
		path := filepath.Join(dir, spelling)
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, path, fmt.Errorf("MNIST: %w", err)
		}
		defer f.Close()
		idx, err := ReadIDX(f)
		if err != nil {
			return nil, path, fmt.Errorf("%s: %w", path, err)
		}
		return idx, path, nil
	}
	return nil, "", &missingError{dir: dir, name: name}
}

// A missingError says which file of MNIST is not there, and what to do.
type missingError struct{ dir, name string }

func (e *missingError) Error() string {
	return fmt.Sprintf("MNIST: there is no %s (nor %[1]s.gz) in %q: put the four files of "+
		"https://ossci-datasets.s3.amazonaws.com/mnist/ there "+
		"(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz)",
		e.name, e.dir)
}

func (e *missingError) Unwrap() error { return fs.ErrNotExist }
