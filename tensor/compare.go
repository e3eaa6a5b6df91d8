package tensor

import "github.com/descent-ml/descent/internal/kernel"

// Less returns 1 where a < b and 0 elsewhere.
func Less(a, b *Tensor) *Tensor { return of2("less", a, b, LessTo) }

// LessTo is [Less] into dst.
func LessTo(dst, a, b *Tensor) {
	binary("less", dst, a, b, kernel.Less[float32], kernel.Less[float64])
}

// LessEqual returns 1 where a ≤ b and 0 elsewhere.
func LessEqual(a, b *Tensor) *Tensor { return of2("less-equal", a, b, LessEqualTo) }

// LessEqualTo is [LessEqual] into dst.
func LessEqualTo(dst, a, b *Tensor) {
	binary("less-equal", dst, a, b, kernel.LessEqual[float32], kernel.LessEqual[float64])
}

// Equal returns 1 where a = b and 0 elsewhere.
func Equal(a, b *Tensor) *Tensor { return of2("equal", a, b, EqualTo) }

// EqualTo is [Equal] into dst.
func EqualTo(dst, a, b *Tensor) {
	binary("equal", dst, a, b, kernel.Equal[float32], kernel.Equal[float64])
}

// NotEqual returns 1 where a ≠ b and 0 elsewhere.
func NotEqual(a, b *Tensor) *Tensor { return of2("not-equal", a, b, NotEqualTo) }

// NotEqualTo is [NotEqual] into dst.
func NotEqualTo(dst, a, b *Tensor) {
	binary("not-equal", dst, a, b, kernel.NotEqual[float32], kernel.NotEqual[float64])
}

// Greater returns 1 where a > b and 0 elsewhere.
func Greater(a, b *Tensor) *Tensor { return of2("greater", a, b, GreaterTo) }

// GreaterTo is [Greater] into dst.
func GreaterTo(dst, a, b *Tensor) {
	binary("greater", dst, a, b, greater[float32], greater[float64])
}

func greater[T kernel.Float](dst, a, b []T) { kernel.Less(dst, b, a) }

// GreaterEqual returns 1 where a ≥ b and 0 elsewhere.
func GreaterEqual(a, b *Tensor) *Tensor { return of2("greater-equal", a, b, GreaterEqualTo) }

// GreaterEqualTo is [GreaterEqual] into dst.
func GreaterEqualTo(dst, a, b *Tensor) {
	binary("greater-equal", dst, a, b, greaterEqual[float32], greaterEqual[float64])
}

func greaterEqual[T kernel.Float](dst, a, b []T) { kernel.LessEqual(dst, b, a) }

// Where returns the element of a where cond is not 0, else that of b. The three
// broadcast.
func Where(cond, a, b *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).Where(cond, a, b)...)
	WhereTo(dst, cond, a, b)
	return dst
}

// Where appends to dst the shape that the three operands of [Where] broadcast
// to.
func (dst Dims) Where(cond, a, b *Tensor) []int {
	var dims [MaxRank]int
	ab, ok := Dims(dims[:0]).BroadcastShapes(a.Shape(), b.Shape())
	if ok {
		dst, ok = dst.BroadcastShapes(cond.Shape(), ab)
	}
	if !ok {
		BadShape("where", "the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", cond, a, b)
	}
	return dst
}

// WhereTo is [Where] into dst.
func WhereTo(dst, cond, a, b *Tensor) {
	sameDType("where", "the third operand", a, b)
	sameDType("where", "the condition", a, cond)
	sameDType("where", "the destination", a, dst)
	var dims [MaxRank]int
	destination("where", dst, Dims(dims[:0]).Where(cond, a, b), cond, a, b)
	if dst.n == 0 {
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, cond, a, b)
	if a.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, cond.f64, a.f64, b.f64}, kernel.Where[float64])
	} else {
		each(&l, &[4][]float32{dst.f32, cond.f32, a.f32, b.f32}, kernel.Where[float32])
	}
}

// IsFinite reports whether no element is NaN or infinite.
func IsFinite(x *Tensor) bool {
	c := x.Contiguous()
	if c.dtype == Float64 {
		return kernel.Finite(c.f64[:c.n])
	}
	return kernel.Finite(c.f32[:c.n])
}
