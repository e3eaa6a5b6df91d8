package table

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
)

// Limits on the files that are read. What goes beyond them is an error, or,
// where it says so, text.
const (
	MaxRecord     = 1 << 20 // bytes in a record, that is, in a line, or in several with quotes around their ends
	MaxColumns    = 1 << 16 // columns
	MaxCategories = 1000    // different texts in a column that is taken for a category unasked; one with more is text
	MaxNames      = 1 << 20 // different texts in all columns of categories together
	MaxFields     = 1 << 31 // fields of a table in memory; a larger file is read in chunks
)

// Header says whether the first record of a file holds the names of the
// columns.
type Header uint8

// With HeaderDetected, the first record holds names unless it has a number
// where no column has a text above its numbers. Without a header the columns
// are column_1, column_2 and so on.
const (
	HeaderDetected Header = iota
	HeaderPresent
	HeaderAbsent
)

var headers = [...]string{"detected", "present", "absent"}

// String returns "detected", "present" or "absent".
func (h Header) String() string {
	if int(h) < len(headers) {
		return headers[h]
	}
	return fmt.Sprintf("Header(%d)", h)
}

// MarshalText returns the text of [Header.String].
func (h Header) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Header) UnmarshalText(b []byte) error {
	i, err := word("header", headers[:], b)
	*h = Header(i)
	return err
}

// Options say how to read a file. The zero value detects everything.
type Options struct {
	// Separator is the ASCII character between fields. 0 means that of
	// , ; tab and | which splits the first records into the most fields, as
	// many in each.
	Separator byte `json:"separator,omitempty"`

	// Header says whether the first record holds names.
	Header Header `json:"header,omitempty"`

	// Decimal is the decimal mark, '.' or ','. 0 means a point, and in a file
	// with semicolons a comma as well.
	Decimal byte `json:"decimal,omitempty"`

	// Missing lists the fields that stand for no value, without regard to
	// case. nil means DefaultMissing. An empty field is always missing.
	Missing []string `json:"missing,omitzero"`

	// Fields are the kinds of columns that are not to be detected. A name that
	// no column has is an error.
	Fields []Field `json:"fields,omitempty"`
}

// DefaultMissing returns the fields that stand for no value unless
// [Options].Missing says otherwise: those of pandas, and the question mark of
// the UCI repository.
func DefaultMissing() []string {
	return []string{
		"?", "-", "NA", "N/A", "#N/A", "#N/A N/A", "#NA", "<NA>", "NaN", "-NaN", "nil", "null", "None",
		"1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "#NULL!", "#VALUE!", "#DIV/0!", "missing",
	}
}

// check returns an error for options that no file can be read with.
func (o *Options) check() error {
	if s := o.Separator; s >= utf8.RuneSelf || s != 0 && (s < ' ' && s != '\t' || strings.IndexByte(" \".+-\x7f", s) >= 0 || isWord(s)) {
		return fmt.Errorf("the separator is %q; it must be one ASCII character that is no space, quote, sign, letter or digit", string(rune(s)))
	}
	if d := o.Decimal; d != 0 && d != '.' && d != ',' {
		return fmt.Errorf("the decimal mark is %q, want a point or a comma", string(rune(d)))
	}
	if o.Decimal == ',' && o.Separator == ',' {
		return fmt.Errorf("the comma is both the separator and the decimal mark")
	}
	seen := make(map[string]bool, len(o.Fields))
	for _, f := range o.Fields {
		if int(f.Kind) >= len(kinds) {
			return fmt.Errorf("column %s: there is no kind %d", quote.Short(f.Name), f.Kind)
		}
		if f.Layout != "" && f.Kind != Date {
			return fmt.Errorf("column %s: it has the layout of a date, but its kind is %v", quote.Short(f.Name), f.Kind)
		}
		if seen[f.Name] {
			return fmt.Errorf("column %s stands twice among the fields", quote.Short(f.Name))
		}
		seen[f.Name] = true
	}
	return nil
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

// words are the texts that stand for no value, in lower case.
type words struct {
	set     map[string]bool
	first   [256]bool // the bytes that one of them begins with, in any case
	longest int       // bytes
	lower   []byte
}

func newWords(list []string) *words {
	if list == nil {
		list = DefaultMissing()
	}
	w := &words{set: map[string]bool{"": true}}
	for _, s := range list {
		s = strings.ToLower(strings.TrimSpace(s))
		w.set[s] = true
		w.longest = max(w.longest, len(s))
		if s != "" {
			w.first[s[0]], w.first[strings.ToUpper(s[:1])[0]] = true, true
		}
	}
	return w
}

// has reports whether a field stands for no value.
func (w *words) has(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0] < utf8.RuneSelf && !w.first[b[0]] {
		return false
	}
	// Case may change the length of a character, from 3 bytes to 1 at most.
	if len(b) > 3*w.longest || math.MaxInt/3 < len(b) {
		return false
	}
	w.lower = w.lower[:0]
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return w.set[strings.ToLower(string(b))]
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		w.lower = append(w.lower, c)
	}
	return w.set[string(w.lower)]
}
