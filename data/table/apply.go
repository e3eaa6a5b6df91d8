package table

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// Encoded is a table as a model takes it. Its zero value is ready for
// [Encoder.ApplyTo], which reuses its memory.
type Encoded struct {
	X      *tensor.Tensor // [rows features], float32
	Index  [][]int        // for each of [Encoder.IndexColumns], the index in each row
	Rows   []int          // where the rows stand in the table; some may have been left out
	Y      *tensor.Tensor // [rows 1], float32: the targets of a regression, standardised; or nil
	Labels []int          // the labels of a classification; or nil

	by    *Encoder
	of    int // the number of rows of the table
	x, y  []float32
	at    []int      // the place of each column in the table
	known [][]int    // for each category, the places of the table's names
	names [][]string // to which they belong
}

// Apply encodes all rows of a table, except those without a value in a column
// whose rule is FillDrop. It does not look at the target. Columns are found by
// name.
//
// A category that was not there in Fit, or has no value and no feature for that,
// has 0 in all its features, or the index 0. A feature beyond float32 becomes the
// largest float32. It returns an error when a column is
// not there or is of another kind.
func (e *Encoder) Apply(t *Table) (*Encoded, error) {
	dst := &Encoded{}
	if err := e.ApplyTo(dst, t); err != nil {
		return nil, err
	}
	return dst, nil
}

// ApplyTo is [Encoder.Apply] into dst. It allocates nothing when dst has held as
// many rows of the same file before.
func (e *Encoder) ApplyTo(dst *Encoded, t *Table) error { return e.apply(dst, t, nil) }

// ApplyWithTarget is [Encoder.ApplyTo], and fills in Y or Labels as well. Rows
// without a target are left out. It is an error when the target's column is not
// there, holds no numbers in a regression, or in a classification has a class that
// was not there in Fit.
func (e *Encoder) ApplyWithTarget(dst *Encoded, t *Table) error {
	if e.Target == "" {
		return errors.New("the encoder has no target")
	}
	target, err := t.Column(e.Target)
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	if e.Task == Regression && target.Kind != Number {
		return fmt.Errorf("the target %s is %v, want numbers", quote.Short(e.Target), target.Kind)
	}
	if err := e.apply(dst, t, target); err != nil {
		return err
	}
	n := len(dst.Rows)
	if e.Task == Classification {
		dst.Labels = slices.Grow(dst.Labels[:0], n)
		for _, row := range dst.Rows {
			k, err := e.label(target, row)
			if err != nil {
				return err
			}
			dst.Labels = append(dst.Labels, k)
		}
		return nil
	}
	dst.Y = reuse(dst.Y, &dst.y, n, 1)
	for i, row := range dst.Rows {
		dst.y[i] = single((target.Numbers[row] - e.shift) / e.scale)
	}
	return nil
}

// single returns x as the nearest float32 that is finite.
func single(x float64) float32 {
	return float32(min(max(x, -math.MaxFloat32), math.MaxFloat32))
}

// reuse returns a matrix with the memory of before where it is large enough.
func reuse(t *tensor.Tensor, memory *[]float32, rows, columns int) *tensor.Tensor {
	if t != nil && t.Dim(0) == rows && t.Dim(1) == columns {
		return t
	}
	*memory = slices.Grow((*memory)[:0], rows*columns)[:rows*columns]
	return tensor.New(*memory, rows, columns)
}

func (e *Encoder) apply(dst *Encoded, t *Table, target *Column) error {
	if len(e.columns) == 0 {
		panic(&tensor.ArgError{Op: "apply", Reason: "the encoder has learned nothing; call Fit first, or load one that has"})
	}
	if err := dst.find(e, t); err != nil {
		return err
	}
	dst.rows(e, t, target)
	width, indices := 0, 0
	for i := range e.columns {
		width += e.columns[i].width()
		if e.columns[i].Index {
			indices++
		}
	}
	if width > 0 && len(dst.Rows) > math.MaxInt/4/width {
		return fmt.Errorf("%d rows of %d features are too many; encode fewer rows at a time, or make categories indices", len(dst.Rows), width)
	}
	dst.Y, dst.of = keepFor(dst.Y, target), t.Len()
	dst.Labels = dst.Labels[:0]
	dst.X = reuse(dst.X, &dst.x, len(dst.Rows), width)
	clear(dst.x)
	dst.Index = slices.Grow(dst.Index, max(indices-len(dst.Index), 0))[:indices]
	at, index := 0, 0
	for i := range e.columns {
		c, from := &e.columns[i], &t.Columns[dst.at[i]]
		switch {
		case c.Kind != Category:
			c.encodeNumbers(dst.x[min(at, len(dst.x)):], width, from, dst.Rows)
		case c.Index:
			dst.Index[index] = slices.Grow(dst.Index[index][:0], len(dst.Rows))[:len(dst.Rows)]
			c.encodeIndex(dst.Index[index], dst, i, from)
			index++
		default:
			c.encodeOneHot(dst.x[min(at, len(dst.x)):], width, dst, i, from)
		}
		at += c.width()
		if c.Indicator {
			for n, row := range dst.Rows {
				if gone(from, row) {
					dst.x[n*width+at-1] = 1
				}
			}
		}
	}
	return nil
}

