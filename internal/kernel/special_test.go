package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// sameBits reports whether a and b are the same number, or both NaN. Zeros must have
// the same sign.
func sameBits[T kernel.Float](a, b T) bool {
	return a == b && math.Signbit(float64(a)) == math.Signbit(float64(b)) || a != a && b != b
}

// extremes returns arguments for which a function may use other code than for
// ordinary ones.
func extremes[T kernel.Float](src source, n int) []T {
	special := []T{0, T(math.Copysign(0, -1)), 1, -1, 2, -3, 1e6, -1e6, 3e9, 1e-42, -1e-42, T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1))}
	s := random[T](src, n, -9, 9)
	for i := range s {
		if src.IntN(3) == 0 {
			s[i] = special[src.IntN(len(special))]
		}
	}
	return s
}

// The result of an element does not depend on its neighbours, on its place, or
// on the length of the slice.
func TestElementsAlone(t *testing.T) {
	for _, k := range elementwiseKernels {
		t.Run(k.name, func(t *testing.T) {
			eachLevel(t, func(t *testing.T) {
				checkAlone(t, k, k.f32)
				checkAlone(t, k, k.f64)
			})
		})
	}
}

func checkAlone[T kernel.Float](t *testing.T, k elementwise, f func(dst, a, b, c []T)) {
	src := newSource(3)
	for _, n := range []int{2, 7, 8, 17, 100} {
		a, b, c := extremes[T](src, n), extremes[T](src, n), extremes[T](src, n)
		dst, alone := make([]T, n), make([]T, 1)
		f(dst, a, b, c)
		for i, got := range dst {
			f(alone, a[i:i+1], b[i:i+1], c[i:i+1])
			require.True(t, sameBits(alone[0], got), "%s (%T), element %d of %d, of %v %v %v: %v among others, %v alone", k.name, got, i, n, a[i], b[i], c[i], got, alone[0])
		}
	}
}

// Powers of special numbers are those of the C function, down to the signs of
// zeros.
func TestPowSpecial(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkPowSpecial[float32](t)
		checkPowSpecial[float64](t)
	})
}

func checkPowSpecial[T kernel.Float](t *testing.T) {
	inf, nan, zero := T(math.Inf(1)), T(math.NaN()), T(math.Copysign(0, -1))
	numbers := []T{0, zero, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 1 << 24, -(1<<24 - 1), inf, -inf, nan}
	for _, y := range numbers {
		got, scalar := make([]T, len(numbers)), make([]T, len(numbers))
		power := make([]T, len(numbers))
		kernel.Fill(power, y)
		kernel.Pow(got, numbers, power)
		kernel.PowScalar(scalar, numbers, float64(y))
		for i, x := range numbers {
			want := math.Pow(float64(x), float64(y))
			near(t, "Pow", want, got[i], 8, 0) // want has lost some digits
			require.Equal(t, math.Signbit(want) && want == want, math.Signbit(float64(got[i])) && got[i] == got[i], "the sign of %v to the power %v", x, y)
			if y != 0.5 && y != -0.5 { // roots, as in PyTorch: that of −0 is −0, and that of −Inf NaN
				require.True(t, sameBits(got[i], scalar[i]), "%v to the power %v: Pow %v, PowScalar %v", x, y, got[i], scalar[i])
			}
		}
	}
}

// Zeros have the same signs as in PyTorch, and a bound that is NaN makes all results
// NaN. The slices consist of whole vectors and a rest.
func TestSigns(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkSigns[float32](t)
		checkSigns[float64](t)
	})
}

