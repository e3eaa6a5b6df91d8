package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

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
	{"clamp to crossed bounds",
		func(dst, x *tensor.Tensor) { tensor.ClampTo(dst, x, 2, -0.5) },
		func(x *tensor.Tensor) *tensor.Tensor { return tensor.Clamp(x, 2, -0.5) }, -9, 9,
		func(x float64) float64 { return clamp(x, 2, -0.5) }, exact},
	{"between", func(dst, x *tensor.Tensor) { tensor.BetweenTo(dst, x, -1, 2) }, nil, -4, 4,
		func(x float64) float64 { return truth(-1 < x && x < 2) }, exact},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
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

// elementShapes exercise every way through a loop: no axes, none or one
// element, axes that join, and rows longer than are gathered at once.
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

// A binaryCase is an operation on corresponding elements.
type binaryCase struct {
	name  string
	to    op2
	value func(a, b *tensor.Tensor) *tensor.Tensor
	want  func(a, b float64) float64
	tol   tolerance
}

var binaryCases = []binaryCase{
	{"add", tensor.AddTo, tensor.Add, func(a, b float64) float64 { return a + b }, exact},
	{"sub", tensor.SubTo, tensor.Sub, func(a, b float64) float64 { return a - b }, exact},
	{"mul", tensor.MulTo, tensor.Mul, func(a, b float64) float64 { return a * b }, exact},
	{"div", tensor.DivTo, tensor.Div, func(a, b float64) float64 { return a / b }, exact},
	{"pow", tensor.PowTo, tensor.Pow, math.Pow, loose},
	{"atan2", tensor.Atan2To, tensor.Atan2, math.Atan2, loose},
	{"maximum", tensor.MaximumTo, tensor.Maximum, larger, exact},
	{"minimum", tensor.MinimumTo, tensor.Minimum, smaller, exact},
	{"less", tensor.LessTo, tensor.Less, func(a, b float64) float64 { return truth(a < b) }, exact},
	{"less or equal", tensor.LessEqualTo, tensor.LessEqual, func(a, b float64) float64 { return truth(a <= b) }, exact},
	{"equal", tensor.EqualTo, tensor.Equal, func(a, b float64) float64 { return truth(a == b) }, exact},
	{"not equal", tensor.NotEqualTo, tensor.NotEqual, func(a, b float64) float64 { return truth(a != b) }, exact},
	{"greater", tensor.GreaterTo, tensor.Greater, func(a, b float64) float64 { return truth(a > b) }, exact},
	{"greater or equal", tensor.GreaterEqualTo, tensor.GreaterEqual, func(a, b float64) float64 { return truth(a >= b) }, exact},
	{"relu gradient", func(dst, y, dy *tensor.Tensor) { dst.AsGrad().ReLU(y, dy) }, nil, func(y, dy float64) float64 {
		if y <= 0 {
			return 0
		}
		return dy
	}, exact},
	{"gelu gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().GELU(x, dy) }, nil, func(x, dy float64) float64 {
		return dy * (0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
	}, tolerance{64, 64}},
	{"tanh gradient", func(dst, y, dy *tensor.Tensor) { dst.AsGrad().Tanh(y, dy) }, nil, func(y, dy float64) float64 { return dy * (1 - y*y) }, tolerance{8, 1000}},
	{"sigmoid gradient", func(dst, y, dy *tensor.Tensor) { dst.AsGrad().Sigmoid(y, dy) }, nil, func(y, dy float64) float64 { return dy * y * (1 - y) }, tolerance{8, 1000}},
}

// broadcasts are pairs of shapes that broadcast.
var broadcasts = [][2][]int{
	{{}, {}}, {{3}, {}}, {{2, 3}, {3}}, {{2, 1}, {1, 3}}, {{4, 1, 3}, {2, 1}}, {{1}, {0}}, {{2, 0}, {1, 1}},
	{{3, 4}, {3, 4}}, {{2, 3, 4}, {2, 1, 4}}, {{2, 1, 3, 1}, {2, 1, 4}}, {{1, 1200}, {1}},
}

