package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// A File is a CSV file whose columns are known. It is read from front to back,
// as often as one likes, each time from the disk: a file larger than the memory
// is no trouble. Several goroutines may read it at once.
type File struct {
	Fields    []Field // the columns
	Rows      int     // rows without the header
	Separator byte    // between fields
	Header    bool    // the first record holds the names of the columns

	name    string
	dialect dialect
	options Options
	open    func() (io.ReadCloser, error)
	names   [][]string       // of categories
	index   []map[string]int // the places of names
}

// Open reads a CSV file once, to learn its columns and their kinds, and counts
// its rows. It keeps the different texts of categories in memory, and no more
// than a record of the rest. The file must not change while the result is in
// use. What is no regular file, such as a pipe, is read into memory.
//
// A column is of kind [Number] when all its values are decimal numbers, and
// [Date] when all fit one of some usual layouts. Of the others, one with more
// than 10 different texts, of which there are more than [MaxCategories] or half
// as many as values, is [Text], and so is one without values; the rest are
// [Category]. Whole numbers that grow from row to row are [Text] as well when the
// column has a name like id, row_id or PassengerId, and so is every column of
// whole numbers called id: they name the row. [Options].Fields overrules all
// this.
//
// An error names the file, the line and the column. One of the operating system
// is wrapped.
func Open(path string, o Options) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return OpenReader(path, file, o)
	}
	return learn(path, func() (io.ReadCloser, error) { return os.Open(path) }, o)
}

// OpenReader is [Open] for what r delivers, which it keeps in memory. The name
// stands at the head of errors; it may be empty.
func OpenReader(name string, r io.Reader, o Options) (*File, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, named(name, err)
	}
	return learn(name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }, o)
}

// Read reads a table from r. It is [OpenReader] and [File.Read].
func Read(r io.Reader, o Options) (*Table, error) {
	f, err := OpenReader("", r, o)
	if err != nil {
		return nil, err
	}
	return f.Read()
}

// ReadFile reads the file at path as a table. It is [Open] and [File.Read].
func ReadFile(path string, o Options) (*Table, error) {
	f, err := Open(path, o)
	if err != nil {
		return nil, err
	}
	return f.Read()
}

// named puts the name of a file before an error.
func named(name string, err error) error {
	if name == "" || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", quote.Line(name), err)
}

// Read reads all rows. A table takes 8 bytes for a number, a date or the index
// of a category, and 16 bytes and its content for a text.
func (f *File) Read() (*Table, error) { return f.read(1) }

// Sample reads at most the given number of rows: all, or the first of every two,
// three and so on; every says which. It is for a look at a file that is too large
// for the memory, by [Describe] for instance. It panics with a [*tensor.ArgError]
// when rows is less than 1.
func (f *File) Sample(rows int) (t *Table, every int, err error) {
	if rows < 1 {
		panic(&tensor.ArgError{Op: "sample", Reason: fmt.Sprintf("the number of rows is %d, want 1 or more", rows)})
	}
	every = max(1, (f.Rows-1)/rows+1)
	t, err = f.read(every)
	return t, every, err
}

// read reads the first of every so many rows.
func (f *File) read(every int) (*Table, error) {
	n := (f.Rows + every - 1) / every
	if int64(n) > MaxFields/int64(len(f.Fields)) {
		return nil, named(f.name, fmt.Errorf("%d rows of %d fields are too many for a table in memory, which has %d fields at most; read the file in chunks",
			n, len(f.Fields), int64(MaxFields)))
	}
	t, row := f.table(n), 0
	err := f.records(nil, func(s *scanner, missing *words) error {
		row++
		if (row-1)%every != 0 {
			return nil
		}
		return f.fill(t, s, missing)
	})
	if err == nil && row != f.Rows {
		err = fmt.Errorf("the file has changed: it had %d rows, and now has %d", f.Rows, row)
	}
	if err != nil {
		return nil, named(f.name, err)
	}
	return t, nil
}

// Chunks returns one pass over the rows, in tables of the given number of rows;
// the last may have fewer. The table belongs to the loop, and its columns are
// written over with the next rows: [Table.Take] copies what must outlive the
// loop's body. After an error, which comes with a nil table, the pass ends. From
// the second chunk on a pass allocates only texts.
//
// It panics with a [*tensor.ArgError] when rows is less than 1.
func (f *File) Chunks(rows int) iter.Seq2[*Table, error] {
	if rows < 1 {
		panic(&tensor.ArgError{Op: "chunks", Reason: fmt.Sprintf("the number of rows is %d, want 1 or more", rows)})
	}
	return func(yield func(*Table, error) bool) {
		t := f.table(min(rows, f.Rows))
		stop := errors.New("the loop has ended")
		n := 0
		err := f.records(nil, func(s *scanner, missing *words) error {
			if n == rows {
				if !yield(t, nil) {
					return stop
				}
				t.clear()
				n = 0
			}
			n++
			return f.fill(t, s, missing)
		})
		switch {
		case errors.Is(err, stop):
		case err != nil:
			yield(nil, named(f.name, err))
		case n > 0:
			yield(t, nil)
		}
	}
}

