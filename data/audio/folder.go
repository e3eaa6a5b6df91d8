package audio

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/classes"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// MaxLoadBytes is the most memory that [Folder.Load] takes, 8 GiB.
const MaxLoadBytes = 8 << 30

// A Clip is the form that recordings get when they are read.
type Clip struct {
	Rate   int // samples in a second; a recording with another rate is an error
	Length int // samples; a shorter recording ends with zeros, and a longer one is cut
}

func (c Clip) check() {
	if c.Rate < 1 || c.Length < 1 {
		tensor.BadArg("audio.clip", "want a positive rate and length, got %d and %d", c.Rate, c.Length)
	}
}

// ReadFile reads the WAVE file at path into a new tensor [Length]. Channels
// become one, their mean. What comes after Length samples is not read. A file that
// package wav refuses, that has another rate, no sample, or a sample that is NaN or
// infinite, is an error that names it. ReadFile panics with a [*tensor.ArgError]
// when Rate or Length is below 1, as all that takes a Clip does.
func (c Clip) ReadFile(path string) (*tensor.Tensor, error) {
	c.check()
	x := tensor.Zeros(c.Length)
	if err := c.readFile(tensor.Data[float32](x), path); err != nil {
		return nil, err
	}
	return x, nil
}

// readFile reads a file into dst, which is full of zeros.
func (c Clip) readFile(dst []float32, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.read(dst, f); err != nil {
		return fmt.Errorf("%s: %w", quote.Short(path), err)
	}
	return nil
}

// clipBlock is the number of samples that are read at a time.
const clipBlock = 4096

func (c Clip) read(dst []float32, r io.Reader) error {
	w, err := wav.Open(r)
	if err != nil {
		return err
	}
	if w.SampleRate != c.Rate {
		return fmt.Errorf("the recording has %d samples in a second, want %d", w.SampleRate, c.Rate)
	}
	frames := make([]float32, max(clipBlock/w.Channels, 1)*w.Channels)
	done := 0
	for done < len(dst) {
		n, err := w.Next(frames[:min(len(frames)/w.Channels, len(dst)-done)*w.Channels])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i := range n {
			sum := 0.0
			for _, v := range frames[i*w.Channels : (i+1)*w.Channels] {
				sum += float64(v)
			}
			if sum-sum != 0 { // NaN or infinite
				return fmt.Errorf("sample %d is %v", done+i, sum)
			}
			dst[done+i] = float32(sum / float64(w.Channels))
		}
		done += n
	}
	if done == 0 {
		return errors.New("the recording has no sample")
	}
	return nil
}

// A Folder is a folder of recordings, WAVE files, with a folder for each class, as
// that of Speech Commands:
//
//	commands/yes/0a7c2a8d.wav   commands/yes/0ab3b47d.wav   commands/no/0a2b400e.wav
//
// It is a [data.Set] and holds the names alone. A recording is read when a batch
// with it is filled, so that a set may be larger than the memory. [Folder.Load]
// reads all of them once.
type Folder struct {
	Clip
	Classes []string // the names of the folders, sorted
	Files   []string // the path of each recording
	Labels  []int    // its class, from 0 to len(Classes)−1
	Skipped []string // what lies in the folders and is no recording by its name
}

var _ data.Set[data.Batch] = (*Folder)(nil)

// OpenFolder finds the recordings in dir that get the form of c. Classes are
// numbered in the order of their names, and recordings come in the order of their
// folders and names. What lies deeper than the folder of a class belongs to the
// class, too. A recording is a file whose name ends with .wav in letters of
// either size; other files are listed in Skipped. Files and folders whose names
// begin with a dot are passed over, as are files beside the folders of classes.
//
// It is an error when dir cannot be read, holds no folder, or one of its folders
// holds no recording.
func OpenFolder(dir string, c Clip) (*Folder, error) {
	c.check()
	t, err := classes.Find(dir, "recording", ".wav")
	if err != nil {
		return nil, fmt.Errorf("folder of recordings: %w", err)
	}
	return &Folder{Clip: c, Classes: t.Classes, Files: t.Files, Labels: t.Labels, Skipped: t.Skipped}, nil
}

// Len returns the number of recordings.
func (f *Folder) Len() int { return len(f.Files) }

// Fill makes b the batch of the recordings at the given indices, with X [n Length]
// and their Labels. Opening a file allocates; the batch itself uses its memory
// again. The error names the recording that cannot be read. Fill panics with a
// [*tensor.ShapeError] when an index is out of range.
func (f *Folder) Fill(b *data.Batch, index []int) error {
	f.check()
	for _, i := range index {
		if i < 0 || i >= len(f.Files) {
			panic(&tensor.ShapeError{Op: "folder of recordings", Shapes: [][]int{{len(f.Files), f.Length}}, Reason: fmt.Sprintf("index %d is out of range", i)})
		}
	}
	x := b.MakeX(len(index), f.Length)
	clear(x)
	b.Labels, b.Index, b.Y = b.Labels[:0], append(b.Index[:0], index...), nil
	for k, i := range index {
		if err := f.readFile(x[k*f.Length:(k+1)*f.Length], f.Files[i]); err != nil {
			return fmt.Errorf("folder of recordings: %w", err)
		}
		b.Labels = append(b.Labels, f.Labels[i])
	}
	return nil
}

// Load reads all recordings into memory, as [Folder.Fill] does. It is an error when
// one cannot be read, and when they would take more than [MaxLoadBytes].
func (f *Folder) Load() (*data.Examples, error) {
	f.check()
	if int64(len(f.Files)) > MaxLoadBytes/4/int64(f.Length) {
		return nil, fmt.Errorf("folder of recordings: %d recordings of %d samples take more than the %d bytes that are read into memory at most",
			len(f.Files), f.Length, int64(MaxLoadBytes))
	}
	if _, err := tensor.Size([]int{len(f.Files), f.Length}); err != nil {
		return nil, fmt.Errorf("folder of recordings: %w", err)
	}
	return data.Load(f, len(f.Classes))
}
