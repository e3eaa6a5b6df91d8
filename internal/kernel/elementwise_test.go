package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// An elementwise row is a kernel in both types, with one to three operands
// between lo and hi, the same in float64, and the error allowed in units in the
// last place.
type elementwise struct {
	name   string
	arity  int
	f32    func(dst, a, b, c []float32)
	f64    func(dst, a, b, c []float64)
	lo, hi float64
	want   func(a, b, c float64) float64
	ulps   float64
}

func one(name string, f32 func(dst, a []float32), f64 func(dst, a []float64), lo, hi float64, want func(a float64) float64, ulps float64) elementwise {
	return elementwise{name, 1, func(dst, a, _, _ []float32) { f32(dst, a) }, func(dst, a, _, _ []float64) { f64(dst, a) },
		lo, hi, func(a, _, _ float64) float64 { return want(a) }, ulps}
}

func two(name string, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64), lo, hi float64, want func(a, b float64) float64, ulps float64) elementwise {
	return elementwise{name, 2, func(dst, a, b, _ []float32) { f32(dst, a, b) }, func(dst, a, b, _ []float64) { f64(dst, a, b) },
		lo, hi, func(a, b, _ float64) float64 { return want(a, b) }, ulps}
}

var elementwiseKernels = []elementwise{
	two("Add", kernel.Add, kernel.Add, -9, 9, func(a, b float64) float64 { return a + b }, 0),
	two("Sub", kernel.Sub, kernel.Sub, -9, 9, func(a, b float64) float64 { return a - b }, 0),
	two("Mul", kernel.Mul, kernel.Mul, -9, 9, func(a, b float64) float64 { return a * b }, 0),
	two("Div", kernel.Div, kernel.Div, -9, 9, func(a, b float64) float64 { return a / b }, 0),
	two("Maximum", kernel.Maximum, kernel.Maximum, -9, 9, larger, 0),
	two("Minimum", kernel.Minimum, kernel.Minimum, -9, 9, func(a, b float64) float64 { return -larger(-a, -b) }, 0),
	two("Less", kernel.Less, kernel.Less, -2, 2, func(a, b float64) float64 { return truth(a < b) }, 0),
	two("LessEqual", kernel.LessEqual, kernel.LessEqual, -2, 2, func(a, b float64) float64 { return truth(a <= b) }, 0),
	two("Equal", kernel.Equal, kernel.Equal, -2, 2, func(a, b float64) float64 { return truth(a == b) }, 0),
	two("NotEqual", kernel.NotEqual, kernel.NotEqual, -2, 2, func(a, b float64) float64 { return truth(a != b) }, 0),
	two("Pow", kernel.Pow, kernel.Pow, -3, 3, math.Pow, 4),
	two("Atan2", kernel.Atan2, kernel.Atan2, -3, 3, math.Atan2, 4),
	two("BCE", kernel.BCE, kernel.BCE, 0.1, 0.9, func(p, t float64) float64 { return -t*max(math.Log(p), -100) - (1-t)*max(math.Log1p(-p), -100) }, 64),
	two("Hypot", kernel.Hypot, kernel.Hypot, -9, 9, math.Hypot, 2),
	two("Fmod", kernel.Fmod, kernel.Fmod, -9, 9, math.Mod, 0),
	two("Remainder", kernel.Remainder, kernel.Remainder, -9, 9, remainder, 1),
	two("FloorDivide", kernel.FloorDivide, kernel.FloorDivide, -9, 9, floorDivide, 0),
	two("TruncDivide", kernel.TruncDivide, kernel.TruncDivide, -9, 9, func(a, b float64) float64 { return math.Trunc(a / b) }, 0),
	two("LogAddExp", kernel.LogAddExp, kernel.LogAddExp, 1, 9, func(a, b float64) float64 {
		if m := larger(a, b); a-a == 0 && b-b == 0 {
			return m + math.Log(math.Exp(a-m)+math.Exp(b-m))
		} else {
			return m
		}
	}, 4),
	two("Xlogy", kernel.Xlogy, kernel.Xlogy, 2, 9, func(a, b float64) float64 {
		if a == 0 && !math.IsNaN(b) {
			return 0
		}
		return a * math.Log(b)
	}, 4),
	two("ReLUGrad", kernel.ReLUGrad, kernel.ReLUGrad, -3, 3, func(y, dy float64) float64 {
		if y <= 0 {
			return 0
		}
		return dy
	}, 0),
	two("GELUGrad", kernel.GELUGrad, kernel.GELUGrad, -0.6, 3, func(x, dy float64) float64 {
		return dy * (0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
	}, 64),
	two("TanhGrad", kernel.TanhGrad, kernel.TanhGrad, -0.7, 0.7, func(y, dy float64) float64 { return dy * (1 - y*y) }, 4),
	two("SigmoidGrad", kernel.SigmoidGrad, kernel.SigmoidGrad, 0, 0.7, func(y, dy float64) float64 { return dy * y * (1 - y) }, 4),
	{"Where", 3, kernel.Where[float32], kernel.Where[float64], -9, 9, func(c, a, b float64) float64 {
		if c != 0 {
			return a
		}
		return b
	}, 0},

	one("Neg", kernel.Neg, kernel.Neg, -9, 9, func(a float64) float64 { return -a }, 0),
	one("Abs", kernel.Abs, kernel.Abs, -9, 9, math.Abs, 0),
	one("Sign", kernel.Sign, kernel.Sign, -9, 9, func(a float64) float64 { return truth(a > 0) - truth(a < 0) }, 0),
	one("Square", kernel.Square, kernel.Square, -9, 9, func(a float64) float64 { return a * a }, 0),
	one("Reciprocal", kernel.Reciprocal, kernel.Reciprocal, -9, 9, func(a float64) float64 { return 1 / a }, 0),
	one("Sqrt", kernel.Sqrt, kernel.Sqrt, -1, 9, math.Sqrt, 0),
	one("Rsqrt", kernel.Rsqrt, kernel.Rsqrt, -1, 9, func(a float64) float64 { return 1 / math.Sqrt(a) }, 2),
	one("Exp", kernel.Exp, kernel.Exp, -110, 90, math.Exp, 4),
	one("Exp2", kernel.Exp2, kernel.Exp2, -150, 128, math.Exp2, 4),
	one("Expm1", kernel.Expm1, kernel.Expm1, -3, 90, math.Expm1, 4),
	one("Log", kernel.Log, kernel.Log, -1, 90, math.Log, 4),
	one("Log1p", kernel.Log1p, kernel.Log1p, -2, 90, math.Log1p, 4),
	one("Log2", kernel.Log2, kernel.Log2, -1, 90, func(a float64) float64 { return math.Log(a) / math.Ln2 }, 4),
	one("Log10", kernel.Log10, kernel.Log10, -1, 90, func(a float64) float64 { return math.Log(a) / math.Ln10 }, 4),
	one("Sin", kernel.Sin, kernel.Sin, -20, 20, math.Sin, 4),
	one("Cos", kernel.Cos, kernel.Cos, -20, 20, math.Cos, 4),
	one("Tan", kernel.Tan, kernel.Tan, -9, 9, math.Tan, 4),
	one("Asin", kernel.Asin, kernel.Asin, -1.1, 1.1, math.Asin, 4),
	one("Acos", kernel.Acos, kernel.Acos, -1.1, 1.1, func(a float64) float64 { return 2 * math.Atan2(math.Sqrt(1-a), math.Sqrt(1+a)) }, 4),
	one("Atan", kernel.Atan, kernel.Atan, -9, 9, math.Atan, 4),
	one("Sinh", kernel.Sinh, kernel.Sinh, -95, 95, math.Sinh, 4),
	one("Cosh", kernel.Cosh, kernel.Cosh, -95, 95, math.Cosh, 4),
	one("Tanh", kernel.Tanh, kernel.Tanh, -12, 12, math.Tanh, 4),
	one("Erf", kernel.Erf, kernel.Erf, -5, 5, math.Erf, 4),
	one("Floor", kernel.Floor, kernel.Floor, -9, 9, math.Floor, 0),
	one("Ceil", kernel.Ceil, kernel.Ceil, -9, 9, math.Ceil, 0),
	one("Round", kernel.Round, kernel.Round, -9, 9, math.RoundToEven, 0),
	one("Trunc", kernel.Trunc, kernel.Trunc, -9, 9, math.Trunc, 0),
	one("Frac", kernel.Frac, kernel.Frac, -9, 9, func(a float64) float64 { return a - math.Trunc(a) }, 0),
	one("Erfc", kernel.Erfc, kernel.Erfc, -5, 9, math.Erfc, 4),
	one("Erfinv", kernel.Erfinv, kernel.Erfinv, -1.1, 1.1, erfinv, 16),
	one("Asinh", kernel.Asinh, kernel.Asinh, -9, 9, math.Asinh, 4),
	one("Acosh", kernel.Acosh, kernel.Acosh, 0.9, 9, math.Acosh, 4),
	one("Atanh", kernel.Atanh, kernel.Atanh, -1.1, 1.1, math.Atanh, 4),
	one("Lgamma", kernel.Lgamma, kernel.Lgamma, 2.5, 9, lgamma, 4),
	one("Digamma", kernel.Digamma, kernel.Digamma, 2, 9, digamma, 64),
	one("Polygamma", func(dst, a []float32) { kernel.Polygamma(dst, a, 2) }, func(dst, a []float64) { kernel.Polygamma(dst, a, 2) }, 0.1, 9, tetragamma, 16),
	one("Sinc", func(dst, a []float32) { kernel.Sinc(dst, a, 0) }, func(dst, a []float64) { kernel.Sinc(dst, a, 0) }, -0.9, 0.9, sincPi, 4),
	one("Logit", func(dst, a []float32) { kernel.Logit(dst, a, -1) }, func(dst, a []float64) { kernel.Logit(dst, a, -1) }, -0.1, 1.1,
		func(a float64) float64 { return math.Log(a / (1 - a)) }, 4),
	one("Logit of clamped", func(dst, a []float32) { kernel.Logit(dst, a, 0.25) }, func(dst, a []float64) { kernel.Logit(dst, a, 0.25) }, -0.1, 1.1,
		func(a float64) float64 { a = clamp(a, 0.25, 0.75); return math.Log(a / (1 - a)) }, 4),
	one("Sigmoid", kernel.Sigmoid, kernel.Sigmoid, -100, 100, logistic, 4),
	one("LogSigmoid", kernel.LogSigmoid, kernel.LogSigmoid, -100, 100, func(a float64) float64 { return -softplus(-a) }, 4),
	one("ReLU", kernel.ReLU, kernel.ReLU, -9, 9, func(a float64) float64 { return larger(a, 0) }, 0),
	one("GELU", kernel.GELU, kernel.GELU, -3, 9, func(a float64) float64 { return a * (1 + math.Erf(a*math.Sqrt(0.5))) / 2 }, 128),
	one("GELUTanh", kernel.GELUTanh, kernel.GELUTanh, -3, 9, func(a float64) float64 {
		return a / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(a+0.044715*a*a*a)))
	}, 1024),
	one("SiLU", kernel.SiLU, kernel.SiLU, -50, 50, func(a float64) float64 { return a * logistic(a) }, 4),
	one("Mish", kernel.Mish, kernel.Mish, -50, 50, func(a float64) float64 { return a * math.Tanh(softplus(a)) }, 8),
	one("Softsign", kernel.Softsign, kernel.Softsign, -9, 9, func(a float64) float64 { return a / (1 + math.Abs(a)) }, 2),
	one("HardSigmoid", kernel.HardSigmoid, kernel.HardSigmoid, -2.5, 5, func(a float64) float64 { return clamp(a/6+0.5, 0, 1) }, 8),
	one("HardSwish", kernel.HardSwish, kernel.HardSwish, -2.5, 5, func(a float64) float64 { return a * clamp(a+3, 0, 6) / 6 }, 8),

	one("AddScalar", func(dst, a []float32) { kernel.AddScalar(dst, a, 0.75) }, func(dst, a []float64) { kernel.AddScalar(dst, a, 0.75) }, -9, 9,
		func(a float64) float64 { return a + 0.75 }, 0),
	one("MulScalar", func(dst, a []float32) { kernel.MulScalar(dst, a, -0.7) }, func(dst, a []float64) { kernel.MulScalar(dst, a, -0.7) }, -9, 9,
		func(a float64) float64 { return a * -0.7 }, 1),
	one("PowScalar", func(dst, a []float32) { kernel.PowScalar(dst, a, 2.5) }, func(dst, a []float64) { kernel.PowScalar(dst, a, 2.5) }, -1, 9,
		func(a float64) float64 { return math.Pow(a, 2.5) }, 4),
	one("Clamp", func(dst, a []float32) { kernel.Clamp(dst, a, -1, 2) }, func(dst, a []float64) { kernel.Clamp(dst, a, -1, 2) }, -9, 9,
		func(a float64) float64 { return clamp(a, -1, 2) }, 0),
	one("Huber", func(dst, a []float32) { kernel.Huber(dst, a, 1.5) }, func(dst, a []float64) { kernel.Huber(dst, a, 1.5) }, -9, 9,
		func(a float64) float64 { return clamp(a, -1.5, 1.5) * (a - clamp(a, -1.5, 1.5)/2) }, 2),
	one("IsInf", kernel.IsInf, kernel.IsInf, -9, 9, func(a float64) float64 { return truth(math.IsInf(a, 0)) }, 0),
	one("NanToNum", func(dst, a []float32) { kernel.NanToNum(dst, a, 2, 3, -4) }, func(dst, a []float64) { kernel.NanToNum(dst, a, 2, 3, -4) }, -9, 9,
		func(a float64) float64 {
			switch {
			case math.IsNaN(a):
				return 2
			case math.IsInf(a, 0):
				return 3*truth(a > 0) - 4*truth(a < 0)
			}
			return a
		}, 0),
	one("LeakyReLU", func(dst, a []float32) { kernel.LeakyReLU(dst, a, 0.25) }, func(dst, a []float64) { kernel.LeakyReLU(dst, a, 0.25) }, -9, 9,
		func(a float64) float64 { return larger(a, a/4) }, 0),
	one("CELU", func(dst, a []float32) { kernel.CELU(dst, a, 1.5, 0) }, func(dst, a []float64) { kernel.CELU(dst, a, 1.5, 0) }, -9, 9,
		func(a float64) float64 { return larger(a, 0) + 1.5*math.Expm1(-larger(-a, 0)/1.5) }, 4),
	one("Softshrink", func(dst, a []float32) { kernel.Softshrink(dst, a, 0.5) }, func(dst, a []float64) { kernel.Softshrink(dst, a, 0.5) }, -2, 2,
		func(a float64) float64 { return a - clamp(a, -0.5, 0.5) }, 0),
	one("Hardshrink", func(dst, a []float32) { kernel.Hardshrink(dst, a, 0.5) }, func(dst, a []float64) { kernel.Hardshrink(dst, a, 0.5) }, -2, 2,
		func(a float64) float64 { return a * truth(math.Abs(a) > 0.5) }, 0),
	one("Threshold", func(dst, a []float32) { kernel.Threshold(dst, a, 0.5, -3) }, func(dst, a []float64) { kernel.Threshold(dst, a, 0.5, -3) }, -2, 2,
		func(a float64) float64 {
			if a <= 0.5 {
				return -3
			}
			return a
		}, 0),
	two("PReLU", kernel.PReLU, kernel.PReLU, -2, 2, func(a, b float64) float64 {
		if a > 0 {
			return a
		}
		return a * b
	}, 0),
	one("ELU", func(dst, a []float32) { kernel.ELU(dst, a, 1.5, 2) }, func(dst, a []float64) { kernel.ELU(dst, a, 1.5, 2) }, -9, 9,
		func(a float64) float64 { return 2*larger(a, 0) - 3*-math.Expm1(-larger(-a, 0)) }, 4),
	one("Softplus", func(dst, a []float32) { kernel.Softplus(dst, a, 2, 20) }, func(dst, a []float64) { kernel.Softplus(dst, a, 2, 20) }, -30, 10,
		func(a float64) float64 { return softplus(2*a) / 2 }, 4),
	one("Normalize", func(dst, a []float32) { kernel.Normalize(dst, a, 12, 0.5) }, func(dst, a []float64) { kernel.Normalize(dst, a, 12, 0.5) }, -9, 9,
		func(a float64) float64 { return (a - 12) * 0.5 }, 1),
	one("ScaleShift", func(dst, a []float32) { kernel.ScaleShift(dst, a, 12, 0.5, -3) }, func(dst, a []float64) { kernel.ScaleShift(dst, a, 12, 0.5, -3) }, -9, 9,
		func(a float64) float64 { return (a-12)*0.5 - 3 }, 1),
	{"NormalizeAffine", 3,
		func(dst, a, b, c []float32) { kernel.NormalizeAffine(dst, a, b, c, -20, 0.5) },
		func(dst, a, b, c []float64) { kernel.NormalizeAffine(dst, a, b, c, -20, 0.5) }, 0.5, 9,
		func(x, w, b float64) float64 { return (x+20)*0.5*w + b }, 4},
	two("NormalizeGrad", func(dx, x, dy []float32) { kernel.NormalizeGrad(dx, x, dy, -1, 2, 15, 0.5) },
		func(dx, x, dy []float64) { kernel.NormalizeGrad(dx, x, dy, -1, 2, 15, 0.5) }, 0, 3,
		func(x, dy float64) float64 { return 2 * (dy - 15 - (x+1)*0.5) }, 4),
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// larger is the maximum in which NaN wins even over an infinity.
func larger(a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return math.Max(a, b)
}

