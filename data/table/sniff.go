package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	sniffBytes   = 64 << 10 // of the beginning of a file, by which it is judged
	sniffRecords = 100
)

// signatures are the first bytes of files that are no CSV, and what to do.
var signatures = []struct{ begin, what string }{
	{"\xff\xfe", "the file is UTF-16 (it begins with ff fe); convert it to UTF-8, for instance by iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "the file is UTF-16 (it begins with fe ff); convert it to UTF-8, for instance by iconv -f UTF-16 -t UTF-8"},
	{"\x1f\x8b", "the file is compressed with gzip; decompress it first, for instance by gunzip"},
	{"PK\x03\x04", "the file is a zip archive or a workbook (xlsx, ods); unpack it, or save the sheet as CSV"},
	{"\xd0\xcf\x11\xe0", "the file is a workbook (xls); save the sheet as CSV"},
}

const bom = "\xef\xbb\xbf"

// A dialect is how a file is written.
type dialect struct {
	bom       bool
	separator byte
	decimal   byte // '.' or ','; 0: either
	comma     bool // there is a number with a decimal comma
	header    bool
}

// readHead reads the beginning of a file: as many bytes as it is judged by, or
// more when that is not yet a header and a row. whole tells that there is no more.
func readHead(r io.Reader) (head []byte, whole bool, err error) {
	head = make([]byte, 0, sniffBytes)
	for {
		n, err := io.ReadFull(r, head[len(head):cap(head)])
		head = head[:len(head)+n]
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return head, true, nil
		case err != nil:
			return nil, false, err
		case len(head) >= 2*MaxRecord || bytes.Count(head, []byte{'\n'}) > 1:
			return head, false, nil
		}
		head = slices.Grow(head, len(head))
	}
}

// sniff judges the beginning of a file.
func sniff(head []byte, whole bool, o *Options) (dialect, error) {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			return dialect{}, errors.New(s.what)
		}
	}
	d := dialect{separator: o.Separator, decimal: o.Decimal}
	head, d.bom = bytes.CutPrefix(head, []byte(bom))
	if !whole {
		i := bytes.LastIndexByte(head, '\n')
		head = head[:i+1]
	}
	if d.separator == 0 {
		d.separator = separatorOf(head, o.Decimal)
	}
	switch {
	case d.decimal == ',' && d.separator == ',':
		return dialect{}, fmt.Errorf("the decimal mark is a comma, but no other separator than the comma was found; set the separator")
	case d.decimal == 0 && d.separator != ';':
		d.decimal = '.'
	}
	switch o.Header {
	case HeaderDetected:
		d.header = headed(head, d, o)
	default:
		d.header = o.Header == HeaderPresent
	}
	return d, nil
}

// separatorOf returns the separator that splits most records of the head into
// the same number of fields, and of several such the one that makes the most
// fields.
func separatorOf(head []byte, decimal byte) byte {
	best, bestAgree, bestFields := byte(','), 0.5, 1
	for _, sep := range []byte(",;\t|") {
		if sep == ',' && decimal == ',' {
			continue
		}
		s := newScanner(bytes.NewReader(head), sep)
		fields, same, n := 0, 0, 0
		for ; n < sniffRecords && s.scan() == nil; n++ {
			if n == 0 {
				fields = len(s.cells)
			}
			if len(s.cells) == fields {
				same++
			}
		}
		if n == 0 || fields == 1 {
			continue
		}
		agree := float64(same) / float64(n)
		if agree > bestAgree || agree == bestAgree && fields > bestFields {
			best, bestAgree, bestFields = sep, agree, fields
		}
	}
	if bestFields == 1 && decimal == ',' {
		return ';'
	}
	return best
}

// headed reports whether the first record of the head holds names: when it has
// a text above the numbers of a column, or no number at all.
func headed(head []byte, d dialect, o *Options) bool {
	s := newScanner(bytes.NewReader(head), d.separator)
	if s.scan() != nil {
		return true
	}
	first := s.strings()
	missing := newWords(o.Missing)
	numbers := false // in the first record
	var above []int  // columns with a text in the first record
	for i, text := range first {
		if _, _, ok := parseNumber([]byte(text), d.decimal); ok {
			numbers = true
		} else if strings.TrimSpace(text) != "" && !missing.has([]byte(text)) {
			above = append(above, i)
		}
	}
	if !numbers {
		return true
	}
	numeric, other := make([]bool, len(first)), make([]bool, len(first))
	for n := 1; n < sniffRecords && s.scan() == nil; n++ {
		for _, i := range above {
			if i >= len(s.cells) || missing.has(s.cells[i]) {
				continue
			}
			if _, _, ok := parseNumber(s.cells[i], d.decimal); ok {
				numeric[i] = true
			} else {
				other[i] = true
			}
		}
	}
	for _, i := range above {
		if numeric[i] && !other[i] {
			return true
		}
	}
	return false
}
