package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// A spectrum is what the definition says, for every layout, and the inverse gives the
// numbers back, with each norm.
func TestRFFT(t *testing.T) {
	src := newSource(71)
	x := src.integers(-3, 3, 2, 5, 2)
	for _, norm := range []tensor.FFTNorm{tensor.FFTBackward, tensor.FFTOrtho, tensor.FFTForward} {
		scale := []float64{1, 1 / math.Sqrt(5), 1. / 5}[norm]
		want := each([]int{2, 3, 2, 2}, func(idx []int) float64 {
			s := 0.0
			for j := range 5 {
				angle := 2 * math.Pi * float64(j*idx[1]) / 5
				s += scale * x.at([]int{idx[0], j, idx[2]}) * []float64{math.Cos(angle), -math.Sin(angle)}[idx[3]]
			}
			return s
		})
		for _, dt := range dtypes {
			tol := tolerance{64, 64}
			for _, l := range layouts {
				y := tensor.RFFT(l.put(dt, x), 0, 1, norm)
				want.near(t, y, tol)
				require.Equal(t, y.Shape(), []int(tensor.Dims{}.RFFT(l.put(dt, x), 5, -2)))
				x.near(t, tensor.IRFFT(l.put(dt, gridOf(y)), 5, -2, norm), tol)
				require.Equal(t, []int{2, 4, 2}, []int(tensor.Dims{}.IRFFT(y, 0, 1)))
			}
		}
	}
}

// The gradient by a number x is the sum over dy of what x adds to the result.
func TestRFFTGradient(t *testing.T) {
	for _, n := range []int{3, 4, 6} {
		x, z := tensor.Zeros64(4), tensor.Zeros64(4, 2)
		dy := tensor.RFFT(tensor.New([]float64{1, 3, -2, 0.5, 4, 1}, 6), n, 0, tensor.FFTBackward)
		x.AsGrad().RFFT(dy, n, 0, tensor.FFTOrtho)
		dx := tensor.New([]float64{1, -2, 0.5, 4, 1, 3}, 6).Slice(0, 0, n, 1)
		z.AsGrad().IRFFT(dx, n, 0, tensor.FFTForward)
		for i := range 4 {
			one := tensor.Zeros64(4)
			one.Set(1, i)
			require.InDelta(t, tensor.Sum(tensor.Mul(dy, tensor.RFFT(one, n, 0, tensor.FFTOrtho))).Item(), x.At(i), 1e-12)
			for part := range 2 {
				one := tensor.Zeros64(4, 2)
				one.Set(1, i, part)
				require.InDelta(t, tensor.Sum(tensor.Mul(dx, tensor.IRFFT(one, n, 0, tensor.FFTForward))).Item(), z.At(i, part), 1e-12)
			}
		}
	}
}

func TestComplex(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range layouts {
			z := l.put(dt, grid{[]int{3, 2}, []float64{3, -4, 0, 0, 1e30, 0}})
			l.into(t, dt, grid{[]int{3}, []float64{5, 0, round(dt, 1e30)}}, exact, func(dst *tensor.Tensor) { tensor.ComplexAbsTo(dst, z) })
			require.Equal(t, []float64{5, 0}, tensor.Values(tensor.ComplexAbs(z).Slice(0, 0, 2, 1)))
			require.Equal(t, []float64{25, 0}, tensor.Values(tensor.ComplexPower(z).Slice(0, 0, 2, 1)))
			require.Equal(t, []int{3}, []int(tensor.Dims{}.Complex("test", z)))
		}
	}
}

// A signal comes back from its short-time transform, whatever the options.
func TestISTFTInvertsSTFT(t *testing.T) {
	src := newSource(72)
	x := src.integers(-3, 3, 2, 1, 20)
	for _, o := range []tensor.STFTOptions{
		{}, {Hop: 3}, {Hop: 2, Pad: tensor.Circular}, {Uncentered: true, Hop: 2}, {Normalized: true}, {TwoSided: true}, {Pad: tensor.Replicate, Length: 20}, {Length: 23},
	} {
		for _, dt := range dtypes {
			for _, size := range []int{5, 8} {
				w := tensor.ZerosOf(dt, size)
				tensor.HammingWindowTo(w, false)
				for _, window := range []*tensor.Tensor{w, nil} {
					y := tensor.STFT(put(dt, x), size, window, o)
					f := o.Frames("test", put(dt, x), size)
					bins := f.Bins
					if o.TwoSided {
						bins = size
					}
					require.Equal(t, []int{2, 1, bins, f.Frames, 2}, y.Shape())
					back := tensor.ISTFT(y, size, window, o)
					g := o.Spectra("test", y, size)
					require.Equal(t, []int{2, 1, g.End + g.Tail - g.Start}, back.Shape())
					n := min(20, g.End-g.Start)
					want := grid{[]int{2, 1, n}, slices.Concat(x.v[:n], x.v[20:20+n])}
					want.near(t, back.Slice(-1, 0, n, 1), tolerance{64, 64})
				}
			}
		}
	}
}

// The sums of windows are looked at in float32 as well; a window has its middle in
// that of a frame.
func TestSTFTFrames(t *testing.T) {
	f := tensor.STFTOptions{}.Frames("test", tensor.Zeros(9), 8)
	before, after := f.Window("test", tensor.Zeros(5))
	require.Equal(t, []int{1, 2}, []int{before, after})
	require.NotPanics(t, func() { f.CheckSums(tensor.New([]float32{1e-10, 1}, 2)) })
	require.PanicsWithError(t, "istft: the windows leave number 1 out; make the hop smaller or center the frames",
		func() { f.CheckSums(tensor.New([]float32{1, 0, 1}, 3)) })
}

// Windows are symmetric; a periodic one is a longer symmetric one without its last
// number.
func TestWindows(t *testing.T) {
	kaiser := func(dst *tensor.Tensor, periodic bool) { tensor.KaiserWindowTo(dst, periodic, 12) }
	for name, to := range map[string]func(dst *tensor.Tensor, periodic bool){
		"hann": tensor.HannWindowTo, "hamming": tensor.HammingWindowTo, "blackman": tensor.BlackmanWindowTo, "bartlett": tensor.BartlettWindowTo, "kaiser": kaiser,
	} {
		for n := range 9 {
			w, long := tensor.Zeros64(n), tensor.Zeros64(n+1)
			to(w, true)
			to(long, false)
			if n > 1 {
				require.Equal(t, tensor.Values(long)[:n], tensor.Values(w), name)
				if n%2 == 0 {
					require.InDelta(t, 1, long.At(n/2), 1e-15, name)
				}
			} else {
				require.Equal(t, tensor.Values(tensor.Full(1, n)), tensor.Values(w), name)
			}
			back := tensor.Flip(long, 0)
			for i := range n {
				require.InDelta(t, long.At(i), back.At(i), 1e-15, name)
			}
		}
	}
}
