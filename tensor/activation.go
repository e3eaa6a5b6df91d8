package tensor

import "github.com/descent-ml/descent/internal/kernel"

// Sigmoid returns 1/(1 + e⁻ˣ), of each element.
func Sigmoid(x *Tensor) *Tensor { return of1(x, SigmoidTo) }

// SigmoidTo is [Sigmoid] into dst.
func SigmoidTo(dst, x *Tensor) {
	unary("sigmoid", dst, x, kernel.Sigmoid[float32], kernel.Sigmoid[float64])
}

// LogSigmoid returns log(1/(1 + e⁻ˣ)), of each element.
func LogSigmoid(x *Tensor) *Tensor { return of1(x, LogSigmoidTo) }

// LogSigmoidTo is [LogSigmoid] into dst.
func LogSigmoidTo(dst, x *Tensor) {
	unary("log-sigmoid", dst, x, kernel.LogSigmoid[float32], kernel.LogSigmoid[float64])
}

// ReLU returns max(x, 0), of each element; NaN stays NaN.
func ReLU(x *Tensor) *Tensor { return of1(x, ReLUTo) }

// ReLUTo is [ReLU] into dst.
func ReLUTo(dst, x *Tensor) {
	unary("relu", dst, x, kernel.ReLU[float32], kernel.ReLU[float64])
}

// GELU returns x Φ(x), with Φ the normal distribution function, of each element.
func GELU(x *Tensor) *Tensor { return of1(x, GELUTo) }

// GELUTo is [GELU] into dst.
func GELUTo(dst, x *Tensor) {
	unary("gelu", dst, x, kernel.GELU[float32], kernel.GELU[float64])
}

// GELUTanh returns the tanh approximation of GELU, ½x(1 + tanh(√(2/π)(x + 0.044715x³))), of each element.
func GELUTanh(x *Tensor) *Tensor { return of1(x, GELUTanhTo) }

// GELUTanhTo is [GELUTanh] into dst.
func GELUTanhTo(dst, x *Tensor) {
	unary("gelu-tanh", dst, x, kernel.GELUTanh[float32], kernel.GELUTanh[float64])
}

// SiLU returns x/(1 + e⁻ˣ), of each element.
func SiLU(x *Tensor) *Tensor { return of1(x, SiLUTo) }

// SiLUTo is [SiLU] into dst.
func SiLUTo(dst, x *Tensor) {
	unary("silu", dst, x, kernel.SiLU[float32], kernel.SiLU[float64])
}

// Mish returns x tanh(log(1 + eˣ)), of each element.
func Mish(x *Tensor) *Tensor { return of1(x, MishTo) }

// MishTo is [Mish] into dst.
func MishTo(dst, x *Tensor) {
	unary("mish", dst, x, kernel.Mish[float32], kernel.Mish[float64])
}

// Softsign returns x/(1 + |x|), of each element.
func Softsign(x *Tensor) *Tensor { return of1(x, SoftsignTo) }

// SoftsignTo is [Softsign] into dst.
func SoftsignTo(dst, x *Tensor) {
	unary("softsign", dst, x, kernel.Softsign[float32], kernel.Softsign[float64])
}

// HardSigmoid returns x/6 + ½, held between 0 and 1, of each element.
func HardSigmoid(x *Tensor) *Tensor { return of1(x, HardSigmoidTo) }

// HardSigmoidTo is [HardSigmoid] into dst.
func HardSigmoidTo(dst, x *Tensor) {
	unary("hard-sigmoid", dst, x, kernel.HardSigmoid[float32], kernel.HardSigmoid[float64])
}

// HardSwish returns x times its hard sigmoid, of each element.
func HardSwish(x *Tensor) *Tensor { return of1(x, HardSwishTo) }

// HardSwishTo is [HardSwish] into dst.
func HardSwishTo(dst, x *Tensor) {
	unary("hard-swish", dst, x, kernel.HardSwish[float32], kernel.HardSwish[float64])
}

// LeakyReLU returns x where it is positive, else slope·x.
func LeakyReLU(x *Tensor, slope float64) *Tensor {
	dst := ZerosLike(x)
	LeakyReLUTo(dst, x, slope)
	return dst
}

// LeakyReLUTo is [LeakyReLU] into dst.
func LeakyReLUTo(dst, x *Tensor, slope float64) {
	scaled("leaky-relu", dst, x, slope, 0,
		func(dst, a []float32, slope, _ float64) { kernel.LeakyReLU(dst, a, float32(slope)) },
		func(dst, a []float64, slope, _ float64) { kernel.LeakyReLU(dst, a, slope) })
}

// ELU returns scale·x where x is positive, else scale·alpha·(eˣ − 1).
func ELU(x *Tensor, alpha, scale float64) *Tensor {
	dst := ZerosLike(x)
	ELUTo(dst, x, alpha, scale)
	return dst
}

// ELUTo is [ELU] into dst.
func ELUTo(dst, x *Tensor, alpha, scale float64) {
	scaled("elu", dst, x, alpha, scale,
		func(dst, a []float32, alpha, scale float64) { kernel.ELU(dst, a, alpha, scale) },
		func(dst, a []float64, alpha, scale float64) { kernel.ELU(dst, a, alpha, scale) })
}

// Softplus returns log(1 + e^(beta·x))/beta, and x itself where beta·x exceeds
// threshold. PyTorch's defaults are 1 and 20.
func Softplus(x *Tensor, beta, threshold float64) *Tensor {
	dst := ZerosLike(x)
	SoftplusTo(dst, x, beta, threshold)
	return dst
}

// SoftplusTo is [Softplus] into dst.
func SoftplusTo(dst, x *Tensor, beta, threshold float64) {
	scaled("softplus", dst, x, beta, threshold,
		func(dst, a []float32, beta, threshold float64) { kernel.Softplus(dst, a, beta, threshold) },
		func(dst, a []float64, beta, threshold float64) { kernel.Softplus(dst, a, beta, threshold) })
}

// ReLU writes 0 where y is 0 or less, else dy.
func (d *Grad) ReLU(y, dy *Tensor) {
	binary("relu gradient", (*Tensor)(d), y, dy, kernel.ReLUGrad[float32], kernel.ReLUGrad[float64])
}

// GELU writes dy(Φ(x) + x φ(x)), with the density φ of the standard normal
// distribution.
func (d *Grad) GELU(x, dy *Tensor) {
	binary("gelu gradient", (*Tensor)(d), x, dy, kernel.GELUGrad[float32], kernel.GELUGrad[float64])
}

// GELUTanh writes dy·s(1 + x u′(1 − s)), with s = sigmoid u and
// u = 2√(2/π)(x + 0.044715x³).
func (d *Grad) GELUTanh(x, dy *Tensor) {
	binary("gelu-tanh gradient", (*Tensor)(d), x, dy, kernel.GELUTanhGrad[float32], kernel.GELUTanhGrad[float64])
}

// Tanh writes dy(1 − y²).
func (d *Grad) Tanh(y, dy *Tensor) {
	binary("tanh gradient", (*Tensor)(d), y, dy, kernel.TanhGrad[float32], kernel.TanhGrad[float64])
}

// Sigmoid writes dy·y(1 − y).
func (d *Grad) Sigmoid(y, dy *Tensor) {
	binary("sigmoid gradient", (*Tensor)(d), y, dy, kernel.SigmoidGrad[float32], kernel.SigmoidGrad[float64])
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
