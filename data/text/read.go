package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// MaxBytes is the longest text that [Read] and [ReadFile] accept, 1 GiB.
const MaxBytes = 1 << 30

// ReadFile reads a text file as [Read] does. Its errors name the file.
func ReadFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	size := int64(0)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	s, err := read(f, size, MaxBytes)
	if err != nil {
		return "", fmt.Errorf("%s: %w", quote.Short(path), err)
	}
	return s, nil
}

// Read reads a text from r. It must be UTF-8; bytes that are not are an error
// with the line and the place, and nothing is replaced. A byte-order mark at the
// start is dropped. Line ends stay as they are, CRLF too, because a model ought to
// see the text that there is. A text longer than [MaxBytes] is an error.
func Read(r io.Reader) (string, error) { return read(r, 0, MaxBytes) }

// readChunk is what is asked for at a time.
const readChunk = 64 << 10

// read is Read for a reader that is known to have size bytes, or 0.
func read(r io.Reader, size int64, limit int) (string, error) {
	if size > int64(limit) {
		return "", fmt.Errorf("the text has %d bytes, more than the %d that are read at most", size, limit)
	}
	var b strings.Builder
	b.Grow(int(size))
	n, err := io.CopyBuffer(writerOnly{&b}, io.LimitReader(r, int64(limit)+1), make([]byte, readChunk))
	switch {
	case err != nil:
		return "", fmt.Errorf("after %d bytes: %w", n, err)
	case n > int64(limit):
		return "", fmt.Errorf("the text is longer than the %d bytes that are read at most", limit)
	}
	s := b.String()
	if start := []byte(s[:min(len(s), 4)]); bytes.HasPrefix(start, []byte{0xff, 0xfe}) || bytes.HasPrefix(start, []byte{0xfe, 0xff}) {
		return "", errors.New("the text is UTF-16 by its first bytes, want UTF-8")
	}
	s = strings.TrimPrefix(s, "\ufeff")
	if err := checkUTF8(s, int(n)-len(s)); err != nil {
		return "", err
	}
	return s, nil
}

// A writerOnly hides what else a writer can do, so that io.CopyBuffer uses its
// buffer.
type writerOnly struct{ io.Writer }

// checkUTF8 returns an error that names the first byte of s that is not UTF-8.
// The bytes before s in the file are skipped.
func checkUTF8(s string, skipped int) error {
	if utf8.ValidString(s) {
		return nil
	}
	line, start := 1, 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return fmt.Errorf("line %d, byte %d of it (%d of the text): 0x%02x is not UTF-8", line, i-start+1, skipped+i+1, s[i])
		}
		i += n
		if r == '\n' {
			line, start = line+1, i
		}
	}
	return nil
}

// Split cuts a text in two by place: the last part, a fraction of the bytes
// between 0 and 1, is for validation. The cut is moved forward to the start of
// a character where it would fall into one. It panics with a [*tensor.ArgError]
// when the fraction is not between 0 and 1.
func Split(text string, fraction float64) (train, valid string) {
	if !(0 <= fraction && fraction <= 1) {
		tensor.BadArg("text.split", "want a fraction from 0 to 1, got %v", fraction)
	}
	at := int(float64(len(text)) * (1 - fraction))
	for moved := 0; moved < utf8.UTFMax-1 && at < len(text) && !utf8.RuneStart(text[at]); moved++ {
		at++
	}
	return text[:at], text[at:]
}
