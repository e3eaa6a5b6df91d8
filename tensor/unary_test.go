package tensor_test

import (
	"math"
	"testing"

	"github.com/descent-ml/descent/tensor"
)

type (
	op1 func(dst, x *tensor.Tensor)
	op2 func(dst, a, b *tensor.Tensor)
)

// A unaryCase is an operation on each element. Operands lie between lo and hi,
// among them special values.
type unaryCase struct {
	name   string
	to     op1
	value  func(x *tensor.Tensor) *tensor.Tensor
	lo, hi float64
	want   func(x float64) float64
	tol    tolerance
}

var unaryCases = []unaryCase{
	{"neg", tensor.NegTo, tensor.Neg, -9, 9, func(x float64) float64 { return -x }, exact},
	{"abs", tensor.AbsTo, tensor.Abs, -9, 9, math.Abs, exact},
	{"sign", tensor.SignTo, tensor.Sign, -9, 9, sign, exact},
	{"square", tensor.SquareTo, tensor.Square, -9, 9, func(x float64) float64 { return x * x }, exact},
	{"sqrt", tensor.SqrtTo, tensor.Sqrt, -1, 9, math.Sqrt, exact},
	{"rsqrt", tensor.RsqrtTo, tensor.Rsqrt, -1, 9, func(x float64) float64 { return 1 / math.Sqrt(x) }, loose},
	{"reciprocal", tensor.ReciprocalTo, tensor.Reciprocal, -9, 9, func(x float64) float64 { return 1 / x }, exact},
	{"exp", tensor.ExpTo, tensor.Exp, -90, 90, math.Exp, loose},
	{"exp2", tensor.Exp2To, tensor.Exp2, -90, 90, math.Exp2, loose},
	{"expm1", tensor.Expm1To, tensor.Expm1, -3, 90, math.Expm1, loose},
	{"log", tensor.LogTo, tensor.Log, -1, 90, math.Log, loose},
	{"log1p", tensor.Log1pTo, tensor.Log1p, -2, 9, math.Log1p, loose},
	{"log2", tensor.Log2To, tensor.Log2, -1, 90, math.Log2, loose},
	{"log10", tensor.Log10To, tensor.Log10, -1, 90, math.Log10, loose},
	{"sin", tensor.SinTo, tensor.Sin, -20, 20, math.Sin, loose},
	{"cos", tensor.CosTo, tensor.Cos, -20, 20, math.Cos, loose},
	{"tan", tensor.TanTo, tensor.Tan, -1.5, 1.5, math.Tan, loose},
	{"asin", tensor.AsinTo, tensor.Asin, -1, 1, math.Asin, loose},
	{"acos", tensor.AcosTo, tensor.Acos, -1, 1, math.Acos, loose},
	{"atan", tensor.AtanTo, tensor.Atan, -9, 9, math.Atan, loose},
	{"sinh", tensor.SinhTo, tensor.Sinh, -9, 9, math.Sinh, loose},
	{"cosh", tensor.CoshTo, tensor.Cosh, -9, 9, math.Cosh, loose},
	{"tanh", tensor.TanhTo, tensor.Tanh, -9, 9, math.Tanh, loose},
	{"erf", tensor.ErfTo, tensor.Erf, -4, 4, math.Erf, loose},
	{"floor", tensor.FloorTo, tensor.Floor, -9, 9, math.Floor, exact},
	{"ceil", tensor.CeilTo, tensor.Ceil, -9, 9, math.Ceil, exact},
	{"round", tensor.RoundTo, tensor.Round, -9, 9, math.RoundToEven, exact},
	{"trunc", tensor.TruncTo, tensor.Trunc, -9, 9, math.Trunc, exact},
	{"frac", tensor.FracTo, tensor.Frac, -9, 9, func(x float64) float64 { return x - math.Trunc(x) }, exact},
	{"erfc", tensor.ErfcTo, tensor.Erfc, -4, 9, math.Erfc, loose},
	{"erfinv", tensor.ErfinvTo, tensor.Erfinv, -1, 1, math.Erfinv, loose},
	{"asinh", tensor.AsinhTo, tensor.Asinh, -9, 9, math.Asinh, loose},
	{"acosh", tensor.AcoshTo, tensor.Acosh, 1, 9, math.Acosh, loose},
	{"atanh", tensor.AtanhTo, tensor.Atanh, -1, 1, math.Atanh, loose},
	{"lgamma", tensor.LgammaTo, tensor.Lgamma, 0.2, 9, lgamma, loose},
	{"digamma", tensor.DigammaTo, tensor.Digamma, 2, 9, digamma, loose},
	{"polygamma",
		func(dst, x *tensor.Tensor) { tensor.PolygammaTo(dst, 0, x) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Polygamma(0, x) }, 2, 9, digamma, loose},
	{"sinc", tensor.SincTo, tensor.Sinc, -3, 3, sinc, loose},
	{"sinc derivative", func(dst, x *tensor.Tensor) { tensor.SincDerivativeTo(dst, 0, x) }, nil, -3, 3, sinc, loose},
	{"logit",
		func(dst, x *tensor.Tensor) { tensor.LogitTo(dst, x, 0.125) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Logit(x, 0.125) }, 0, 1,
		func(x float64) float64 { x = clamp(x, 0.125, 0.875); return math.Log(x / (1 - x)) }, loose},
	{"sigmoid", tensor.SigmoidTo, tensor.Sigmoid, -90, 90, logistic, loose},
	{"log-sigmoid", tensor.LogSigmoidTo, tensor.LogSigmoid, -90, 90, func(x float64) float64 { return -softplus(-x) }, loose},
	{"relu", tensor.ReLUTo, tensor.ReLU, -9, 9, func(x float64) float64 { return larger(x, 0) }, exact},
	{"gelu", tensor.GELUTo, tensor.GELU, -4, 9, func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 }, loose},
	{"gelu-tanh", tensor.GELUTanhTo, tensor.GELUTanh, -3, 9, func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*math.Pow(x, 3))))
	}, loose},
	{"silu", tensor.SiLUTo, tensor.SiLU, -90, 90, func(x float64) float64 { return x * logistic(x) }, loose},
	{"mish", tensor.MishTo, tensor.Mish, -9, 9, func(x float64) float64 { return x * math.Tanh(softplus(x)) }, loose},
	{"softsign", tensor.SoftsignTo, tensor.Softsign, -9, 9, func(x float64) float64 { return x / (1 + math.Abs(x)) }, loose},
	{"hard-sigmoid", tensor.HardSigmoidTo, tensor.HardSigmoid, -5, 5, func(x float64) float64 { return clamp(x/6+0.5, 0, 1) }, loose},
	{"hard-swish", tensor.HardSwishTo, tensor.HardSwish, -5, 5, func(x float64) float64 { return x * clamp(x+3, 0, 6) / 6 }, loose},
	{"leaky-relu",
		func(dst, x *tensor.Tensor) { tensor.LeakyReLUTo(dst, x, 0.25) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.LeakyReLU(x, 0.25) }, -9, 9,
		func(x float64) float64 { return larger(x, 0.25*x) }, exact},
	{"celu",
		func(dst, x *tensor.Tensor) { tensor.CELUTo(dst, x, 1.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.CELU(x, 1.5) }, -9, 9,
		func(x float64) float64 { return math.Max(x, 0) + 1.5*math.Expm1(math.Min(x, 0)/1.5) }, loose},
	{"softshrink",
		func(dst, x *tensor.Tensor) { tensor.SoftshrinkTo(dst, x, 0.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Softshrink(x, 0.5) }, -2, 2,
		func(x float64) float64 { return x - clamp(x, -0.5, 0.5) }, exact},
	{"hardshrink",
		func(dst, x *tensor.Tensor) { tensor.HardshrinkTo(dst, x, 0.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Hardshrink(x, 0.5) }, -2, 2,
		func(x float64) float64 { return x * truth(math.Abs(x) > 0.5) }, exact},
	{"threshold",
		func(dst, x *tensor.Tensor) { tensor.ThresholdTo(dst, x, 0.5, -3) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Threshold(x, 0.5, -3) }, -2, 2,
		func(x float64) float64 {
			if x <= 0.5 {
				return -3
			}
			return x
		}, exact},
	{"elu",
		func(dst, x *tensor.Tensor) { tensor.ELUTo(dst, x, 1.5, 2) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.ELU(x, 1.5, 2) }, -9, 9,
		func(x float64) float64 { return 2*math.Max(x, 0) + 2*1.5*math.Expm1(math.Min(x, 0)) }, loose},
	{"softplus",
		func(dst, x *tensor.Tensor) { tensor.SoftplusTo(dst, x, 2, 20) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Softplus(x, 2, 20) }, -20, 9,
		func(x float64) float64 { return softplus(2*x) / 2 }, loose},
	{"softplus above a threshold",
		func(dst, x *tensor.Tensor) { tensor.SoftplusTo(dst, x, 1, 0) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Softplus(x, 1, 0) }, -9, 9,
		func(x float64) float64 {
			if x > 0 {
				return x
			}
			return softplus(x)
		}, loose},
	{"add-scalar",
		func(dst, x *tensor.Tensor) { tensor.AddScalarTo(dst, x, 2.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.AddScalar(x, 2.5) }, -9, 9,
		func(x float64) float64 { return x + 2.5 }, exact},
	{"mul-scalar",
		func(dst, x *tensor.Tensor) { tensor.MulScalarTo(dst, x, -0.75) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.MulScalar(x, -0.75) }, -9, 9,
		func(x float64) float64 { return -0.75 * x }, exact},
	{"pow-scalar",
		func(dst, x *tensor.Tensor) { tensor.PowScalarTo(dst, x, 3) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.PowScalar(x, 3) }, -9, 9,
		func(x float64) float64 { return math.Pow(x, 3) }, loose},
	{"clamp",
		func(dst, x *tensor.Tensor) { tensor.ClampTo(dst, x, -0.5, 2) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Clamp(x, -0.5, 2) }, -9, 9,
		func(x float64) float64 { return clamp(x, -0.5, 2) }, exact},
	{"huber",
		func(dst, x *tensor.Tensor) { tensor.HuberTo(dst, x, 1.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Huber(x, 1.5) }, -9, 9,
		func(x float64) float64 {
			if math.Abs(x) <= 1.5 {
				return x * x / 2
			}
			return 1.5 * (math.Abs(x) - 0.75)
		}, loose},
	{"clamp to crossed bounds",
		func(dst, x *tensor.Tensor) { tensor.ClampTo(dst, x, 2, -0.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Clamp(x, 2, -0.5) }, -9, 9,
		func(x float64) float64 { return clamp(x, 2, -0.5) }, exact},
	{"is-nan", tensor.IsNaNTo, tensor.IsNaN, -9, 9, func(x float64) float64 { return truth(math.IsNaN(x)) }, exact},
	{"is-inf", tensor.IsInfTo, tensor.IsInf, -9, 9, func(x float64) float64 { return truth(math.IsInf(x, 0)) }, exact},
	{"nan-to-num",
		func(dst, x *tensor.Tensor) { tensor.NanToNumTo(dst, x, 2, 3, -4) }, nil, -9, 9,
		func(x float64) float64 {
			switch {
			case math.IsNaN(x):
				return 2
			case math.IsInf(x, 0):
				return 3*truth(x > 0) - 4*truth(x < 0)
			}
			return x
		}, exact},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	if math.IsInf(x, -1) {
		return math.Inf(1)
	}
	return y
}

// digamma is the derivative of log Γ, for the numbers of its row.
func digamma(x float64) float64 {
	switch {
	case x == 0:
		return math.Copysign(math.Inf(1), -x)
	case x == -1 || math.IsInf(x, -1):
		return math.NaN()
	case math.IsInf(x, 1):
		return x
	}
	y := 0.0
	for k := 29.0; k >= 0; k-- {
		y -= 1 / (x + k)
	}
	x += 30
	return y + math.Log(x) - 1/(2*x) - 1/(12*x*x) + 1/(120*math.Pow(x, 4)) - 1/(252*math.Pow(x, 6)) + 1/(240*math.Pow(x, 8))
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func sign(x float64) float64 {
	return truth(x > 0) - truth(x < 0)
}

func clamp(x, lo, hi float64) float64 { return smaller(larger(x, lo), hi) }

// larger is the maximum in which NaN wins even over an infinity.
func larger(a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return math.Max(a, b)
}

func smaller(a, b float64) float64 { return -larger(-a, -b) }

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softplus(x float64) float64 {
	if x > 40 { // eˣ swamps 1
		return x
	}
	return math.Log1p(math.Exp(x))
}

// elementShapes take every path through a loop: no axes, no element, one element,
// axes that are merged into one, and rows that are longer than what is gathered at
// once.
var elementShapes = [][]int{{}, {1}, {0}, {7}, {2, 3}, {1, 1}, {2, 0, 3}, {3, 1, 4}, {2, 3, 2, 2}, {1, 2500}, {2, 1100}}

func TestUnary(t *testing.T) {
	for _, c := range unaryCases {
		t.Run(c.name, func(t *testing.T) {
			src := newSource(6)
			for _, dt := range dtypes {
				for _, shape := range elementShapes {
					g := src.odd(src.grid(c.lo, c.hi, shape...)).round(dt)
					want := g.apply(c.want)
					for _, l := range layouts {
						for _, m := range layouts {
							if len(g.v) > 1000 && l.name == m.name {
								continue
							}
							l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) { c.to(dst, m.put(dt, g)) })
						}
						l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) { // in place
							dst.CopyFrom(put(dt, g))
							c.to(dst, dst)
						})
						if c.value != nil {
							x := l.put(dt, g)
							want.near(t, c.value(x), c.tol)
							g.near(t, x, exact)
						}
					}
				}
			}
		})
	}
}
