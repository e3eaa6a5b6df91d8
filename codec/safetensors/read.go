package safetensors

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/descent-ml/descent/internal/intake"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// block is the number of bytes that are read or written at a time.
const block = 64 << 10

// Read reads a safetensors file from r, to its end. It does not trust the input:
// memory grows only with the bytes that arrive, and every fault is an error. An error
// of r is wrapped. If r ends too early, this is [io.ErrUnexpectedEOF].
func Read(r io.Reader) (*File, error) {
	f, err := read(r, -1)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

// ReadFile reads the safetensors file at path, as [Read] does.
func ReadFile(path string) (*File, error) { return intake.File("safetensors", path, read) }

// read reads a file of the given length in bytes, −1 when it is not known.
func read(r io.Reader, length int64) (*File, error) {
	s := &source{Reader: bufio.NewReaderSize(r, block)}
	raw, err := s.header(length)
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(raw)
	if err != nil {
		return nil, err
	}
	order, total, err := h.layout()
	if err != nil {
		return nil, err
	}
	if length >= 0 {
		if rest := length - 8 - int64(len(raw)); rest != total {
			err := fmt.Errorf("want %d bytes of data after the header, got %d", total, rest)
			if rest < total {
				err = fmt.Errorf("%w: %w", err, io.ErrUnexpectedEOF)
			}
			return nil, err
		}
		s.sized = true
	}
	values := make(map[*span]*tensor.Tensor, len(order))
	for _, t := range order {
		if values[t], err = formats[t.dtype].load(s, t); err != nil {
			return nil, fmt.Errorf("tensor %s: %w", quote.Short(t.name), err)
		}
	}
	switch _, err := s.ReadByte(); {
	case err == nil:
		return nil, fmt.Errorf("want %d bytes of data after the header, got more", total)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("after the last tensor: %w", err)
	}
	f := &File{Metadata: h.metadata, Tensors: make([]tensor.Named, len(h.tensors))}
	for i := range h.tensors {
		t := &h.tensors[i]
		f.Tensors[i] = tensor.Named{Name: t.name, Value: values[t]}
	}
	return f, nil
}

// A source is a file being read.
type source struct {
	*bufio.Reader
	sized bool // all the data that the header describes is known to be there
}

// header reads the length of the header and the header. file is the length of
// the file, or −1 when it is not known.
func (s *source) header(file int64) ([]byte, error) {
	var length [8]byte
	if n, err := io.ReadFull(s, length[:]); err != nil {
		return nil, fmt.Errorf("want a header length of 8 bytes, got %d: %w", n, intake.Early(err))
	}
	n := le.Uint64(length[:])
	if n > maxHeader {
		return nil, fmt.Errorf("header length %d is more than %d: not a safetensors file", n, maxHeader)
	}
	var raw bytes.Buffer
	if int64(n) <= file-8 {
		raw.Grow(int(n) + bytes.MinRead) // the file is long enough; ReadFrom needs no more
	}
	got, err := io.CopyN(&raw, s, int64(n))
	if err != nil {
		return nil, fmt.Errorf("want a header of %d bytes, got %d: %w", n, got, intake.Early(err))
	}
	return raw.Bytes(), nil
}

// A format is a way to store elements in a file.
type format struct {
	width int // bytes of an element
	load  func(s *source, t *span) (*tensor.Tensor, error)
}

// formats has an entry for each dtype that can be read.
var formats = map[string]format{
	"F32":  {4, loader(4, decodeF32)},
	"F64":  {8, loader(8, decodeF64)},
	"F16":  {2, loader(2, decodeF16)},
	"BF16": {2, loader(2, decodeBF16)},
	"I32":  {4, loader(4, decodeI32)},
	"I64":  {8, loader(8, decodeI64)},
}

// loader returns the function that reads the elements of one tensor. It calls decode
// for each block, which converts the elements in src to dst. first is the index in
// the tensor of the first of them.
func loader[T float32 | float64](width int, decode func(dst []T, src []byte, first int) error) func(*source, *span) (*tensor.Tensor, error) {
	return func(s *source, t *span) (*tensor.Tensor, error) {
		var data []T
		if s.sized {
			data = make([]T, 0, t.size)
		} else {
			data = make([]T, 0, min(t.size, block/width))
		}
		for len(data) < t.size {
			n := len(data)
			src, err := s.Peek(min(block/width, t.size-n) * width)
			if err != nil {
				return nil, fmt.Errorf("want %d bytes of data, got %d: %w",
					int64(t.size)*int64(width), int64(n)*int64(width)+int64(len(src)), intake.Early(err))
			}
			end := n + len(src)/width
			if end > cap(data) {
				data = append(make([]T, 0, min(t.size, 2*end)), data...)
			}
			data = data[:end]
			if err := decode(data[n:], src, n); err != nil {
				return nil, err
			}
			if _, err := s.Discard(len(src)); err != nil {
				return nil, err
			}
		}
		return tensor.New(data, t.shape...), nil
	}
}
