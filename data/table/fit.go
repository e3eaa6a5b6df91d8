package table

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/internal/quote"
)

// fitting is an encoder that learns. First it goes through the values of each
// column (values), which tells how to fill and winsorise (resolve). Then it goes
// through the features that come of that (parts), which tells how to scale them
// (finish).
type fitting struct {
	to      *Encoder
	fields  []Field // of the first chunk; the others must be the same
	learned []*learning
	targets *targets
	target  int // the place of its column
	rows    int
	keep    []int
}

// A learning is what is learned of a column.
type learning struct {
	at      int // the place of the column in the table
	rule    Rule
	moments // of finite numbers
	sample  sample
	sampled bool // the sample is needed
	missing int
	clock   bool           // dates have a time of day
	counts  map[string]int // of categories
	count   []int
	column  column
	parts   []moments
}

// begin prepares for the columns of t.
func (e *Encoder) begin(t *Table, limit int) (*fitting, error) {
	e.source, e.columns, e.skipped, e.classes, e.labels = t.source, nil, nil, nil, nil
	e.shift, e.scale, e.why = 0, 1, ""
	f := &fitting{to: e}
	for i := range t.Columns {
		f.fields = append(f.fields, t.Columns[i].Field)
	}
	names := fieldNames(f.fields)
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			return nil, fmt.Errorf("two columns have the name %s", quote.Short(names[i]))
		}
	}
	for name := range e.Rules {
		if _, err := t.Column(name); err != nil {
			return nil, fmt.Errorf("a rule: %w", err)
		}
	}
	if e.Target != "" {
		c, err := t.Column(e.Target)
		if err != nil {
			return nil, fmt.Errorf("the target: %w", err)
		}
		f.targets = newTargets(c.Field, e.Task)
	}
	for i, field := range f.fields {
		rule := e.rule(field.Name)
		switch {
		case field.Name == e.Target && e.Target != "":
			f.target = i
		case rule.Skip:
			f.skip(field, "as was asked")
		case field.Kind == Text:
			f.skip(field, "texts and identifiers are not learned from")
		default:
			l := &learning{at: i, rule: rule, counts: map[string]int{}, column: column{Field: field, FillPlace: -1, Drop: rule.Fill == FillDrop}}
			if field.Kind == Date {
				l.column.Layout = t.Columns[i].layout()
			}
			l.sampled = rule.Fill == FillMedian || rule.Fill == FillMode || rule.Winsorise > 0
			l.sample.limit = limit
			f.learned = append(f.learned, l)
		}
	}
	if limit != math.MaxInt {
		for _, l := range f.learned {
			l.sample.limit = max(limit/len(f.learned), 1<<10)
		}
	}
	return f, nil
}

func (f *fitting) skip(field Field, why string) {
	f.to.skipped = append(f.to.skipped, skipped{field.Name, field.Kind, why})
}

// usable returns the rows that are learned from: those with a target, and
// with values where they must be.
func (f *fitting) usable(t *Table) []int {
	f.keep = f.keep[:0]
	for row := range t.Len() {
		if f.targets == nil || !t.Columns[f.target].Missing(row) {
			f.keep = append(f.keep, row)
		}
	}
	for _, l := range f.learned {
		if l.column.Drop {
			f.keep = slices.DeleteFunc(f.keep, func(row int) bool { return gone(&t.Columns[l.at], row) })
		}
	}
	return f.keep
}

// gone reports whether a row has no value, or an infinite one.
func gone(c *Column, row int) bool {
	if c.Kind == Number || c.Kind == Date {
		return !finite(c.Numbers[row])
	}
	return c.Missing(row)
}

// values looks at the values of a chunk.
func (f *fitting) values(t *Table) error {
	for i := range t.Columns {
		if i >= len(f.fields) || t.Columns[i].Field != f.fields[i] || len(t.Columns) != len(f.fields) {
			return errors.New("the chunks have different columns")
		}
	}
	rows := f.usable(t)
	f.rows += len(rows)
	for _, l := range f.learned {
		l.values(&t.Columns[l.at], rows)
	}
	if f.targets != nil {
		c := &t.Columns[f.target]
		if len(rows) < t.Len() {
			some := c.take(rows)
			c = &some
		}
		return f.targets.add(c)
	}
	return nil
}

func (l *learning) values(c *Column, rows []int) {
	if c.Kind == Category {
		l.count = append(l.count[:0], make([]int, len(c.Names))...)
		for _, row := range rows {
			if k := c.Index[row]; k >= 0 {
				l.count[k]++
			} else {
				l.missing++
			}
		}
		for k, n := range l.count {
			if n > 0 {
				l.counts[c.Names[k]] += n
			}
		}
		return
	}
	for _, row := range rows {
		x := c.Numbers[row]
		if !finite(x) {
			l.missing++
			continue
		}
		l.add(x)
		if l.sampled {
			l.sample.add(x)
		}
		l.clock = l.clock || c.Kind == Date && math.Mod(x, day) != 0
	}
}

// resolve decides what to do with each column.
func (f *fitting) resolve() error {
	var used []*learning
	for _, l := range f.learned {
		why, err := l.resolve()
		switch {
		case err != nil:
			return fmt.Errorf("column %s: %w", quote.Short(l.column.Name), err)
		case why != "":
			f.skip(l.column.Field, why)
		default:
			used = append(used, l)
		}
	}
	f.learned = used
	if len(used) == 0 {
		return errors.New("there is no column to learn from")
	}
	if f.targets != nil {
		return f.targets.learn(f.to)
	}
	return nil
}

