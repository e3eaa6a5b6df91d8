package table

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// Write writes the table as CSV: a line with the names of the columns, then one
// for each row, separated by commas, ended by line feeds. Values are written as
// [Column.Value] has them. A field has quotes around it where it must, or where
// a reader might take it for something else. [Read] reads the same table again
// when it is told the kinds of the columns, and so does pandas.
func Write(w io.Writer, t *Table) error {
	out := newWriter(w, dialect{separator: ','})
	rows, columns := t.Len(), slices.Clone(t.Columns)
	for i := range columns {
		if c := &columns[i]; c.Kind == Date {
			c.Layout = c.layout()
		}
	}
	for row := -1; row < rows; row++ {
		for i := range columns {
			c := &columns[i]
			if i > 0 {
				out.WriteByte(',')
			}
			if row < 0 {
				out.field(c.Name, len(columns) == 1)
			} else {
				out.value(c, row, len(columns) == 1)
			}
		}
		if _, err := out.WriteString("\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}

// A writer writes fields. Its errors are remembered, and told by Flush.
type writer struct {
	*bufio.Writer
	separator byte
	comma     bool // the decimal mark is a comma
	number    []byte
}

func newWriter(w io.Writer, d dialect) *writer {
	return &writer{Writer: bufio.NewWriter(w), separator: d.separator, comma: d.separator != ',' && (d.comma || d.decimal == ',')}
}

// value writes the value of a row. A line with an empty field alone is none, so
// alone puts quotes around it.
func (w *writer) value(c *Column, row int, alone bool) {
	if c.Kind != Number || c.Missing(row) {
		w.field(c.Value(row), alone)
		return
	}
	w.number = appendNumber(w.number[:0], c.Numbers[row])
	if i := bytes.IndexByte(w.number, '.'); i >= 0 && w.comma {
		w.number[i] = ','
	}
	w.Write(w.number)
}

// field writes a text.
func (w *writer) field(s string, alone bool) {
	plain := !strings.ContainsAny(s, ",;\t|\"\r\n\ufeff") && strings.IndexByte(s, w.separator) < 0 && s == strings.TrimSpace(s)
	if plain && (s != "" || !alone) {
		w.WriteString(s)
		return
	}
	w.WriteByte('"')
	w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	w.WriteByte('"')
}

// An extender writes the records of a file with further columns.
type extender struct {
	out  *writer
	file *File
	add  func(t *Table) ([]Column, error)

	begun   bool
	first   []byte // the header
	endHead []byte // its line end
	lineEnd []byte // of the last record that had one
	raw     []byte // records without their line ends
	kept    []int  // where they end in raw
	ends    []byte // their line ends
	endsAt  []int  // where these end in ends
}

// head keeps the header.
func (e *extender) head(s *scanner) {
	e.first = bytes.Clone(s.body())
	if end := s.lineEnd(); len(end) > 0 {
		e.lineEnd = bytes.Clone(end)
	}
	e.endHead = bytes.Clone(e.lineEnd)
}

// keep keeps a record. One without a line end, the last, gets that of the one
// before.
func (e *extender) keep(s *scanner) {
	e.raw = append(e.raw, s.body()...)
	e.kept = append(e.kept, len(e.raw))
	if end := s.lineEnd(); len(end) > 0 {
		e.lineEnd = append(e.lineEnd[:0], end...)
	}
	e.ends = append(e.ends, e.lineEnd...)
	e.endsAt = append(e.endsAt, len(e.ends))
}

// write writes the records that were kept and the columns added to them. The
// first call writes the header before.
func (e *extender) write(t *Table) error {
	columns, err := e.add(t)
	if err != nil {
		return err
	}
	for i := range columns {
		if n := columns[i].Len(); n != t.Len() {
			panic(&tensor.ShapeError{Op: "extend", Reason: fmt.Sprintf("column %s has %d rows, want %d", quote.Short(columns[i].Name), n, t.Len())})
		}
	}
	if !e.begun {
		e.begun = true
		if e.file.dialect.bom {
			e.out.WriteString(bom)
		}
		if e.file.dialect.header {
			e.out.Write(e.first)
			for i := range columns {
				e.out.WriteByte(e.out.separator)
				e.out.field(columns[i].Name, false)
			}
			e.out.Write(e.endHead)
		}
	}
	from, fromEnd := 0, 0
	for row, to := range e.kept {
		e.out.Write(e.raw[from:to])
		for i := range columns {
			e.out.WriteByte(e.out.separator)
			e.out.value(&columns[i], row, false)
		}
		e.out.Write(e.ends[fromEnd:e.endsAt[row]])
		from, fromEnd = to, e.endsAt[row]
	}
	e.raw, e.kept, e.ends, e.endsAt = e.raw[:0], e.kept[:0], e.ends[:0], e.endsAt[:0]
	return e.out.Flush()
}