// keepFor keeps the memory of targets for a call that fills them in.
func keepFor(y *tensor.Tensor, target *Column) *tensor.Tensor {
	if target == nil {
		return nil
	}
	return y
}

// find finds the columns of the encoder in the table.
func (dst *Encoded) find(e *Encoder, t *Table) error {
	same := dst.by == e && len(dst.at) == len(e.columns)
	for i := 0; same && i < len(e.columns); i++ {
		same = dst.at[i] < len(t.Columns) && t.Columns[dst.at[i]].Name == e.columns[i].Name
	}
	if !same {
		dst.by = nil
		place := make(map[string]int, len(t.Columns))
		for k := range t.Columns {
			place[t.Columns[k].Name] = k
		}
		dst.at = dst.at[:0]
		for i := range e.columns {
			k, ok := place[e.columns[i].Name]
			if !ok {
				_, err := t.Column(e.columns[i].Name)
				return err
			}
			dst.at = append(dst.at, k)
		}
		dst.known, dst.names = make([][]int, len(e.columns)), make([][]string, len(e.columns))
		dst.by = e
	}
	for i := range e.columns {
		c, from := &e.columns[i], &t.Columns[dst.at[i]]
		switch {
		case c.Kind == Category && from.Kind == Category:
			if before := dst.names[i]; len(before) == len(from.Names) && (len(before) == 0 || &before[0] == &from.Names[0]) && dst.known[i] != nil {
				continue
			}
			dst.names[i], dst.known[i] = from.Names, places(dst.known[i], from.Names, c.places)
		case c.Kind == Category || c.Kind == from.Kind || empty(from):
		default:
			return fmt.Errorf("column %s is %v, want %v; read the file with the options of the encoder", quote.Short(c.Name), from.Kind, c.Kind)
		}
	}
	return nil
}

// empty reports whether a column has no values.
func empty(c *Column) bool {
	for row := range c.Len() {
		if !c.Missing(row) {
			return false
		}
	}
	return true
}

// rows finds the rows that are encoded.
func (dst *Encoded) rows(e *Encoder, t *Table, target *Column) {
	dst.Rows = slices.Grow(dst.Rows[:0], t.Len())
	for row := range t.Len() {
		if target == nil || !target.Missing(row) {
			dst.Rows = append(dst.Rows, row)
		}
	}
	for i := range e.columns {
		if e.columns[i].Drop {
			c := &t.Columns[dst.at[i]]
			dst.Rows = slices.DeleteFunc(dst.Rows, func(row int) bool { return gone(c, row) })
		}
	}
}

// encodeNumbers writes the features of a number or a date, a row every width
// elements.
func (c *column) encodeNumbers(x []float32, width int, from *Column, rows []int) {
	for i, row := range rows {
		v := math.NaN()
		if from.Kind == c.Kind {
			v = from.Numbers[row]
		}
		v = c.prepare(v)
		to := x[i*width:]
		for k := range c.Parts {
			p := &c.Parts[k]
			to[k] = single((p.What.of(v) - p.Shift) / p.Scale)
		}
	}
}

// place returns the place of a row's category, and −1 for one that is unknown or
// missing.
func (c *column) place(dst *Encoded, i int, from *Column, row int) int {
	switch {
	case from.Missing(row):
		return c.FillPlace
	case from.Kind == Category:
		return dst.known[i][from.Index[row]]
	}
	if k, ok := c.places[from.Value(row)]; ok {
		return k
	}
	return -1
}

func (c *column) encodeOneHot(x []float32, width int, dst *Encoded, i int, from *Column) {
	for n, row := range dst.Rows {
		if k := c.place(dst, i, from, row); k >= 0 {
			x[n*width+k] = 1
		}
	}
}

func (c *column) encodeIndex(to []int, dst *Encoded, i int, from *Column) {
	for n, row := range dst.Rows {
		to[n] = c.place(dst, i, from, row) + 1
	}
}
