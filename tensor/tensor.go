package tensor

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync/atomic"

	"golang.org/x/exp/constraints"

	"github.com/descent-ml/descent/internal/kernel"
)

// DType is the element type of a tensor.
type DType uint8

// The element types.
const (
	Float32 DType = iota
	Float64
)

func (d DType) String() string {
	if d == Float64 {
		return "float64"
	}
	return "float32"
}

// Size returns the bytes of one element.
func (d DType) Size() int {
	if d == Float64 {
		return 8
	}
	return 4
}

// Largest returns the largest finite number of the type.
func (d DType) Largest() float64 {
	if d == Float64 {
		return math.MaxFloat64
	}
	return math.MaxFloat32
}

// A Tensor is a dense array of float32 or float64 with up to [MaxRank] axes.
// Its storage may be shared with other tensors (see the package comment on
// views). The zero Tensor is not usable; make one with [New] or [Zeros].
type Tensor struct {
	f32     []float32 // storage from the first element on; only the
	f64     []float64 // one that dtype names is in use
	dtype   DType
	packed  bool // row-major without gaps
	rank    int
	n       int // number of elements
	shape   [MaxRank]int
	strides [MaxRank]int // in elements, never negative

	version *uint32 // how often the storage has been written; nil where nobody counts
	own     uint32  // what version points to in the tensor that made the storage
}

// New returns a tensor of the given shape whose storage is data, in row-major
// order. With no shape, data must hold one element and the tensor has no axes.
// It panics with a [*ShapeError] when data does not have exactly as many
// elements as the shape.
func New[T constraints.Float](data []T, shape ...int) *Tensor {
	t := new(Tensor)
	wrap(t.AsView(), data, shape...)
	t.version = &t.own
	return t
}

// wrap makes v a tensor over data.
func wrap[T constraints.Float](v *View, data []T, shape ...int) {
	if f, ok := kernel.Slice32(data); ok {
		v.Wrap32(f, shape...)
	} else {
		f, _ := kernel.Slice64(data)
		v.Wrap64(f, shape...)
	}
}

// setShape makes t a packed tensor of the given shape, and returns the number
// of its elements. It panics in op's name when [Size] has an error.
func (t *Tensor) setShape(op string, shape []int) int {
	t.rank = min(len(shape), MaxRank)
	t.packed = true
	n, ok := uint64(1), len(shape) <= MaxRank
	for i, d := range slices.Backward(shape[:t.rank]) {
		t.shape[i], t.strides[i] = d, int(n)
		over, product := bits.Mul64(n, uint64(d))
		ok = ok && over == 0 && product-1 < mostElements // neither 0 nor too many
		n = product
	}
	if t.n = int(n); !ok {
		t.n = mustSize(op, shape) // an empty shape may hide a bad dimension
	}
	return t.n
}

// Data returns the elements of t in row-major order: the storage itself when t
// is contiguous, a copy when it is a strided view. It panics with a
// [*DTypeError] when T is not the element type of t.
func Data[T constraints.Float](t *Tensor) []T {
	want := Float32
	if _, wide := kernel.Slice64[T](nil); wide {
		want = Float64
	}
	if t.dtype != want {
		panic(&DTypeError{Op: "data", Operand: "the tensor", Want: want, Got: t.dtype})
	}
	c := t.Contiguous()
	s, _ := kernel.SliceOf[T](c.f32, c.f64)
	return s[:c.n:c.n]
}

// Values returns a copy of the elements of t in row-major order, as float64.
func Values(t *Tensor) []float64 {
	out := Zeros64(t.Shape()...)
	out.CopyFrom(t)
	return out.f64
}

// Zeros returns a float32 tensor of zeros.
func Zeros(shape ...int) *Tensor { return ZerosOf(Float32, shape...) }

// Zeros64 returns a float64 tensor of zeros.
func Zeros64(shape ...int) *Tensor { return ZerosOf(Float64, shape...) }

// ZerosOf returns a tensor of zeros with element type dt.
func ZerosOf(dt DType, shape ...int) *Tensor {
	t := &Tensor{dtype: dt}
	n := t.setShape("zeros", shape)
	if dt == Float64 {
		t.f64 = make([]float64, n)
	} else {
		t.f32 = make([]float32, n)
	}
	t.version = &t.own
	return t
}

// ZerosLike returns zeros with the shape and element type of t.
func ZerosLike(t *Tensor) *Tensor { return ZerosOf(t.dtype, t.Shape()...) }

// Ones returns a float32 tensor of ones.
func Ones(shape ...int) *Tensor { return Full(1, shape...) }

