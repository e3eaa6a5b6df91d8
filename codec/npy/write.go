package npy

import (
	"fmt"
	"io"

	"github.com/descent-ml/descent/internal/atomicfile"
)

// Write writes a to w as NumPy writes an array, of version 1.0, row-major and
// little-endian. An error comes from w and is wrapped.
func Write(w io.Writer, a *Array) error {
	if err := a.write(w); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

// WriteFile writes a to the file at path, as [Write] does. It replaces an existing
// file completely or not at all.
func WriteFile(path string, a *Array) error {
	if err := atomicfile.Write(path, a.write); err != nil {
		return fmt.Errorf("npy: %s: %w", path, err)
	}
	return nil
}

func (a *Array) write(w io.Writer) error {
	if _, err := w.Write(a.head()); err != nil {
		return fmt.Errorf("writing the header: %w", err)
	}
	if _, err := w.Write(a.raw); err != nil {
		return fmt.Errorf("writing the data: %w", err)
	}
	return nil
}

// head returns the bytes before the data, a multiple of 64 of them.
func (a *Array) head() []byte {
	order := "<"
	if a.width == 1 {
		order = "|"
	}
	text := literal(order+a.code, a.shape)
	n := len(text) + 1
	n += 64 - (10+n)%64 // as NumPy does it: at least one space
	b := append([]byte(magic), 1, 0)
	b = le.AppendUint16(b, uint16(n))
	b = append(b, text...)
	for len(b) < 10+n-1 {
		b = append(b, ' ')
	}
	return append(b, '\n')
}
