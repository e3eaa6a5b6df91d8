package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// normalBlock is the number of samples that Normal makes at a time.
const normalBlock = 16

// Normal fills t with numbers from the normal distribution with the given mean
// and standard deviation, as torch.Tensor.normal_ does. It panics with an
// [*ArgError] when std is negative or NaN.
//
// A contiguous t of 16 elements or more is filled with uniform numbers, which
// the Box–Muller transform then turns to normal ones in blocks of 16; when the
// length is no multiple of 16, the last 16 elements are drawn again. A shorter or a
// strided t takes samples of [Rand.NormalFloat64], scaled and shifted
// (normal_kernel in aten/src/ATen/native/cpu/DistributionTemplates.h).
//
// A float32 t is bit-exact with PyTorch on x86-64 processors with AVX2; on
// others PyTorch calls the C library, and its numbers differ by up to
// 5e-7·std. A float64 t is within 5e-15·std of PyTorch's.
func (r *Rand) Normal(t *Tensor, mean, std float64) {
	if !(std >= 0) {
		BadArg("normal", "want a standard deviation ≥ 0, got %v", std)
	}
	m := inMemoryOrder("normal", t)
	switch blocks := t.packed && t.n >= normalBlock; {
	case blocks && t.dtype == Float64:
		normalBlocks(r, m.f64[:m.n], mean, std, boxMuller64)
	case blocks:
		normalBlocks(r, m.f32[:m.n], float32(mean), float32(std), boxMuller32)
	case t.dtype == Float64:
		for i := range m.n {
			m.f64[i] = math.FMA(r.NormalFloat64(), std, mean)
		}
	default:
		for i := range m.n {
			m.f32[i] = float32(math.FMA(r.NormalFloat64(), std, mean))
		}
	}
	putBack(t, m)
}

// Randn returns float32 numbers from the standard normal distribution, as
// torch.randn does, drawn by [Rand.Normal].
func Randn(r *Rand, shape ...int) *Tensor {
	t := Zeros(shape...)
	r.Normal(t, 0, 1)
	return t
}

// maxNormal is above every sample: √(−2 ln 2⁻⁵³) is 8.57.
const maxNormal = 9

// NormalFloat64 returns a number from the normal distribution with mean 0 and
// standard deviation 1. Box–Muller makes two from four draws; the second
// waits in r for the next call. Within 5e-15 of PyTorch's
// (normal_distribution in aten/src/ATen/core/DistributionsHelper.h).
//
//	ρ = √(−2 ln(1 − v))   θ = 2π u   first ρ cos θ, then ρ sin θ
func (r *Rand) NormalFloat64() float64 {
	if r.hasNormal {
		x := r.normal
		r.hasNormal, r.normal = false, 0
		return x
	}
	u, v := r.Float64(), r.Float64()
	radius := math.Sqrt(-2 * math.Log1p(-v))
	sin, cos := math.Sincos(2 * math.Pi * u)
	r.hasNormal, r.normal = true, radius*sin
	return radius * cos
}

func normalBlocks[T kernel.Float](r *Rand, x []T, mean, std T, boxMuller func([]T, T, T)) {
	unit(r, x)
	for i := 0; i <= len(x)-normalBlock; i += normalBlock {
		boxMuller(x[i:i+normalBlock], mean, std)
	}
	if len(x)%normalBlock != 0 {
		last := x[len(x)-normalBlock:]
		unit(r, last)
		boxMuller(last, mean, std)
	}
}

// unit fills x with numbers in [0, 1).
func unit[T kernel.Float](r *Rand, x []T) {
	switch x := any(x).(type) {
	case []float32:
		for i := range x {
			x[i] = unit32(r.Uint32())
		}
	case []float64:
		for i := range x {
			x[i] = unit64(r.Uint64())
		}
	}
}

// boxMuller64 turns 16 uniform numbers into normal ones, number j and number
// j + 8 together:
//
//	ρ = √(−2 ln(1 − x[j]))   θ = 2π x[j+8]   x[j] = ρ cos θ   x[j+8] = ρ sin θ
func boxMuller64(x []float64, mean, std float64) {
	for j := range normalBlock / 2 {
		radius := math.Sqrt(-2 * math.Log(1-x[j]))
		sin, cos := math.Sincos(2 * math.Pi * x[j+normalBlock/2])
		x[j] = math.FMA(radius*cos, std, mean)
		x[j+normalBlock/2] = math.FMA(radius*sin, std, mean)
	}
}

