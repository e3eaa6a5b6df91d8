package tensor

import (
	"fmt"
	"math"
	"slices"
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
