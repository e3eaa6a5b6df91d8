package table

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
)

// An Encoder makes of a table what a model learns from: a matrix of numbers,
// and the target. What it needs to know, such as means and the names of
// categories, it learns in Fit from the training part alone. Then it treats other
// tables in the same way, whatever the order of their columns. It is saved with
// the model as JSON.
//
// Fill in Target, and what else should not be chosen automatically, before Fit.
// After it, several goroutines may use an encoder at once.
type Encoder struct {
	Target string          // the column to predict; "" for none
	Task   Task            // what is predicted; TaskDetected is replaced by Fit
	Rule   Rule            // for columns that have none of their own
	Rules  map[string]Rule // by the name of the column

	source  Options // how the table was read
	columns []column
	skipped []skipped
	classes []string       // classification
	labels  map[string]int // the places of classes
	shift   float64        // regression: target = shift + scale × output
	scale   float64
	why     string // the task was chosen
}

// A skipped column has no features.
type skipped struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	Why  string `json:"why"`
}

// Fit learns from a table, the training part of the data. Rows without a target
// are left out, and so are those without a value in a column whose rule is
// FillDrop. An infinite number counts as a missing one. What was learned before
// is forgotten.
//
// It returns an error when a rule or the target names no column of the table,
// when the target cannot be predicted, when no row or no column is left, and when
// numbers are too large.
func (e *Encoder) Fit(t *Table) error {
	return e.fit(func(yield func(*Table, error) bool) { yield(t, nil) }, math.MaxInt)
}

// samples is the number of values that [Encoder.FitEach] keeps of all columns
// together.
const samples = 1 << 24

// FitEach is [Encoder.Fit] for a table that comes in chunks, such as a
// [File.Chunks] of a file larger than the memory. It goes through the chunks
// twice. The median, the mode and the quantiles to winsorise at are exact as long
// as all values of a column fit into its part of a memory of 16 million values;
// beyond, they are those of every second, fourth, eighth … row.
func (e *Encoder) FitEach(chunks iter.Seq2[*Table, error]) error { return e.fit(chunks, samples) }

func (e *Encoder) fit(chunks iter.Seq2[*Table, error], limit int) error {
	if err := e.checkRules(); err != nil {
		return err
	}
	var f *fitting
	for t, err := range chunks {
		if err != nil {
			return err
		}
		if f == nil {
			if f, err = e.begin(t, limit); err != nil {
				return err
			}
		}
		if err := f.values(t); err != nil {
			return err
		}
	}
	if f == nil || f.rows == 0 {
		return fmt.Errorf("there is no row to learn from: the table has none, or none with a target and all values that must be there")
	}
	if err := f.resolve(); err != nil {
		return err
	}
	for t, err := range chunks {
		if err != nil {
			return err
		}
		f.parts(t)
	}
	return f.finish()
}

func (e *Encoder) checkRules() error {
	if err := e.Rule.check(); err != nil {
		return fmt.Errorf("the rule for all columns: %w", err)
	}
	for name, r := range e.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("the rule of column %s: %w", quote.Short(name), err)
		}
	}
	return nil
}

// rule returns the rule for a column.
func (e *Encoder) rule(name string) Rule {
	if r, ok := e.Rules[name]; ok {
		return r
	}
	return e.Rule
}

// Features returns the names of the features, the columns of [Encoded].X: age
// for a number, "age missing" for what tells its missing values, "city=Rome" for
// a category, and "sold year" or "sold month sin" for a date.
func (e *Encoder) Features() []string {
	var names []string
	for i := range e.columns {
		names = e.columns[i].features(names)
	}
	return names
}

// An IndexColumn is a category that is an index into an embedding.
type IndexColumn struct {
	Name string
	Size int // how many indices there are: one for each name, and 0
}

// IndexColumns returns the categories that are indices, in the order of
// [Encoded].Index. Index 0 stands for a category that was not there in Fit, and
// for a missing one; the names count from 1.
func (e *Encoder) IndexColumns() []IndexColumn {
	var list []IndexColumn
	for i := range e.columns {
		if c := &e.columns[i]; c.Index {
			list = append(list, IndexColumn{c.Name, len(c.Names) + 1})
		}
	}
	return list
}

// Classes returns the names of the classes of a classification, label 0 first,
// and nil for another task.
func (e *Encoder) Classes() []string { return slices.Clone(e.classes) }

// Options returns how to read a file that is to be predicted or evaluated: the
// columns that the encoder uses have the kinds that they had in Fit, and the
// words for missing values are the same. The target may be there or not. A file
// without one of the columns is refused by the reader.
//
// If the training file had no header, columns are found by their place. Then a
// file may lack the target only if that is the last column.
func (e *Encoder) Options() Options {
	o := e.source
	o.Fields = nil
	for i := range e.columns {
		c := &e.columns[i]
		o.Fields = append(o.Fields, Field{Name: c.Name, Kind: c.Kind, Layout: c.Layout})
	}
	return o
}

// String tells what was chosen: a line for the target and one for each column.
func (e *Encoder) String() string {
	var lines [][]string
	if e.Target != "" {
		what := "standardised"
		if e.Task == Classification {
			what = plural(len(e.classes), "class")
			if len(e.classes) != 1 {
				what = fmt.Sprintf("%d classes", len(e.classes))
			}
		}
		if e.why != "" {
			what += ": " + e.why
		}
		lines = append(lines, []string{short(e.Target), "target", e.Task.String() + ", " + what})
	}
	for i := range e.columns {
		c := &e.columns[i]
		lines = append(lines, []string{short(c.Name), c.Kind.String(), c.note()})
	}
	for _, s := range e.skipped {
		lines = append(lines, []string{short(s.Name), s.Kind.String(), "left out: " + s.Why})
	}
	var b strings.Builder
	align(&b, lines, 3)
	return b.String()
}