func checkSigns[T kernel.Float](t *testing.T) {
	zero, minus, nan, inf := T(0), T(math.Copysign(0, -1)), T(math.NaN()), T(math.Inf(1))
	bounded := func(lo, hi T) func(dst, a, _ []T) {
		return func(dst, a, _ []T) { kernel.Clamp(dst, a, lo, hi) }
	}
	alone := func(f func(dst, a []T)) func(dst, a, _ []T) { return func(dst, a, _ []T) { f(dst, a) } }
	for _, c := range []struct {
		name       string
		f          func(dst, a, b []T)
		a, b, want T
	}{
		{"Neg", alone(kernel.Neg[T]), zero, 0, minus},
		{"Neg", alone(kernel.Neg[T]), minus, 0, zero},
		{"Neg", alone(kernel.Neg[T]), -inf, 0, inf},
		{"Abs", alone(kernel.Abs[T]), minus, 0, zero},
		{"Abs", alone(kernel.Abs[T]), zero, 0, zero},
		{"Abs", alone(kernel.Abs[T]), -inf, 0, inf},
		{"ReLU", alone(kernel.ReLU[T]), minus, 0, minus},
		{"ReLU", alone(kernel.ReLU[T]), zero, 0, zero},
		{"ReLU", alone(kernel.ReLU[T]), -inf, 0, zero},
		{"ReLU", alone(kernel.ReLU[T]), nan, 0, nan},
		{"Clamp 0 1", bounded(0, 1), minus, 0, minus},
		{"Clamp −1 0", bounded(-1, 0), minus, 0, minus},
		{"Clamp −0 1", bounded(minus, 1), zero, 0, zero},
		{"Clamp −1 −0", bounded(-1, minus), zero, 0, zero},
		{"Clamp NaN 1", bounded(nan, 1), 0.5, 0, nan},
		{"Clamp 0 NaN", bounded(0, nan), 0.5, 0, nan},
		{"Clamp 2 1", bounded(2, 1), 0.5, 0, 1},
		{"Clamp 0 1", bounded(0, 1), nan, 0, nan},
		{"Maximum", kernel.Maximum[T], zero, minus, minus},
		{"Maximum", kernel.Maximum[T], minus, zero, zero},
		{"Minimum", kernel.Minimum[T], zero, minus, minus},
		{"Minimum", kernel.Minimum[T], minus, zero, zero},
		{"Maximum", kernel.Maximum[T], nan, inf, nan},
		{"Maximum", kernel.Maximum[T], inf, nan, nan},
		{"Minimum", kernel.Minimum[T], nan, -inf, nan},
		{"Minimum", kernel.Minimum[T], -inf, nan, nan},
	} {
		const n = 71
		dst, a, b := make([]T, n), make([]T, n), make([]T, n)
		kernel.Fill(a, c.a)
		kernel.Fill(b, c.b)
		c.f(dst, a, b)
		for i, got := range dst {
			require.True(t, sameBits(c.want, got), "%s (%T) of %v and %v, element %d: got %v (sign %t), want %v (sign %t)",
				c.name, got, c.a, c.b, i, got, math.Signbit(float64(got)), c.want, math.Signbit(float64(c.want)))
		}
	}
}

// Steps with infinite weights or infinite gradients give the same results as those
// of PyTorch.
func TestStepInfinite(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkStepInfinite[float32](t)
		checkStepInfinite[float64](t)
	})
}

func checkStepInfinite[T kernel.Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	p := []T{inf, -inf, 1, 1, inf, 0}
	g := []T{1, 1, inf, -inf, inf, inf}
	free := []T{inf, -inf, -inf, inf, nan, -inf}
	decayed := []T{nan, nan, -inf, inf, nan, -inf}
	sgd := func(s kernel.SGD) func(p, g, a, b []T) {
		return func(p, g, a, _ []T) { s.LR = 0.1; kernel.SGDStep(p, g, a, s) }
	}
	adam := func(s kernel.Adam) func(p, g, a, b []T) {
		return func(p, g, a, b []T) {
			s.LR, s.Beta1, s.Beta2, s.Eps, s.Step = 0.1, 0.9, 0.999, 1e-8, 2
			kernel.AdamStep(p, g, a, b, nil, s)
		}
	}
	for _, c := range []struct {
		name string
		step func(p, g, a, b []T)
		want []T
	}{
		{"SGD", sgd(kernel.SGD{}), free},
		{"SGD, maximize", sgd(kernel.SGD{Maximize: true}), []T{inf, -inf, inf, -inf, inf, inf}},
		{"SGD, decay", sgd(kernel.SGD{WeightDecay: 0.1}), decayed},
		{"momentum", sgd(kernel.SGD{Momentum: 0.9}), free},
		{"momentum, decay", sgd(kernel.SGD{Momentum: 0.9, WeightDecay: 0.1}), decayed},
		{"Nesterov", sgd(kernel.SGD{Momentum: 0.9, Nesterov: true}), free},
		{"Nesterov, decay", sgd(kernel.SGD{Momentum: 0.9, Nesterov: true, WeightDecay: 0.1}), decayed},
		{"Adam", adam(kernel.Adam{}), []T{inf, -inf, nan, nan, nan, nan}},
		{"Adam, decay", adam(kernel.Adam{WeightDecay: 0.1}), []T{nan, nan, nan, nan, nan, nan}},
		{"AdamW", adam(kernel.Adam{WeightDecay: 0.1, Decoupled: true}), []T{inf, -inf, nan, nan, nan, nan}},
	} {
		const n = 71
		ps, gs, as, bs, want := make([]T, n), make([]T, n), make([]T, n), make([]T, n), make([]T, n)
		for i := range n {
			ps[i], gs[i], as[i], bs[i], want[i] = p[i%6], g[i%6], 1, 1, c.want[i%6]
		}
		c.step(ps, gs, as, bs)
		for i, got := range ps {
			require.True(t, sameBits(want[i], got), "%s (%T), element %d: from %v by %v to %v, want %v", c.name, got, i, p[i%6], g[i%6], got, want[i])
		}
	}
}
