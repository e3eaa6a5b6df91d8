package audio

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func randomSignal(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// Every length up to 200 gives what the definition says, and the inverse gives
// the signal back.
func TestFFTOfEveryLength(t *testing.T) {
	lengths := []int{256, 257, 400, 441, 480, 509, 511, 512, 1000, 1009, 1024}
	for n := 1; n <= 200; n++ {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		x := randomSignal(uint64(n), n)
		f := NewFFT(n)
		require.Equal(t, n, f.Len())
		s := make([]complex128, n/2+1)
		f.Forward(s, x)
		for k, want := range plainDFT(x) {
			require.InDelta(t, real(want), real(s[k]), 2e-12, "n %d, k %d", n, k)
			require.InDelta(t, imag(want), imag(s[k]), 2e-12, "n %d, k %d", n, k)
		}
		s[0] += 7i // does not count
		if n%2 == 0 {
			s[n/2] -= 3i
		}
		back := make([]float64, n)
		f.Inverse(back, s)
		for i := range x {
			require.InDelta(t, x[i], back[i], 2e-14, "n %d, sample %d", n, i)
		}
	}
}

// A spectrum keeps the energy (Parseval), also where the definition would take
// too long.
func TestFFTKeepsEnergy(t *testing.T) {
	for _, n := range []int{1 << 16, 100_000, 65_537, 99_991} {
		x := randomSignal(7, n)
		s := make([]complex128, n/2+1)
		NewFFT(n).Forward(s, x)
		want, got := 0.0, 0.0
		for _, v := range x {
			want += v * v
		}
		for k, v := range s {
			p := real(v)*real(v) + imag(v)*imag(v)
			if k > 0 && 2*k != n {
				p *= 2
			}
			got += p
		}
		require.InEpsilon(t, want*float64(n), got, 1e-12, n)
	}
}

func TestFFTMisuse(t *testing.T) {
	require.PanicsWithError(t, "audio.fft: want a length of at least 1, got 0", func() { NewFFT(0) })
	f := NewFFT(4)
	const want = "audio.fft: want 4 samples and a spectrum of 3 numbers, got "
	require.PanicsWithError(t, want+"4 and 4", func() { f.Forward(make([]complex128, 4), make([]float64, 4)) })
	require.PanicsWithError(t, want+"5 and 3", func() { f.Forward(make([]complex128, 3), make([]float64, 5)) })
	require.PanicsWithError(t, want+"4 and 2", func() { f.Inverse(make([]float64, 4), make([]complex128, 2)) })
	require.PanicsWithError(t, "audio.hann: want n ≥ 0, got -1", func() { Hann(-1) })
	require.PanicsWithError(t, "audio.hamming: want n ≥ 0, got -1", func() { Hamming(-1) })
}

func TestFFTAllocatesNothing(t *testing.T) {
	for _, n := range []int{512, 400, 401} {
		f, x, s := NewFFT(n), randomSignal(1, n), make([]complex128, n/2+1)
		f.Forward(s, x)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			f.Forward(s, x)
			f.Inverse(x, s)
		}), n)
	}
}

func TestGoroutinesShareAnFFT(t *testing.T) {
	for _, n := range []int{512, 401} {
		f := NewFFT(n)
		var all sync.WaitGroup
		for g := range 8 {
			all.Go(func() {
				x := randomSignal(uint64(g), n)
				want, got := make([]complex128, n/2+1), make([]complex128, n/2+1)
				NewFFT(n).Forward(want, x)
				back := make([]float64, n)
				for range 20 {
					f.Forward(got, x)
					f.Inverse(back, got)
					for k := range got {
						if got[k] != want[k] || math.Abs(back[k]-x[k]) > 1e-13 {
							t.Errorf("n %d: goroutine %d gets another spectrum", n, g)
							return
						}
					}
				}
			})
		}
		all.Wait()
	}
}
