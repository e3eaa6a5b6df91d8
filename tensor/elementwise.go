package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// unary applies a kernel to every element of x.
func unary(op string, dst, x *Tensor, f32 func(dst, a []float32), f64 func(dst, a []float64)) {
	sameDType(op, dst, x)
	sameShape(op, dst, x.Shape(), x)
	if x.n == 0 {
		return
	}
	if dst.packed && x.packed {
		if x.dtype == Float64 {
			kernel.Blocks1(f64, dst.f64[:x.n], x.f64[:x.n])
		} else {
			kernel.Blocks1(f32, dst.f32[:x.n], x.f32[:x.n])
		}
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, x)
	if x.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, x.f64}, func(dst, a, _, _ []float64) { f64(dst, a) })
	} else {
		each(&l, &[4][]float32{dst.f32, x.f32}, func(dst, a, _, _ []float32) { f32(dst, a) })
	}
}

// scaled applies a kernel with up to two numbers to every element of x. The
// kernels must not be closures: large work hands them to other goroutines.
func scaled(op string, dst, x *Tensor, p, q float64, f32 func(dst, a []float32, p, q float64), f64 func(dst, a []float64, p, q float64)) {
	sameDType(op, dst, x)
	sameShape(op, dst, x.Shape(), x)
	if x.n == 0 {
		return
	}
	if dst.packed && x.packed {
		if x.dtype == Float64 {
			kernel.BlocksScaled(f64, dst.f64[:x.n], x.f64[:x.n], p, q)
		} else {
			kernel.BlocksScaled(f32, dst.f32[:x.n], x.f32[:x.n], p, q)
		}
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, x)
	if x.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, x.f64}, func(dst, a, _, _ []float64) { f64(dst, a, p, q) })
	} else {
		each(&l, &[4][]float32{dst.f32, x.f32}, func(dst, a, _, _ []float32) { f32(dst, a, p, q) })
	}
}

// binary applies a kernel to corresponding elements of a and b.
func binary(op string, dst, a, b *Tensor, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) {
	sameDType(op, a, b)
	sameDType(op, dst, a)
	if a.packed && b.packed && dst.packed && a.hasShape(dst.Shape()) && b.hasShape(dst.Shape()) {
		if a.dtype == Float64 {
			kernel.Blocks2(f64, dst.f64[:a.n], a.f64[:a.n], b.f64[:a.n])
		} else {
			kernel.Blocks2(f32, dst.f32[:a.n], a.f32[:a.n], b.f32[:a.n])
		}
		return
	}
	var dims [MaxRank]int
	sameShape(op, dst, Dims(dims[:0]).Broadcast(op, a, b), a, b)
	if dst.n == 0 {
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, a, b)
	if a.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, a.f64, b.f64}, func(dst, a, b, _ []float64) { f64(dst, a, b) })
	} else {
		each(&l, &[4][]float32{dst.f32, a.f32, b.f32}, func(dst, a, b, _ []float32) { f32(dst, a, b) })
	}
}

// hasShape reports whether t has the given shape.
func (t *Tensor) hasShape(shape []int) bool {
	if t.rank != len(shape) {
		return false
	}
	for i, d := range shape {
		if t.shape[i] != d {
			return false
		}
	}
	return true
}

// Broadcast appends to dst the shape that a and b broadcast to, and panics in
// op's name when they do not.
func (dst Dims) Broadcast(op string, a, b *Tensor) []int {
	dims, ok := dst.BroadcastShapes(a.Shape(), b.Shape())
	if !ok {
		shapePanic(op, "the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", a, b)
	}
	return dims
}

func sameDType(op string, a, b *Tensor) {
	if a.dtype != b.dtype {
		panic(&DTypeError{Op: op, Want: a.dtype, Got: b.dtype})
	}
}

// sameShape panics when dst does not have the shape that op's operands give.
func sameShape(op string, dst *Tensor, want []int, operands ...*Tensor) {
	if dst.hasShape(want) {
		return
	}
	e := &ShapeError{Op: op, Reason: fmt.Sprintf("the destination has shape %v, want %v",
		append([]int{}, dst.Shape()...), append([]int{}, want...))}
	for _, t := range operands {
		e.Shapes = append(e.Shapes, append([]int{}, t.Shape()...))
	}
	panic(e)
}

// contiguous panics when the destination dst of op is strided.
func contiguous(op string, dst *Tensor) {
	if !dst.packed {
		shapePanic(op, "the destination must be contiguous", dst)
	}
}

// of1 and of2 are the value forms of operations: they allocate the result.
func of1(x *Tensor, to func(dst, x *Tensor)) *Tensor {
	dst := ZerosLike(x)
	to(dst, x)
	return dst
}

func of2(op string, a, b *Tensor, to func(dst, a, b *Tensor)) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).Broadcast(op, a, b)...)
	to(dst, a, b)
	return dst
}

// Fill sets every element of t to v.
func (t *Tensor) Fill(v float64) {
	scaled("fill", t, t, v, 0,
		func(dst, _ []float32, v, _ float64) { kernel.Fill(dst, float32(v)) },
		func(dst, _ []float64, v, _ float64) { kernel.Fill(dst, v) })
}

// CopyFrom sets the elements of t to those of src, which broadcasts to the
// shape of t and is converted to its element type.
func (t *Tensor) CopyFrom(src *Tensor) {
	var dims [MaxRank]int
	shape, ok := Dims(dims[:0]).BroadcastShapes(t.Shape(), src.Shape())
	if !ok {
		shapePanic("copy", "the source does not broadcast to the destination", t, src)
	}
	sameShape("copy", t, shape, src)
	if t.n == 0 {
		return
	}
	var l loop
	l.plan(t.Shape(), t, src)
	switch {
	case t.dtype == src.dtype && t.dtype == Float64:
		each(&l, &[4][]float64{t.f64, src.f64}, func(dst, a, _, _ []float64) { copy(dst, a) })
	case t.dtype == src.dtype:
		each(&l, &[4][]float32{t.f32, src.f32}, func(dst, a, _, _ []float32) { copy(dst, a) })
	case t.dtype == Float64:
		convert(&l, t.f64, src.f32)
	default:
		convert(&l, t.f32, src.f64)
	}
}

// convert copies along l between element types.
func convert[D, S kernel.Float](l *loop, dst []D, src []S) {
	n, stride := l.row()
	var c cursor
	for ok := true; ok; ok = l.next(&c) {
		d, s := dst[c.at[0]:], src[c.at[1]:]
		if stride[0] == 1 && stride[1] == 1 {
			kernel.Convert(d[:n], s[:n])
			continue
		}
		for i := range n {
			d[i*stride[0]] = D(s[i*stride[1]])
		}
	}
}