// boxMuller32 is boxMuller64 for float32, with the roundings of PyTorch's
// vector code.
func boxMuller32(x []float32, mean, std float32) {
	for j := range normalBlock / 2 {
		radius := float32(math.Sqrt(float64(-2 * log32(1-x[j]))))
		sin, cos := sincos32(2 * math.Pi * x[j+normalBlock/2])
		x[j] = fma32(radius*cos, std, mean)
		x[j+normalBlock/2] = fma32(radius*sin, std, mean)
	}
}

// log32 returns the logarithm of x in [2⁻²⁴, 1]: with x = 2ᵉ(1 + f), where
// √½ ≤ 1 + f < √2,
//
//	ln x = e ln 2 + f − f²/2 + f³ P(f)
//
// Here and in sincos32, P is the minimax polynomial of the Cephes library for
// single precision, each of its steps is one fused multiply-add, and ln 2 is
// the sum of a short number and a small one.
func log32(x float32) float32 {
	bits := math.Float32bits(x)
	e := float32(int(bits>>23) - 126)
	f := math.Float32frombits(bits&(1<<23-1) | 126<<23)
	if f < math.Sqrt2/2 {
		e--
		f = f - 1 + f
	} else {
		f--
	}
	p := fma32(7.0376836292e-2, f, -1.1514610310e-1)
	p = fma32(p, f, 1.1676998740e-1)
	p = fma32(p, f, -1.2420140846e-1)
	p = fma32(p, f, 1.4249322787e-1)
	p = fma32(p, f, -1.6668057665e-1)
	p = fma32(p, f, 2.0000714765e-1)
	p = fma32(p, f, -2.4999993993e-1)
	p = fma32(p, f, 3.3333331174e-1)
	f2 := f * f
	y := fma32(float32(p*f), f2, float32(e*-2.12194440e-4))
	y = fma32(-0.5, f2, y)
	return fma32(e, 0.693359375, f+y)
}

// sincos32 returns the sine and cosine of x in [0, 2π]: with x = kπ/2 + f,
// where |f| ≤ π/4,
//
//	sin f = f + f³ P(f²)   cos f = 1 − f²/2 + f⁴ Q(f²)
func sincos32(x float32) (sin, cos float32) {
	k := (int(x*(4/math.Pi)) + 1) / 2
	n := float32(2 * k)
	f := fma32(n, -0.78515625, x) // π/4 in three parts
	f = fma32(n, -2.4187564849853515625e-4, f)
	f = fma32(n, -3.77489497744594108e-8, f)
	f2 := f * f

	p := fma32(-1.9515295891e-4, f2, 8.3321608736e-3)
	p = fma32(p, f2, -1.6666654611e-1)
	sin = fma32(float32(p*f2), f, f)

	q := fma32(2.443315711809948e-5, f2, -1.388731625493765e-3)
	q = fma32(q, f2, 4.166664568298827e-2)
	cos = fma32(float32(q*f2), f2, float32(-0.5*f2)) + 1

	switch k % 4 {
	case 1:
		return cos, -sin
	case 2:
		return -sin, -cos
	case 3:
		return -cos, sin
	}
	return sin, cos
}

// fma32 returns x·y + z rounded once, as a fused multiply-add does.
func fma32(x, y, z float32) float32 {
	p := float64(x) * float64(y) // exact: 48 bits
	s := p + float64(z)
	// Rounding s from 53 bits to 24 is rounding the true sum to 24, unless s
	// was itself rounded onto the middle between two float32s. (Subnormal
	// float32s have other middles; there a sum may be rounded twice.)
	if math.Float64bits(s)&(1<<29-1) == 1<<28 {
		return offMiddle(p, float64(z), s)
	}
	return float32(s)
}

// offMiddle returns p + z rounded to float32, where s is that sum rounded to
// float64 and lies in the middle between two float32s: it moves s by its last
// bit to the side where the sum is.
func offMiddle(p, z, s float64) float32 {
	q := s - p
	rest := (p - (s - q)) + (z - q)
	bits := math.Float64bits(s)
	switch {
	case rest == 0:
	case rest > 0 == (s > 0):
		bits++
	default:
		bits--
	}
	return float32(math.Float64frombits(bits))
}

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
