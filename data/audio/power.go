package audio

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
	"github.com/descent-ml/descent/tensor"
)

// Power returns the power spectrogram of signals x [… n], |X|² of shape
// [… bins frames], as torchaudio.transforms.Spectrogram(power=2) does. Its root
// is the magnitude.
func (s *STFT) Power(x *tensor.Tensor) *tensor.Tensor {
	dst := tensor.Zeros(s.shape("audio.power", x, s.Bins())...)
	s.PowerTo(dst, x)
	return dst
}

// PowerTo is [STFT.Power] into dst. It panics as [STFT.To] does.
func (s *STFT) PowerTo(dst, x *tensor.Tensor) {
	s.destination("audio.power", dst, x, s.Bins())
	out := tensor.Data[float32](dst)
	scale, bins, size := s.scale(), s.Bins(), s.config.Size
	s.each(x, func(row, frames, t int, spectrum []complex128) {
		at := row*bins*frames + t
		for k := range bins {
			out[at+k*frames] = float32(power(spectrum[min(k, size-k)], scale))
		}
	})
}

// power returns |scale v|².
func power(v complex128, scale float64) float64 {
	re, im := real(v)*scale, imag(v)*scale
	return float64(re*re) + float64(im*im)
}

// Samples returns the length of the signal that [STFT.Inverse] makes of so many
// frames.
func (s *STFT) Samples(frames int) int {
	return max(s.config.Size+s.config.Hop*(frames-1)-2*s.pad(), 0)
}

// Inverse returns the signals [… n] whose spectra are re and im [… bins frames],
// with n = [STFT.Samples] of frames, as torch.istft does. Of spectra that no signal
// has, it is the signal with the least squared distance.
//
//	x[i] = Σ_t w[i − t·hop] y_t[i − t·hop] / Σ_t w[i − t·hop]²     y_t: the inverse transform of frame t
func (s *STFT) Inverse(re, im *tensor.Tensor) *tensor.Tensor {
	if re.Rank() < 2 {
		tensor.BadShape("audio.istft", "want spectra, [… bins frames]", re, im)
	}
	last := re.Rank() - 1
	shape := append(append([]int{}, re.Shape()[:last-1]...), s.Samples(re.Shape()[last]))
	dst := tensor.Zeros(shape...)
	s.InverseTo(dst, re, im)
	return dst
}

// InverseTo is [STFT.Inverse] into dst. The last axis of dst may be shorter, and
// gets the first samples then, or longer, and is filled up with zeros. It panics with a
// [*tensor.ShapeError] when the shapes do not fit or dst is not contiguous, and
// with a [*tensor.ArgError] when the windows leave a sample out: with
// Uncentered, a Hann window is 0 at the first.
func (s *STFT) InverseTo(dst, re, im *tensor.Tensor) {
	const op = "audio.istft"
	float32s(op, dst, re, im)
	rank := re.Rank()
	if rank < 2 || im.Rank() != rank || dst.Rank() != rank-1 {
		tensor.BadShape(op, "want spectra [… bins frames] and signals [… n]", dst, re, im)
	}
	for i, n := range re.Shape() {
		if im.Shape()[i] != n || i < rank-2 && dst.Shape()[i] != n || i == rank-2 && n != s.Bins() || i == rank-1 && n < 1 {
			tensor.BadShape(op, "want spectra [… bins frames] and signals [… n]", dst, re, im)
		}
	}
	contiguous(op, dst)
	a, b, out := tensor.Data[float32](re), tensor.Data[float32](im), tensor.Data[float32](dst)
	bins, frames, n := s.Bins(), re.Shape()[rank-1], dst.Shape()[rank-2]
	whole := s.config.Size + s.config.Hop*(frames-1)
	buffer, handle := work.Borrow[float64](2 * whole)
	defer work.Return(handle)
	sum, weight := buffer[:whole], buffer[whole:2*whole]
	clear(weight)
	for t := range frames {
		for j, w := range s.window {
			weight[t*s.config.Hop+j] += float64(w * w)
		}
	}
	end := min(s.pad()+n, s.pad()+s.Samples(frames))
	for i := s.pad(); i < end; i++ {
		if weight[i] <= 1e-11 {
			tensor.BadArg(op, "the windows leave sample %d out; make the hop smaller or center the frames", i-s.pad())
		}
	}
	memory := getSpace(s.config.Size)
	for row := range len(out) / max(n, 1) {
		clear(sum)
		for t := range frames {
			at := row*bins*frames + t
			for k := range memory.spectrum {
				memory.spectrum[k] = complex(float64(a[at+k*frames]), float64(b[at+k*frames]))
			}
			s.fft.Inverse(memory.frame, memory.spectrum)
			for j, w := range s.window {
				sum[t*s.config.Hop+j] += float64(w * memory.frame[j])
			}
		}
		x, scale := out[row*n:(row+1)*n], 1/s.scale()
		for i := range x {
			x[i] = 0
			if at := s.pad() + i; at < end {
				x[i] = float32(sum[at] / weight[at] * scale)
			}
		}
	}
	putSpace(memory)
}

// smallest is the power below which [DecibelsTo] does not go, −100 dB.
const smallest = 1e-10

// Decibels returns a power spectrogram in decibels, as
// torchaudio.transforms.AmplitudeToDB("power", top_db=top) does:
//
//	y = 10 log₁₀ max(x, 10⁻¹⁰)     and not below max y − top, where top > 0
//
// The maximum is that of the last three axes, [channels bins frames], or of x
// when it has no more. top = 0 sets no bound; 80 is usual.
func Decibels(x *tensor.Tensor, top float64) *tensor.Tensor {
	dst := tensor.ZerosLike(x)
	DecibelsTo(dst, x, top)
	return dst
}

// DecibelsTo is [Decibels] into dst, which may be x. It panics with the typed
// errors of package tensor when the shapes differ, an operand is not float32, dst
// is not contiguous, or top is negative or NaN.
func DecibelsTo(dst, x *tensor.Tensor, top float64) {
	const op = "audio.decibels"
	float32s(op, dst, x)
	if !(top >= 0) {
		tensor.BadArg(op, "want a top of at least 0, got %v", top)
	}
	group := 1 // elements that share a maximum
	for i, n := range x.Shape() {
		if i >= x.Rank()-3 {
			group *= n
		}
	}
	same := dst.Rank() == x.Rank()
	for i := 0; same && i < x.Rank(); i++ {
		same = dst.Shape()[i] == x.Shape()[i]
	}
	if !same {
		tensor.BadShape(op, "the destination has not the shape of the operand", dst, x)
	}
	contiguous(op, dst)
	a, out := tensor.Data[float32](x), tensor.Data[float32](dst)
	for at := 0; at < len(out); at += group {
		decibels(out[at:at+group], a[at:at+group], top)
	}
}

// decibels is DecibelsTo of elements that share a maximum.
func decibels[T, U float32 | float64](dst []T, x []U, top float64) {
	most := math.Inf(-1)
	for i, v := range x {
		y := 10 * math.Log10(max(float64(v), smallest))
		dst[i], most = T(y), max(most, y)
	}
	if top == 0 {
		return
	}
	for i, v := range dst {
		dst[i] = max(v, T(most-top))
	}
}
