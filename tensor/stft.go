package tensor

import (
	"fmt"
	"math"
	"slices"
)

// STFTOptions says how [STFT] cuts a signal into frames. Its zero values are the
// defaults of torch.stft.
type STFTOptions struct {
	Hop        int     // from frame to frame; 0 means a quarter of the size
	Uncentered bool    // the first frame begins at the first number instead of having it in its middle
	Pad        PadMode // continues the signal by size/2 at both ends, when centred
	Normalized bool    // divides the spectra by √size
	TwoSided   bool    // all numbers of a spectrum, of which half are the conjugates of the others
	Length     int     // of the signal that [ISTFT] returns; 0 means what the frames give
}

// STFTFrames is the geometry of frames.
type STFTFrames struct {
	Rows      int // signals
	Samples   int // of a signal, with the padding
	Pad       int // before the first number, and after the last one
	Bins      int // of a spectrum, without conjugates
	Frames    int
	Start     int // of what ISTFT returns, and
	End, Tail int // its end, and the zeros after it
	Unfold    UnfoldShape
	Norm      FFTNorm
}

// STFT returns the short-time Fourier transform of signals x [… n], the spectra of
// frames of the given size. It is [… size/2+1 frames 2], with real and imaginary
// parts in the last axis as in [RFFT]. The window, a vector of at most size weights,
// is put into the middle of a frame; nil weighs all by 1. A centred signal is first
// continued by size/2 at both ends. For pad_mode="constant" of PyTorch, use [Pad]
// and Uncentered.
// See https://docs.pytorch.org/docs/stable/generated/torch.stft.html.
//
//	y[k, t] = Σ w[j] x[t·hop + j] exp(−2πi jk/size)
func STFT(x *Tensor, size int, window *Tensor, o STFTOptions) *Tensor {
	const op = "stft"
	f := o.Frames(op, x, size)
	v := x.Reshape(f.Rows, x.Dim(-1))
	if f.Pad > 0 {
		v = PadWith(v, o.Pad, 0, 0, f.Pad, f.Pad)
	}
	v = Unfold(v.Reshape(f.Rows, 1, 1, f.Samples), f.Unfold)
	if window != nil {
		v = Mul(v, f.window(op, window))
	}
	y := RFFT(v, 0, 1, f.Norm)
	if o.TwoSided {
		conj := ZerosOf(x.dtype, 2)
		conj.setTrue(0)
		conj.Set(-1, 1)
		y = Concat(1, y, Mul(Flip(y.Slice(1, 1, size-f.Bins+1, 1), 1), conj))
	}
	return y.Reshape(append(slices.Clone(x.shape[:x.rank-1]), y.shape[1], f.Frames, 2)...)
}

// ISTFT returns the signals whose short-time Fourier transform by the same size,
// window and options is z [… bins frames 2]. Of spectra that no signal has, it is
// the signal with the least squared distance. It panics with an [*ArgError] when the
// windows leave a number out.
// See https://docs.pytorch.org/docs/stable/generated/torch.istft.html.
//
//	y[i] = Σ w[i − t·hop] f_t[i − t·hop] / Σ w[i − t·hop]²     f_t: the inverse transform of frame t
func ISTFT(z *Tensor, size int, window *Tensor, o STFTOptions) *Tensor {
	const op = "istft"
	f := o.Spectra(op, z, size)
	v := z.Reshape(f.Rows, z.Dim(-3), f.Frames, 2)
	v = IRFFT(v.Slice(1, 0, f.Bins, 1), size, 1, f.Norm)
	weight := ZerosOf(z.dtype, size, 1)
	weight.Fill(1)
	if window != nil {
		weight = f.window(op, window)
		v = Mul(v, weight)
	}
	image := [2]int{1, f.Samples}
	y := Fold(v, image, f.Unfold).Reshape(f.Rows, f.Samples).Slice(1, f.Start, f.End, 1)
	sum := Fold(Mul(weight, weight).Expand(size, f.Frames), image, f.Unfold).Reshape(f.Samples).Slice(0, f.Start, f.End, 1)
	f.CheckSums(sum)
	y = Pad(Div(y, sum), 0, 0, 0, 0, f.Tail)
	return y.Reshape(append(slices.Clone(z.shape[:z.rank-3]), y.shape[1])...)
}

