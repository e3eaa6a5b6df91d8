package wav

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/descent-ml/descent/internal/intake"
	"github.com/descent-ml/descent/tensor"
)

// block is the number of bytes that are read at a time, at least a frame.
const block = 64 << 10

// A File is a sound.
type File struct {
	SampleRate int            // frames a second
	Samples    *tensor.Tensor // [channels frames], float32 when it was read
}

// Read reads a WAVE file from r, to its last sample, as the package comment says. An
// error of r is wrapped. If r ends too early, this is [io.ErrUnexpectedEOF].
func Read(r io.Reader) (*File, error) {
	f, err := read(r, -1)
	if err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	return f, nil
}

// ReadFile reads the WAVE file at path, as [Read] does.
func ReadFile(path string) (*File, error) { return intake.File("wav", path, read) }

// read reads a file of the given length in bytes, −1 when nobody knows it.
func read(from io.Reader, length int64) (*File, error) {
	r, err := open(from)
	if err != nil {
		return nil, err
	}
	s := samples{channels: r.Channels}
	most := r.Frames()
	if length >= 0 {
		rest := length - r.at
		if rest < r.size {
			return nil, fmt.Errorf("want %d bytes of data, got %d: %w", r.size, rest, io.ErrUnexpectedEOF)
		}
		if most < 0 {
			most = int(min(rest/int64(r.frame), math.MaxInt))
		}
		if err := s.grow(most); err != nil {
			return nil, err
		}
	}
	part := make([]float32, max(block/4/r.Channels, 1)*r.Channels)
	for {
		n, err := r.next(part)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := s.add(part, n, most); err != nil {
			return nil, err
		}
	}
	return &File{SampleRate: r.SampleRate, Samples: s.tensor()}, nil
}

// samples are the frames so far, channel by channel, each with room for more.
type samples struct {
	channels, frames, room int
	data                   []float32
}

// add appends n frames. most is how many there will be, −1 when nobody knows.
func (s *samples) add(frames []float32, n, most int) error {
	if s.frames+n > s.room {
		room := 2 * (s.frames + n)
		if most >= 0 {
			room = max(min(room, most), s.frames+n)
		}
		if err := s.grow(room); err != nil {
			return err
		}
	}
	for c := range s.channels {
		to := s.data[c*s.room+s.frames:]
		for i := range n {
			to[i] = frames[i*s.channels+c]
		}
	}
	s.frames += n
	return nil
}

// grow makes room for so many frames.
func (s *samples) grow(room int) error {
	n, err := tensor.Size([]int{s.channels, room})
	if err != nil {
		return err
	}
	data := make([]float32, n)
	for c := range s.channels {
		copy(data[c*room:], s.data[c*s.room:c*s.room+s.frames])
	}
	s.data, s.room = data, room
	return nil
}

// tensor returns the samples as [channels frames], in the memory where they are.
func (s *samples) tensor() *tensor.Tensor {
	for c := range s.channels {
		copy(s.data[c*s.frames:], s.data[c*s.room:c*s.room+s.frames])
	}
	return tensor.New(s.data[:s.channels*s.frames:s.channels*s.frames], s.channels, s.frames)
}

// A Reader is a WAVE file that is read from front to back.
type Reader struct {
	SampleRate int // frames a second
	Channels   int // samples of a frame
	Format     Format

	r     *bufio.Reader
	at    int64 // bytes read of the header
	frame int   // bytes of a frame
	size  int64 // bytes of data, −1 when nobody knows
	done  int64 // bytes of data that were read
}

// Open reads a WAVE file up to its first sample, with the errors of [Read].
// [Reader.Next] then reads the samples.
func Open(r io.Reader) (*Reader, error) {
	f, err := open(r)
	if err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	return f, nil
}

func open(r io.Reader) (*Reader, error) {
	f := &Reader{r: bufio.NewReaderSize(r, block)}
	if err := f.header(); err != nil {
		return nil, err
	}
	return f, nil
}

// Frames returns how many frames the file says it has, or −1 when it does not know.
func (r *Reader) Frames() int {
	if r.size < 0 {
		return -1
	}
	return int(r.size / int64(r.frame))
}

// Next fills dst with the next frames, the samples of each together, and returns how
// many they are: as many as dst has room for, or fewer when the file has no more. Then
// the error is [io.EOF] from the next call on. It allocates nothing. It panics with a
// [*tensor.ArgError] when dst has no room for a frame.
func (r *Reader) Next(dst []float32) (frames int, err error) {
	if len(dst) < r.Channels {
		panic(&tensor.ArgError{Op: "wav: next", Reason: fmt.Sprintf("the destination has room for %d samples, but a frame has %d", len(dst), r.Channels)})
	}
	frames, err = r.next(dst)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("wav: %w", err)
	}
	return frames, err
}

func (r *Reader) next(dst []float32) (frames int, err error) {
	for room := len(dst) / r.Channels; frames < room; {
		n := min(room-frames, block/r.frame)
		if r.size >= 0 {
			n = int(min(int64(n), (r.size-r.done)/int64(r.frame)))
		}
		src, err := r.r.Peek(n * r.frame)
		if err != nil {
			if r.size >= 0 || !errors.Is(err, io.EOF) {
				return 0, r.cut(len(src), err)
			}
			if len(src)%r.frame != 0 {
				return 0, fmt.Errorf("after %d bytes of data the file ends in the middle of a frame of %d bytes: %w", r.done+int64(len(src)), r.frame, io.ErrUnexpectedEOF)
			}
			n = len(src) / r.frame
		}
		if n == 0 {
			break
		}
		formats[r.Format].decode(dst[frames*r.Channels:(frames+n)*r.Channels], src)
		if _, err := r.r.Discard(len(src)); err != nil {
			return 0, err
		}
		r.done += int64(len(src))
		frames += n
	}
	if frames == 0 {
		return 0, io.EOF
	}
	return frames, nil
}

// cut returns the error of samples that do not come, after n bytes more than those
// that were read.
func (r *Reader) cut(n int, err error) error {
	got := r.done + int64(n)
	if r.size < 0 {
		return fmt.Errorf("after %d bytes of data: %w", got, err)
	}
	return fmt.Errorf("want %d bytes of data, got %d: %w", r.size, got, intake.Early(err))
}
