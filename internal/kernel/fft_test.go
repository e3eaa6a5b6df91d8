package kernel_test

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// Each number of rows, and each number of bins too few or too many, gives what the
// definition says, and the other transform is the transposed one.
func TestRFFT(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 31, 64} {
		for _, size := range []int{1, max(1, n-2), n, n + 3} {
			for _, bins := range []int{1, max(1, n/2), n/2 + 1, n/2 + 3} {
				s := kernel.Spectrum{Outer: 2, Size: size, Bins: bins, Inner: 3, Scale: 0.5, Weight: 1.5}
				transforms(t, n, s, func(src source) ([]float64, []float64) {
					return random[float64](src, 2*size*3, -1, 1), random[float64](src, 2*bins*3*2, -1, 1)
				}, 1e-13)
				transforms(t, n, s, func(src source) ([]float32, []float32) {
					return random[float32](src, 2*size*3, -1, 1), random[float32](src, 2*bins*3*2, -1, 1)
				}, 3e-6)
			}
		}
	}
}

func transforms[T kernel.Float](t *testing.T, n int, s kernel.Spectrum, draw func(src source) (x, z []T), tol float64) {
	x, z := draw(newSource(uint64(n)))
	f := kernel.FFTOf(n)
	got, back := make([]T, len(z)), make([]T, len(x))
	for i := range got {
		got[i] = 77
	}
	for i := range back {
		back[i] = 77
	}
	kernel.RFFT(got, x, f, s)
	kernel.IRFFT(back, z, f, s)
	forth, same := 0.0, 0.0
	for i, v := range got {
		forth += float64(v) * float64(z[i])
	}
	for i, v := range back {
		same += float64(v) * float64(x[i])
	}
	require.InDelta(t, forth, same, 20*tol*float64(n), "n %d, %+v", n, s)
	for row := range s.Outer * s.Inner {
		outer, inner := row/s.Inner, row%s.Inner
		for k := range s.Bins {
			want := complex128(0)
			for j := range min(n, s.Size) {
				turn := -2 * math.Pi * float64(j*k%n) / float64(n)
				want += complex(float64(x[(outer*s.Size+j)*s.Inner+inner]), 0) * cmplx.Exp(complex(0, turn))
			}
			switch {
			case k > n/2:
				want = 0
			case k == 0 || 2*k == n:
				want *= 0.5
			default:
				want *= 0.75
			}
			at := 2 * ((outer*s.Bins+k)*s.Inner + inner)
			require.InDelta(t, real(want), float64(got[at]), tol*float64(n), "n %d, bin %d of %+v", n, k, s)
			require.InDelta(t, imag(want), float64(got[at+1]), tol*float64(n), "n %d, bin %d of %+v", n, k, s)
		}
	}
}

// Transforms are kept while they are used, and prepared again after many others.
func TestFFTOf(t *testing.T) {
	first := kernel.FFTOf(5)
	require.Equal(t, 5, first.N)
	for n := 100; n < 131; n++ {
		kernel.FFTOf(n)
	}
	require.Same(t, first, kernel.FFTOf(5))
	for n := 200; n < 231; n++ {
		kernel.FFTOf(n)
	}
	require.Same(t, first, kernel.FFTOf(5))
	for n := 300; n < 332; n++ {
		kernel.FFTOf(n)
	}
	require.NotSame(t, first, kernel.FFTOf(5))
	one, other := kernel.FFTOf(401), kernel.FFTOf(402)
	require.Same(t, one, kernel.FFTOf(401))
	require.Same(t, other, kernel.FFTOf(402), "what is used again takes the place of no other")
	require.Zero(t, testing.AllocsPerRun(10, func() { kernel.FFTOf(331); kernel.FFTOf(330) }))
}
