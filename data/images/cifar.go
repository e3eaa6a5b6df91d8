package images

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// Facts of the binary version of CIFAR-10.
const (
	cifarArchive = "cifar-10-binary.tar.gz"
	cifarFolder  = "cifar-10-batches-bin"
	cifarSide    = 32
	cifarPixels  = 3 * cifarSide * cifarSide
	cifarRecord  = 1 + cifarPixels // the label, then the red, the green and the blue plane
)

// The limits of what is read as CIFAR-10.
const (
	maxCIFARPictures = 10_000    // in one file, as in the original
	maxCIFARArchive  = 256 << 20 // bytes that an archive may hold; the original has 184 million
)

// CIFAR10Classes returns what the labels of CIFAR-10 mean, in order.
func CIFAR10Classes() []string {
	return []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
}

// cifarFiles returns the names of the files of pictures; the last is the test.
func cifarFiles() []string {
	return []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}
}

// CIFAR10 reads the binary version of CIFAR-10
// (https://www.cs.toronto.edu/~kriz/cifar.html) from a folder: the archive
// cifar-10-binary.tar.gz, or its files data_batch_1.bin to data_batch_5.bin and
// test_batch.bin, in the folder or in cifar-10-batches-bin below it. X has shape
// [n 3 32 32] with values from 0 to 1 (the byte divided by 255, as torchvision's
// ToTensor has it), and there are 10 classes; see [CIFAR10Classes].
//
// A file that is missing (then errors.Is(err, fs.ErrNotExist)), cut off or
// damaged is an error that names it and the picture.
func CIFAR10(dir string) (train, test *data.Examples, err error) {
	files := map[string][]byte{}
	switch found, err := cifarPlace(dir); {
	case err != nil:
		return nil, nil, fmt.Errorf("CIFAR-10: %w", err)
	case filepath.Base(found) == cifarArchive:
		if err := readCIFARArchive(found, files); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", found, err)
		}
	default:
		for _, name := range cifarFiles() {
			if files[name], err = readCIFARFile(filepath.Join(found, name)); err != nil {
				return nil, nil, err
			}
		}
	}
	names := cifarFiles()
	last := len(names) - 1
	train = cifarSet(files, names[:last])
	return train, cifarSet(files, names[last:]), nil
}

// cifarPlace returns the archive, or the folder with the files.
func cifarPlace(dir string) (string, error) {
	for _, p := range []struct{ file, found string }{
		{filepath.Join(dir, cifarFiles()[0]), dir},
		{filepath.Join(dir, cifarFolder, cifarFiles()[0]), filepath.Join(dir, cifarFolder)},
		{filepath.Join(dir, cifarArchive), filepath.Join(dir, cifarArchive)},
	} {
		if _, err := os.Stat(p.file); err == nil {
			return p.found, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", &missingCIFAR{dir}
}

// A missingCIFAR says that there is no CIFAR-10 in a folder, and what to do.
type missingCIFAR struct{ dir string }

func (e *missingCIFAR) Error() string {
	return fmt.Sprintf("there is neither %s nor %s in %s: put https://www.cs.toronto.edu/~kriz/%[1]s there",
		cifarArchive, cifarFiles()[0], quote.Short(e.dir))
}

func (e *missingCIFAR) Unwrap() error { return fs.ErrNotExist }

// readCIFARFile reads one file of pictures.
func readCIFARFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("CIFAR-10: %w", err)
	}
	defer file.Close()
	b, err := readCIFAR(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// readCIFAR reads pictures with their labels until r ends. Memory grows with what
// arrives.
func readCIFAR(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxCIFARPictures*cifarRecord+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("after %d bytes: %w", len(b), err)
	case len(b) > maxCIFARPictures*cifarRecord:
		return nil, fmt.Errorf("the file has more than the %d pictures that are read at most", maxCIFARPictures)
	case len(b) == 0:
		return nil, errors.New("the file is empty")
	case len(b)%cifarRecord != 0:
		return nil, fmt.Errorf("want pictures of %d bytes each, got %d bytes, which are %d pictures and %d bytes: %w",
			cifarRecord, len(b), len(b)/cifarRecord, len(b)%cifarRecord, io.ErrUnexpectedEOF)
	}
	for i := 0; i < len(b); i += cifarRecord {
		if b[i] > 9 {
			return nil, fmt.Errorf("the label of picture %d, at byte %d, is %d, want 0 to 9", i/cifarRecord, i, b[i])
		}
	}
	return b, nil
}

// readCIFARArchive reads the files of pictures out of an archive. Other files in
// it are passed over.
func readCIFARArchive(name string, files map[string][]byte) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	z, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return fmt.Errorf("the gzip header is damaged: %w", err)
	}
	all := &io.LimitedReader{R: z, N: maxCIFARArchive}
	wanted := cifarFiles()
	for archive := tar.NewReader(all); ; {
		h, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return cifarEnd(all, wanted, files)
		case all.N == 0:
			return fmt.Errorf("the archive holds more than the %d bytes that are read at most", maxCIFARArchive)
		case err != nil:
			return fmt.Errorf("the archive is damaged: %w", err)
		}
		base := path.Base(h.Name)
		if h.Typeflag != tar.TypeReg || !slices.Contains(wanted, base) {
			continue
		}
		if files[base] != nil {
			return fmt.Errorf("the archive has %s twice", base)
		}
		if files[base], err = readCIFAR(archive); err != nil {
			return fmt.Errorf("%s: %w", base, err)
		}
	}
}

// cifarEnd reads an archive to its end, where gzip has its checksum, and looks
// whether all files were there.
func cifarEnd(all *io.LimitedReader, wanted []string, files map[string][]byte) error {
	if _, err := io.Copy(io.Discard, all); err != nil {
		return fmt.Errorf("the archive is damaged at its end: %w", err)
	}
	for _, name := range wanted {
		if files[name] == nil {
			return fmt.Errorf("the archive has no %s", name)
		}
	}
	return nil
}

// cifarSet makes a set of the pictures in some files.
func cifarSet(files map[string][]byte, names []string) *data.Examples {
	n := 0
	for _, name := range names {
		n += len(files[name]) / cifarRecord
	}
	x := make([]float32, 0, n*cifarPixels)
	s := &data.Examples{Labels: make([]int, 0, n), Classes: 10}
	for _, name := range names {
		for b := files[name]; len(b) > 0; b = b[cifarRecord:] {
			s.Labels = append(s.Labels, int(b[0]))
			for _, v := range b[1:cifarRecord] {
				x = append(x, float32(v)/255)
			}
		}
	}
	s.X = tensor.New(x, n, 3, cifarSide, cifarSide)
	return s
}