// window returns a window with zeros before and after it, of shape [size 1].
func (f *STFTFrames) window(op string, w *Tensor) *Tensor {
	before, after := f.Window(op, w)
	return Pad(w, 0, before, after).Reshape(-1, 1)
}

// Window returns how many zeros come before and after a window in a frame.
func (f *STFTFrames) Window(op string, w *Tensor) (before, after int) {
	size := f.Unfold.Kernel[1]
	if w.rank != 1 || w.n < 1 || w.n > size {
		BadShape(op, fmt.Sprintf("want a window of at most the size, %d", size), w)
	}
	before = (size - w.n) / 2
	return before, size - w.n - before
}

// frames returns what does not depend on a tensor.
func (o STFTOptions) frames(op string, size int) (f STFTFrames) {
	if o.Hop == 0 {
		o.Hop = max(size/4, 1)
	}
	if size < 1 || o.Hop < 0 || o.Length < 0 {
		BadArg(op, "want a size of at least 1, and no negative hop or length, got %d, %d and %d", size, o.Hop, o.Length)
	}
	if !o.Uncentered {
		f.Pad = size / 2
	}
	if o.Normalized {
		f.Norm = FFTOrtho
	}
	f.Bins = size/2 + 1
	f.Unfold = UnfoldShape{Kernel: [2]int{1, size}, Stride: [2]int{1, o.Hop}}
	return f
}

// Frames returns the geometry of [STFT] of x. It panics in op's name when there is
// none.
func (o STFTOptions) Frames(op string, x *Tensor, size int) STFTFrames {
	f := o.frames(op, size)
	if x.rank == 0 {
		BadShape(op, "want signals [… n]", x)
	}
	n := x.shape[x.rank-1]
	f.Samples = n + 2*f.Pad
	if n < 1 || f.Samples < size {
		BadShape(op, fmt.Sprintf("the signal is too short for frames of %d", size), x)
	}
	f.Rows, _ = Size(x.shape[:x.rank-1])
	f.Frames = 1 + (f.Samples-size)/f.Unfold.Stride[1]
	return f
}

// Spectra returns the geometry of [ISTFT] of z. It panics in op's name when there
// is none.
func (o STFTOptions) Spectra(op string, z *Tensor, size int) STFTFrames {
	f := o.frames(op, size)
	bins := f.Bins
	if o.TwoSided {
		bins = size
	}
	checkComplex(op, z)
	if z.rank < 3 || z.shape[z.rank-3] != bins || z.shape[z.rank-2] < 1 {
		BadShape(op, fmt.Sprintf("want spectra [… %d frames 2]", bins), z)
	}
	f.Rows, _ = Size(z.shape[:z.rank-3])
	f.Frames = z.shape[z.rank-2]
	f.Samples = size + f.Unfold.Stride[1]*(f.Frames-1)
	f.Start, f.End = f.Pad, f.Samples-f.Pad
	if o.Length > 0 {
		end := f.Start + o.Length
		f.End = min(end, f.Samples)
		f.Tail = end - f.End
	}
	return f
}

// CheckSums panics when the sums of squared windows, by which [ISTFT] divides, are 0
// somewhere.
func (f *STFTFrames) CheckSums(sums *Tensor) {
	i := 0
	var p place
	for ok := sums.n > 0; ok; ok = sums.advance(&p) {
		v := 0.0
		if sums.dtype == Float64 {
			v = sums.f64[p.at]
		} else {
			v = float64(sums.f32[p.at])
		}
		if v < 1e-11 {
			BadArg("istft", "the windows leave number %d out; make the hop smaller or center the frames", i)
		}
		i++
	}
}

// HannWindow returns a Hann window of n float32 numbers, to weigh the frames of
// [STFT]. A periodic one leaves its last 0 to the next period, as is right for
// spectra; a symmetric one has it, as is right for filters. That of one number is 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.hann_window.html.
//
//	w[i] = ½ − ½ cos(2πi/m)     m = n, or n − 1 when symmetric
func HannWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, HannWindowTo)
}

// HannWindowTo writes what [HannWindow] returns to dst, a vector of either element
// type.
func HannWindowTo(dst *Tensor, periodic bool) {
	weights("hann-window", dst, periodic, func(i, m float64) float64 { return 0.5 - float64(0.5*math.Cos(2*math.Pi*i/m)) })
}