// resolve returns why a column is of no use, or nothing.
func (l *learning) resolve() (useless string, err error) {
	c, r := &l.column, &l.rule
	c.Indicator = l.missing > 0 && (r.Fill == FillDetected || r.Indicator && !c.Drop)
	if c.Kind == Category {
		return l.category()
	}
	switch {
	case l.n == 0:
		return "it has no values", nil
	case l.min == l.max && l.missing == 0:
		return "it has only one value", nil
	}
	sorted := l.sample.sorted()
	if r.Winsorise > 0 {
		low, high := quantile(sorted, r.Winsorise), quantile(sorted, 1-r.Winsorise)
		c.Low, c.High = &low, &high
		var m moments
		for i, x := range sorted {
			sorted[i] = min(max(x, low), high)
			m.add(sorted[i])
		}
		l.moments = m
	}
	switch r.Fill {
	case FillDetected, FillMean:
		c.Fill = l.mean()
	case FillMedian:
		c.Fill = quantile(sorted, 0.5)
	case FillMode:
		c.Fill = mode(sorted)
	case FillConstant:
		ok := false
		if c.Kind == Date {
			c.Fill, ok = parseDate((&Column{Field: c.Field}).layout(), []byte(r.Constant))
		} else {
			c.Fill, _, ok = parseNumber([]byte(r.Constant), '.')
		}
		if !ok || !finite(c.Fill) {
			return "", fmt.Errorf("the constant for missing values is %s, want a %v", quote.Short(r.Constant), c.Kind)
		}
	}
	if !finite(c.Fill) {
		return "", errors.New("the numbers are too large for their mean")
	}
	c.Parts = []part{{What: value, Scale: 1}}
	if c.Kind == Date {
		c.Parts = partsOf(r.Plain, l.clock)
	} else {
		c.Note = r.Scale.String()
	}
	l.parts = make([]moments, len(c.Parts))
	return "", nil
}

// category is resolve for a category.
func (l *learning) category() (useless string, err error) {
	c, r := &l.column, &l.rule
	c.Index = r.Index
	if r.Fill == FillMean || r.Fill == FillMedian {
		r.Fill = FillMode // the same in spirit; a rule for all columns may say mean
	}
	switch {
	case len(l.counts) == 0:
		return "it has no values", nil
	case len(l.counts) == 1 && l.missing == 0:
		return "it has only one value", nil
	}
	if r.Fill == FillConstant {
		if l.missing > 0 {
			l.counts[r.Constant] += l.missing
		}
	}
	for n := range l.counts {
		c.Names = append(c.Names, n)
	}
	sortNames(c.Names)
	c.indexNames()
	switch r.Fill {
	case FillMode:
		most := 0
		for k, n := range c.Names {
			if l.counts[n] > most {
				c.FillPlace, most = k, l.counts[n]
			}
		}
	case FillConstant:
		if k, ok := c.places[r.Constant]; ok {
			c.FillPlace = k
		}
	}
	if c.Index && r.Fill == FillDetected {
		c.Indicator = false // index 0 tells it
	}
	return "", nil
}

func (c *column) indexNames() {
	c.places = make(map[string]int, len(c.Names))
	for k, n := range c.Names {
		c.places[n] = k
	}
}

// parts looks at the features of a chunk.
func (f *fitting) parts(t *Table) {
	rows := f.usable(t)
	for _, l := range f.learned {
		for k, p := range l.column.Parts {
			c := &t.Columns[l.at]
			for _, row := range rows {
				l.parts[k].add(p.What.of(l.column.prepare(c.Numbers[row])))
			}
		}
	}
}

// finish learns how to scale.
func (f *fitting) finish() error {
	for _, l := range f.learned {
		var parts []part
		for k := range l.column.Parts {
			p, m := &l.column.Parts[k], &l.parts[k]
			if p.What.scaled() {
				if err := p.fit(m, l.rule.Scale); err != nil {
					return fmt.Errorf("column %s: %w", quote.Short(l.column.Name), err)
				}
			}
			// Monthly dates, say, all have the same day.
			if m.min < m.max || p.What == value {
				parts = append(parts, *p)
			}
		}
		if len(parts) == 0 && len(l.column.Parts) > 0 {
			parts = l.column.Parts[:1] // the one date there is
		}
		l.column.Parts = parts
		f.to.columns = append(f.to.columns, l.column)
	}
	return nil
}

// fit learns how to scale. As in scikit-learn, what is as good as constant is
// divided by 1.
func (p *part) fit(m *moments, s Scale) error {
	const eps = 0x1p-52
	p.Shift, p.Scale = 0, 1
	switch s {
	case ScaleStandard:
		n, mean, v := float64(m.n), m.mean(), m.variance()
		p.Shift = mean
		if noise := n * mean * eps; v > float64(n*eps*v)+float64(noise*noise) {
			p.Scale = math.Sqrt(v)
		}
	case ScaleMinMax:
		p.Shift = m.min
		if d := m.max - m.min; d >= 10*eps {
			p.Scale = d
		}
	}
	if !finite(p.Shift) || !finite(p.Scale) {
		return errors.New("the numbers are too large for their mean and deviation; winsorise them, or leave the column out")
	}
	return nil
}
