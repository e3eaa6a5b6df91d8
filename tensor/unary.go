package tensor

import "github.com/descent-ml/descent/internal/kernel"

// unary applies a kernel to every element of x.
func unary(op string, dst, x *Tensor, f32 func(dst, a []float32), f64 func(dst, a []float64)) {
	sameDType(op, "the destination", x, dst)
	destination(op, dst, x.Shape(), x)
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

// scaled applies a kernel that takes up to two numbers to every element of x. The
// kernels must not be closures: large work hands them to other goroutines.
func scaled(op string, dst, x *Tensor, p, q float64, f32 func(dst, a []float32, p, q float64), f64 func(dst, a []float64, p, q float64)) {
	sameDType(op, "the destination", x, dst)
	destination(op, dst, x.Shape(), x)
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

// of1 applies an operation on each element, and allocates the result.
func of1(x *Tensor, to func(dst, x *Tensor)) *Tensor {
	dst := ZerosLike(x)
	to(dst, x)
	return dst
}

// Neg returns −x, of each element.
func Neg(x *Tensor) *Tensor { return of1(x, NegTo) }

// NegTo is [Neg] into dst.
func NegTo(dst, x *Tensor) {
	unary("neg", dst, x, kernel.Neg[float32], kernel.Neg[float64])
}

// Abs returns |x|, of each element.
func Abs(x *Tensor) *Tensor { return of1(x, AbsTo) }

// AbsTo is [Abs] into dst.
func AbsTo(dst, x *Tensor) {
	unary("abs", dst, x, kernel.Abs[float32], kernel.Abs[float64])
}

// Sign returns the sign of x: −1, 0 or 1, of each element.
func Sign(x *Tensor) *Tensor { return of1(x, SignTo) }

// SignTo is [Sign] into dst.
func SignTo(dst, x *Tensor) {
	unary("sign", dst, x, kernel.Sign[float32], kernel.Sign[float64])
}

// Square returns x², of each element.
func Square(x *Tensor) *Tensor { return of1(x, SquareTo) }

// SquareTo is [Square] into dst.
func SquareTo(dst, x *Tensor) {
	unary("square", dst, x, kernel.Square[float32], kernel.Square[float64])
}

// Sqrt returns √x, of each element.
func Sqrt(x *Tensor) *Tensor { return of1(x, SqrtTo) }

// SqrtTo is [Sqrt] into dst.
func SqrtTo(dst, x *Tensor) {
	unary("sqrt", dst, x, kernel.Sqrt[float32], kernel.Sqrt[float64])
}

// Rsqrt returns 1/√x, of each element.
func Rsqrt(x *Tensor) *Tensor { return of1(x, RsqrtTo) }

// RsqrtTo is [Rsqrt] into dst.
func RsqrtTo(dst, x *Tensor) {
	unary("rsqrt", dst, x, kernel.Rsqrt[float32], kernel.Rsqrt[float64])
}

// Reciprocal returns 1/x, of each element.
func Reciprocal(x *Tensor) *Tensor { return of1(x, ReciprocalTo) }

// ReciprocalTo is [Reciprocal] into dst.
func ReciprocalTo(dst, x *Tensor) {
	unary("reciprocal", dst, x, kernel.Reciprocal[float32], kernel.Reciprocal[float64])
}

// Exp returns eˣ, of each element.
func Exp(x *Tensor) *Tensor { return of1(x, ExpTo) }

// ExpTo is [Exp] into dst.
func ExpTo(dst, x *Tensor) {
	unary("exp", dst, x, kernel.Exp[float32], kernel.Exp[float64])
}

// Exp2 returns 2ˣ, of each element.
func Exp2(x *Tensor) *Tensor { return of1(x, Exp2To) }

// Exp2To is [Exp2] into dst.
func Exp2To(dst, x *Tensor) {
	unary("exp2", dst, x, kernel.Exp2[float32], kernel.Exp2[float64])
}

// Expm1 returns eˣ − 1, accurate near 0, of each element.
func Expm1(x *Tensor) *Tensor { return of1(x, Expm1To) }

// Expm1To is [Expm1] into dst.
func Expm1To(dst, x *Tensor) {
	unary("expm1", dst, x, kernel.Expm1[float32], kernel.Expm1[float64])
}

// Log returns the natural logarithm of x, of each element.
func Log(x *Tensor) *Tensor { return of1(x, LogTo) }

// LogTo is [Log] into dst.
func LogTo(dst, x *Tensor) {
	unary("log", dst, x, kernel.Log[float32], kernel.Log[float64])
}

// Log1p returns log(1 + x), accurate near 0, of each element.
func Log1p(x *Tensor) *Tensor { return of1(x, Log1pTo) }

// Log1pTo is [Log1p] into dst.
func Log1pTo(dst, x *Tensor) {
	unary("log1p", dst, x, kernel.Log1p[float32], kernel.Log1p[float64])
}

// Log2 returns the logarithm of x to base 2, of each element.
func Log2(x *Tensor) *Tensor { return of1(x, Log2To) }

// Log2To is [Log2] into dst.
func Log2To(dst, x *Tensor) {
	unary("log2", dst, x, kernel.Log2[float32], kernel.Log2[float64])
}

// Log10 returns the logarithm of x to base 10, of each element.
func Log10(x *Tensor) *Tensor { return of1(x, Log10To) }

// Log10To is [Log10] into dst.
func Log10To(dst, x *Tensor) {
	unary("log10", dst, x, kernel.Log10[float32], kernel.Log10[float64])
}

// Sin returns the sine of x, of each element.
func Sin(x *Tensor) *Tensor { return of1(x, SinTo) }

// SinTo is [Sin] into dst.
func SinTo(dst, x *Tensor) {
	unary("sin", dst, x, kernel.Sin[float32], kernel.Sin[float64])
}

// Cos returns the cosine of x, of each element.
func Cos(x *Tensor) *Tensor { return of1(x, CosTo) }

// CosTo is [Cos] into dst.
func CosTo(dst, x *Tensor) {
	unary("cos", dst, x, kernel.Cos[float32], kernel.Cos[float64])
}

// Tan returns the tangent of x, of each element.
func Tan(x *Tensor) *Tensor { return of1(x, TanTo) }

// TanTo is [Tan] into dst.
func TanTo(dst, x *Tensor) {
	unary("tan", dst, x, kernel.Tan[float32], kernel.Tan[float64])
}

// Asin returns the arc sine of x, of each element.
func Asin(x *Tensor) *Tensor { return of1(x, AsinTo) }

// AsinTo is [Asin] into dst.
func AsinTo(dst, x *Tensor) {
	unary("asin", dst, x, kernel.Asin[float32], kernel.Asin[float64])
}

// Acos returns the arc cosine of x, of each element.
func Acos(x *Tensor) *Tensor { return of1(x, AcosTo) }

// AcosTo is [Acos] into dst.
func AcosTo(dst, x *Tensor) {
	unary("acos", dst, x, kernel.Acos[float32], kernel.Acos[float64])
}

// Atan returns the arc tangent of x, of each element.
func Atan(x *Tensor) *Tensor { return of1(x, AtanTo) }

// AtanTo is [Atan] into dst.
func AtanTo(dst, x *Tensor) {
	unary("atan", dst, x, kernel.Atan[float32], kernel.Atan[float64])
}

// Sinh returns the hyperbolic sine of x, of each element.
func Sinh(x *Tensor) *Tensor { return of1(x, SinhTo) }

// SinhTo is [Sinh] into dst.
func SinhTo(dst, x *Tensor) {
	unary("sinh", dst, x, kernel.Sinh[float32], kernel.Sinh[float64])
}

// Cosh returns the hyperbolic cosine of x, of each element.
func Cosh(x *Tensor) *Tensor { return of1(x, CoshTo) }

// CoshTo is [Cosh] into dst.
func CoshTo(dst, x *Tensor) {
	unary("cosh", dst, x, kernel.Cosh[float32], kernel.Cosh[float64])
}

// Tanh returns the hyperbolic tangent of x, of each element.
func Tanh(x *Tensor) *Tensor { return of1(x, TanhTo) }

// TanhTo is [Tanh] into dst.
func TanhTo(dst, x *Tensor) {
	unary("tanh", dst, x, kernel.Tanh[float32], kernel.Tanh[float64])
}

// Erf returns the error function of x, of each element.
func Erf(x *Tensor) *Tensor { return of1(x, ErfTo) }

// ErfTo is [Erf] into dst.
func ErfTo(dst, x *Tensor) {
	unary("erf", dst, x, kernel.Erf[float32], kernel.Erf[float64])
}
