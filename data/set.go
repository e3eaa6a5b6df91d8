package data

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Set is a collection of labelled examples.
//
// The first axis of X counts the examples; the others are the shape of one
// example, [1 28 28] for the digits. X is float32. Labels has one entry for
// each example, between 0 and Classes−1.
type Set struct {
	X       *tensor.Tensor // [n …], float32
	Labels  []int          // length n
	Classes int            // how many different labels there can be
}

// Len returns the number of examples. Like every method of a set and of its
// loader it panics with a [*tensor.ShapeError] when X and Labels disagree
// about that number.
func (s *Set) Len() int {
	n := s.X.Dim(0)
	if n != len(s.Labels) {
		s.misuse("set", fmt.Sprintf("there are %d examples and %d labels", n, len(s.Labels)))
	}
	return n
}

// Subset returns a new set of the examples at the given indices, in that
// order; an index may occur more than once. The examples are copied. It panics
// with a [*tensor.ShapeError] when an index is out of range.
func (s *Set) Subset(idx []int) *Set {
	n, size := s.Len(), s.exampleLen()
	x := make([]float32, len(idx)*size)
	labels := make([]int, len(idx))
	for _, i := range idx {
		if i < 0 || i >= n {
			s.misuse("subset", fmt.Sprintf("index %d is out of range for %d examples", i, n))
		}
	}
	gather(x, labels, tensor.Data[float32](s.X), s.Labels, idx, size)
	return &Set{X: tensor.New(x, s.shapeOf(len(idx))...), Labels: labels, Classes: s.Classes}
}

// Slice returns the examples from ≤ i < to. They share storage with s (unless
// X is a strided view, which is copied). It panics with a [*tensor.ShapeError]
// when the range does not lie in the set.
func (s *Set) Slice(from, to int) *Set {
	n, size := s.Len(), s.exampleLen()
	if from < 0 || to < from || to > n {
		s.misuse("slice", fmt.Sprintf("%d to %d is out of range for %d examples", from, to, n))
	}
	x := tensor.Data[float32](s.X)[from*size : to*size : to*size]
	return &Set{
		X:       tensor.New(x, s.shapeOf(to-from)...),
		Labels:  s.Labels[from:to:to],
		Classes: s.Classes,
	}
}

// Split returns the first at examples and the others, sharing storage with s
// as [Set.Slice] does. Shuffle with [Set.Subset] first where the order of the
// examples means something.
func (s *Set) Split(at int) (first, rest *Set) {
	return s.Slice(0, at), s.Slice(at, s.Len())
}

// misuse panics about a wrong use of s.
func (s *Set) misuse(op, reason string) {
	panic(&tensor.ShapeError{Op: op, Shapes: [][]int{slices.Clone(s.X.Shape())}, Reason: reason})
}

// exampleLen returns the number of elements in one example.
func (s *Set) exampleLen() int {
	size := 1
	for _, d := range s.X.Shape()[1:] {
		size *= d
	}
	return size
}

// shapeOf returns the shape of n examples.
func (s *Set) shapeOf(n int) []int {
	shape := slices.Clone(s.X.Shape())
	shape[0] = n
	return shape
}

// gather copies the examples at idx, of size elements each, and their labels.
func gather(x []float32, labels []int, fromX []float32, fromLabels, idx []int, size int) {
	for k, i := range idx {
		copy(x[k*size:(k+1)*size], fromX[i*size:(i+1)*size])
		labels[k] = fromLabels[i]
	}
}
