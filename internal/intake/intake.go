// Package intake reads what a file promises and may not hold. A header of ten
// bytes can promise a gigabyte, so memory grows with the bytes that arrive and
// not with the promise.
package intake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Block is the number of bytes that are allocated on the word of a header alone.
const Block = 64 << 10

// Bytes reads n bytes from r. known is how many bytes r is known to have, 0 when
// nobody knows; these are allocated at once. On an error it returns the bytes
// that came before. An end that comes too early is [io.ErrUnexpectedEOF].
func Bytes(r io.Reader, n int, known int64) ([]byte, error) {
	first := min(n, Block)
	if int64(n) <= known {
		first = n
	}
	b := make([]byte, 0, first)
	for len(b) < n {
		if len(b) == cap(b) {
			b = slices.Grow(b, min(len(b), n-len(b)))
		}
		m, err := io.ReadFull(r, b[len(b):min(cap(b), n)])
		b = b[:len(b)+m]
		if err != nil {
			return b, Early(err)
		}
	}
	return b, nil
}

// Early turns [io.EOF], the end of a file that should go on, into
// [io.ErrUnexpectedEOF]. Other errors stay.
func Early(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// File opens the file at path and returns what read makes of it and of its
// length in bytes, which is −1 when nobody knows it, as of a pipe. An error begins
// with the name of the format; one of read names the path as well.
func File[T any](format, path string, read func(r io.Reader, length int64) (T, error)) (T, error) {
	var none T
	file, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("%s: %w", format, err)
	}
	defer file.Close()
	length := int64(-1)
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		length = info.Size()
	}
	v, err := read(file, length)
	if err != nil {
		return none, fmt.Errorf("%s: %s: %w", format, path, err)
	}
	return v, nil
}
