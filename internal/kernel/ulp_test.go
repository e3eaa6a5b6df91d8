package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// accuracy is what the mathematical functions promise for float32: the largest
// error in units in the last place of the result. Where a result cannot have all
// digits, there is also an absolute error in units of ε. Both are checked over the
// whole range of arguments. The doc comments state the same numbers.
var accuracy = []struct {
	name string
	f    func(dst, a []float32)
	want func(float64) float64
	ulps float64
	abs  float64
}{
	{"Exp", kernel.Exp[float32], math.Exp, 1.5, 0},
	{"Expm1", kernel.Expm1[float32], math.Expm1, 2, 0},
	{"Log", kernel.Log[float32], math.Log, 1.5, 0},
	{"Log2", kernel.Log2[float32], math.Log2, 3, 0},
	{"Log10", kernel.Log10[float32], math.Log10, 3, 0},
	{"Log1p", kernel.Log1p[float32], math.Log1p, 2, 0},
	{"Tanh", kernel.Tanh[float32], math.Tanh, 2, 0},
	{"Sigmoid", kernel.Sigmoid[float32], logistic, 2.5, 0},
	{"Softplus", func(dst, a []float32) { kernel.Softplus(dst, a, 1, 1e9) }, softplus, 2, 0},
	{"Erf", kernel.Erf[float32], math.Erf, 1.5, 0},
	{"GELU", kernel.GELU[float32], func(x float64) float64 { return x * 0.5 * math.Erfc(-x/math.Sqrt2) }, 8, 0.5},
	{"GELUTanh", kernel.GELUTanh[float32], func(x float64) float64 {
		return x * logistic(2*math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x))
	}, 2, 0.5},
	{"GELUGrad", ofOnes(kernel.GELUGrad[float32]),
		func(x float64) float64 { return 0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi) }, 2, 1},
	{"LogSigmoid", kernel.LogSigmoid[float32], func(x float64) float64 { return -softplus(-x) }, 2, 0},
	{"Mish", kernel.Mish[float32], func(x float64) float64 { return x * math.Tanh(softplus(x)) }, 5, 1e-34},
	{"ELU", func(dst, a []float32) { kernel.ELU(dst, a, 1.6732632423543772, 1.0507009873554805) }, func(x float64) float64 {
		if x > 0 {
			return 1.0507009873554805 * x
		}
		return 1.0507009873554805 * 1.6732632423543772 * math.Expm1(x)
	}, 4, 0},
	{"SiLUGrad", ofOnes(kernel.SiLUGrad[float32]), func(x float64) float64 { return siluGrad(x, 1) }, 2, 1},
	{"MishGrad", ofOnes(kernel.MishGrad[float32]), func(x float64) float64 { return mishGrad(x, 1) }, 2, 2},
	{"SoftplusGrad", ofOnes(func(dst, x, dy []float32) { kernel.SoftplusGrad(dst, x, dy, 1, 1e9) }), logistic, 2.5, 0},
	{"ELUGrad", ofOnes(func(dst, x, dy []float32) { kernel.ELUGrad(dst, x, dy, 1.6732632423543772, 1.0507009873554805) }), func(x float64) float64 {
		if x <= 0 {
			return 1.0507009873554805 * 1.6732632423543772 * math.Exp(x)
		}
		return 1.0507009873554805
	}, 3, 0},
	{"SiLU", kernel.SiLU[float32], func(x float64) float64 { return x * logistic(x) }, 3, 1e-34},
	{"Sin", kernel.Sin[float32], math.Sin, 2, 0},
	{"Cos", kernel.Cos[float32], math.Cos, 2, 0},
	{"PowScalar 2.5", func(dst, a []float32) { kernel.PowScalar(dst, a, 2.5) }, func(x float64) float64 { return math.Pow(x, 2.5) }, 2, 0},
	{"PowScalar -31", func(dst, a []float32) { kernel.PowScalar(dst, a, -31) }, func(x float64) float64 { return math.Pow(x, -31) }, 2, 0},
	{"PowScalar 3", func(dst, a []float32) { kernel.PowScalar(dst, a, 3) }, func(x float64) float64 { return x * x * x }, 2, 0},
	{"Exp2", kernel.Exp2[float32], math.Exp2, 1.5, 0},
	{"Tan", kernel.Tan[float32], math.Tan, 2.5, 0},
	{"Asin", kernel.Asin[float32], math.Asin, 2.5, 0},
	{"Acos", kernel.Acos[float32], func(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }, 1.5, 0},
	{"Atan", kernel.Atan[float32], math.Atan, 1.5, 0},
	{"Sinh", kernel.Sinh[float32], math.Sinh, 2, 0},
	{"Cosh", kernel.Cosh[float32], math.Cosh, 1.5, 0},
	{"Asinh", kernel.Asinh[float32], math.Asinh, 2, 0},
	{"Acosh", kernel.Acosh[float32], math.Acosh, 2, 0},
	{"Atanh", kernel.Atanh[float32], math.Atanh, 2.5, 0},
	{"Erfc", kernel.Erfc[float32], math.Erfc, 4.5, 0},
	{"Erfinv", kernel.Erfinv[float32], erfinv, 4, 0},
	{"Sinc", func(dst, a []float32) { kernel.Sinc(dst, a, 0) }, sincPi, 3, 0},
	{"Logit", func(dst, a []float32) { kernel.Logit(dst, a, -1) }, func(x float64) float64 {
		if 0.25 < x && x < 0.75 {
			return math.Log1p((2*x - 1) / (1 - x))
		}
		return math.Log(x / (1 - x))
	}, 3, 0},
	{"BCE of a half", func(dst, a []float32) {
		half := make([]float32, len(a))
		kernel.Fill(half, 0.5)
		kernel.BCE(dst, a, half)
	}, func(p float64) float64 { return -0.5 * (max(math.Log(p), -100) + max(math.Log1p(-p), -100)) }, 3, 0},
	{"Lgamma", kernel.Lgamma[float32], lgamma, 4, 0},
	{"Digamma", kernel.Digamma[float32], kernelOf(kernel.Digamma[float64]), 2.5, 0},
	{"Trigamma", func(dst, a []float32) { kernel.Polygamma(dst, a, 1) }, kernelOf(func(dst, a []float64) { kernel.Polygamma(dst, a, 1) }), 5, 0},
	{"Tetragamma", func(dst, a []float32) { kernel.Polygamma(dst, a, 2) }, kernelOf(func(dst, a []float64) { kernel.Polygamma(dst, a, 2) }), 6.5, 0},
	{"GELUTanhGrad", ofOnes(kernel.GELUTanhGrad[float32]), func(x float64) float64 { return geluTanhGrad(x, 1) }, 2, 2},
	{"LogitGrad", ofOnes(func(dst, x, dy []float32) { kernel.LogitGrad(dst, x, dy, -1) }), func(x float64) float64 {
		if x < 0 || x > 1 {
			return math.NaN()
		}
		return 1 / (x * (1 - x))
	}, 2, 0},
	{"Sqrt", kernel.Sqrt[float32], math.Sqrt, 0.5, 0},
	{"Rsqrt", kernel.Rsqrt[float32], func(x float64) float64 { return 1 / math.Sqrt(x) }, 1.5, 0},
}

