package npy

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/internal/half"
	"github.com/descent-ml/descent/tensor"
)

// An Array is what a .npy file holds: elements of one type, in an order given by a
// shape. It keeps the type of the file; [Array.Tensor] and [Array.Ints] convert.
type Array struct {
	shape []int
	element
	raw []byte // row-major, little-endian
}

// FromTensor returns a copy of t as an array of float32 or float64.
func FromTensor(t *tensor.Tensor) *Array {
	a := &Array{shape: slices.Clone(t.Shape())}
	if t.DType() == tensor.Float64 {
		a.element = *float64Element
		a.raw = make([]byte, 8*t.Len())
		for i, v := range tensor.Data[float64](t) {
			le.PutUint64(a.raw[8*i:], math.Float64bits(v))
		}
		return a
	}
	a.element = *float32Element
	a.raw = make([]byte, 4*t.Len())
	for i, v := range tensor.Data[float32](t) {
		le.PutUint32(a.raw[4*i:], math.Float32bits(v))
	}
	return a
}

// FromInts returns a copy of values, row-major, as an array of int64 with the given
// shape; no shape is that of a single number, as in [tensor.New]. It panics with a
// [*tensor.ShapeError] when the shape does not count the values.
func FromInts(values []int, shape ...int) *Array {
	n, err := tensor.Size(shape)
	if err != nil {
		panic(&tensor.ShapeError{Op: "npy: from ints", Shapes: [][]int{shape}, Reason: err.Error()})
	}
	if n != len(values) {
		panic(&tensor.ShapeError{Op: "npy: from ints", Shapes: [][]int{shape}, Reason: fmt.Sprintf("the shape has %d elements, got %d", n, len(values))})
	}
	a := &Array{shape: slices.Clone(shape), element: *int64Element, raw: make([]byte, 8*n)}
	for i, v := range values {
		le.PutUint64(a.raw[8*i:], uint64(v))
	}
	return a
}

// Shape returns the length of each axis; it is empty for a single number.
func (a *Array) Shape() []int { return slices.Clone(a.shape) }

// Len returns the number of elements.
func (a *Array) Len() int { return len(a.raw) / a.width }

// DType returns the element type as NumPy names it: bool, int8, int16, int32, int64,
// uint8, uint16, uint32, uint64, float16, float32 or float64.
func (a *Array) DType() string { return a.name }

// Tensor returns the elements as a tensor, of the smaller of its two types that
// holds every value of the file's type:
//
//	float16, float32, bool, int8, int16, uint8, uint16   float32
//	float64, int32, uint32                               float64
//	int64, uint64                                        float64
//
// False is 0 and true is 1. A 64-bit integer that no float64 equals is an error
// that names the element.
func (a *Array) Tensor() (*tensor.Tensor, error) {
	n := a.Len()
	switch {
	case a.code == "f8":
		data := make([]float64, n)
		for i := range data {
			data[i] = math.Float64frombits(le.Uint64(a.raw[8*i:]))
		}
		return tensor.New(data, a.shape...), nil
	case a.code == "f4":
		data := make([]float32, n)
		for i := range data {
			data[i] = math.Float32frombits(le.Uint32(a.raw[4*i:]))
		}
		return tensor.New(data, a.shape...), nil
	case a.code == "f2":
		data := make([]float32, n)
		for i := range data {
			data[i] = half.Float32(le.Uint16(a.raw[2*i:]))
		}
		return tensor.New(data, a.shape...), nil
	case a.width <= 2:
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(a.integer(a.raw[a.width*i:]))
		}
		return tensor.New(data, a.shape...), nil
	}
	data := make([]float64, n)
	for i := range data {
		v := a.integer(a.raw[a.width*i:])
		var exact bool
		if data[i], exact = a.float(v); !exact {
			return nil, fmt.Errorf("npy: element %d is %s, which a float64 cannot hold exactly", i, a.text(v))
		}
	}
	return tensor.New(data, a.shape...), nil
}

// float returns an integer as a float64, and whether they are equal.
func (a *Array) float(v int64) (float64, bool) {
	if a.code == "u8" {
		f := float64(uint64(v))
		return f, f < 1<<64 && uint64(f) == uint64(v) // 2⁶⁴ is no uint64
	}
	f := float64(v)
	return f, f < 1<<63 && int64(f) == v // 2⁶³ is no int64
}

// text returns an integer as people write it.
func (a *Array) text(v int64) string {
	if a.code == "u8" {
		return fmt.Sprint(uint64(v))
	}
	return fmt.Sprint(v)
}

// Ints returns the elements as integers, row-major; false is 0 and true is 1. It is
// an error when the type is a float, and when an int cannot hold an element.
func (a *Array) Ints() ([]int, error) {
	if a.integer == nil {
		return nil, fmt.Errorf("npy: the elements are %s, want integers or bool", a.name)
	}
	out := make([]int, a.Len())
	for i := range out {
		v := a.integer(a.raw[a.width*i:])
		out[i] = int(v)
		if int64(out[i]) != v || v < 0 && a.code == "u8" {
			return nil, fmt.Errorf("npy: element %d is %s, which an int cannot hold", i, a.text(v))
		}
	}
	return out, nil
}
