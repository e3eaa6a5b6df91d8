package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// TruncNormal fills t with numbers from the normal distribution with the given
// mean and standard deviation cut to [a, b], as torch.nn.init.trunc_normal_
// does; PyTorch's default is mean 0, std 1, a −2, b 2, where a and b are
// values, not multiples of std. It panics with an [*ArgError] when std is not
// positive, when it or mean is not finite, when b < a, and when fewer than
// about one in a million numbers would be accepted.
//
// When [a, b] holds more than 0.3 of the distribution, all of t is drawn from
// [Rand.Normal], and again as long as some numbers lie outside; those inside
// keep their first value. Else t is drawn from [Rand.Uniform] on [a, b], and a
// number x is accepted with probability
//
//	e^(peak − ½((x − mean)/std)²)     peak = ½((m − mean)/std)², m the most likely number of [a, b]
//
// A float32 t has PyTorch's bits; a float64 t is as close to PyTorch as Normal is.
// About once in ten million numbers the last bit of a logarithm accepts a number
// that PyTorch rejects, or the other way round (_no_grad_trunc_normal_ in
// torch/nn/init.py, since PyTorch 2.15).
func (r *Rand) TruncNormal(t *Tensor, mean, std, a, b float64) {
	if !(std > 0 && std <= math.MaxFloat64) {
		BadArg("truncated normal", "want a finite standard deviation > 0, got %v", std)
	}
	if math.IsNaN(mean) || math.IsInf(mean, 0) {
		BadArg("truncated normal", "want a finite mean, got %v", mean)
	}
	if !(a <= b) {
		BadArg("truncated normal", "want a ≤ b, got [%v, %v]", a, b)
	}
	const most = 1e6 // draws for a number that is accepted
	mode := max(a, min(mean, b))
	held := phi((b-mean)/std) - phi((a-mean)/std)
	// Away from the mode, the density falls to a fraction of its height within about
	// std/(1 + d), where d is the distance from the mode to the mean, in units of std.
	if held <= 0.3 && !((b-a)/std*(1+math.Abs(mode-mean)/std) <= most || a == b) {
		BadArg("truncated normal", "fewer than one in a million numbers of [%v, %v] would be accepted for mean %v and std %v: choose narrower bounds", a, b, mean, std)
	}
	m := inMemoryOrder("truncated normal", t)
	if held > 0.3 {
		r.Normal(t, mean, std)
		if !t.packed {
			var axes [MaxRank]int
			m.CopyFrom(t.Permute(memoryOrder(t, &axes)...))
		}
		r.redrawOutside(t, m, mean, std, a, b)
	} else {
		peak := 0.5 * ((mode - mean) / std) * ((mode - mean) / std)
		r.acceptUniform(m, mean, std, a, b, peak)
	}
	putBack(t, m)
}

// phi is the distribution function of the standard normal distribution.
func phi(x float64) float64 { return (1 + math.Erf(x/math.Sqrt2)) / 2 }

// redrawOutside draws new numbers for all of m as long as one of its elements is
// outside [a, b], and takes those for the elements outside. m has the elements of
// t in the order of its memory.
func (r *Rand) redrawOutside(t, m *Tensor, mean, std, a, b float64) {
	if !anyOutside(m, a, b) {
		return
	}
	again := ZerosOf(t.dtype, m.Shape()...)
	drawn := again
	var axes, back [MaxRank]int
	if order := memoryOrder(t, &axes); !t.packed { // into a tensor with permuted axes PyTorch draws in another order
		for i, axis := range order {
			back[axis] = i
		}
		drawn = again.Permute(back[:t.rank]...)
	}
	for anyOutside(m, a, b) {
		r.Normal(drawn, mean, std)
		if m.dtype == Float64 {
			replaceOutside(m.f64[:m.n], again.f64, a, b)
		} else {
			replaceOutside(m.f32[:m.n], again.f32, float32(a), float32(b))
		}
	}
}

func anyOutside(m *Tensor, a, b float64) bool {
	if m.dtype == Float64 {
		return outside(m.f64[:m.n], a, b)
	}
	return outside(m.f32[:m.n], float32(a), float32(b))
}

func outside[T kernel.Float](x []T, a, b T) bool {
	for _, v := range x {
		if v < a || v > b {
			return true
		}
	}
	return false
}

func replaceOutside[T kernel.Float](x, by []T, a, b T) {
	for i, v := range x {
		if v < a || v > b {
			x[i] = by[i]
		}
	}
}

// acceptUniform fills m, which is contiguous, with uniform numbers that are
// accepted as TruncNormal says. Each round draws a number and a chance for
// every element, also for those that have been accepted.
func (r *Rand) acceptUniform(m *Tensor, mean, std, a, b, peak float64) {
	numbers, chances := ZerosOf(m.dtype, m.n), ZerosOf(m.dtype, m.n)
	pending := make([]bool, m.n)
	for i := range pending {
		pending[i] = true
	}
	for left := m.n; left > 0; {
		r.Uniform(numbers, a, b)
		r.Uniform(chances, 0, 1)
		if m.dtype == Float64 {
			left -= accept(m.f64, numbers.f64, chances.f64, pending, mean, std, peak)
		} else {
			left -= accept(m.f32, numbers.f32, chances.f32, pending, float32(mean), float32(std), float32(peak))
		}
	}
}

// accept moves the accepted numbers to those places of x that are pending, and
// returns how many it has moved.
func accept[T kernel.Float](x, numbers, chances []T, pending []bool, mean, std, peak T) (accepted int) {
	for i, v := range numbers {
		if !pending[i] {
			continue
		}
		d := (v - mean) / std
		d = T(d * d)
		if !(T(math.Log(float64(chances[i]))) > T(d*-0.5)+peak) {
			x[i], pending[i] = v, false
			accepted++
		}
	}
	return accepted
}
