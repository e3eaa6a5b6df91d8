package tensor

import "github.com/descent-ml/descent/internal/kernel"

// slope applies a kernel that takes up to two numbers to corresponding elements of
// x and dy. The kernels must not be closures: large work hands them to other
// goroutines.
func slope(op string, dst, x, dy *Tensor, p, q float64, f32 func(dst, x, dy []float32, p, q float64), f64 func(dst, x, dy []float64, p, q float64)) {
	sameDType(op, "the second operand", x, dy)
	sameDType(op, "the destination", x, dst)
	var dims [MaxRank]int
	destination(op, dst, Dims(dims[:0]).Broadcast(op, x, dy), x, dy)
	if dst.n == 0 {
		return
	}
	if x.packed && dy.packed && dst.packed && x.hasShape(dst.Shape()) && dy.hasShape(dst.Shape()) {
		if x.dtype == Float64 {
			kernel.BlocksSlope(f64, dst.f64[:x.n], x.f64[:x.n], dy.f64[:x.n], p, q)
		} else {
			kernel.BlocksSlope(f32, dst.f32[:x.n], x.f32[:x.n], dy.f32[:x.n], p, q)
		}
		return
	}
	var l loop
	l.plan(dst.Shape(), dst, x, dy)
	if x.dtype == Float64 {
		each(&l, &[4][]float64{dst.f64, x.f64, dy.f64}, func(dst, x, dy, _ []float64) { f64(dst, x, dy, p, q) })
	} else {
		each(&l, &[4][]float32{dst.f32, x.f32, dy.f32}, func(dst, x, dy, _ []float32) { f32(dst, x, dy, p, q) })
	}
}

// Abs writes dy·sign(x).
func (d *Grad) Abs(x, dy *Tensor) {
	binary("abs gradient", (*Tensor)(d), x, dy, kernel.AbsGrad[float32], kernel.AbsGrad[float64])
}

// SiLU writes dy·s(1 + x(1 − s)), with s = sigmoid x.
func (d *Grad) SiLU(x, dy *Tensor) {
	binary("silu gradient", (*Tensor)(d), x, dy, kernel.SiLUGrad[float32], kernel.SiLUGrad[float64])
}

// Mish writes dy(t + x(1 − t²)s), with t = tanh(softplus x) and s = sigmoid x.
func (d *Grad) Mish(x, dy *Tensor) {
	binary("mish gradient", (*Tensor)(d), x, dy, kernel.MishGrad[float32], kernel.MishGrad[float64])
}

// HardSwish writes 0 where x ≤ −3, dy(x/3 + ½) where x < 3, else dy.
func (d *Grad) HardSwish(x, dy *Tensor) {
	binary("hard-swish gradient", (*Tensor)(d), x, dy, kernel.HardSwishGrad[float32], kernel.HardSwishGrad[float64])
}

// HardSigmoid writes dy/6 where −3 < x < 3, else 0.
func (d *Grad) HardSigmoid(x, dy *Tensor) {
	binary("hard-sigmoid gradient", (*Tensor)(d), x, dy,
		func(dst, x, dy []float32) { kernel.ClampGrad(dst, x, dy, -3, 3, 1.0/6) },
		func(dst, x, dy []float64) { kernel.ClampGrad(dst, x, dy, -3, 3, 1.0/6) })
}

// Clamp writes dy where lo < x < hi, else 0.
func (d *Grad) Clamp(x, dy *Tensor, lo, hi float64) {
	slope("clamp gradient", (*Tensor)(d), x, dy, lo, hi,
		func(dst, x, dy []float32, lo, hi float64) { kernel.ClampGrad(dst, x, dy, float32(lo), float32(hi), 1) },
		func(dst, x, dy []float64, lo, hi float64) { kernel.ClampGrad(dst, x, dy, lo, hi, 1) })
}

// HardTanh writes 0 where x ≤ lo or hi ≤ x, else dy; so dy where x is NaN.
func (d *Grad) HardTanh(x, dy *Tensor, lo, hi float64) {
	slope("hard-tanh gradient", (*Tensor)(d), x, dy, lo, hi,
		func(dst, x, dy []float32, lo, hi float64) {
			kernel.HardTanhGrad(dst, x, dy, float32(lo), float32(hi))
		},
		func(dst, x, dy []float64, lo, hi float64) { kernel.HardTanhGrad(dst, x, dy, lo, hi) })
}

// Shrink writes 0 where lo ≤ x ≤ hi, else dy.
func (d *Grad) Shrink(x, dy *Tensor, lo, hi float64) {
	slope("shrink gradient", (*Tensor)(d), x, dy, lo, hi,
		func(dst, x, dy []float32, lo, hi float64) {
			kernel.ShrinkGrad(dst, x, dy, float32(lo), float32(hi))
		},
		func(dst, x, dy []float64, lo, hi float64) { kernel.ShrinkGrad(dst, x, dy, lo, hi) })
}

