package tensor

import "github.com/descent-ml/descent/internal/kernel"

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
		BadShape("copy", "the source does not broadcast to the destination", t, src)
	}
	destination("copy", t, shape, src)
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

// convert copies the elements that l walks over, between element types.
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

// Blend sets each element of t to a·t + b·x, as a running mean needs it. x has as
// many elements as t, in the same order, and both are contiguous.
func (t *Tensor) Blend(x *Tensor, a, b float64) {
	sameDType("blend", "the operand", t, x)
	if t.n != x.n || !t.packed || !x.packed {
		BadShape("blend", "want contiguous tensors with equally many elements", t, x)
	}
	t.written()
	if t.dtype == Float64 {
		kernel.Blend(t.f64[:t.n], x.f64[:t.n], a, b)
	} else {
		kernel.Blend(t.f32[:t.n], x.f32[:t.n], float32(a), float32(b))
	}
}
