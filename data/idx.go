package data

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Limits on the IDX files that [ReadIDX] accepts.
const (
	maxIDXRank  = 4
	maxIDXBytes = 1 << 30
	idxChunk    = 1 << 16 // what is allocated on the word of a header alone
)

// An IDX is the content of an IDX file: an array of bytes with up to four
// axes. It is the format of MNIST and the data sets that imitate it.
type IDX struct {
	Shape []int  // [n rows columns] for images, [n] for labels
	Data  []byte // row-major
}

// ReadIDX reads an IDX file of unsigned bytes from r, plain or compressed with
// gzip, which it finds out by itself.
//
// The format is a magic number (two zero bytes, the element type 0x08, the
// number of axes), the length of each axis as a big-endian 32-bit number, and
// the elements. Anything else is an error: another element type, more than
// four axes or 1 GiB, and fewer or more bytes than the header promises.
// Memory is allocated only as the bytes arrive, so a header that lies costs
// nothing.
func ReadIDX(r io.Reader) (*IDX, error) {
	f, err := openIDX(r)
	if err != nil {
		return nil, err
	}
	b, err := f.next(f.left)
	if err != nil {
		return nil, err
	}
	if err := f.end(); err != nil {
		return nil, err
	}
	return &IDX{Shape: f.shape, Data: b}, nil
}

// An idxFile is an IDX file that is read from front to back.
type idxFile struct {
	r     *bufio.Reader
	shape []int
	size  int // elements
	left  int // elements not yet read
}

// openIDX reads the header of an IDX file.
func openIDX(r io.Reader) (*idxFile, error) {
	br := bufio.NewReader(r)
	if start, _ := br.Peek(2); len(start) == 2 && start[0] == 0x1f && start[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("the gzip header is damaged: %w", err)
		}
		br = bufio.NewReader(z)
	}
	shape, err := readIDXHeader(br)
	if err != nil {
		return nil, err
	}
	n := 1
	most := uint64(1) // the product without the axes of length 0; at most 2³⁰ before a factor of at most 2³⁰
	for _, d := range shape {
		n *= d
		if most *= uint64(max(d, 1)); most > maxIDXBytes {
			return nil, fmt.Errorf("the header promises data of shape %v, more than the %d bytes that are read at most", shape, maxIDXBytes)
		}
	}
	return &idxFile{r: br, shape: shape, size: n, left: n}, nil
}

// next reads n elements more.
func (f *idxFile) next(n int) ([]byte, error) {
	b, err := readBounded(f.r, n)
	f.left -= len(b)
	if err != nil {
		return nil, f.cut(err)
	}
	return b, nil
}

// skip passes over n elements.
func (f *idxFile) skip(n int) error {
	m, err := io.CopyN(io.Discard, f.r, int64(n))
	f.left -= int(m)
	if err != nil {
		return f.cut(truncated(err))
	}
	return nil
}

// cut returns the error of a file that ends too early.
func (f *idxFile) cut(err error) error {
	return fmt.Errorf("want %v = %d bytes of data, got %d: %w", f.shape, f.size, f.size-f.left, err)
}

// end returns an error unless the file ends here. Asking for one byte more also
// makes gzip verify its checksum.
func (f *idxFile) end() error {
	switch _, err := f.r.ReadByte(); {
	case err == nil:
		return fmt.Errorf("want %v = %d bytes of data, but the file goes on after them", f.shape, f.size)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("after %d bytes of data: %w", f.size, err)
	}
	return nil
}

// readIDXHeader reads the magic number and the lengths of the axes.
func readIDXHeader(r io.Reader) (shape []int, err error) {
	var h [4 + 4*maxIDXRank]byte
	if n, err := io.ReadFull(r, h[:4]); err != nil {
		return nil, fmt.Errorf("want a header of at least 4 bytes, got %d: %w", n, truncated(err))
	}
	rank := int(h[3])
	switch {
	case h[0] != 0 || h[1] != 0:
		return nil, fmt.Errorf("not an IDX file: it starts with % x instead of 00 00", h[:2])
	case h[2] != 0x08:
		return nil, fmt.Errorf("the element type is 0x%02x, want 0x08 (unsigned byte)", h[2])
	case rank < 1 || rank > maxIDXRank:
		return nil, fmt.Errorf("the header has %d axes, want 1 to %d", rank, maxIDXRank)
	}
	axes := h[4 : 4+4*rank]
	if n, err := io.ReadFull(r, axes); err != nil {
		return nil, fmt.Errorf("want a header of %d bytes, got %d: %w", 4+len(axes), 4+n, truncated(err))
	}
	for i := range rank {
		d := binary.BigEndian.Uint32(axes[4*i:])
		if d > maxIDXBytes {
			return nil, fmt.Errorf("axis %d has length %d, more than the %d bytes that are read at most", i, d, maxIDXBytes)
		}
		shape = append(shape, int(d))
	}
	return shape, nil
}

// readBounded reads n bytes. It grows its buffer with what r delivers, not
// with n; on an error it returns the bytes that came before.
func readBounded(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, 0, min(n, idxChunk))
	for len(b) < n {
		if len(b) == cap(b) {
			b = slices.Grow(b, min(len(b), n-len(b)))
		}
		m, err := io.ReadFull(r, b[len(b):min(cap(b), n)])
		b = b[:len(b)+m]
		if err != nil {
			return b, truncated(err)
		}
	}
	return b, nil
}

// truncated turns the end of a file that ends too early into
// [io.ErrUnexpectedEOF]; other errors stay.
func truncated(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
