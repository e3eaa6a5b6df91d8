package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

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
	{"bce", tensor.BCETo, tensor.BCE, func(p, t float64) float64 { return -t*max(math.Log(p), -100) - (1-t)*max(math.Log1p(-p), -100) }, loose},
	{"hypot", tensor.HypotTo, tensor.Hypot, math.Hypot, loose},
	{"fmod", tensor.FmodTo, tensor.Fmod, math.Mod, exact},
	{"remainder", tensor.RemainderTo, tensor.Remainder, remainder, exact},
	{"trunc-divide", tensor.TruncDivideTo, tensor.TruncDivide, func(a, b float64) float64 { return math.Trunc(a / b) }, exact},
	{"floor-divide", tensor.FloorDivideTo, tensor.FloorDivide, func(a, b float64) float64 {
		switch q := (a - remainder(a, b)) / b; {
		case b == 0:
			return a / b
		case a-a != 0:
			return math.NaN()
		case math.IsInf(b, 0):
			return -truth(a != 0 && (a < 0) != (b < 0))
		default:
			return math.Round(q)
		}
	}, exact},
	{"log-add-exp", tensor.LogAddExpTo, tensor.LogAddExp, func(a, b float64) float64 {
		if m := larger(a, b); a-a != 0 || b-b != 0 {
			return m
		}
		return math.Log(math.Exp(a) + math.Exp(b))
	}, loose},
	{"xlogy", tensor.XlogyTo, tensor.Xlogy, func(a, b float64) float64 {
		if a == 0 && !math.IsNaN(b) {
			return 0
		}
		return a * math.Log(b)
	}, loose},
	{"prelu", tensor.PReLUTo, tensor.PReLU, func(x, slope float64) float64 {
		if x > 0 {
			return x
		}
		return slope * x
	}, exact},
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
	{"abs gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Abs(x, dy) }, nil, func(x, dy float64) float64 { return dy * sign(x) }, exact},
	{"silu gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().SiLU(x, dy) }, nil, func(x, dy float64) float64 {
		return dy * logistic(x) * (1 + x*logistic(-x))
	}, tolerance{64, 64}},
	{"gelu-tanh gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().GELUTanh(x, dy) }, nil, func(x, dy float64) float64 {
		c, k := 2*math.Sqrt(2/math.Pi), 0.044715
		u := c * (x + k*x*x*x)
		return dy * logistic(u) * (1 + x*c*(1+3*k*x*x)*logistic(-u))
	}, tolerance{64, 64}},
	{"logit gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Logit(x, dy, 0.25) }, nil, func(x, dy float64) float64 {
		if x < 0.25 || x > 0.75 {
			return 0
		}
		return dy / (x * (1 - x))
	}, tolerance{4, 4}},
	{"bce gradient", func(dst, p, dy *tensor.Tensor) { dst.AsGrad().BCE(p, dy) }, nil, func(p, dy float64) float64 {
		return dy / max(p*(1-p), float64(float32(1e-12)))
	}, tolerance{4, 4}},
	{"mish gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Mish(x, dy) }, nil, func(x, dy float64) float64 {
		t := math.Tanh(softplus(x))
		return dy * (t + x*logistic(x)*(1-t*t))
	}, tolerance{64, 64}},
	{"hard-swish gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().HardSwish(x, dy) }, nil, func(x, dy float64) float64 {
		switch {
		case x <= -3:
			return 0
		case x < 3:
			return dy * (x/3 + 0.5)
		}
		return dy
	}, tolerance{4, 4}},
	{"hard-sigmoid gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().HardSigmoid(x, dy) }, nil, func(x, dy float64) float64 {
		if -3 < x && x < 3 {
			return dy / 6
		}
		return 0
	}, tolerance{1, 1}},
	{"clamp gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Clamp(x, dy, -1, 2) }, nil, func(x, dy float64) float64 {
		if -1 < x && x < 2 {
			return dy
		}
		return 0
	}, exact},
	{"hard-tanh gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().HardTanh(x, dy, -1, 2) }, nil, func(x, dy float64) float64 {
		if x <= -1 || x >= 2 {
			return 0
		}
		return dy
	}, exact},
	{"shrink gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Shrink(x, dy, -1, 2) }, nil, func(x, dy float64) float64 {
		if -1 <= x && x <= 2 {
			return 0
		}
		return dy
	}, exact},
	{"leaky-relu gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().LeakyReLU(x, dy, 0.25) }, nil, func(x, dy float64) float64 {
		if x > 0 {
			return dy
		}
		return dy / 4
	}, exact},
	{"huber gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Huber(x, dy, 1.5) }, nil, func(x, dy float64) float64 {
		return dy * clamp(x, -1.5, 1.5)
	}, exact},
	{"elu gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().ELU(x, dy, 0.5, 2) }, nil, func(x, dy float64) float64 {
		if x <= 0 {
			return dy * math.Exp(x)
		}
		return dy * 2
	}, loose},
	{"celu gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().CELU(x, dy, 2) }, nil, func(x, dy float64) float64 {
		if x <= 0 {
			return dy * math.Exp(x/2)
		}
		return dy
	}, loose},
	{"softplus gradient", func(dst, x, dy *tensor.Tensor) { dst.AsGrad().Softplus(x, dy, 2, 3) }, nil, func(x, dy float64) float64 {
		if 2*x > 3 {
			return dy
		}
		return dy * logistic(2*x)
	}, loose},
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

func remainder(a, b float64) float64 {
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

func TestLerp(t *testing.T) {
	src := newSource(63)
	for _, shapes := range [][3][]int{{{2, 3}, {2, 3}, {2, 3}}, {{3}, {2, 1}, {}}, {{}, {}, {}}, {{0, 2}, {2}, {1}}, {{2, 2}, {2, 2}, {1}}} {
		a, b, w := src.grid(-1, 1, shapes[0]...), src.grid(-1, 1, shapes[1]...), src.grid(-2, 2, shapes[2]...)
		want := each(broadcast(shapes[:]...), func(i []int) float64 { return a.at(i)*(1-w.at(i)) + w.at(i)*b.at(i) })
		for _, dt := range dtypes {
			for _, l := range layouts {
				x, y, z := l.put(dt, a), layouts[src.IntN(len(layouts))].put(dt, b), l.put(dt, w)
				want.near(t, tensor.Lerp(x, y, z), tolerance{8, 8})
				l.into(t, dt, want, tolerance{8, 8}, func(dst *tensor.Tensor) { tensor.LerpTo(dst, x, y, z) })
			}
		}
	}
	a, b := tensor.New([]float32{1e8, 3}, 2), tensor.New([]float32{-1, 0.1}, 2)
	require.Equal(t, tensor.Values(b), tensor.Values(tensor.Lerp(a, b, tensor.New([]float32{1, 1}, 2))))
	require.Equal(t, tensor.Values(a), tensor.Values(tensor.Lerp(a, b, tensor.New([]float32{0, 0}, 2))))
}

func TestBroadcast3(t *testing.T) {
	require.Equal(t, []int{2, 3, 4}, tensor.Dims{}.Broadcast3("test", z(3, 1), z(2, 1, 1), z(4)))
	require.PanicsWithError(t, "lerp [2] × [3] × []: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1",
		func() { tensor.Lerp(z(2), z(3), z()) })
}
