package tensor

import "github.com/descent-ml/descent/internal/kernel"

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

// Maximum returns the larger of a and b; NaN wins, of corresponding elements.
func Maximum(a, b *Tensor) *Tensor { return of2("maximum", a, b, MaximumTo) }

// MaximumTo is [Maximum] into dst.
func MaximumTo(dst, a, b *Tensor) {
	binary("maximum", dst, a, b, kernel.Maximum[float32], kernel.Maximum[float64])
}

// Minimum returns the smaller of a and b; NaN wins, of corresponding elements.
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

// Clamp returns x held between lo and hi; NaN stays NaN.
func Clamp(x *Tensor, lo, hi float64) *Tensor {
	dst := ZerosLike(x)
	ClampTo(dst, x, lo, hi)
	return dst
}

// ClampTo is [Clamp] into dst.
func ClampTo(dst, x *Tensor, lo, hi float64) {
	scaled("clamp", dst, x, lo, hi,
		func(dst, a []float32, lo, hi float64) { kernel.Clamp(dst, a, float32(lo), float32(hi)) },
		func(dst, a []float64, lo, hi float64) { kernel.Clamp(dst, a, lo, hi) })
}

// Blend sets each element of t to a·t + b·x, where x has as many elements as t,
// in the same order, and both are contiguous: a running mean.
func (t *Tensor) Blend(x *Tensor, a, b float64) {
	sameDType("blend", t, x)
	if t.n != x.n || !t.packed || !x.packed {
		shapePanic("blend", "want contiguous tensors with equally many elements", t, x)
	}
	if t.dtype == Float64 {
		kernel.Blend(t.f64[:t.n], x.f64[:t.n], a, b)
	} else {
		kernel.Blend(t.f32[:t.n], x.f32[:t.n], float32(a), float32(b))
	}
}
