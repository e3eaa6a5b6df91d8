package images

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/codec/idx"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// mnistSide is the width and height of a picture.
const mnistSide = 28

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
// does not fit the others is an error which names it. [OpenMNIST] reads a part of
// them.
func MNIST(dir string) (train, test *data.Examples, err error) {
	if train, err = readMNIST(dir, "train"); err != nil {
		return nil, nil, err
	}
	if test, err = readMNIST(dir, "t10k"); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// readMNIST reads the images and the labels of one part.
func readMNIST(dir, part string) (*data.Examples, error) {
	f, err := OpenMNIST(dir, part)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	set, err := f.Next(f.Len())
	if err != nil {
		return nil, err
	}
	return set, f.End()
}

// An MNISTFile is a file of images and the file of their labels, which are read
// from front to back. It reads no more than is asked for, so that a few pictures
// of a large file take little memory.
type MNISTFile struct {
	images, labels mnistFile
	read           int // pictures so far
}

// OpenMNIST opens one part of the data set, "train" or "t10k", and reads the
// headers of its two files, which must agree.
func OpenMNIST(dir, part string) (*MNISTFile, error) {
	f := &MNISTFile{}
	err := f.images.open(dir, part+"-images-idx3-ubyte")
	if err == nil {
		err = f.labels.open(dir, part+"-labels-idx1-ubyte")
	}
	if err == nil {
		err = f.check()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// check compares the two headers.
func (f *MNISTFile) check() error {
	images, labels := f.images.Shape(), f.labels.Shape()
	switch {
	case len(images) != 3 || images[1] != mnistSide || images[2] != mnistSide:
		return fmt.Errorf("%s: the shape is %v, want [n %d %d]", f.images.path, images, mnistSide, mnistSide)
	case len(labels) != 1:
		return fmt.Errorf("%s: the shape is %v, want [n]", f.labels.path, labels)
	case images[0] != labels[0]:
		return fmt.Errorf("%s has %d images, but %s has %d labels", f.images.path, images[0], f.labels.path, labels[0])
	}
	return nil
}

// Len returns the number of pictures in the file.
func (f *MNISTFile) Len() int { return f.images.Shape()[0] }

// Next reads the next n pictures. It panics when there are not so many.
func (f *MNISTFile) Next(n int) (*data.Examples, error) {
	f.advance(n)
	pixels, err := f.images.Next(n * mnistSide * mnistSide)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.images.path, err)
	}
	labels, err := f.labels.Next(n)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.labels.path, err)
	}
	set := &data.Examples{Labels: make([]int, n), Classes: 10}
	for i, l := range labels {
		if l > 9 {
			return nil, fmt.Errorf("%s: label %d is %d, want 0 to 9", f.labels.path, f.read-n+i, l)
		}
		set.Labels[i] = int(l)
	}
	x := make([]float32, len(pixels))
	for i, b := range pixels {
		x[i] = float32(b) / 255
	}
	set.X = tensor.New(x, n, 1, mnistSide, mnistSide)
	return set, nil
}

// Skip passes over the next n pictures. It panics when there are not so many.
func (f *MNISTFile) Skip(n int) error {
	f.advance(n)
	if err := f.images.Skip(n * mnistSide * mnistSide); err != nil {
		return fmt.Errorf("%s: %w", f.images.path, err)
	}
	if err := f.labels.Skip(n); err != nil {
		return fmt.Errorf("%s: %w", f.labels.path, err)
	}
	return nil
}

func (f *MNISTFile) advance(n int) {
	if n < 0 || n > f.Len()-f.read {
		panic(fmt.Errorf("mnist: %d pictures are wanted, but %d of %d are left", n, f.Len()-f.read, f.Len()))
	}
	f.read += n
}

// End returns an error when the files go on after the last picture, or are
// damaged in a way that shows only at the end.
func (f *MNISTFile) End() error {
	for _, part := range []*mnistFile{&f.images, &f.labels} {
		if err := part.End(); err != nil {
			return fmt.Errorf("%s: %w", part.path, err)
		}
	}
	return nil
}

// Close closes the files.
func (f *MNISTFile) Close() {
	f.images.file.Close()
	f.labels.file.Close()
}

// An mnistFile is one of the files.
type mnistFile struct {
	*idx.Reader
	file *os.File
	path string
}

// open opens the first spelling of name that is in dir.
func (f *mnistFile) open(dir, name string) error {
	dotted := strings.Replace(name, "-idx", ".idx", 1)
	for _, spelling := range []string{name, name + ".gz", dotted, dotted + ".gz"} {
		f.path = filepath.Join(dir, spelling)
		var err error
		f.file, err = os.Open(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("MNIST: %w", err)
		}
		if f.Reader, err = idx.Open(f.file); err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		return nil
	}
	return &missingError{dir: dir, name: name}
}

// A missingError says which file of MNIST is not there, and what to do.
type missingError struct{ dir, name string }

func (e *missingError) Error() string {
	return fmt.Sprintf("MNIST: there is no %s (nor %[1]s.gz) in %s: put the four files of "+
		"https://ossci-datasets.s3.amazonaws.com/mnist/ there "+
		"(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz)",
		e.name, quote.Short(e.dir))
}

func (e *missingError) Unwrap() error { return fs.ErrNotExist }
