package tensor

import "github.com/descent-ml/descent/internal/kernel"

// binary applies a kernel to corresponding elements of a and b.
func binary(op string, dst, a, b *Tensor, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) {
	sameDType(op, "the second operand", a, b)
	sameDType(op, "the destination", a, dst)
	if !a.packed && a.spreadInto(dst, b) {
		a = dst
	} else if !b.packed && b.spreadInto(dst, a) {
		b = dst
	}
	if a.packed && b.packed && dst.packed && a.hasShape(dst.Shape()) && b.hasShape(dst.Shape()) {
		dst.written()
		if a.dtype == Float64 {
			kernel.Blocks2(f64, dst.f64[:a.n], a.f64[:a.n], b.f64[:a.n])
		} else {
			kernel.Blocks2(f32, dst.f32[:a.n], a.f32[:a.n], b.f32[:a.n])
		}
		return
	}
	var dims [MaxRank]int
	destination(op, dst, Dims(dims[:0]).Broadcast(op, a, b), a, b)
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

// spreadInto fills dst with x if x is one number, repeated, and dst can then take
// its place as an operand beside other. This is the short way for a few elements,
// such as the gradient of the mean of a small batch.
func (x *Tensor) spreadInto(dst, other *Tensor) bool {
	if !dst.packed || dst.n > chunk || !other.packed || !x.hasShape(dst.Shape()) || !other.hasShape(dst.Shape()) {
		return false
	}
	for i, d := range x.shape[:x.rank] {
		if d != 1 && x.strides[i] != 0 {
			return false
		}
	}
	if x.dtype == Float64 {
		if &dst.f64[0] == &other.f64[0] {
			return false
		}
		kernel.Fill(dst.f64[:dst.n], x.f64[0])
	} else {
		if &dst.f32[0] == &other.f32[0] {
			return false
		}
		kernel.Fill(dst.f32[:dst.n], x.f32[0])
	}
	return true
}

// of2 applies an operation on corresponding elements, and allocates the result.
func of2(op string, a, b *Tensor, to func(dst, a, b *Tensor)) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).Broadcast(op, a, b)...)
	to(dst, a, b)
	return dst
}

// Add returns a + b, of corresponding elements.
func Add(a, b *Tensor) *Tensor { return of2("add", a, b, AddTo) }

// AddTo is [Add] into dst.
func AddTo(dst, a, b *Tensor) {
	binary("add", dst, a, b, kernel.Add[float32], kernel.Add[float64])
}

// Sub returns a − b, of corresponding elements.
func Sub(a, b *Tensor) *Tensor { return of2("sub", a, b, SubTo) }

// SubTo is [Sub] into dst.
func SubTo(dst, a, b *Tensor) {
	binary("sub", dst, a, b, kernel.Sub[float32], kernel.Sub[float64])
}

// Mul returns a · b, of corresponding elements.
func Mul(a, b *Tensor) *Tensor { return of2("mul", a, b, MulTo) }

// MulTo is [Mul] into dst.
func MulTo(dst, a, b *Tensor) {
	binary("mul", dst, a, b, kernel.Mul[float32], kernel.Mul[float64])
}

// Div returns a / b, of corresponding elements.
func Div(a, b *Tensor) *Tensor { return of2("div", a, b, DivTo) }

// DivTo is [Div] into dst.
func DivTo(dst, a, b *Tensor) {
	binary("div", dst, a, b, kernel.Div[float32], kernel.Div[float64])
}

// Pow returns a to the power b, of corresponding elements.
func Pow(a, b *Tensor) *Tensor { return of2("pow", a, b, PowTo) }

// PowTo is [Pow] into dst.
func PowTo(dst, a, b *Tensor) {
	binary("pow", dst, a, b, kernel.Pow[float32], kernel.Pow[float64])
}

// Maximum returns the larger of corresponding elements; where one is NaN, NaN.
func Maximum(a, b *Tensor) *Tensor { return of2("maximum", a, b, MaximumTo) }

// MaximumTo is [Maximum] into dst.
func MaximumTo(dst, a, b *Tensor) {
	binary("maximum", dst, a, b, kernel.Maximum[float32], kernel.Maximum[float64])
}

// Minimum returns the smaller of corresponding elements; where one is NaN, NaN.
func Minimum(a, b *Tensor) *Tensor { return of2("minimum", a, b, MinimumTo) }

// MinimumTo is [Minimum] into dst.
func MinimumTo(dst, a, b *Tensor) {
	binary("minimum", dst, a, b, kernel.Minimum[float32], kernel.Minimum[float64])
}

// Atan2 returns the angle of the point (b, a), in −π … π, of corresponding elements.
func Atan2(a, b *Tensor) *Tensor { return of2("atan2", a, b, Atan2To) }

// Atan2To is [Atan2] into dst.
func Atan2To(dst, a, b *Tensor) {
	binary("atan2", dst, a, b, kernel.Atan2[float32], kernel.Atan2[float64])
}

// Hypot returns √(a² + b²) without overflow, of corresponding elements.
func Hypot(a, b *Tensor) *Tensor { return of2("hypot", a, b, HypotTo) }

// HypotTo is [Hypot] into dst.
func HypotTo(dst, a, b *Tensor) {
	binary("hypot", dst, a, b, kernel.Hypot[float32], kernel.Hypot[float64])
}

