package audio

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// An STFTConfig says how a signal is cut into frames. Its zero values are the
// defaults of torch.stft, but for Size, which must be given.
type STFTConfig struct {
	Size       int       // samples of a frame, n_fft
	Hop        int       // samples from frame to frame; 0 means Size/4
	Window     []float64 // at most Size weights, put into the middle of a frame; nil weighs all by 1
	Uncentered bool      // the first frame begins at the first sample instead of having it in its middle
	Normalized bool      // divides the spectrum by the root of Size
	TwoSided   bool      // gives all Size numbers of a spectrum, of which half are the conjugates of the others
}

// An STFT is the short-time Fourier transform: the spectrum of every frame of
// a signal, and so what is heard at which time.
//
//	X[k, t] = Σ_j w[j] x[t·hop + j] exp(−2πi jk/size)
//
// It takes signals [… n] and gives the real and the imaginary part of the spectra,
// two tensors [… bins frames], all float32, and computes in float64. Frames are
// centred unless the config says otherwise: a signal is first made longer by
// Size/2 samples at both ends, its own ones mirrored (pad_mode="reflect").
//
// An STFT does not change, and many goroutines may share it. The methods that
// write to a destination allocate nothing in steady state, if their operands are
// contiguous.
type STFT struct {
	config STFTConfig
	fft    *FFT
	window []float64 // of length Size
}

// NewSTFT prepares a transform. It panics with a [*tensor.ArgError] when Size is
// below 1, Hop negative or the window longer than Size.
func NewSTFT(c STFTConfig) *STFT {
	if c.Hop == 0 {
		c.Hop = max(c.Size/4, 1)
	}
	if c.Size < 1 || c.Hop < 0 || len(c.Window) > c.Size {
		tensor.BadArg("audio.stft", "want a size of at least 1, a positive hop and a window of at most the size, got %d, %d and %d",
			c.Size, c.Hop, len(c.Window))
	}
	s := &STFT{config: c, fft: NewFFT(c.Size), window: make([]float64, c.Size)}
	if c.Window == nil {
		for i := range s.window {
			s.window[i] = 1
		}
	}
	copy(s.window[(c.Size-len(c.Window))/2:], c.Window)
	s.config.Window = nil
	return s
}

// Bins returns the number of frequencies: Size/2 + 1, or Size when two-sided.
// Frequency k is k·rate/Size hertz.
func (s *STFT) Bins() int {
	if s.config.TwoSided {
		return s.config.Size
	}
	return s.config.Size/2 + 1
}

// pad returns how many samples are put before the first one.
func (s *STFT) pad() int {
	if s.config.Uncentered {
		return 0
	}
	return s.config.Size / 2
}

// Frames returns the number of frames of a signal of n samples. It panics with
// a [*tensor.ArgError] when the signal is too short: centred frames need more than
// Size/2 samples to mirror, others Size samples.
func (s *STFT) Frames(n int) int {
	pad := s.pad()
	if n <= pad || n+2*pad < s.config.Size {
		tensor.BadArg("audio.stft", "a signal of %d samples is too short for frames of %d", n, s.config.Size)
	}
	return 1 + (n+2*pad-s.config.Size)/s.config.Hop
}

// Of returns the spectra of a signal x [… n].
func (s *STFT) Of(x *tensor.Tensor) (re, im *tensor.Tensor) {
	shape := s.shape("audio.stft", x, s.Bins())
	re, im = tensor.Zeros(shape...), tensor.Zeros(shape...)
	s.To(re, im, x)
	return re, im
}

// shape returns the shape of what has so many rows for each frame of x.
func (s *STFT) shape(op string, x *tensor.Tensor, rows int) []int {
	if x.Rank() == 0 {
		tensor.BadShape(op, "want signals, [… n]", x)
	}
	last := x.Rank() - 1
	return append(slices.Clone(x.Shape()[:last]), rows, s.Frames(x.Shape()[last]))
}

// To is [STFT.Of] into re and im. It panics with the typed errors of package
// tensor when an operand has another shape or element type, or a destination is
// not contiguous.
func (s *STFT) To(re, im, x *tensor.Tensor) {
	const op = "audio.stft"
	s.destination(op, re, x, s.Bins())
	s.destination(op, im, x, s.Bins())
	a, b := tensor.Data[float32](re), tensor.Data[float32](im)
	scale := s.scale()
	bins, size := s.Bins(), s.config.Size
	s.each(x, func(row, frames, t int, spectrum []complex128) {
		at := row*bins*frames + t
		for k := range bins {
			v := complex128(0)
			if k < len(spectrum) {
				v = spectrum[k]
			} else { // the conjugate of its mirror image
				v = spectrum[size-k]
				v = complex(real(v), -imag(v))
			}
			a[at+k*frames], b[at+k*frames] = float32(real(v)*scale), float32(imag(v)*scale)
		}
	})
}

// scale is the factor of a spectrum.
func (s *STFT) scale() float64 {
	if s.config.Normalized {
		return 1 / math.Sqrt(float64(s.config.Size))
	}
	return 1
}

// destination panics unless dst is where something of so many rows for each
// frame of x can be written.
func (s *STFT) destination(op string, dst, x *tensor.Tensor, rows int) {
	float32s(op, dst, x)
	if x.Rank() == 0 {
		tensor.BadShape(op, "want signals, [… n]", x)
	}
	last := x.Rank() - 1
	got, lead := dst.Shape(), x.Shape()[:last]
	if len(got) != last+2 || !slices.Equal(got[:last], lead) || got[last] != rows || got[last+1] != s.Frames(x.Shape()[last]) {
		tensor.BadShape(op, "the destination has not the shape of the result", dst, x)
	}
	contiguous(op, dst)
}

func contiguous(op string, dst *tensor.Tensor) {
	if !dst.IsContiguous() {
		tensor.BadShape(op, "the destination must be contiguous", dst)
	}
}

// each calls f with the spectrum of every frame of every row of x, unscaled.
func (s *STFT) each(x *tensor.Tensor, f func(row, frames, t int, spectrum []complex128)) {
	if !x.IsContiguous() {
		x = x.Contiguous()
	}
	samples := tensor.Data[float32](x)
	n := x.Shape()[x.Rank()-1]
	frames, pad := s.Frames(n), s.pad()
	memory := getSpace(s.config.Size)
	for row := range len(samples) / n {
		signal := samples[row*n : (row+1)*n]
		for t := range frames {
			s.frame(memory.frame, signal, t*s.config.Hop-pad)
			s.fft.Forward(memory.spectrum, memory.frame)
			f(row, frames, t, memory.spectrum)
		}
	}
	putSpace(memory)
}

// frame writes a weighted frame of a signal that begins at a place, which may lie
// before its start. What is outside is mirrored at the first or the last sample.
func (s *STFT) frame(dst []float64, signal []float32, at int) {
	last := len(signal) - 1
	for j, w := range s.window {
		i := at + j
		if i < 0 {
			i = -i
		}
		if i > last {
			i = 2*last - i
		}
		dst[j] = w * float64(signal[i])
	}
}
