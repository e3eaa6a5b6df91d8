package tensor

import (
	"cmp"
	"math"
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Multinomial fills dst with indices of weights [n], drawn in proportion to
// them, as torch.multinomial(weights, len(dst), replacement=replace) does. The
// weights need not sum to 1. An index with weight 0 is never drawn. Without
// replacement no index is drawn twice.
//
// It panics with a [*ShapeError] when weights is not a vector, and with an
// [*ArgError] when a weight is negative or not finite, when their sum is not
// positive and finite, and when fewer weights than draws without replacement are
// positive; PyTorch then draws indices with weight 0.
//
// With replacement, and for more than one draw, dst[i] is the first index whose
// share of the running sum is not below Float64(), from a binary search. Else
// the indices of the largest w[i]/q[i] are drawn, in falling order, where
//
//	q[i] = −log(1 − Float64())
//
// Bit-exact with replacement. Without it, the last bit of a logarithm may
// exchange two indices about once in 10¹⁵ pairs; where two float32 quotients
// are equal, which happens once in some ten million pairs, PyTorch's order
// depends on its way of sorting, and the first index comes first here
// (multinomial_out in aten/src/ATen/native/Distributions.cpp,
// aten/src/ATen/native/cpu/MultinomialKernel.cpp). On Intel's processors
// PyTorch takes the logarithms from another generator, see [Rand.Bernoulli].
func (r *Rand) Multinomial(dst []int, weights *Tensor, replace bool) {
	if weights.rank != 1 {
		BadShape("multinomial", "want a vector of weights", weights)
	}
	var s scratch
	w := s.packed(weights)
	if w.dtype == Float64 {
		multinomial(r, dst, w.f64[:w.n], replace)
	} else {
		multinomial(r, dst, w.f32[:w.n], replace)
	}
	s.release()
}

func multinomial[T kernel.Float](r *Rand, dst []int, weights []T, replace bool) {
	sum, positive := T(0), 0
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(float64(w), 1) {
			BadArg("multinomial", "want finite weights ≥ 0; weight %d is %v", i, w)
		}
		if sum += w; w > 0 {
			positive++
		}
	}
	if len(dst) == 0 {
		return
	}
	if sum == 0 || math.IsInf(float64(sum), 1) {
		BadArg("multinomial", "want weights with a positive, finite sum, got %v", sum)
	}
	if !replace && len(dst) > positive {
		BadArg("multinomial", "cannot draw %d different indices: %d weights are positive", len(dst), positive)
	}
	buf, handle := work.Borrow[T](len(weights))
	if replace && len(dst) > 1 {
		byRunningSum(r, dst, weights, buf, sum)
	} else {
		byExponential(r, dst, weights, buf)
	}
	work.Return(handle)
}

// byRunningSum draws with replacement; share is memory for the running sum.
func byRunningSum[T kernel.Float](r *Rand, dst []int, weights, share []T, sum T) {
	running, last := T(0), 0
	for i, w := range weights {
		running += w
		share[i] = running / sum
		if w > 0 {
			last = i
		}
	}
	// Rounding may leave the sum of the shares below 1. PyTorch gives the rest to
	// the last index, whatever its weight.
	share[len(share)-1] = 1
	for i := range dst {
		u := r.Float64()
		lo, hi := 0, len(share)
		for lo < hi {
			mid := int(uint(lo+hi) >> 1)
			if float64(share[mid]) < u {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		lo = min(lo, last)
		for weights[lo] == 0 { // u is 0, and the first weights are
			lo++
		}
		dst[i] = lo
	}
}

// byExponential draws without replacement; race is memory for the quotients.
// The largest of w[i]/q[i] is at index i with probability w[i]/Σw, and the
// largest of the others is drawn from the rest likewise.
func byExponential[T kernel.Float](r *Rand, dst []int, weights, race []T) {
	for i, w := range weights {
		q := T(-math.Log1p(-r.Float64()))
		if race[i] = w / q; w == 0 {
			race[i] = -1
		}
	}
	sorted, handle := work.Borrow[T](len(race))
	copy(sorted, race)
	slices.Sort(sorted)
	least := sorted[len(sorted)-len(dst)]
	work.Return(handle)

	above := 0
	for _, v := range race {
		if v > least {
			above++
		}
	}
	equal, k := len(dst)-above, 0 // equal: how many that are as large as the least one still fit
	for i, v := range race {
		if v < least || v == least && equal == 0 {
			continue
		}
		if v == least {
			equal--
		}
		dst[k] = i
		k++
	}
	slices.SortStableFunc(dst, func(i, j int) int { return cmp.Compare(race[j], race[i]) })
}