// HammingWindow returns a Hamming window; it is like [HannWindow] but for the formula.
// See https://docs.pytorch.org/docs/stable/generated/torch.hamming_window.html.
//
//	w[i] = 0.54 − 0.46 cos(2πi/m)     m = n, or n − 1 when symmetric
func HammingWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, HammingWindowTo)
}

// HammingWindowTo writes what [HammingWindow] returns to dst, a vector.
func HammingWindowTo(dst *Tensor, periodic bool) {
	weights("hamming-window", dst, periodic, func(i, m float64) float64 { return 0.54 - float64(0.46*math.Cos(2*math.Pi*i/m)) })
}

// BlackmanWindow returns a Blackman window; it is like [HannWindow] but for the
// formula.
// See https://docs.pytorch.org/docs/stable/generated/torch.blackman_window.html.
//
//	w[i] = 0.42 − ½ cos(2πi/m) + 0.08 cos(4πi/m)     m = n, or n − 1 when symmetric
func BlackmanWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, BlackmanWindowTo)
}

// BlackmanWindowTo writes what [BlackmanWindow] returns to dst, a vector.
func BlackmanWindowTo(dst *Tensor, periodic bool) {
	weights("blackman-window", dst, periodic, func(i, m float64) float64 {
		return 0.42 - float64(0.5*math.Cos(2*math.Pi*i/m)) + float64(0.08*math.Cos(4*math.Pi*i/m))
	})
}

// BartlettWindow returns a Bartlett window, a triangle; it is like [HannWindow] but
// for the formula.
// See https://docs.pytorch.org/docs/stable/generated/torch.bartlett_window.html.
//
//	w[i] = 1 − |2i/m − 1|     m = n, or n − 1 when symmetric
func BartlettWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, BartlettWindowTo)
}

// BartlettWindowTo writes what [BartlettWindow] returns to dst, a vector.
func BartlettWindowTo(dst *Tensor, periodic bool) {
	weights("bartlett-window", dst, periodic, func(i, m float64) float64 { return 1 - math.Abs(2*i/m-1) })
}

// KaiserWindow returns a Kaiser window; it is like [HannWindow] but for the formula.
// The default of PyTorch for beta is 12.
// See https://docs.pytorch.org/docs/stable/generated/torch.kaiser_window.html.
//
//	w[i] = I₀(beta √(1 − (2i/m − 1)²)) / I₀(beta)     m = n, or n − 1 when symmetric
func KaiserWindow(n int, periodic bool, beta float64) *Tensor {
	return windowOf(n, periodic, func(dst *Tensor, periodic bool) { KaiserWindowTo(dst, periodic, beta) })
}

// KaiserWindowTo writes what [KaiserWindow] returns to dst, a vector.
func KaiserWindowTo(dst *Tensor, periodic bool, beta float64) {
	const op = "kaiser-window"
	if !(math.Abs(beta) <= 700) {
		BadArg(op, "want a beta between -700 and 700, got %v", beta)
	}
	top := besselI0(beta)
	weights(op, dst, periodic, func(i, m float64) float64 {
		x := 2*i/m - 1
		return besselI0(beta*math.Sqrt(max(0, 1-float64(x*x)))) / top
	})
}

func windowOf(n int, periodic bool, to func(dst *Tensor, periodic bool)) *Tensor {
	if n < 0 {
		BadArg("window", "want n ≥ 0, got %d", n)
	}
	t := Zeros(n)
	to(t, periodic)
	return t
}

// weights writes f(i, m) to dst.
func weights(op string, dst *Tensor, periodic bool, f func(i, m float64) float64) {
	if dst.rank != 1 {
		BadShape(op, "want a vector", dst)
	}
	m := float64(dst.n)
	if !periodic {
		m--
	}
	numbers(dst, func(i int) float64 {
		if dst.n == 1 {
			return 1
		}
		return f(float64(i), m)
	})
}

// besselI0 returns the modified Bessel function I₀ = Σ (x²/4)ᵏ / k!², for |x| ≤ 700.
func besselI0(x float64) float64 {
	term, sum := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= float64(x*x) / 4 / float64(k*k)
		sum += term
	}
	return sum
}