// Full returns a float32 tensor whose every element is v.
func Full(v float64, shape ...int) *Tensor {
	t := Zeros(shape...)
	t.Fill(v)
	return t
}

// Scalar returns a float32 tensor without axes.
func Scalar(v float64) *Tensor { return New([]float32{float32(v)}) }

// Arange returns the float32 vector 0, 1, …, n−1.
func Arange(n int) *Tensor {
	t := Zeros(n)
	for i := range t.f32 {
		t.f32[i] = float32(i)
	}
	return t
}

// Eye returns the float32 identity matrix of order n.
func Eye(n int) *Tensor {
	t := Zeros(n, n)
	for i := range n {
		t.f32[i*n+i] = 1
	}
	return t
}

// OneHot returns the float32 matrix with a row for each label: 1 in the
// label's column, 0 elsewhere.
func OneHot(labels []int, classes int) *Tensor {
	t := Zeros(len(labels), classes)
	for i, l := range labels {
		if l < 0 || l >= classes {
			BadShape("one-hot", fmt.Sprintf("label %d is out of range", l), t)
		}
		t.f32[i*classes+l] = 1
	}
	return t
}

// Shape returns the lengths of the axes. The caller must not modify it.
func (t *Tensor) Shape() []int { return t.shape[:t.rank] }

// Strides returns, for each axis, the distance in elements between
// neighbours. The caller must not modify it.
func (t *Tensor) Strides() []int { return t.strides[:t.rank] }

// Rank returns the number of axes.
func (t *Tensor) Rank() int { return t.rank }

// Len returns the number of elements.
func (t *Tensor) Len() int { return t.n }

// DType returns the element type.
func (t *Tensor) DType() DType { return t.dtype }

// Dim returns the length of an axis; negative axes count from the end.
func (t *Tensor) Dim(axis int) int { return t.shape[axisOf("dim", axis, t)] }

// IsContiguous reports whether the elements lie in row-major order without
// gaps.
func (t *Tensor) IsContiguous() bool { return t.packed }

// Contiguous returns t itself when it is contiguous, else a copy that is.
func (t *Tensor) Contiguous() *Tensor {
	if t.packed {
		return t
	}
	return t.Clone()
}

// Clone returns a contiguous copy of t.
func (t *Tensor) Clone() *Tensor {
	c := ZerosLike(t)
	c.CopyFrom(t)
	return c
}

// To returns t with element type dt: t itself when it has that type already,
// else a converted copy.
func (t *Tensor) To(dt DType) *Tensor {
	if t.dtype == dt {
		return t
	}
	c := ZerosOf(dt, t.Shape()...)
	c.CopyFrom(t)
	return c
}

// offset returns the place of an element in the storage.
func (t *Tensor) offset(op string, idx []int) int {
	if len(idx) != t.rank {
		BadShape(op, fmt.Sprintf("%d indices for %d axes", len(idx), t.rank), t)
	}
	o := 0
	for i, k := range idx {
		if k < 0 || k >= t.shape[i] {
			BadShape(op, fmt.Sprintf("index %d is out of range for axis %d", k, i), t)
		}
		o += k * t.strides[i]
	}
	return o
}

// At returns one element.
func (t *Tensor) At(idx ...int) float64 {
	o := t.offset("at", idx)
	if t.dtype == Float64 {
		return t.f64[o]
	}
	return float64(t.f32[o])
}

// Set changes one element.
func (t *Tensor) Set(v float64, idx ...int) {
	o := t.offset("set", idx)
	t.written()
	if t.dtype == Float64 {
		t.f64[o] = v
	} else {
		t.f32[o] = float32(v)
	}
}

// Item returns the only element of t. It panics when there are others.
func (t *Tensor) Item() float64 {
	if t.n != 1 {
		BadShape("item", fmt.Sprintf("want one element, the tensor has %d", t.n), t)
	}
	if t.dtype == Float64 {
		return t.f64[0]
	}
	return float64(t.f32[0])
}

// A Named is a tensor with a name: a parameter or buffer of a model, a part of
// the state of an optimizer, an entry of a file.
type Named struct {
	Name  string
	Value *Tensor
}

// Version returns a number that changes whenever an operation writes to the
// storage of t, by way of any of its views. Package autograd finds by it that a
// value has changed between the forward and the backward pass. Writing to the
// slice that [Data] returns or that [New] was given is not counted.
func (t *Tensor) Version() uint32 {
	if t.version == nil {
		return 0
	}
	return atomic.LoadUint32(t.version)
}

// written counts a change. Several goroutines may write to parts of t.
func (t *Tensor) written() {
	if t.version != nil {
		atomic.AddUint32(t.version, 1)
	}
}
