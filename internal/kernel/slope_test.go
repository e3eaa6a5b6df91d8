package kernel_test

import (
	"math"
	"testing"

	"github.com/descent-ml/descent/internal/kernel"
)

// grad is the row of a gradient with up to two numbers, which multiplies dy by a
// function of x. Where that function is 0, the gradient is 0 even for a dy that is
// not finite, if cuts is set.
func grad(name string, f32 func(dst, x, dy []float32, p, q float64), f64 func(dst, x, dy []float64, p, q float64), p, q, lo, hi float64,
	cuts bool, slope func(x float64) float64, ulps float64) elementwise {
	return two(name, func(dst, x, dy []float32) { f32(dst, x, dy, p, q) }, func(dst, x, dy []float64) { f64(dst, x, dy, p, q) }, lo, hi,
		func(x, dy float64) float64 {
			s := slope(x)
			if cuts && s == 0 {
				return 0
			}
			return dy * s
		}, ulps)
}

func leakyReLUGrad[T kernel.Float](dst, x, dy []T, p, _ float64) {
	kernel.LeakyReLUGrad(dst, x, dy, T(p))
}
func shrinkGrad[T kernel.Float](dst, x, dy []T, p, q float64) {
	kernel.ShrinkGrad(dst, x, dy, T(p), T(q))
}
func clampGrad[T kernel.Float](dst, x, dy []T, p, q float64) {
	kernel.ClampGrad(dst, x, dy, T(p), T(q), 0.5)
}
func hardTanhGrad[T kernel.Float](dst, x, dy []T, p, q float64) {
	kernel.HardTanhGrad(dst, x, dy, T(p), T(q))
}
func logitGrad[T kernel.Float](dst, x, dy []T, p, _ float64) {
	kernel.LogitGrad(dst, x, dy, T(p))
}
func huberGrad[T kernel.Float](dst, x, dy []T, p, _ float64) {
	kernel.HuberGrad(dst, x, dy, T(p))
}

var slopeKernels = []elementwise{
	two("AbsGrad", kernel.AbsGrad, kernel.AbsGrad, -3, 3, func(x, dy float64) float64 { return dy * (truth(x > 0) - truth(x < 0)) }, 0),
	two("HardSwishGrad", kernel.HardSwishGrad, kernel.HardSwishGrad, -1.2, 6, hardSwishGrad, 16),
	two("HardSwishGrad below", kernel.HardSwishGrad, kernel.HardSwishGrad, -9, -1.8, hardSwishGrad, 16),
	two("SiLUGrad", kernel.SiLUGrad, kernel.SiLUGrad, -0.7, 9, siluGrad, 16),
	two("MishGrad", kernel.MishGrad, kernel.MishGrad, -0.7, 9, mishGrad, 16),
	two("GELUTanhGrad", kernel.GELUTanhGrad, kernel.GELUTanhGrad, -0.5, 9, geluTanhGrad, 16),
	grad("LogitGrad", logitGrad[float32], logitGrad[float64], -1, 0, 0.1, 0.9, false, func(x float64) float64 {
		if x < 0 || x > 1 {
			return math.NaN()
		}
		return 1 / (x * (1 - x))
	}, 4),
	grad("LogitGrad of clamped", logitGrad[float32], logitGrad[float64], 0.25, 0, 0.1, 0.9, true, func(x float64) float64 {
		if x < 0.25 || x > 0.75 {
			return 0
		}
		return 1 / (x * (1 - x))
	}, 4),
	two("BCEGrad", kernel.BCEGrad, kernel.BCEGrad, 0.1, 0.9, func(p, dy float64) float64 {
		if v := p * (1 - p); v > float64(float32(1e-12)) || v != v {
			return dy / v
		}
		return dy / float64(float32(1e-12))
	}, 4),
	grad("LeakyReLUGrad", leakyReLUGrad[float32], leakyReLUGrad[float64], 0.25, 0, -2, 2, false, func(x float64) float64 {
		if x > 0 {
			return 1
		}
		return 0.25
	}, 0),
	grad("ShrinkGrad", shrinkGrad[float32], shrinkGrad[float64], -0.5, 1, -2, 2, true, func(x float64) float64 { return truth(!(-0.5 <= x && x <= 1)) }, 0),
	grad("ShrinkGrad below", shrinkGrad[float32], shrinkGrad[float64], math.Inf(-1), 1, -2, 2, true, func(x float64) float64 { return truth(!(x <= 1)) }, 0),
	grad("ClampGrad", clampGrad[float32], clampGrad[float64], -0.5, 1, -2, 2, true, func(x float64) float64 { return truth(-0.5 < x && x < 1) / 2 }, 0),
	grad("ClampGrad of all", clampGrad[float32], clampGrad[float64], math.Inf(-1), math.Inf(1), -2, 2, true, func(x float64) float64 { return truth(x-x == 0) / 2 }, 0),
	grad("HardTanhGrad", hardTanhGrad[float32], hardTanhGrad[float64], -0.5, 1, -2, 2, true, func(x float64) float64 { return truth(!(x <= -0.5 || x >= 1)) }, 0),
	grad("HuberGrad", huberGrad[float32], huberGrad[float64], 1.5, 0, -3, 3, false, func(x float64) float64 { return clamp(x, -1.5, 1.5) }, 1),
	grad("ELUGrad", kernel.ELUGrad[float32], kernel.ELUGrad[float64], 1.5, 2, -9, 9, false, func(x float64) float64 {
		if x <= 0 {
			return 3 * math.Exp(x)
		}
		return 2
	}, 4),
	grad("CELUGrad", kernel.CELUGrad[float32], kernel.CELUGrad[float64], 1.5, 0, -9, 9, false, func(x float64) float64 {
		if x <= 0 {
			return math.Exp(x / 1.5)
		}
		return 1
	}, 16),
	grad("SoftplusGrad", kernel.SoftplusGrad[float32], kernel.SoftplusGrad[float64], 2, 1.5, -9, 9, false, func(x float64) float64 {
		if 2*x > 1.5 {
			return 1
		}
		return logistic(2 * x)
	}, 4),
}

func hardSwishGrad(x, dy float64) float64 {
	switch {
	case x <= -3:
		return 0
	case x < 3:
		return dy * (x/3 + 0.5)
	}
	return dy
}

func siluGrad(x, dy float64) float64 { return dy * logistic(x) * (1 + x*logistic(-x)) }

func geluTanhGrad(x, dy float64) float64 {
	c, k := 2*math.Sqrt(2/math.Pi), 0.044715
	u := c * (x + k*x*x*x)
	return dy * logistic(u) * (1 + x*c*(1+3*k*x*x)*logistic(-u))
}

func mishGrad(x, dy float64) float64 {
	t := math.Tanh(softplus(x))
	return dy * (t + x*logistic(x)*(1-t*t))
}

func TestSlopes(t *testing.T) {
	for _, k := range slopeKernels {
		t.Run(k.name, func(t *testing.T) {
			eachLevel(t, func(t *testing.T) {
				checkElementwise(t, k, k.f32)
				checkElementwise(t, k, k.f64)
			})
		})
	}
}
