package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// sameBits reports whether a and b are the same number, a zero with its sign,
// or are both NaN.
func sameBits[T kernel.Float](a, b T) bool {
	return a == b && math.Signbit(float64(a)) == math.Signbit(float64(b)) || a != a && b != b
}

// extremes are arguments that a function may leave to other code than its
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
			near(t, "Pow", want, got[i], 2, 0)
			require.Equal(t, math.Signbit(want) && want == want, math.Signbit(float64(got[i])) && got[i] == got[i], "the sign of %v to the power %v", x, y)
			if y != 0.5 && y != -0.5 { // roots, as in PyTorch: that of −0 is −0, and that of −Inf NaN
				require.True(t, sameBits(got[i], scalar[i]), "%v to the power %v: Pow %v, PowScalar %v", x, y, got[i], scalar[i])
			}
		}
	}
}
