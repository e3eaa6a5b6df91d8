package idx

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Write writes a to w as an IDX file, not compressed.
//
// A shape that [Read] would refuse, and one that does not count the bytes of
// a.Data, is an error; then nothing is written. Any other error comes from w and
// is wrapped.
func Write(w io.Writer, a *Array) error {
	head, err := a.header()
	if err != nil {
		return fmt.Errorf("idx: %w", err)
	}
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("idx: writing the header: %w", err)
	}
	if _, err := w.Write(a.Data); err != nil {
		return fmt.Errorf("idx: writing the data: %w", err)
	}
	return nil
}

// header returns the bytes before the data.
func (a *Array) header() ([]byte, error) {
	if len(a.Shape) < 1 || len(a.Shape) > MaxRank {
		return nil, fmt.Errorf("the shape %v has %d axes, want 1 to %d", a.Shape, len(a.Shape), MaxRank)
	}
	b := []byte{0, 0, elementType, byte(len(a.Shape))}
	n, most := uint64(1), uint64(1)
	for i, d := range a.Shape {
		if d < 0 || d > MaxBytes {
			return nil, fmt.Errorf("axis %d of the shape %v has length %d, want 0 to %d", i, a.Shape, d, MaxBytes)
		}
		n *= uint64(d)
		if most *= uint64(max(d, 1)); most > MaxBytes {
			return nil, fmt.Errorf("the shape %v has more than the %d bytes that are read at most", a.Shape, MaxBytes)
		}
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	if n != uint64(len(a.Data)) {
		return nil, fmt.Errorf("the shape %v has %d bytes of data, got %d", a.Shape, n, len(a.Data))
	}
	return b, nil
}
