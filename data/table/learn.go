package table

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
)

var nan = math.NaN()

// learn reads a file twice, or once when it has numbers and dates alone: to tell
// what is a number or a date, and to collect the texts of categories.
func learn(name string, open func() (io.ReadCloser, error), o Options) (*File, error) {
	f := &File{name: name, open: open, options: o}
	if err := o.check(); err != nil {
		return nil, named(name, err)
	}
	if err := f.begin(); err != nil {
		return nil, named(name, err)
	}
	columns, err := f.kinds()
	if err == nil {
		err = f.categories(columns)
	}
	if err != nil {
		return nil, named(name, err)
	}
	f.options.Header = HeaderAbsent
	if f.Header {
		f.options.Header = HeaderPresent
	}
	f.options.Fields = nil
	return f, nil
}

// begin judges the beginning of the file and names the columns.
func (f *File) begin() error {
	r, err := f.open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // of what was read
	head, whole, err := readHead(r)
	if err != nil {
		return err
	}
	if f.dialect, err = sniff(head, whole, &f.options); err != nil {
		return err
	}
	f.Separator, f.Header = f.dialect.separator, f.dialect.header
	if f.dialect.bom {
		head = head[len(bom):]
	}
	s := newScanner(io.MultiReader(bytes.NewReader(head), r), f.Separator)
	switch err := s.scan(); {
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty; want a line with the names of the columns, or with values")
	case err != nil:
		return err
	}
	names := make([]string, len(s.cells))
	if f.Header {
		names = s.strings()
	}
	f.Fields = make([]Field, len(names))
	place := make(map[string]int, len(names))
	for i, n := range unique(names) {
		f.Fields[i].Name = n
		place[n] = i
	}
	for _, want := range f.options.Fields {
		i, ok := place[want.Name]
		if !ok {
			return noColumn(want.Name, fieldNames(f.Fields))
		}
		f.Fields[i] = want
	}
	return nil
}

// unique returns names that are neither empty nor the same: column_3 for the
// third when it has none, and a.1 for the second a, as in pandas.
func unique(names []string) []string {
	taken := make(map[string]int, len(names))
	for i, n := range names {
		if strings.TrimSpace(n) == "" {
			n = fmt.Sprintf("column_%d", i+1)
		}
		names[i] = n
		taken[n]++
	}
	seen := make(map[string]int, len(names))
	for i, n := range names {
		count := seen[n]
		seen[n]++
		for ; count > 0; count++ {
			if other := fmt.Sprintf("%s.%d", n, count); taken[other] == 0 {
				names[i], taken[other], seen[n] = other, 1, count+1
				break
			}
		}
	}
	return names
}

// A learner finds out the kind of a column.
type learner struct {
	values int    // that are not missing
	number bool   // all are numbers
	dates  uint64 // the layouts that all fit
	rising bool   // all are whole numbers, and each is more than the last
	whole  bool   // all are whole numbers
	last   float64
	names  map[string]int // of a category; its values are not yet used
}

