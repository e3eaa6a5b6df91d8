package tensor

import "github.com/descent-ml/descent/internal/kernel"

// Erfc returns 1 − erf x, accurate where erf x is nearly 1, of each element.
func Erfc(x *Tensor) *Tensor { return of1(x, ErfcTo) }

// ErfcTo is [Erfc] into dst.
func ErfcTo(dst, x *Tensor) {
	unary("erfc", dst, x, kernel.Erfc[float32], kernel.Erfc[float64])
}

// Erfinv returns the number whose error function is x, of each element.
func Erfinv(x *Tensor) *Tensor { return of1(x, ErfinvTo) }

// ErfinvTo is [Erfinv] into dst.
func ErfinvTo(dst, x *Tensor) {
	unary("erfinv", dst, x, kernel.Erfinv[float32], kernel.Erfinv[float64])
}

// Asinh returns the inverse hyperbolic sine of x, of each element.
func Asinh(x *Tensor) *Tensor { return of1(x, AsinhTo) }

// AsinhTo is [Asinh] into dst.
func AsinhTo(dst, x *Tensor) {
	unary("asinh", dst, x, kernel.Asinh[float32], kernel.Asinh[float64])
}

// Acosh returns the inverse hyperbolic cosine of x, of each element.
func Acosh(x *Tensor) *Tensor { return of1(x, AcoshTo) }

// AcoshTo is [Acosh] into dst.
func AcoshTo(dst, x *Tensor) {
	unary("acosh", dst, x, kernel.Acosh[float32], kernel.Acosh[float64])
}

// Atanh returns the inverse hyperbolic tangent of x, of each element.
func Atanh(x *Tensor) *Tensor { return of1(x, AtanhTo) }

// AtanhTo is [Atanh] into dst.
func AtanhTo(dst, x *Tensor) {
	unary("atanh", dst, x, kernel.Atanh[float32], kernel.Atanh[float64])
}

// Lgamma returns log |Γ(x)|, of each element.
func Lgamma(x *Tensor) *Tensor { return of1(x, LgammaTo) }

// LgammaTo is [Lgamma] into dst.
func LgammaTo(dst, x *Tensor) {
	unary("lgamma", dst, x, kernel.Lgamma[float32], kernel.Lgamma[float64])
}

// Digamma returns the derivative of log Γ at x, of each element.
func Digamma(x *Tensor) *Tensor { return of1(x, DigammaTo) }

// DigammaTo is [Digamma] into dst.
func DigammaTo(dst, x *Tensor) {
	unary("digamma", dst, x, kernel.Digamma[float32], kernel.Digamma[float64])
}

// Polygamma returns derivative n of [Digamma] at x, of each element. n is at most
// 60.
func Polygamma(n int, x *Tensor) *Tensor {
	dst := ZerosLike(x)
	PolygammaTo(dst, n, x)
	return dst
}

// PolygammaTo is [Polygamma] into dst.
func PolygammaTo(dst *Tensor, n int, x *Tensor) {
	if n < 0 || n > kernel.MaxPolygamma {
		BadArg("polygamma", "want an order from 0 to %d, got %d", kernel.MaxPolygamma, n)
	}
	scaled("polygamma", dst, x, float64(n), 0,
		func(dst, a []float32, n, _ float64) { kernel.Polygamma(dst, a, int(n)) },
		func(dst, a []float64, n, _ float64) { kernel.Polygamma(dst, a, int(n)) })
}

// Sinc returns sin(πx) / πx, and 1 where x is 0, of each element.
func Sinc(x *Tensor) *Tensor { return of1(x, SincTo) }

// SincTo is [Sinc] into dst.
func SincTo(dst, x *Tensor) { SincDerivativeTo(dst, 0, x) }

// SincDerivativeTo writes derivative n of [Sinc].
func SincDerivativeTo(dst *Tensor, n int, x *Tensor) {
	scaled("sinc", dst, x, float64(n), 0,
		func(dst, a []float32, n, _ float64) { kernel.Sinc(dst, a, int(n)) },
		func(dst, a []float64, n, _ float64) { kernel.Sinc(dst, a, int(n)) })
}

// Logit returns log(x / (1 − x)), the inverse of [Sigmoid], of each element. Where
// eps is not negative, x is first clamped to eps … 1 − eps.
func Logit(x *Tensor, eps float64) *Tensor {
	dst := ZerosLike(x)
	LogitTo(dst, x, eps)
	return dst
}

// LogitTo is [Logit] into dst.
func LogitTo(dst, x *Tensor, eps float64) {
	scaled("logit", dst, x, eps, 0,
		func(dst, a []float32, eps, _ float64) { kernel.Logit(dst, a, float32(eps)) },
		func(dst, a []float64, eps, _ float64) { kernel.Logit(dst, a, eps) })
}

// Logit writes dy/(x(1 − x)), and 0 where x is not in eps … 1 − eps. Where eps is
// negative, it writes NaN where x is not in 0 … 1.
func (d *Grad) Logit(x, dy *Tensor, eps float64) {
	slope("logit gradient", (*Tensor)(d), x, dy, eps, 0,
		func(dst, x, dy []float32, eps, _ float64) { kernel.LogitGrad(dst, x, dy, float32(eps)) },
		func(dst, x, dy []float64, eps, _ float64) { kernel.LogitGrad(dst, x, dy, eps) })
}

// Floor returns the largest integer not above x, of each element.
func Floor(x *Tensor) *Tensor { return of1(x, FloorTo) }

// FloorTo is [Floor] into dst.
func FloorTo(dst, x *Tensor) {
	unary("floor", dst, x, kernel.Floor[float32], kernel.Floor[float64])
}

// Ceil returns the smallest integer not below x, of each element.
func Ceil(x *Tensor) *Tensor { return of1(x, CeilTo) }

// CeilTo is [Ceil] into dst.
func CeilTo(dst, x *Tensor) {
	unary("ceil", dst, x, kernel.Ceil[float32], kernel.Ceil[float64])
}

// Round returns the integer nearest to x, halves to even, of each element.
func Round(x *Tensor) *Tensor { return of1(x, RoundTo) }

// RoundTo is [Round] into dst.
func RoundTo(dst, x *Tensor) {
	unary("round", dst, x, kernel.Round[float32], kernel.Round[float64])
}

// Trunc returns the integer part of x, of each element.
func Trunc(x *Tensor) *Tensor { return of1(x, TruncTo) }

// TruncTo is [Trunc] into dst.
func TruncTo(dst, x *Tensor) {
	unary("trunc", dst, x, kernel.Trunc[float32], kernel.Trunc[float64])
}

// Frac returns the fraction of x, with the sign of x, of each element.
func Frac(x *Tensor) *Tensor { return of1(x, FracTo) }

// FracTo is [Frac] into dst.
func FracTo(dst, x *Tensor) {
	unary("frac", dst, x, kernel.Frac[float32], kernel.Frac[float64])
}
