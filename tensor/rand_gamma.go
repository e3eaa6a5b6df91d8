package tensor

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Gamma fills dst with numbers from the gamma distribution with rate 1, whose
// concentration α stands in the same place of alpha, as torch._standard_gamma(alpha)
// does. It panics with a [*ShapeError] when the shapes or element types differ, and
// with an [*ArgError] when a concentration is negative or NaN.
//
// A float32 is the rounding of a number that is within 5e-14 of PyTorch's, in
// proportion; a float64 is that number. The method is rejection (Marsaglia and Tsang,
// "A simple method for generating gamma variables", 2000): with d = α − ⅓, normal
// z from [Rand.NormalFloat64] and u = 1 − Float64(),
//
//	v = (1 + z/√(9d))³, until it is positive
//	x = d v, if log u < z²/2 + d − d v + d log v; else the next z and u
//
// A concentration below 1 takes x of α + 1 times (1 − Float64())^(1/α), from a number
// that is drawn first. No number is below the smallest normal one of the element
// type (sample_gamma in aten/src/ATen/native/Distributions.h). dst is filled in the
// order of its memory, as by [Rand.BernoulliOf].
func (r *Rand) Gamma(dst, alpha *Tensor) {
	m, alpha := alongside("gamma", dst, alpha)
	for i := range m.n {
		if m.dtype == Float64 {
			m.f64[i] = max(0x1p-1022, gamma(r, "gamma", alpha.f64[i]))
		} else {
			m.f32[i] = max(0x1p-126, float32(gamma(r, "gamma", alpha.f32[i])))
		}
	}
	putBack(dst, m)
}

// Dirichlet fills dst with numbers from the Dirichlet distribution, one point of the
// simplex in each row along the last axis, whose concentrations stand in the same
// places of alpha, as torch._sample_dirichlet(alpha) does. It panics as [Rand.Gamma]
// does, and with a [*ShapeError] when dst has no axis.
//
// The numbers of a row are those of Gamma, drawn in float64, divided by their sum,
// and within 5e-14 of PyTorch's, in proportion. None is below the smallest normal
// number, nor 1 (_s_dirichlet_cpu in aten/src/ATen/native/Distributions.cpp). The rows
// are filled in row-major order, whatever the strides.
func (r *Rand) Dirichlet(dst, alpha *Tensor) {
	if dst.rank == 0 {
		BadShape("dirichlet", "want at least one axis", dst)
	}
	sameForm("dirichlet", dst, alpha)
	m := dst
	if !dst.packed {
		m = ZerosOf(dst.dtype, dst.Shape()...)
	}
	alpha = alpha.Contiguous()
	k := dst.Dim(-1)
	row, handle := work.Borrow[float64](k)
	for at := 0; at < m.n; at += k {
		sum := 0.0
		for i := range row {
			a := 0.0
			if m.dtype == Float64 {
				a = alpha.f64[at+i]
			} else {
				a = float64(alpha.f32[at+i])
			}
			row[i] = max(0x1p-1022, gamma(r, "dirichlet", a))
			sum += row[i]
		}
		for i, v := range row {
			if m.dtype == Float64 {
				m.f64[at+i] = min(1-0x1p-53, max(0x1p-1022, v/sum))
			} else {
				m.f32[at+i] = min(1-0x1p-24, max(0x1p-126, float32(v/sum)))
			}
		}
	}
	work.Return(handle)
	if m != dst {
		dst.CopyFrom(m)
	}
	dst.written()
}

// gamma returns a number from the gamma distribution with concentration alpha. The
// constants of PyTorch's code are float32.
func gamma[T kernel.Float](r *Rand, op string, alpha T) float64 {
	if !(alpha >= 0) {
		BadArg(op, "want concentrations ≥ 0, got %v", alpha)
	}
	scale := 1.0
	if alpha < 1 {
		if alpha == 0 {
			return 0
		}
		scale = math.Pow(1-r.Float64(), float64(1/alpha))
		alpha++
	}
	d := float64(alpha - T(float32(1.0/3)))
	c := 1 / math.Sqrt(9*d)
	for {
		z, y := 0.0, 0.0
		for y <= 0 {
			z = r.NormalFloat64()
			y = 1 + float64(c*z)
		}
		v, u, zz := y*y*y, 1-r.Float64(), z*z
		squeeze := 1 - float64(float64(float64(float32(0.0331))*zz)*zz) // a bound below, without a logarithm
		if u < squeeze || math.Log(u) < float64(0.5*zz)+float64(d*(1-v+math.Log(v))) {
			return scale * d * v
		}
	}
}

// sameForm panics unless dst and p have one shape and one element type.
func sameForm(op string, dst, p *Tensor) {
	if !slices.Equal(dst.Shape(), p.Shape()) {
		BadShape(op, "want one parameter for each element", dst, p)
	}
	sameDType(op, "the destination", p, dst)
}

// alongside returns the contiguous tensor that a fill of dst writes to, from
// inMemoryOrder, and the parameters p in the same order.
func alongside(op string, dst, p *Tensor) (m, q *Tensor) {
	sameForm(op, dst, p)
	return inMemoryOrder(op, dst), inOrderOf(dst, p)
}

// inOrderOf returns p, of the shape of dst, contiguous, in the order of the memory
// of dst.
func inOrderOf(dst, p *Tensor) *Tensor {
	if !dst.packed {
		var axes [MaxRank]int
		p = p.Permute(memoryOrder(dst, &axes)...)
	}
	return p.Contiguous()
}
