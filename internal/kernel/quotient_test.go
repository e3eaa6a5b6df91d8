package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// anyBits returns n numbers of any size: random bits, and special numbers among
// them.
func anyBits(src source, n int) []float32 {
	inf := float32(math.Inf(1))
	special := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), 1, -1, 3, math.MaxFloat32, math.SmallestNonzeroFloat32}
	s := make([]float32, n)
	for i := range s {
		s[i] = math.Float32frombits(src.Uint32())
		if src.IntN(4) == 0 {
			s[i] = special[src.IntN(len(special))]
		}
	}
	return s
}

// Remainders are exact for operands of any size, and for those whose quotient is
// nearly a whole number.
func TestQuotients(t *testing.T) {
	const n = 1000
	src := newSource(11)
	for range 30 {
		a, b := anyBits(src, n), anyBits(src, n)
		for i := range a {
			switch src.IntN(4) {
			case 0: // a large whole number of times
				a[i] = float32(src.IntN(1<<25)) * b[i]
			case 1: // nearly a small one
				a[i] = math.Nextafter32(float32(src.IntN(100))*b[i], 0)
			case 2:
				b[i] = a[i] * (0.5 + src.Float32())
			}
		}
		eachLevel(t, func(t *testing.T) {
			got := make([]float32, n)
			check := func(name string, want func(a, b float32) float32) {
				t.Helper()
				for i := range got {
					w := want(a[i], b[i])
					require.True(t, sameBits(w, got[i]), "%s of %g and %g: got %g, want %g", name, a[i], b[i], got[i], w)
				}
			}
			mod := func(a, b float32) float32 { return float32(math.Mod(float64(a), float64(b))) }
			rest := func(a, b float32) float32 {
				r := mod(a, b)
				if r != 0 && (r < 0) != (b < 0) {
					r += b
				}
				return r
			}
			kernel.Fmod(got, a, b)
			check("Fmod", mod)
			kernel.Remainder(got, a, b)
			check("Remainder", rest)
			kernel.FloorDivide(got, a, b)
			check("FloorDivide", func(a, b float32) float32 {
				if b == 0 {
					return a / b
				}
				r := mod(a, b)
				q := (a - r) / b
				if r != 0 && (r < 0) != (b < 0) {
					q--
				}
				if q == 0 {
					return float32(math.Copysign(0, float64(a/b)))
				}
				whole := float32(math.Floor(float64(q)))
				if q-whole > 0.5 {
					whole++
				}
				return whole
			})
		})
	}
}

// Functions of two numbers of any size.
func TestPairs(t *testing.T) {
	const n = 1000
	src := newSource(12)
	for range 30 {
		a, b := anyBits(src, n), anyBits(src, n)
		for i := range a {
			if src.IntN(2) == 0 {
				b[i] = a[i] * (src.Float32() - 0.5) * 9
			}
		}
		eachLevel(t, func(t *testing.T) {
			got := make([]float32, n)
			kernel.Atan2(got, a, b)
			for i := range got {
				near(t, "Atan2", math.Atan2(float64(a[i]), float64(b[i])), got[i], 3, 0)
				require.Equal(t, a[i] == a[i] && math.Signbit(float64(a[i])) && got[i] == got[i], got[i] == got[i] && math.Signbit(float64(got[i])))
			}
			kernel.Hypot(got, a, b)
			for i := range got {
				near(t, "Hypot", math.Hypot(float64(a[i]), float64(b[i])), got[i], 1, 0)
			}
			kernel.Xlogy(got, a, b)
			for i, x := range a {
				want := float64(x) * math.Log(float64(b[i]))
				if x == 0 && b[i] == b[i] {
					want = 0
				}
				near(t, "Xlogy", want, got[i], 2, 0)
			}
			kernel.LogAddExp(got, a, b)
			for i, x := range a {
				want := max(float64(x), float64(b[i])) + math.Log1p(math.Exp(-math.Abs(float64(x)-float64(b[i]))))
				if x == b[i] {
					want = float64(x) + math.Ln2
				}
				near(t, "LogAddExp", want, got[i], 2, 1)
			}
		})
	}
}