func clamp(x, lo, hi float64) float64 { return -larger(-larger(x, lo), -hi) }

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softplus(x float64) float64 {
	if x > 40 { // eˣ swamps 1
		return x
	}
	return math.Log1p(math.Exp(x))
}

func TestElementwise(t *testing.T) {
	for _, k := range elementwiseKernels {
		t.Run(k.name, func(t *testing.T) {
			eachLevel(t, func(t *testing.T) {
				checkElementwise(t, k, k.f32)
				checkElementwise(t, k, k.f64)
			})
		})
	}
}

func checkElementwise[T kernel.Float](t *testing.T, k elementwise, f func(dst, a, b, c []T)) {
	src := newSource(1)
	for _, n := range sizes {
		for shift := range shifts(n) {
			in := [3][]T{}
			for i := range k.arity {
				in[i] = odd[T](src, n, k.lo, k.hi)
			}
			// The destination is a slice of its own, then each of the operands.
			for alias := -1; alias < k.arity; alias++ {
				what := fmt.Sprintf("%s of %d words, destination %d", k.name, n, alias)
				dst := guardedSlice[T](n, shift)
				var operand [3]guarded[T]
				for i := range k.arity {
					operand[i] = copyOf(in[i], (shift+i)%4)
				}
				if alias >= 0 {
					dst = operand[alias]
				}
				f(dst.s, operand[0].s, operand[1].s, operand[2].s)
				dst.intact(t, what)
				for i := range k.arity {
					if i != alias {
						operand[i].unchanged(t, what, in[i])
					}
				}
				for i, got := range dst.s {
					var x [3]float64
					for j := range k.arity {
						x[j] = float64(in[j][i])
					}
					near(t, what, k.want(x[0], x[1], x[2]), got, k.ulps, 0)
				}
			}
			if k.arity == 2 { // both operands and the destination in one
				x := copyOf(in[0], shift)
				f(x.s, x.s, x.s, nil)
				x.intact(t, k.name)
				for i, got := range x.s {
					near(t, k.name, k.want(float64(in[0][i]), float64(in[0][i]), 0), got, k.ulps, 0)
				}
			}
		}
	}
}