// ofOnes returns a gradient for dy of ones.
func ofOnes(f func(dst, x, dy []float32)) func(dst, x []float32) {
	return func(dst, x []float32) {
		dy := make([]float32, len(x))
		kernel.Fill(dy, 1)
		f(dst, x, dy)
	}
}

// kernelOf returns the function that a kernel applies to each element.
func kernelOf(f func(dst, a []float64)) func(x float64) float64 {
	return func(x float64) float64 {
		y := []float64{x}
		f(y, y)
		return y[0]
	}
}

func TestAccuracy(t *testing.T) {
	// A stride that is no power of two, through all bit patterns: every
	// exponent, both signs, denormals, infinities and NaN.
	const stride = 20011
	var args []float32
	for b := uint64(0); b < 1<<32; b += stride {
		args = append(args, math.Float32frombits(uint32(b)))
	}
	inf := float32(math.Inf(1))
	args = append(args, 0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
		math.MaxFloat32, -math.MaxFloat32, 88.72, 88.73, -87.33, -87.34, -103.9, -104.1, 1, -1)
	for x := float32(-20); x < 20; x += 1.0 / 512 { // where most functions are not flat
		args = append(args, x)
	}
	got := make([]float32, len(args))
	for _, k := range accuracy {
		t.Run(k.name, func(t *testing.T) {
			eachLevel(t, func(t *testing.T) {
				for i := 0; i < len(args); i += 64 { // sine and cosine leave slices with large arguments to Go
					k.f(got[i:min(len(args), i+64)], args[i:min(len(args), i+64)])
				}
				worst, at := 0.0, 0
				for i, x := range args {
					want := k.want(float64(x))
					w := float32(want)
					if w == got[i] || w != w && got[i] != got[i] {
						continue
					}
					err := (math.Abs(float64(got[i])-want) - k.abs*0x1p-23) / ulp[float32](math.Min(math.Abs(float64(w)), 0x1p127))
					if math.IsNaN(err) { // one of the two is no number
						err = math.Inf(1)
					}
					if err > worst {
						worst, at = err, i
					}
				}
				t.Logf("%.2f ulp, at %g", worst, args[at])
				require.LessOrEqual(t, worst, k.ulps, "at %g: got %g, want %g", args[at], got[at], k.want(float64(args[at])))
				// Zeros keep their signs where the function does.
				if z := k.want(math.Copysign(0, -1)); z == 0 {
					k.f(got[:1], []float32{float32(math.Copysign(0, -1))})
					require.Equal(t, math.Signbit(z), math.Signbit(float64(got[0])), "the sign of f(−0)")
				}
			})
		})
	}
}

// sincPi returns sin(πx)/πx.
func sincPi(x float64) float64 {
	if x == 0 {
		return 1
	}
	whole := math.RoundToEven(x)
	y := math.Sin(math.Pi*(x-whole)) / (math.Pi * x)
	if math.Mod(whole, 2) != 0 {
		return -y
	}
	return y
}