// Extend copies the file to w and adds columns at its end, which the function
// add computes from chunks of the given number of rows. It is what writes
// predictions next to the rows that they belong to. The columns that were there
// before stay as they are, byte for byte; so do line ends and the byte order
// mark. Blank lines are left out.
//
// add must return the same columns each time, with a value or a missing one for
// each row of the table, which is reused as that of [File.Chunks] is. A file
// without rows is one chunk without rows.
func (f *File) Extend(w io.Writer, rows int, add func(t *Table) ([]Column, error)) error {
	if rows < 1 {
		panic(&tensor.ArgError{Op: "extend", Reason: fmt.Sprintf("the number of rows is %d, want 1 or more", rows)})
	}
	e := &extender{out: newWriter(w, f.dialect), file: f, add: add, lineEnd: []byte("\n")}
	t := f.table(min(rows, f.Rows))
	var failed error // of add or of w, which the file has no part in
	err := f.records(e.head, func(s *scanner, missing *words) error {
		if len(e.kept) == rows {
			if failed = e.write(t); failed != nil {
				return failed
			}
			t.clear()
		}
		e.keep(s)
		return f.fill(t, s, missing)
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return named(f.name, err)
	case len(e.kept) > 0 || !e.begun:
		return e.write(t)
	}
	return nil
}

// records calls head, which may be nil, for the header, and do for each of the
// other records.
func (f *File) records(head func(s *scanner), do func(s *scanner, missing *words) error) error {
	r, err := f.open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // of what was read
	s := newScanner(r, f.dialect.separator)
	if f.dialect.bom {
		if _, err := s.r.Discard(len(bom)); err != nil {
			return err
		}
	}
	if f.dialect.header {
		if err := s.scan(); err != nil {
			return fmt.Errorf("the file has changed: %w", err)
		}
		if head != nil {
			head(s)
		}
	}
	missing := newWords(f.options.Missing)
	for {
		switch err := s.scan(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case len(s.cells) != len(f.Fields):
			return fmt.Errorf("line %d: want %d fields, got %d", s.line, len(f.Fields), len(s.cells))
		}
		if err := do(s, missing); err != nil {
			return err
		}
	}
}

// table returns a table without rows and with memory for some.
func (f *File) table(rows int) *Table {
	t := &Table{Columns: make([]Column, len(f.Fields)), source: f.options}
	for i, field := range f.Fields {
		c := &t.Columns[i]
		c.Field, c.Names = field, f.names[i]
		switch field.Kind {
		case Number, Date:
			c.Numbers = make([]float64, 0, rows)
		case Category:
			c.Index = make([]int, 0, rows)
		default:
			c.Text = make([]string, 0, rows)
		}
	}
	return t
}

// clear removes the rows and keeps their memory.
func (t *Table) clear() {
	for i := range t.Columns {
		c := &t.Columns[i]
		c.Numbers, c.Index, c.Text = c.Numbers[:0], c.Index[:0], c.Text[:0]
	}
}

// fill adds the record to the table.
func (f *File) fill(t *Table, s *scanner, missing *words) error {
	for i, cell := range s.cells {
		c, gone := &t.Columns[i], missing.has(cell)
		var ok bool
		switch c.Kind {
		case Number:
			x := nan
			if !gone {
				if x, _, ok = parseNumber(cell, f.dialect.decimal); !ok {
					return f.fault(s, i, "want a number, got %s", quote.Short(string(cell)))
				}
			}
			c.Numbers = append(c.Numbers, x)
		case Date:
			x := nan
			if !gone {
				if x, ok = parseDate(c.Layout, cell); !ok {
					return f.fault(s, i, "want a date like %s, got %s", c.Layout, quote.Short(string(cell)))
				}
			}
			c.Numbers = append(c.Numbers, x)
		case Category:
			place := -1
			if !gone {
				if place, ok = f.index[i][string(cell)]; !ok {
					return f.fault(s, i, "the file has changed: %s was not there before", quote.Short(string(cell)))
				}
			}
			c.Index = append(c.Index, place)
		default:
			text := ""
			if !gone {
				text = string(cell)
			}
			c.Text = append(c.Text, text)
		}
	}
	return nil
}

// fault is an error at a field of the record.
func (f *File) fault(s *scanner, column int, format string, args ...any) error {
	return fmt.Errorf("line %d, column %d (%s): %w", s.lineOf(column), column+1, quote.Short(f.Fields[column].Name), fmt.Errorf(format, args...))
}

// fieldNames returns the names of the columns.
func fieldNames(fields []Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return slices.Clip(names)
}
