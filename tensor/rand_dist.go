package tensor

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Uniform fills t with numbers from the uniform distribution on [lo, hi), as
// torch.Tensor.uniform_ does: one draw for a float32 element, two for a
// float64 one. Where rounding demands it a number may be hi itself. It panics
// with an [*ArgError] when hi < lo or when a bound or hi − lo is not finite in
// t's element type.
//
//	t[i] = fma(u, hi − lo, lo)     u = Float32() or Float64()
//
// Bit-exact (uniform_real in aten/src/ATen/core/TransformationHelper.h, on
// processors with a fused multiply-add). A strided view is filled in the order
// of its memory, not of its axes, as in PyTorch; so in Normal, TruncNormal,
// Bernoulli, BernoulliOf, Exponential and Gamma.
func (r *Rand) Uniform(t *Tensor, lo, hi float64) {
	limit := math.MaxFloat64
	if t.dtype == Float32 {
		limit = math.MaxFloat32
	}
	if !(-limit <= lo && lo <= hi && hi <= limit && hi-lo <= limit) {
		BadArg("uniform", "want finite lo ≤ hi within the range of %v, got [%v, %v)", t.dtype, lo, hi)
	}
	m := inMemoryOrder("uniform", t)
	if t.dtype == Float64 {
		for i := range m.f64[:m.n] {
			m.f64[i] = math.FMA(unit64(r.Uint64()), hi-lo, lo)
		}
	} else {
		lo, d := float32(lo), float32(hi)-float32(lo)
		for i := range m.f32[:m.n] {
			m.f32[i] = fma32(unit32(r.Uint32()), d, lo)
		}
	}
	putBack(t, m)
}

// Uniform returns float32 numbers from the uniform distribution on [lo, hi),
// drawn by [Rand.Uniform].
func Uniform(r *Rand, lo, hi float64, shape ...int) *Tensor {
	t := Zeros(shape...)
	r.Uniform(t, lo, hi)
	return t
}

// Bernoulli fills t with 1, with probability p, and 0, as
// torch.Tensor.bernoulli_(p) does: 1 where Float64() < p. It panics with an
// [*ArgError] when p is outside [0, 1].
//
// Bit-exact with PyTorch on processors that are not Intel's; there, PyTorch
// takes this one distribution, and dropout with it, from a generator of
// Intel's library (bernoulli_scalar_kernel in
// aten/src/ATen/native/cpu/DistributionKernels.cpp).
func (r *Rand) Bernoulli(t *Tensor, p float64) {
	checkProbability(p)
	m := inMemoryOrder("bernoulli", t)
	for i := range m.n {
		m.putBit(i, unit64(r.Uint64()) < p)
	}
	putBack(t, m)
}

// BernoulliOf fills dst with 1, with the probability that stands in the same
// place of p, and 0, as dst.bernoulli_(p) and torch.bernoulli(p) do: 1 where
// Float32() < p, or Float64() < p when p is float64. The element type of dst
// may be another. It panics with a [*ShapeError] when the shapes differ, and
// with an [*ArgError] when a probability is outside [0, 1]. Bit-exact.
func (r *Rand) BernoulliOf(dst, p *Tensor) {
	if !slices.Equal(dst.Shape(), p.Shape()) {
		BadShape("bernoulli", "want one probability for each element", dst, p)
	}
	m := inMemoryOrder("bernoulli", dst)
	p = inOrderOf(dst, p)
	for i := range m.n {
		if p.dtype == Float64 {
			checkProbability(p.f64[i])
			m.putBit(i, unit64(r.Uint64()) < p.f64[i])
		} else {
			checkProbability(float64(p.f32[i]))
			m.putBit(i, unit32(r.Uint32()) < p.f32[i])
		}
	}
	putBack(dst, m)
}

// Exponential fills t with numbers from the exponential distribution with the given
// rate, as torch.Tensor.exponential_ does. It panics with an [*ArgError] when the
// rate is not positive.
//
//	t[i] = −log(1 − Float64()) / rate
//
// A float32 is the rounding of a float64 that differs from PyTorch's in its last bit
// at most. On Intel's processors PyTorch takes the numbers from another generator, see
// [Rand.Bernoulli] (exponential_kernel in
// aten/src/ATen/native/cpu/DistributionTemplates.h).
func (r *Rand) Exponential(t *Tensor, rate float64) {
	if !(rate > 0) {
		BadArg("exponential", "want a rate > 0, got %v", rate)
	}
	m := inMemoryOrder("exponential", t)
	for i := range m.n {
		v := -1 / rate * math.Log1p(-r.Float64())
		if m.dtype == Float64 {
			m.f64[i] = v
		} else {
			m.f32[i] = float32(v)
		}
	}
	putBack(t, m)
}

func checkProbability(p float64) {
	if !(0 <= p && p <= 1) {
		BadArg("bernoulli", "want a probability in [0, 1], got %v", p)
	}
}

// putBit stores 1 or 0 as element i of t's storage, without a branch: the
// processor could not predict it.
func (t *Tensor) putBit(i int, one bool) {
	v := int32(0)
	if one {
		v = 1
	}
	if t.dtype == Float64 {
		t.f64[i] = float64(v)
	} else {
		t.f32[i] = float32(v)
	}
}

// memoryOrder returns the axes of t by falling stride, in axes.
func memoryOrder(t *Tensor, axes *[MaxRank]int) []int {
	order := axes[:t.rank]
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return t.strides[j] - t.strides[i] })
	return order
}

// inMemoryOrder returns the contiguous tensor that a fill of t writes to: t
// itself, or for a strided view a new tensor with the axes in memoryOrder,
// which putBack copies to t.
func inMemoryOrder(op string, t *Tensor) *Tensor {
	if t.packed {
		return t
	}
	for i, n := range t.Shape() {
		if n > 1 && t.strides[i] == 0 {
			BadShape(op, fmt.Sprintf("axis %d is expanded: its elements are one and the same", i), t)
		}
	}
	var axes [MaxRank]int
	return ZerosOf(t.dtype, t.Permute(memoryOrder(t, &axes)...).Shape()...)
}

// putBack copies to t what was drawn into m, from inMemoryOrder.
func putBack(t, m *Tensor) {
	t.written()
	if t != m {
		var axes [MaxRank]int
		t.Permute(memoryOrder(t, &axes)...).CopyFrom(m)
	}
}

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
