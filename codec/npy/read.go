package npy

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/descent-ml/descent/internal/intake"
	"github.com/descent-ml/descent/tensor"
)

// MaxHeader is the longest dictionary that is read, in bytes. NumPy writes 118; it
// reads no more than 10 000 from a file that it does not trust.
const MaxHeader = 1 << 16

const magic = "\x93NUMPY"

// Read reads a .npy file from r, to its end. Memory grows only with the bytes that
// arrive. Every fault is an error, and so is a type that is neither bool nor an
// integer or a float of at most 8 bytes. An error of r is wrapped. If r ends too
// early, this is [io.ErrUnexpectedEOF].
func Read(r io.Reader) (*Array, error) {
	a, err := read(r, -1, false)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return a, nil
}

// ReadFile reads the .npy file at path, as [Read] does.
func ReadFile(path string) (*Array, error) {
	return intake.File("npy", path, func(r io.Reader, length int64) (*Array, error) { return read(r, length, true) })
}

// read reads a file of the given length in bytes, −1 when nobody knows it. When the
// length is a fact and not a claim, all of the memory is allocated at once.
func read(r io.Reader, length int64, fact bool) (*Array, error) {
	br := bufio.NewReader(r)
	text, at, err := readHeader(br)
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(text)
	if err != nil {
		return nil, err
	}
	e, swap, err := parseType(h.descr)
	if err != nil {
		return nil, err
	}
	n, err := tensor.Size(h.shape)
	if err != nil {
		return nil, err
	}
	size := n * e.width // fits: tensor.Size counts elements of 8 bytes
	known := int64(0)
	if length >= 0 {
		rest := length - at
		if rest != int64(size) {
			err := fmt.Errorf("%s of shape %v takes %d bytes, but %d follow the header", e.name, h.shape, size, rest)
			if rest < int64(size) {
				err = fmt.Errorf("%w: %w", err, io.ErrUnexpectedEOF)
			}
			return nil, err
		}
		if fact {
			known = rest
		}
	}
	raw, err := intake.Bytes(br, size, known)
	if err != nil {
		return nil, fmt.Errorf("%s of shape %v takes %d bytes, got %d: %w", e.name, h.shape, size, len(raw), err)
	}
	switch _, err := br.ReadByte(); {
	case err == nil:
		return nil, fmt.Errorf("%s of shape %v takes %d bytes, but the file goes on after them", e.name, h.shape, size)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("after the last element: %w", err)
	}
	if e.code == "b1" {
		for i, b := range raw {
			if b > 1 {
				return nil, fmt.Errorf("element %d of the booleans is %d, want 0 or 1", i, b)
			}
		}
	}
	if swap {
		reverse(raw, e.width)
	}
	if h.fortran {
		raw = rowMajor(raw, h.shape, e.width)
	}
	return &Array{shape: h.shape, element: *e, raw: raw}, nil
}

// readHeader reads what stands before the data: the magic string, the version, and
// the length of the dictionary and the dictionary, which it returns with the place
// where the data begin.
func readHeader(r io.Reader) (text string, at int64, err error) {
	var b [12]byte
	if n, err := io.ReadFull(r, b[:8]); err != nil {
		if err = intake.Early(err); n > 0 && string(b[:min(n, 6)]) != magic[:min(n, 6)] {
			return "", 0, notNPY(b[:n])
		}
		return "", 0, fmt.Errorf("want a magic string and a version of 8 bytes, got %d: %w", n, err)
	}
	if string(b[:6]) != magic {
		return "", 0, notNPY(b[:6])
	}
	width := 4
	switch version := [2]byte{b[6], b[7]}; version {
	case [2]byte{1, 0}:
		width = 2
	case [2]byte{2, 0}, [2]byte{3, 0}:
	default:
		return "", 0, fmt.Errorf("the format has version %d.%d, want 1.0, 2.0 or 3.0", b[6], b[7])
	}
	if n, err := io.ReadFull(r, b[8:8+width]); err != nil {
		return "", 0, fmt.Errorf("want a header length of %d bytes, got %d: %w", width, n, intake.Early(err))
	}
	n := uint32(le.Uint16(b[8:]))
	if width == 4 {
		n = le.Uint32(b[8:])
	}
	if n > MaxHeader {
		return "", 0, fmt.Errorf("the header takes %d bytes, more than the %d that are read at most", n, MaxHeader)
	}
	head, err := intake.Bytes(r, int(n), 0)
	if err != nil {
		return "", 0, fmt.Errorf("want a header of %d bytes, got %d: %w", n, len(head), err)
	}
	return string(head), 8 + int64(width) + int64(n), nil
}

func notNPY(start []byte) error {
	return fmt.Errorf("not a .npy file: it starts with %q instead of %q", start, magic)
}
