package tensor

import "github.com/descent-ml/descent/internal/kernel"

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