// kinds reads the file and sets the kinds that show in single values. It
// returns a learner for each column; those of columns that may be categories
// have a map of names.
func (f *File) kinds() ([]learner, error) {
	columns := make([]learner, len(f.Fields))
	for i := range columns {
		columns[i] = learner{number: true, dates: allLayouts, rising: true, whole: true}
	}
	err := f.records(nil, func(s *scanner, missing *words) error {
		f.Rows++
		for i, cell := range s.cells {
			if missing.has(cell) {
				continue
			}
			if columns[i].look(cell, f.dialect.decimal) {
				f.dialect.comma = true
			}
			if g := f.Fields[i]; g.Kind == Date && g.Layout == "" && columns[i].dates == 0 {
				return f.fault(s, i, "want a date, got %s, which has no usual layout, or another than the rows before; set the layout", quote.Short(string(cell)))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range columns {
		f.Fields[i] = columns[i].field(f.Fields[i], f.Header)
		if k := f.Fields[i].Kind; k == Category || k == Detected {
			columns[i].names = map[string]int{}
		}
	}
	return columns, nil
}

// look notes what a value may be. It reports whether it is a number with a comma.
func (l *learner) look(cell []byte, decimal byte) (comma bool) {
	l.values++
	if l.number {
		var x float64
		x, comma, l.number = parseNumber(cell, decimal)
		l.whole = l.whole && x == math.Trunc(x)
		l.rising = l.rising && (l.values == 1 || x > l.last)
		l.last = x
		if l.number {
			l.dates = 0
			return comma
		}
	}
	if l.dates != 0 {
		l.dates = remaining(l.dates, cell)
	}
	return false
}

// layout returns the first layout that all values fit.
func (l *learner) layout() string {
	if l.dates == 0 {
		return ""
	}
	return layouts[bits.TrailingZeros64(l.dates)]
}

// field returns what is known of a column: its kind, unless that depends on how
// many different texts there are. Only a name of the file tells of identifiers.
func (l *learner) field(f Field, header bool) Field {
	switch {
	case f.Kind == Date && f.Layout == "":
		f.Layout = l.layout()
	case f.Kind != Detected:
	case l.values == 0:
		f.Kind = Text
	case header && l.number && l.whole && identifies(f.Name, l.rising):
		f.Kind = Text
	case l.number:
		f.Kind = Number
	case l.dates != 0:
		f.Kind, f.Layout = Date, l.layout()
	}
	return f
}

// identifies reports whether whole numbers under this name tell rows apart.
func identifies(name string, rising bool) bool {
	n := strings.ToLower(name)
	switch {
	case n == "id":
		return true
	case n == "index" || n == "row" || n == "column_1" || strings.HasPrefix(n, "unnamed"):
		return rising
	}
	return rising && (strings.HasSuffix(n, "_id") || strings.HasSuffix(n, " id") || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID"))
}

// categories reads the file again for the texts of columns that may be
// categories, and sets the kinds that are left.
func (f *File) categories(columns []learner) error {
	f.names = make([][]string, len(columns))
	f.index = make([]map[string]int, len(columns))
	var open []int
	for i := range columns {
		if columns[i].names != nil {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	total := 0
	err := f.records(nil, func(s *scanner, missing *words) error {
		for _, i := range open {
			l, cell := &columns[i], s.cells[i]
			if l.names == nil || missing.has(cell) {
				continue
			}
			if _, ok := l.names[string(cell)]; ok {
				continue
			}
			switch total++; {
			case f.Fields[i].Kind == Category && total > MaxNames:
				return f.fault(s, i, "there are more than %d different texts in all categories; make the column a text", MaxNames)
			case f.Fields[i].Kind != Category && (total > MaxNames || len(l.names) == MaxCategories):
				total -= len(l.names) + 1
				l.names = nil
			default:
				l.names[string(cell)] = 0
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, i := range open {
		l, g := &columns[i], &f.Fields[i]
		const few = 10
		if n := len(l.names); g.Kind == Detected && (l.names == nil || n > few && 2*n > l.values) {
			g.Kind = Text
			continue
		}
		g.Kind = Category
		for n := range l.names {
			f.names[i] = append(f.names[i], n)
		}
		sortNames(f.names[i])
		for k, n := range f.names[i] {
			l.names[n] = k
		}
		f.index[i] = l.names
	}
	return nil
}

// sortNames sorts names by their value when all are numbers, and else by their
// characters, as NumPy does.
func sortNames(names []string) {
	number := func(s string) (float64, bool) {
		x, _, ok := parseNumber([]byte(s), '.')
		return x, ok && !math.IsNaN(x)
	}
	all := !slices.ContainsFunc(names, func(s string) bool { _, ok := number(s); return !ok })
	slices.SortFunc(names, func(a, b string) int {
		if all {
			x, _ := number(a)
			y, _ := number(b)
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
		}
		return strings.Compare(a, b)
	})
}
