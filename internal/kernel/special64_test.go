package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

func remainder(a, b float64) float64 {
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

func floorDivide(a, b float64) float64 {
	switch q := (a - remainder(a, b)) / b; {
	case b == 0:
		return a / b
	case a-a != 0 || b != b:
		return math.NaN()
	case math.IsInf(b, 0):
		if a != 0 && (a < 0) != (b < 0) {
			return -1
		}
		return 0
	default:
		return math.Round(q)
	}
}

// digamma is the derivative of log Γ for x ≥ 0, and NaN for negative integers.
func digamma(x float64) float64 {
	switch {
	case x == 0:
		return math.Copysign(math.Inf(1), -x)
	case x < 0:
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

// tetragamma is the second derivative of [digamma] for x ≥ 0, or a negative
// integer.
func tetragamma(x float64) float64 {
	switch {
	case math.IsInf(x, 1):
		return 0
	case math.IsInf(x, -1):
		return math.NaN()
	case x <= 0 && x == math.Trunc(x):
		return math.Inf(-1)
	}
	y := 0.0
	for k := 49.0; k >= 0; k-- {
		y -= 2 / ((x + k) * (x + k) * (x + k))
	}
	x += 50
	return y - 1/(x*x) - 1/(x*x*x) - 1/(2*math.Pow(x, 4)) + 1/(6*math.Pow(x, 6)) - 1/(6*math.Pow(x, 8))
}

func TestLerp(t *testing.T) {
	checkLerp[float32](t)
	checkLerp[float64](t)
}

func checkLerp[T kernel.Float](t *testing.T) {
	src := newSource(9)
	a, b, w := random[T](src, 40, -9, 9), random[T](src, 40, -9, 9), random[T](src, 40, -1, 2)
	copy(w, []T{0, 1, 0.5, -0.5})
	dst := make([]T, 40)
	kernel.Lerp(dst, a, b, w)
	for i, got := range dst {
		x, y, v := float64(a[i]), float64(b[i]), float64(w[i])
		near(t, "Lerp", x*(1-v)+v*y, got, 4, 32)
	}
	require.Equal(t, a[0], dst[0])
	require.Equal(t, b[1], dst[1])
}

// Values that have a closed form.
func TestGammaFunctions(t *testing.T) {
	const euler = 0.57721566490153286
	for _, c := range []struct {
		n       int
		x, want float64
	}{
		{0, 1, -euler},
		{0, 0.5, -euler - 2*math.Ln2},
		{0, -0.5, 2 - euler - 2*math.Ln2},
		{0, 1e9, 20.72326583644640982},
		{1, 1, math.Pi * math.Pi / 6},
		{1, 0.5, math.Pi * math.Pi / 2},
		{1, -0.5, math.Pi*math.Pi/2 + 4},
		{1, -1.5, math.Pi*math.Pi/2 + 4 + 4./9},
		{2, 1, -2.40411380631918857},
		{2, 0.5, -16.8287966442343200},
		{2, -0.5, -0.82879664423431999},
		{3, 1, math.Pow(math.Pi, 4) / 15},
		{3, 0.5, math.Pow(math.Pi, 4)},
		{3, 0.25, 8*math.Pow(math.Pi, 4) + 768*0.98894455174110533611},
		{5, 1, 8 * math.Pow(math.Pi, 6) / 63},
		{60, 2, -1.82e66},
	} {
		var y [1]float64
		if kernel.Polygamma(y[:], []float64{c.x}, c.n); c.n == 60 {
			require.InEpsilon(t, -math.Gamma(61)*(math.Pow(2, -61)+math.Pow(3, -61)), y[0], 1e-14)
			continue
		}
		require.InEpsilon(t, c.want, y[0], 1e-14, "ψ%d(%v)", c.n, c.x)
	}
	for n := 1; n < 6; n++ { // ψₙ(x + 1) = ψₙ(x) + (−1)ⁿ n! / xⁿ⁺¹
		for _, x := range []float64{-7.25, -3.75, -0.375, 0.125, 0.4375, 0.625, 3.5, 12, 300} {
			y := make([]float64, 2)
			kernel.Polygamma(y, []float64{x, x + 1}, n)
			step := math.Pow(-1, float64(n)) * math.Gamma(float64(n+1)) / math.Pow(x, float64(n+1))
			require.InDelta(t, y[0]+step, y[1], 1e-13*(math.Abs(y[0])+math.Abs(step)), "ψ%d(%v)", n, x)
		}
	}
}

// The derivatives of sinc by series and by recurrence agree where the two meet,
// and with differences of those of lower order.
func TestSincDerivatives(t *testing.T) {
	at := func(n int, x float64) float64 {
		var y [1]float64
		kernel.Sinc(y[:], []float64{x}, n)
		return y[0]
	}
	edge := 2 / math.Pi
	for n := 1; n < 6; n++ {
		inside, outside := at(n, math.Nextafter(edge, 0)), at(n, math.Nextafter(edge, 1))
		require.InEpsilon(t, inside, outside, 1e-13, "order %d", n)
		for _, x := range []float64{0, 1e-9, 0.125, -0.5, 0.625, 0.75, -1.25, 3} {
			const h = 1e-5
			require.InDelta(t, (at(n-1, x+h)-at(n-1, x-h))/(2*h), at(n, x), 1e-5*math.Pow(math.Pi, float64(n)), "order %d at %v", n, x)
		}
	}
	require.InEpsilon(t, -math.Pi*math.Pi/3, at(2, 0), 1e-15)
	require.Equal(t, 1.0, at(0, 0))
}
