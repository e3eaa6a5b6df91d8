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
func (dst Dims) Where(cond, a, b *Tensor) []int { return dst.Broadcast3("where", cond, a, b) }

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

// IsNaN returns 1 where x is NaN and 0 elsewhere.
func IsNaN(x *Tensor) *Tensor { return of1(x, IsNaNTo) }

// IsNaNTo is [IsNaN] into dst.
func IsNaNTo(dst, x *Tensor) { unary("is-nan", dst, x, isNaN[float32], isNaN[float64]) }

func isNaN[T kernel.Float](dst, a []T) { kernel.NotEqual(dst, a, a) }

// IsInf returns 1 where x is infinite and 0 elsewhere.
func IsInf(x *Tensor) *Tensor { return of1(x, IsInfTo) }

// IsInfTo is [IsInf] into dst.
func IsInfTo(dst, x *Tensor) { unary("is-inf", dst, x, kernel.IsInf[float32], kernel.IsInf[float64]) }

// NanToNum returns x with nan in place of NaN, and in place of an infinity the
// largest finite number of its element type, or the smallest.
// See https://docs.pytorch.org/docs/stable/generated/torch.nan_to_num.html.
func NanToNum(x *Tensor, nan float64) *Tensor {
	dst, largest := ZerosLike(x), x.dtype.Largest()
	NanToNumTo(dst, x, nan, largest, -largest)
	return dst
}

// NanToNumTo writes x with nan, posInf and negInf in place of NaN, of infinity
// and of negative infinity. dst may be x.
func NanToNumTo(dst, x *Tensor, nan, posInf, negInf float64) {
	sameDType("nan-to-num", "the destination", x, dst)
	destination("nan-to-num", dst, x.Shape(), x)
	if x.n == 0 {
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, x)
	if x.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, x.f64}, func(dst, a, _, _ []float64) { kernel.NanToNum(dst, a, nan, posInf, negInf) })
	} else {
		each(&l, &[4][]float32{dst.f32, x.f32}, func(dst, a, _, _ []float32) {
			kernel.NanToNum(dst, a, float32(nan), float32(posInf), float32(negInf))
		})
	}
}

// MaskedFill returns v where mask is not 0, and x elsewhere. The two broadcast.
func MaskedFill(x, mask *Tensor, v float64) *Tensor {
	value := ZerosOf(x.dtype)
	value.Fill(v)
	return Where(mask, value, x)
}

// Any returns 1 where at least one element over the named axes, or over all, is
// not 0, else 0. NaN is not 0; of no elements it is 0.
func Any(x *Tensor, axes ...int) *Tensor {
	zero := ZerosOf(x.dtype)
	return Greater(Sum(NotEqual(x, zero), axes...), zero)
}

// All returns 1 where no element over the named axes, or over all, is 0, else 0.
// NaN is not 0; of no elements it is 1.
func All(x *Tensor, axes ...int) *Tensor {
	zero := ZerosOf(x.dtype)
	return Equal(Sum(Equal(x, zero), axes...), zero)
}
