package data

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Batch is a few examples of a set. It belongs to its loader, which overwrites
// it with the next batch: clone what must outlive the loop's body. What the set
// does not have is nil.
type Batch struct {
	X      *tensor.Tensor // [batch …]
	Y      *tensor.Tensor // the targets of a regression, [batch …]
	Labels []int          // the classes, length batch
	Index  []int          // the places of the examples in the set, length batch

	x, y rows
}

// A rows is a tensor of examples, and the memory to make it again.
type rows struct {
	tensor *tensor.Tensor
	f32    []float32
	f64    []float64
	shape  []int
	part   tensor.Tensor // a view of some of them
}

// like makes r an array of n examples like those of from. Its elements are
// still to be written.
func (r *rows) like(from *tensor.Tensor, n int) {
	r.shape = append(r.shape[:0], from.Shape()...)
	r.shape[0] = n
	r.make(from.DType())
}

// make makes r an array of the shape that stands in r, of any elements.
func (r *rows) make(dt tensor.DType) {
	if r.tensor == nil {
		r.tensor = new(tensor.Tensor)
	}
	v := r.tensor.AsView()
	size := v.SetShape("batch", r.shape)
	if dt == tensor.Float64 {
		r.f64 = resize(r.f64, size)
		v.Use64(r.f64)
	} else {
		r.f32 = resize(r.f32, size)
		v.Use32(r.f32)
	}
}

// MakeX makes X a float32 tensor of the given shape in the memory of earlier
// batches, and returns its elements, which are not cleared. A set of one's own
// fills them. It panics with a [*tensor.ShapeError] when there is no such shape.
func (b *Batch) MakeX(shape ...int) []float32 {
	b.X = b.x.makeFloat32(shape)
	return b.x.f32
}

// MakeY is [Batch.MakeX] for Y.
func (b *Batch) MakeY(shape ...int) []float32 {
	b.Y = b.y.makeFloat32(shape)
	return b.y.f32
}

func (r *rows) makeFloat32(shape []int) *tensor.Tensor {
	r.shape = append(r.shape[:0], shape...)
	r.make(tensor.Float32)
	return r.tensor
}

// take makes r the examples of from at the given indices.
func (r *rows) take(from *tensor.Tensor, index []int) *tensor.Tensor {
	r.like(from, len(index))
	tensor.IndexSelectTo(r.tensor, from, 0, index)
	return r.tensor
}

// Examples is a [Set] in memory. The first axis of X counts the examples; the
// others are the shape of one example, [1 28 28] for the digits. What is to be
// learnt about the examples is in Labels, the class of each, or in Y, numbers
// for each; or there is nothing, as for an autoencoder.
type Examples struct {
	X       *tensor.Tensor // [n …]
	Y       *tensor.Tensor // [n …], or nil
	Labels  []int          // length n, each from 0 to Classes−1; or nil
	Classes int            // how many different labels there can be
}

var _ Set[Batch] = (*Examples)(nil)

// Len returns the number of examples. Like every method of a set it panics with
// a [*tensor.ShapeError] when X, Y and Labels disagree about that number.
func (s *Examples) Len() int {
	if s.X == nil {
		panic(&tensor.ArgError{Op: "set", Reason: "there is no X; give the set its examples"})
	}
	n := s.X.Dim(0)
	if s.Labels != nil && n != len(s.Labels) {
		s.misuse("set", fmt.Sprintf("there are %d examples and %d labels", n, len(s.Labels)))
	}
	if s.Y != nil && n != s.Y.Dim(0) {
		s.misuse("set", fmt.Sprintf("there are %d examples and targets %v", n, s.Y.Shape()))
	}
	return n
}

// Fill makes b the batch of the examples at the given indices. The error is
// always nil. It panics with a [*tensor.ShapeError] when an index is out of
// range.
func (s *Examples) Fill(b *Batch, index []int) error {
	s.check(index)
	b.X = b.x.take(s.X, index)
	b.Y = nil
	if s.Y != nil {
		b.Y = b.y.take(s.Y, index)
	}
	b.Labels = appendAt(b.Labels[:0], s.Labels, index)
	b.Index = append(b.Index[:0], index...)
	return nil
}

// appendAt appends the labels at the given indices to dst. Without labels it
// returns nil.
func appendAt(dst, labels, index []int) []int {
	if labels == nil {
		return nil
	}
	for _, i := range index {
		dst = append(dst, labels[i])
	}
	return dst
}

// Subset returns a new set of the examples at the given indices, in that
// order; an index may occur more than once. The examples are copied. It panics
// with a [*tensor.ShapeError] when an index is out of range.
func (s *Examples) Subset(index []int) *Examples {
	s.check(index)
	sub := &Examples{X: tensor.IndexSelect(s.X, 0, index), Classes: s.Classes}
	if s.Y != nil {
		sub.Y = tensor.IndexSelect(s.Y, 0, index)
	}
	if s.Labels != nil {
		sub.Labels = appendAt(make([]int, 0, len(index)), s.Labels, index)
	}
	return sub
}

// Slice returns the examples from ≤ i < to. They share storage with s. It panics
// with a [*tensor.ShapeError] when the range does not lie in the set.
func (s *Examples) Slice(from, to int) *Examples {
	if n := s.Len(); from < 0 || to < from || to > n {
		s.misuse("slice", fmt.Sprintf("%d to %d is out of range for %d examples", from, to, n))
	}
	part := &Examples{X: s.X.Slice(0, from, to, 1), Classes: s.Classes}
	if s.Y != nil {
		part.Y = s.Y.Slice(0, from, to, 1)
	}
	if s.Labels != nil {
		part.Labels = s.Labels[from:to:to]
	}
	return part
}

// Load reads all examples of a set into memory, in order. classes is how many
// different labels there can be.
func Load(s Set[Batch], classes int) (*Examples, error) {
	var b Batch
	if err := s.Fill(&b, upTo(s.Len(), nil)); err != nil {
		return nil, err
	}
	return &Examples{X: b.X, Y: b.Y, Labels: b.Labels, Classes: classes}, nil
}

// check panics unless each index is one of an example.
func (s *Examples) check(index []int) {
	n := s.Len()
	for _, i := range index {
		if i < 0 || i >= n {
			s.misuse("set", fmt.Sprintf("index %d is out of range for %d examples", i, n))
		}
	}
}

// misuse panics about a wrong use of s.
func (s *Examples) misuse(op, reason string) {
	panic(&tensor.ShapeError{Op: op, Shapes: [][]int{slices.Clone(s.X.Shape())}, Reason: reason})
}
