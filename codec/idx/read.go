package idx

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/descent-ml/descent/internal/intake"
	"github.com/descent-ml/descent/tensor"
)

// Limits on the files that are read and written.
const (
	MaxRank  = 4       // axes
	MaxBytes = 1 << 30 // elements, of one byte each
)

// elementType is the only one that is read: an unsigned byte.
const elementType = 0x08

// An Array is the content of an IDX file.
type Array struct {
	Shape []int  // [n rows columns] for images, [n] for labels
	Data  []byte // row-major
}

// Read reads an IDX file of unsigned bytes from r, plain or compressed with gzip.
//
// It is an error when the file has another element type, no axis or more than
// [MaxRank], or more than [MaxBytes] bytes, and when it has fewer or more bytes
// than its header promises. Memory grows only with the bytes that arrive. An error
// of r is wrapped; if r ends too early, this is [io.ErrUnexpectedEOF].
func Read(r io.Reader) (*Array, error) {
	f, err := Open(r)
	if err != nil {
		return nil, err
	}
	b, err := f.Next(f.left)
	if err != nil {
		return nil, err
	}
	if err := f.End(); err != nil {
		return nil, err
	}
	return &Array{Shape: f.shape, Data: b}, nil
}

// A Reader is an IDX file that is read from front to back.
type Reader struct {
	r     *bufio.Reader
	shape []int
	size  int // elements
	left  int // elements not yet read
}

// Open reads the header of an IDX file, with the errors of [Read]. [Reader.Next]
// and [Reader.Skip] then read the elements.
func Open(r io.Reader) (*Reader, error) {
	f, err := open(r)
	if err != nil {
		return nil, fmt.Errorf("idx: %w", err)
	}
	return f, nil
}

func open(r io.Reader) (*Reader, error) {
	br := bufio.NewReader(r)
	if start, _ := br.Peek(2); len(start) == 2 && start[0] == 0x1f && start[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("the gzip header is damaged: %w", err)
		}
		br = bufio.NewReader(z)
	}
	shape, err := readHeader(br)
	if err != nil {
		return nil, err
	}
	n := 1
	most := uint64(1) // the product without the axes of length 0; at most 2³⁰ before a factor of at most 2³⁰
	for _, d := range shape {
		n *= d
		if most *= uint64(max(d, 1)); most > MaxBytes {
			return nil, fmt.Errorf("the header promises data of shape %v, more than the %d bytes that are read at most", shape, MaxBytes)
		}
	}
	return &Reader{r: br, shape: shape, size: n, left: n}, nil
}

// readHeader reads the magic number and the lengths of the axes.
func readHeader(r io.Reader) (shape []int, err error) {
	var h [4 + 4*MaxRank]byte
	if n, err := io.ReadFull(r, h[:4]); err != nil {
		return nil, fmt.Errorf("want a header of at least 4 bytes, got %d: %w", n, intake.Early(err))
	}
	rank := int(h[3])
	switch {
	case h[0] != 0 || h[1] != 0:
		return nil, fmt.Errorf("not an IDX file: it starts with % x instead of 00 00", h[:2])
	case h[2] != elementType:
		return nil, fmt.Errorf("the element type is 0x%02x, want 0x%02x (unsigned byte)", h[2], elementType)
	case rank < 1 || rank > MaxRank:
		return nil, fmt.Errorf("the header has %d axes, want 1 to %d", rank, MaxRank)
	}
	axes := h[4 : 4+4*rank]
	if n, err := io.ReadFull(r, axes); err != nil {
		return nil, fmt.Errorf("want a header of %d bytes, got %d: %w", 4+len(axes), 4+n, intake.Early(err))
	}
	for i := range rank {
		d := binary.BigEndian.Uint32(axes[4*i:])
		if d > MaxBytes {
			return nil, fmt.Errorf("axis %d has length %d, more than the %d bytes that are read at most", i, d, MaxBytes)
		}
		shape = append(shape, int(d))
	}
	return shape, nil
}

// Shape returns the length of each axis, as the header has it.
func (f *Reader) Shape() []int { return slices.Clone(f.shape) }

// Next reads the next n elements. It panics with a [*tensor.ArgError] when the
// header promises fewer.
func (f *Reader) Next(n int) ([]byte, error) {
	f.check("next", n)
	b, err := intake.Bytes(f.r, n, 0)
	f.left -= len(b)
	if err != nil {
		return nil, f.cut(err)
	}
	return b, nil
}

// Skip passes over the next n elements. It panics with a [*tensor.ArgError] when
// the header promises fewer.
func (f *Reader) Skip(n int) error {
	f.check("skip", n)
	m, err := io.CopyN(io.Discard, f.r, int64(n))
	f.left -= int(m)
	if err != nil {
		return f.cut(intake.Early(err))
	}
	return nil
}

func (f *Reader) check(op string, n int) {
	if n < 0 || n > f.left {
		panic(&tensor.ArgError{Op: "idx: " + op, Reason: fmt.Sprintf("%d elements are wanted, but %d of %d are left", n, f.left, f.size)})
	}
}

// cut returns the error of a file that ends too early.
func (f *Reader) cut(err error) error {
	return fmt.Errorf("idx: want %v = %d bytes of data, got %d: %w", f.shape, f.size, f.size-f.left, err)
}

// End returns an error when the file goes on after the elements that were read. It
// also makes gzip verify its checksum.
func (f *Reader) End() error {
	switch _, err := f.r.ReadByte(); {
	case err == nil:
		return fmt.Errorf("idx: want %v = %d bytes of data, but the file goes on after them", f.shape, f.size)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("idx: after %d bytes of data: %w", f.size, err)
	}
	return nil
}
