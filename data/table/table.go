package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// A Kind is what a column holds.
type Kind uint8

// The kinds of columns. Detected is none: it stands in a [Field] for a kind
// that the reader finds out.
const (
	Detected Kind = iota
	Number        // numbers, also whole ones
	Category      // one of a few texts
	Date          // a date, or a date and a time of day
	Text          // names, free text and identifiers: read and described, but not learned from
)

var kinds = [...]string{"detected", "number", "category", "date", "text"}

// String returns "number", "category", "date", "text" or "detected".
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// MarshalText returns the name of the kind.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the name of a kind.
func (k *Kind) UnmarshalText(b []byte) error {
	i, err := word("kind", kinds[:], b)
	*k = Kind(i)
	return err
}

// word returns the place of b among the words.
func word(what string, words []string, b []byte) (int, error) {
	if i := slices.Index(words, string(b)); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("there is no %s %s; there are %s", what, quote.Short(string(b)), strings.Join(words, ", "))
}

// A Field is the name and the kind of a column.
type Field struct {
	Name   string `json:"name"`
	Kind   Kind   `json:"kind"`
	Layout string `json:"layout,omitempty"` // of a date, in the notation of package time
}

// A Column holds the values of one column, one for each row. Which slice holds
// them depends on the kind; the others are nil.
type Column struct {
	Field
	Numbers []float64 // Number: the values; Date: seconds since 1970 in UTC; NaN where the value is missing
	Index   []int     // Category: the place in Names; −1 where the value is missing
	Names   []string  // Category: the different texts, sorted
	Text    []string  // Text: the texts; empty where the value is missing
}

// Len returns the number of rows.
func (c *Column) Len() int {
	switch c.Kind {
	case Number, Date:
		return len(c.Numbers)
	case Category:
		return len(c.Index)
	}
	return len(c.Text)
}

// Missing reports whether the row has no value.
func (c *Column) Missing(row int) bool {
	switch c.Kind {
	case Number, Date:
		return math.IsNaN(c.Numbers[row])
	case Category:
		return c.Index[row] < 0
	}
	return c.Text[row] == ""
}

// Value returns the value of a row as a text, as [Write] writes it: the
// shortest decimal that is the same float64, a date in its layout, the name of
// a category, and nothing for a missing value.
func (c *Column) Value(row int) string {
	switch {
	case c.Missing(row):
		return ""
	case c.Kind == Number:
		return string(appendNumber(nil, c.Numbers[row]))
	case c.Kind == Date:
		return moment(c.Numbers[row]).Format(c.layout())
	case c.Kind == Category:
		return c.Names[c.Index[row]]
	}
	return c.Text[row]
}

// layout returns the layout of the dates: of a column made by hand without
// one, days, or days and times.
func (c *Column) layout() string {
	if c.Layout != "" {
		return c.Layout
	}
	for _, v := range c.Numbers {
		if math.Mod(v, day) != 0 && !math.IsNaN(v) {
			return time.RFC3339Nano
		}
	}
	return time.DateOnly
}

// appendNumber appends the shortest decimal that is x.
func appendNumber(b []byte, x float64) []byte {
	format := byte('f')
	switch a := math.Abs(x); {
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	case a != 0 && (a < 1e-6 || a >= 1e21):
		format = 'e'
	}
	return strconv.AppendFloat(b, x, format, -1, 64)
}

// take returns the rows of the column at the given places.
func (c *Column) take(rows []int) Column {
	d := Column{Field: c.Field, Names: c.Names}
	switch c.Kind {
	case Number, Date:
		d.Numbers = pick(c.Numbers, rows)
	case Category:
		d.Index = pick(c.Index, rows)
	default:
		d.Text = pick(c.Text, rows)
	}
	return d
}

func pick[T any](from []T, rows []int) []T {
	to := make([]T, len(rows))
	for i, row := range rows {
		to[i] = from[row]
	}
	return to
}

// A Table is a list of columns of the same length.
type Table struct {
	Columns []Column

	source Options // how the file was read, for [Encoder.Options]
}

// Len returns the number of rows. It panics with a [*tensor.ShapeError] when
// the columns have different lengths.
func (t *Table) Len() int {
	if len(t.Columns) == 0 {
		return 0
	}
	n := t.Columns[0].Len()
	for i := range t.Columns {
		if m := t.Columns[i].Len(); m != n {
			panic(&tensor.ShapeError{Op: "table", Reason: fmt.Sprintf("column %s has %d rows and column %s has %d",
				quote.Short(t.Columns[0].Name), n, quote.Short(t.Columns[i].Name), m)})
		}
	}
	return n
}

// Column returns the column with the given name, or an error that lists the
// names that there are.
func (t *Table) Column(name string) (*Column, error) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		names := make([]string, len(t.Columns))
		for i := range names {
			names[i] = t.Columns[i].Name
		}
		return nil, noColumn(name, names)
	}
	return &t.Columns[i], nil
}

// noColumn is the error for a name that no column has.
func noColumn(name string, names []string) error {
	const most = 20
	var list strings.Builder
	for i, n := range names[:min(len(names), most)] {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(quote.Short(n))
	}
	if more := len(names) - most; more > 0 {
		fmt.Fprintf(&list, " and %d more", more)
	}
	return fmt.Errorf("there is no column %s; the columns are %s", quote.Short(name), list.String())
}

// Take returns a new table of the rows at the given places, in that order; a
// place may occur more than once. It panics with a [*tensor.ShapeError] when a
// place is out of range.
func (t *Table) Take(rows []int) *Table {
	n := t.Len()
	for _, row := range rows {
		if row < 0 || row >= n {
			panic(&tensor.ShapeError{Op: "take", Reason: fmt.Sprintf("row %d is out of range for %d rows", row, n)})
		}
	}
	u := &Table{Columns: make([]Column, len(t.Columns)), source: t.source}
	for i := range t.Columns {
		u.Columns[i] = t.Columns[i].take(rows)
	}
	return u
}
