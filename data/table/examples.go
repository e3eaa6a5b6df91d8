package table

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// Examples encodes a table to learn from, or to measure a model on: X is
// [rows features], and there are Labels and Classes in a classification, Y of
// shape [rows 1] in a regression, and neither without a target. Rows without a
// target are left out. The errors are those of [Encoder.ApplyWithTarget]; an
// encoder with [Encoder.IndexColumns] is one as well, for examples have no place
// for them.
func (e *Encoder) Examples(t *Table) (*data.Examples, error) {
	if err := e.onlyFeatures(); err != nil {
		return nil, err
	}
	x := &Encoded{}
	if e.Target == "" {
		if err := e.ApplyTo(x, t); err != nil {
			return nil, err
		}
		return &data.Examples{X: x.X}, nil
	}
	if err := e.ApplyWithTarget(x, t); err != nil {
		return nil, err
	}
	return &data.Examples{X: x.X, Y: x.Y, Labels: x.Labels, Classes: len(e.classes)}, nil
}

func (e *Encoder) onlyFeatures() error {
	if list := e.IndexColumns(); len(list) > 0 {
		return fmt.Errorf("column %s is an index, which these examples cannot hold; take ApplyWithTarget, or make it one-hot", list[0].Name)
	}
	return nil
}

// Stream reads a file from front to back, epoch after epoch, and deals out its
// rows in batches: what [Encoder.Examples] does, for a file larger than the
// memory. A batch has the given number of rows less those that are left out. Its
// Index counts the rows of the file from 0.
//
// The order is that of the file: shuffle the file once when it is sorted. From
// the second batch on nothing is allocated but for columns of texts. It panics with
// a [*tensor.ArgError] when batch is less than 1.
func (e *Encoder) Stream(f *File, batch int) *data.Stream[data.Batch] {
	chunks := f.Chunks(batch)
	return &data.Stream[data.Batch]{Open: func(int) (func(b *data.Batch) error, func() error, error) {
		if err := e.onlyFeatures(); err != nil {
			return nil, nil, err
		}
		next, stop := iter.Pull2(chunks)
		s := &streaming{by: e, next: next}
		return s.fill, func() error { stop(); return nil }, nil
	}}
}

// streaming is an epoch of a stream.
type streaming struct {
	by   *Encoder
	next func() (*Table, error, bool)
	x    Encoded
	row  int // of the file, the first of the next chunk
}

// fill makes b the next batch.
func (s *streaming) fill(b *data.Batch) error {
	for {
		t, err, ok := s.next()
		switch {
		case !ok:
			return io.EOF
		case err != nil:
			return err
		}
		apply := s.by.ApplyWithTarget
		if s.by.Target == "" {
			apply = s.by.ApplyTo
		}
		if err := apply(&s.x, t); err != nil {
			return fmt.Errorf("in the rows from number %d on: %w", s.row+1, err)
		}
		before := s.row
		s.row += t.Len()
		if len(s.x.Rows) == 0 {
			continue
		}
		b.X, b.Y = fresh(b.X, s.x.X), fresh(b.Y, s.x.Y)
		b.Labels = append(b.Labels[:0], s.x.Labels...)
		b.Index = slices.Grow(b.Index[:0], len(s.x.Rows))
		for _, row := range s.x.Rows {
			b.Index = append(b.Index, before+row)
		}
		return nil
	}
}

// fresh returns a copy of x, in to when it has the same shape.
func fresh(to, x *tensor.Tensor) *tensor.Tensor {
	if x == nil {
		return nil
	}
	if to == nil || !slices.Equal(to.Shape(), x.Shape()) {
		to = tensor.Zeros(x.Shape()...)
	}
	copy(tensor.Data[float32](to), tensor.Data[float32](x))
	return to
}