func lgamma(x float64) float64 {
	if math.IsInf(x, -1) {
		return math.Inf(1)
	}
	y, _ := math.Lgamma(x)
	return y
}

// Kernels that change what their destination holds, or only write it.
func TestBlendAndFill(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkBlendAndFill[float32](t)
		checkBlendAndFill[float64](t)
	})
}

func checkBlendAndFill[T kernel.Float](t *testing.T) {
	src := newSource(2)
	for _, n := range sizes {
		for shift := range shifts(n) {
			start, x := odd[T](src, n, -9, 9), odd[T](src, n, -9, 9)
			dst, a := copyOf(start, shift), copyOf(x, 1)
			kernel.Blend(dst.s, a.s, 0.5, 0.25)
			dst.intact(t, "Blend")
			a.unchanged(t, "Blend", x)
			for i, got := range dst.s {
				near(t, "Blend", float64(start[i])/2+float64(x[i])/4, got, 1, 0)
			}

			for _, v := range []T{3, 0, T(math.Copysign(0, -1)), T(math.NaN())} {
				kernel.Fill(dst.s, v)
				dst.intact(t, "Fill")
				for _, got := range dst.s {
					require.Equal(t, math.Float64bits(float64(v)), math.Float64bits(float64(got)))
				}
			}
		}
	}
}

// erfinv returns the inverse error function: that of the complement where 1 − |a|
// is exact, and else the root of erf(y) − a by Newton's method.
func erfinv(a float64) float64 {
	if !(math.Abs(a) < 0.5) {
		return math.Copysign(math.Erfcinv(1-math.Abs(a)), a)
	}
	y := a
	for range 8 {
		y -= (math.Erf(y) - a) * math.Sqrt(math.Pi) / 2 * math.Exp(y*y)
	}
	return y
}

// Far below 0 the gradient of GELU is the difference of two small numbers, and
// 1 + erf has no digits left.
func TestGELUGradOfTheTail(t *testing.T) {
	for _, x := range []float64{-4, -6, -8} {
		want := 0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
		one, two := make([]float32, 1), make([]float64, 1)
		kernel.GELUGrad(one, []float32{float32(x)}, []float32{1})
		kernel.GELUGrad(two, []float64{x}, []float64{1})
		require.InEpsilon(t, want, float64(one[0]), 1e-3, "float32 at %v", x)
		require.InEpsilon(t, want, two[0], 1e-13, "float64 at %v", x)
	}
}