func TestBinary(t *testing.T) {
	for _, c := range binaryCases {
		t.Run(c.name, func(t *testing.T) {
			src := newSource(7)
			for _, dt := range dtypes {
				for _, shapes := range broadcasts {
					for _, s := range [][2][]int{shapes, {shapes[1], shapes[0]}} {
						a := src.odd(src.integers(-3, 3, s[0]...)).round(dt)
						b := src.odd(src.integers(-3, 3, s[1]...)).round(dt)
						want := apply2(a, b, c.want)
						for _, l := range layouts {
							for _, m := range layouts {
								x, y := l.put(dt, a), m.put(dt, b)
								require.Equal(t, want.shape, tensor.Dims{}.Broadcast("test", x, y))
								if c.value != nil {
									want.near(t, c.value(x, y), c.tol)
								}
								if c.to != nil {
									layouts[src.IntN(len(layouts))].into(t, dt, want, c.tol, func(dst *tensor.Tensor) { c.to(dst, x, y) })
								}
								a.near(t, x, exact)
								b.near(t, y, exact)
							}
							if c.to != nil {
								c.inPlace(t, l, dt, a, b, want)
							}
						}
					}
				}
			}
		})
	}
}

// inPlace checks that the destination may be either operand, or both.
func (c binaryCase) inPlace(t *testing.T, l layout, dt tensor.DType, a, b, want grid) {
	if len(a.v) == len(want.v) && len(a.shape) == len(want.shape) {
		l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) {
			dst.CopyFrom(put(dt, a))
			c.to(dst, dst, stepped.put(dt, b))
		})
		l.into(t, dt, apply2(a, a, c.want), c.tol, func(dst *tensor.Tensor) {
			dst.CopyFrom(put(dt, a))
			c.to(dst, dst, dst)
		})
	}
	if len(b.v) == len(want.v) && len(b.shape) == len(want.shape) {
		l.into(t, dt, want, c.tol, func(dst *tensor.Tensor) {
			dst.CopyFrom(put(dt, b))
			c.to(dst, stepped.put(dt, a), dst)
		})
	}
}

func TestWhere(t *testing.T) {
	src := newSource(8)
	for _, dt := range dtypes {
		for _, s := range [][3][]int{
			{{}, {}, {}}, {{3}, {3}, {3}}, {{2, 3}, {3}, {2, 1}}, {{3}, {2, 1}, {}}, {{}, {4, 1, 2}, {3, 1}}, {{2, 1}, {0}, {1, 1}}, {{1100}, {1}, {2, 1}},
		} {
			cond := src.integers(0, 1, s[0]...)
			a, b := src.odd(src.grid(-9, 9, s[1]...)), src.odd(src.grid(-9, 9, s[2]...))
			want := each(broadcast(s[0], s[1], s[2]), func(i []int) float64 {
				if cond.at(i) != 0 {
					return a.at(i)
				}
				return b.at(i)
			})
			for _, l := range layouts {
				for _, m := range layouts {
					c, x, y := l.put(dt, cond), m.put(dt, a), l.put(dt, b)
					require.Equal(t, want.shape, tensor.Dims{}.Where(c, x, y))
					want.near(t, tensor.Where(c, x, y), exact)
					m.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.WhereTo(dst, c, x, y) })
				}
			}
		}
		g := src.grid(-9, 9, 3, 4)
		x := put(dt, g)
		tensor.WhereTo(x, tensor.Less(x, tensor.ZerosLike(x)), tensor.Neg(x), x)
		g.apply(math.Abs).near(t, x, exact)
	}
	require.Equal(t, 2.0, tensor.Where(tensor.Scalar(math.NaN()), tensor.Scalar(2), tensor.Scalar(3)).Item(), "NaN is not zero")
}

func TestIsFinite(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			g := newSource(9).grid(-1, 1, 5, 7)
			require.True(t, tensor.IsFinite(l.put(dt, g)), "what surrounds a view does not count")
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				for _, at := range []int{0, 17, 34} {
					h := g.apply(func(x float64) float64 { return x })
					h.v[at] = bad
					require.False(t, tensor.IsFinite(l.put(dt, h)))
				}
			}
			require.True(t, tensor.IsFinite(l.put(dt, newGrid(2, 0))))
		}
	}
}
