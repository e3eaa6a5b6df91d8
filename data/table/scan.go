package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// A scanner reads the records of a CSV file, one at a time. It keeps a record
// as it stands in the file, too, which encoding/csv does not, and gives up on
// one that has no end.
type scanner struct {
	r    *bufio.Reader
	sep  byte
	line int // at which the record begins, from 1
	next int // the line after the record

	raw   []byte   // the record as it stands in the file, with its line end
	cells [][]byte // its fields, without quotes, and without spaces around them

	spans []span
	text  []byte // the content of quoted fields
}

// A span is the place of a field: where it begins in raw, and where its
// content stands, in raw or, for one with quotes, in text.
type span struct {
	at, from, to int
	quoted       bool
}

func newScanner(r io.Reader, sep byte) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 64<<10), sep: sep, next: 1}
}

// scan reads the next record. Lines with nothing but spaces are passed over.
// It returns [io.EOF] at the end of the file.
func (s *scanner) scan() error {
	for {
		s.raw, s.line = s.raw[:0], s.next
		if err := s.readLine(); err != nil {
			return err
		}
		if len(bytes.Trim(s.raw, " \r\n")) > 0 {
			break
		}
	}
	s.spans, s.text = s.spans[:0], s.text[:0]
	for at, more := 0, true; more; {
		if len(s.spans) == MaxColumns {
			return s.fault(at, "the record has more than %d fields", MaxColumns)
		}
		var err error
		if at, more, err = s.field(at); err != nil {
			return err
		}
	}
	s.cells = s.cells[:0]
	for _, f := range s.spans {
		if f.quoted {
			s.cells = append(s.cells, s.text[f.from:f.to])
		} else {
			s.cells = append(s.cells, s.raw[f.from:f.to])
		}
	}
	return nil
}

// field reads the field that begins at the given place of raw. It returns where
// the next one begins, and whether there is one.
func (s *scanner) field(at int) (next int, more bool, err error) {
	from := at
	for s.isSpace(from) {
		from++
	}
	if from < len(s.raw) && s.raw[from] == '"' {
		return s.quoted(at, from)
	}
	to := s.end()
	if i := bytes.IndexByte(s.raw[from:to], s.sep); i >= 0 {
		to, more = from+i, true
	}
	if i := bytes.IndexByte(s.raw[from:to], '\r'); i >= 0 {
		return 0, false, s.fault(from+i, "there is a carriage return without a line feed; end lines with LF or CR LF, and put quotes around a field that has a carriage return")
	}
	next = to + 1
	for to > from && s.isSpace(to-1) {
		to--
	}
	s.spans = append(s.spans, span{at: at, from: from, to: to})
	return next, more, nil
}

// quoted reads a field whose opening quote stands at open. A quote in it is
// doubled, and a line end in it belongs to it.
func (s *scanner) quoted(at, open int) (next int, more bool, err error) {
	from, i := len(s.text), open+1
	for {
		k := bytes.IndexByte(s.raw[i:], '"')
		if k < 0 {
			s.text = append(s.text, s.raw[i:]...)
			i = len(s.raw)
			switch err := s.readLine(); {
			case errors.Is(err, io.EOF):
				return 0, false, s.fault(open, "the quote that opens the field is never closed: %w", io.ErrUnexpectedEOF)
			case errors.Is(err, errLong):
				return 0, false, s.fault(open, "the quote that opens the field is not closed within %d bytes", MaxRecord)
			case err != nil:
				return 0, false, err
			}
			continue
		}
		s.text = append(s.text, s.raw[i:i+k]...)
		i += k + 1
		if i == len(s.raw) || s.raw[i] != '"' {
			break
		}
		s.text = append(s.text, '"')
		i++
	}
	s.spans = append(s.spans, span{at: at, from: from, to: len(s.text), quoted: true})
	for s.isSpace(i) {
		i++
	}
	switch {
	case i == s.end():
		return i, false, nil
	case s.raw[i] == s.sep:
		return i + 1, true, nil
	}
	return 0, false, s.fault(i, "there is text after the quote that closes the field; a quote within a field is written twice")
}

// isSpace reports whether a space stands at the given place, or a tab that is
// not the separator.
func (s *scanner) isSpace(i int) bool {
	return i < len(s.raw) && (s.raw[i] == ' ' || s.raw[i] == '\t') && s.raw[i] != s.sep
}

// end returns where the line end of the record begins.
func (s *scanner) end() int {
	n := len(s.raw)
	if n > 0 && s.raw[n-1] == '\n' {
		n--
		if n > 0 && s.raw[n-1] == '\r' {
			n--
		}
	}
	return n
}

// lineEnd returns the line end of the record, which the last one may lack.
func (s *scanner) lineEnd() []byte { return s.raw[s.end():] }

var errLong = errors.New("the record is too long")

// readLine appends the next line of the file to raw.
func (s *scanner) readLine() error {
	begin := len(s.raw)
	for {
		part, err := s.r.ReadSlice('\n')
		if len(s.raw)+len(part) > MaxRecord {
			if begin > 0 {
				return errLong
			}
			return fmt.Errorf("line %d: the line is longer than %d bytes", s.line, MaxRecord)
		}
		s.raw = append(s.raw, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("line %d: %w", s.next, err)
		case len(s.raw) == begin:
			return io.EOF
		}
		break
	}
	s.next++
	line := s.raw[begin:]
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return s.fault(begin+i, "there is a zero byte: the file is no text, or not UTF-8")
	}
	if i := invalid(line); i >= 0 {
		return s.fault(begin+i, "the byte 0x%02x is not UTF-8; convert the file, for instance by iconv -f WINDOWS-1252 -t UTF-8", line[i])
	}
	return nil
}

// invalid returns the place of the first byte that is not UTF-8, or −1.
func invalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
}

// fault is an error at the given place of the record.
func (s *scanner) fault(at int, format string, args ...any) error {
	before := s.raw[:at]
	line := s.line + bytes.Count(before, []byte{'\n'})
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	return fmt.Errorf("line %d, character %d: %w", line, utf8.RuneCount(before)+1, fmt.Errorf(format, args...))
}

// lineOf returns the line at which a field begins.
func (s *scanner) lineOf(column int) int {
	return s.line + bytes.Count(s.raw[:s.spans[column].at], []byte{'\n'})
}

// body returns the record as it stands in the file, without its line end.
func (s *scanner) body() []byte { return s.raw[:s.end()] }

// strings returns a copy of the fields.
func (s *scanner) strings() []string {
	texts := make([]string, len(s.cells))
	for i, c := range s.cells {
		texts[i] = string(c)
	}
	return slices.Clip(texts)
}