// Fmod returns what is left of a when b is taken from it a whole number of times,
// with the sign of a, of corresponding elements.
func Fmod(a, b *Tensor) *Tensor { return of2("fmod", a, b, FmodTo) }

// FmodTo is [Fmod] into dst.
func FmodTo(dst, a, b *Tensor) {
	binary("fmod", dst, a, b, kernel.Fmod[float32], kernel.Fmod[float64])
}

// Remainder returns what is left of a when b is taken from it a whole number of
// times, with the sign of b, of corresponding elements.
func Remainder(a, b *Tensor) *Tensor { return of2("remainder", a, b, RemainderTo) }

// RemainderTo is [Remainder] into dst.
func RemainderTo(dst, a, b *Tensor) {
	binary("remainder", dst, a, b, kernel.Remainder[float32], kernel.Remainder[float64])
}

// FloorDivide returns the largest integer that is not above a / b, of
// corresponding elements.
func FloorDivide(a, b *Tensor) *Tensor { return of2("floor-divide", a, b, FloorDivideTo) }

// FloorDivideTo is [FloorDivide] into dst.
func FloorDivideTo(dst, a, b *Tensor) {
	binary("floor-divide", dst, a, b, kernel.FloorDivide[float32], kernel.FloorDivide[float64])
}

// TruncDivide returns the integer part of a / b, rounded towards 0, of corresponding
// elements. [FloorDivide] rounds down.
// See https://docs.pytorch.org/docs/stable/generated/torch.div.html.
func TruncDivide(a, b *Tensor) *Tensor { return of2("trunc-divide", a, b, TruncDivideTo) }

// TruncDivideTo is [TruncDivide] into dst.
func TruncDivideTo(dst, a, b *Tensor) {
	binary("trunc-divide", dst, a, b, kernel.TruncDivide[float32], kernel.TruncDivide[float64])
}

// LogAddExp returns log(eᵃ + eᵇ) without overflow, of corresponding elements.
func LogAddExp(a, b *Tensor) *Tensor { return of2("log-add-exp", a, b, LogAddExpTo) }

// LogAddExpTo is [LogAddExp] into dst.
func LogAddExpTo(dst, a, b *Tensor) {
	binary("log-add-exp", dst, a, b, kernel.LogAddExp[float32], kernel.LogAddExp[float64])
}

// Xlogy returns a log b, and 0 where a is 0 and b a number, of corresponding
// elements.
func Xlogy(a, b *Tensor) *Tensor { return of2("xlogy", a, b, XlogyTo) }

// XlogyTo is [Xlogy] into dst.
func XlogyTo(dst, a, b *Tensor) {
	binary("xlogy", dst, a, b, kernel.Xlogy[float32], kernel.Xlogy[float64])
}

// AddScalar returns x + c.
func AddScalar(x *Tensor, c float64) *Tensor {
	dst := ZerosLike(x)
	AddScalarTo(dst, x, c)
	return dst
}

// AddScalarTo is [AddScalar] into dst.
func AddScalarTo(dst, x *Tensor, c float64) {
	scaled("add-scalar", dst, x, c, 0,
		func(dst, a []float32, c, _ float64) { kernel.AddScalar(dst, a, float32(c)) },
		func(dst, a []float64, c, _ float64) { kernel.AddScalar(dst, a, c) })
}

// MulScalar returns c·x.
func MulScalar(x *Tensor, c float64) *Tensor {
	dst := ZerosLike(x)
	MulScalarTo(dst, x, c)
	return dst
}

// MulScalarTo is [MulScalar] into dst.
func MulScalarTo(dst, x *Tensor, c float64) {
	scaled("mul-scalar", dst, x, c, 0,
		func(dst, a []float32, c, _ float64) { kernel.MulScalar(dst, a, float32(c)) },
		func(dst, a []float64, c, _ float64) { kernel.MulScalar(dst, a, c) })
}

// PowScalar returns x to the power p.
func PowScalar(x *Tensor, p float64) *Tensor {
	dst := ZerosLike(x)
	PowScalarTo(dst, x, p)
	return dst
}

// PowScalarTo is [PowScalar] into dst.
func PowScalarTo(dst, x *Tensor, p float64) {
	scaled("pow-scalar", dst, x, p, 0,
		func(dst, a []float32, p, _ float64) { kernel.PowScalar(dst, a, p) },
		func(dst, a []float64, p, _ float64) { kernel.PowScalar(dst, a, p) })
}

// Lerp returns a + w (b − a), of corresponding elements: a where w is 0, b where it
// is 1.
func Lerp(a, b, w *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).Broadcast3("lerp", a, b, w)...)
	LerpTo(dst, a, b, w)
	return dst
}

// LerpTo is [Lerp] into dst.
func LerpTo(dst, a, b, w *Tensor) {
	sameDType("lerp", "the second operand", a, b)
	sameDType("lerp", "the weight", a, w)
	sameDType("lerp", "the destination", a, dst)
	var dims [MaxRank]int
	destination("lerp", dst, Dims(dims[:0]).Broadcast3("lerp", a, b, w), a, b, w)
	if dst.n == 0 {
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, a, b, w)
	if a.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, a.f64, b.f64, w.f64}, kernel.Lerp[float64])
	} else {
		each(&l, &[4][]float32{dst.f32, a.f32, b.f32, w.f32}, kernel.Lerp[float32])
	}
}