// LeakyReLU writes dy where x is positive, else by·dy.
func (d *Grad) LeakyReLU(x, dy *Tensor, by float64) {
	slope("leaky-relu gradient", (*Tensor)(d), x, dy, by, 0,
		func(dst, x, dy []float32, by, _ float64) { kernel.LeakyReLUGrad(dst, x, dy, float32(by)) },
		func(dst, x, dy []float64, by, _ float64) { kernel.LeakyReLUGrad(dst, x, dy, by) })
}

// Huber writes dy·min(max(x, −limit), limit).
func (d *Grad) Huber(x, dy *Tensor, limit float64) {
	slope("huber gradient", (*Tensor)(d), x, dy, limit, 0,
		func(dst, x, dy []float32, limit, _ float64) { kernel.HuberGrad(dst, x, dy, float32(limit)) },
		func(dst, x, dy []float64, limit, _ float64) { kernel.HuberGrad(dst, x, dy, limit) })
}

// ELU writes scale·dy where x is positive, else scale·alpha·eˣ·dy.
func (d *Grad) ELU(x, dy *Tensor, alpha, scale float64) {
	slope("elu gradient", (*Tensor)(d), x, dy, alpha, scale, kernel.ELUGrad[float32], kernel.ELUGrad[float64])
}

// CELU writes dy where x is positive, else e^(x/alpha)·dy.
func (d *Grad) CELU(x, dy *Tensor, alpha float64) {
	slope("celu gradient", (*Tensor)(d), x, dy, alpha, 0, kernel.CELUGrad[float32], kernel.CELUGrad[float64])
}

// Softplus writes dy where beta·x exceeds threshold, else dy·sigmoid(beta·x).
func (d *Grad) Softplus(x, dy *Tensor, beta, threshold float64) {
	slope("softplus gradient", (*Tensor)(d), x, dy, beta, threshold, kernel.SoftplusGrad[float32], kernel.SoftplusGrad[float64])
}

// PReLU returns x where it is positive, else slope·x. The operands broadcast.
func PReLU(x, slope *Tensor) *Tensor { return of2("prelu", x, slope, PReLUTo) }

// PReLUTo is [PReLU] into dst.
func PReLUTo(dst, x, slope *Tensor) {
	binary("prelu", dst, x, slope, kernel.PReLU[float32], kernel.PReLU[float64])
}

// CELU returns x where it is positive, else alpha·(e^(x/alpha) − 1).
func CELU(x *Tensor, alpha float64) *Tensor {
	dst := ZerosLike(x)
	CELUTo(dst, x, alpha)
	return dst
}

// CELUTo is [CELU] into dst.
func CELUTo(dst, x *Tensor, alpha float64) {
	scaled("celu", dst, x, alpha, 0, kernel.CELU[float32], kernel.CELU[float64])
}

// Softshrink returns x moved by bound towards 0, and 0 where −bound ≤ x ≤ bound.
func Softshrink(x *Tensor, bound float64) *Tensor {
	dst := ZerosLike(x)
	SoftshrinkTo(dst, x, bound)
	return dst
}

// SoftshrinkTo is [Softshrink] into dst.
func SoftshrinkTo(dst, x *Tensor, bound float64) {
	scaled("softshrink", dst, x, bound, 0,
		func(dst, a []float32, bound, _ float64) { kernel.Softshrink(dst, a, float32(bound)) },
		func(dst, a []float64, bound, _ float64) { kernel.Softshrink(dst, a, bound) })
}

// Hardshrink returns x, and 0 where −bound ≤ x ≤ bound.
func Hardshrink(x *Tensor, bound float64) *Tensor {
	dst := ZerosLike(x)
	HardshrinkTo(dst, x, bound)
	return dst
}

// HardshrinkTo is [Hardshrink] into dst.
func HardshrinkTo(dst, x *Tensor, bound float64) {
	scaled("hardshrink", dst, x, bound, 0,
		func(dst, a []float32, bound, _ float64) { kernel.Hardshrink(dst, a, float32(bound)) },
		func(dst, a []float64, bound, _ float64) { kernel.Hardshrink(dst, a, bound) })
}

// Threshold returns x where it is larger than a threshold, else value.
func Threshold(x *Tensor, threshold, value float64) *Tensor {
	dst := ZerosLike(x)
	ThresholdTo(dst, x, threshold, value)
	return dst
}

// ThresholdTo is [Threshold] into dst.
func ThresholdTo(dst, x *Tensor, threshold, value float64) {
	scaled("threshold", dst, x, threshold, value,
		func(dst, a []float32, threshold, value float64) {
			kernel.Threshold(dst, a, float32(threshold), float32(value))
		},
		func(dst, a []float64, threshold, value float64) { kernel.Threshold(dst, a, threshold, value) })
}
