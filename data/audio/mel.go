package audio

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
	"github.com/descent-ml/descent/tensor"
)

// A MelConfig says how a mel spectrogram is made. Its zero values are the
// defaults of torchaudio.transforms.MelSpectrogram.
type MelConfig struct {
	// STFT cuts the frames, with other defaults than its own: Size is 400, Window is
	// Hann(Size), and Hop is half the window. TwoSided makes no sense here.
	STFT      STFTConfig
	Rate      int     // samples in a second; 0 means 16 000
	Mels      int     // filters; 0 means 128
	Low, High float64 // where the first filter begins and the last one ends, in hertz; High 0 means Rate/2
	Slaney    bool    // uses the scale of Slaney's Auditory Toolbox in place of HTK's
	Area      bool    // divides a filter by its width, norm="slaney": all have the same area
}

// A Mel makes mel spectrograms: the power of a signal in bands that are as wide
// as the ear hears, narrow for low tones and wide for high ones.
//
//	M[m, t] = Σ_k B[k, m] |X[k, t]|²
//
// Filter m is a triangle. It rises from the mel point m to m+1 and falls to m+2;
// the points lie evenly on the mel scale. Of many filters and few frequencies,
// those for low tones may fall between two frequencies and are 0 everywhere. A Mel
// does not change, and many
// goroutines may share it.
type Mel struct {
	stft  *STFT
	mels  int
	first []int       // the first frequency of each filter that is not 0
	bank  [][]float64 // its weights from there on
}

// NewMel prepares mel spectrograms. It panics with a [*tensor.ArgError] when the
// config makes no sense: a negative number, Low not below High, or TwoSided.
func NewMel(c MelConfig) *Mel {
	if c.STFT.Size == 0 {
		c.STFT.Size = 400
	}
	if c.STFT.Window == nil {
		c.STFT.Window = Hann(max(c.STFT.Size, 0))
	}
	if c.STFT.Hop == 0 {
		c.STFT.Hop = max(len(c.STFT.Window)/2, 1)
	}
	if c.Rate == 0 {
		c.Rate = 16000
	}
	if c.Mels == 0 {
		c.Mels = 128
	}
	if c.High == 0 {
		c.High = float64(c.Rate / 2)
	}
	if c.Rate < 0 || c.Mels < 0 || !(0 <= c.Low && c.Low < c.High && c.High <= math.MaxFloat64) || c.STFT.TwoSided {
		tensor.BadArg("audio.mel", "want a positive rate and number of mels, frequencies 0 ≤ low < high, and a one-sided transform, got %+v", c)
	}
	m := &Mel{stft: NewSTFT(c.STFT), mels: c.Mels}
	m.filters(c)
	return m
}

// filters fills the bank, as torchaudio.functional.melscale_fbanks does.
func (m *Mel) filters(c MelConfig) {
	points := make([]float64, c.Mels+2)
	low, high := melOf(c.Low, c.Slaney), melOf(c.High, c.Slaney)
	for i := range points {
		points[i] = hertzOf(low+float64((high-low)*float64(i)/float64(c.Mels+1)), c.Slaney)
	}
	bins := m.stft.Bins()
	for i := range c.Mels {
		left, middle, right := points[i], points[i+1], points[i+2]
		scale := 1.0
		if c.Area {
			scale = 2 / (right - left)
		}
		first, weights := 0, []float64(nil)
		for k := range bins {
			f := float64(c.Rate/2) * float64(k) / float64(max(bins-1, 1))
			w := min((f-left)/(middle-left), (right-f)/(right-middle))
			if !(w > 0) {
				continue
			}
			if weights == nil {
				first = k
			}
			weights = append(weights, w*scale)
		}
		m.first, m.bank = append(m.first, first), append(m.bank, weights)
	}
}

// The scale of Slaney is linear up to 1000 Hz, and logarithmic above.
const (
	linearStep = 200.0 / 3 // hertz for a mel
	bend       = 1000.0
)

var logStep = math.Log(6.4) / 27

// melOf returns the place of a frequency in hertz on the mel scale.
func melOf(f float64, slaney bool) float64 {
	switch {
	case !slaney:
		return 2595 * math.Log10(1+f/700)
	case f < bend:
		return f / linearStep
	}
	return bend/linearStep + math.Log(f/bend)/logStep
}

// hertzOf is the inverse of melOf.
func hertzOf(mel float64, slaney bool) float64 {
	switch {
	case !slaney:
		return 700 * (math.Pow(10, mel/2595) - 1)
	case mel < bend/linearStep:
		return linearStep * mel
	}
	return bend * math.Exp(logStep*(mel-bend/linearStep))
}

// Bank returns the filters, [bins mels], as torchaudio.functional.melscale_fbanks
// does. torchaudio computes them in float32, so its numbers differ by some 10⁻⁵.
func (m *Mel) Bank() *tensor.Tensor {
	b := tensor.Zeros(m.stft.Bins(), m.mels)
	data := tensor.Data[float32](b)
	for i, weights := range m.bank {
		for k, w := range weights {
			data[(m.first[i]+k)*m.mels+i] = float32(w)
		}
	}
	return b
}

// Frames returns the number of frames of a signal of n samples, as
// [STFT.Frames] does.
func (m *Mel) Frames(n int) int { return m.stft.Frames(n) }

// Of returns the mel spectrogram of signals x [… n], of shape [… mels frames].
func (m *Mel) Of(x *tensor.Tensor) *tensor.Tensor {
	dst := tensor.Zeros(m.stft.shape("audio.mel", x, m.mels)...)
	m.To(dst, x)
	return dst
}

// To is [Mel.Of] into dst. It panics as [STFT.To] does, and allocates nothing in
// steady state.
func (m *Mel) To(dst, x *tensor.Tensor) {
	m.stft.destination("audio.mel", dst, x, m.mels)
	out := tensor.Data[float32](dst)
	m.each(x, func(row, frames, t, mel int, v float64) {
		out[(row*m.mels+mel)*frames+t] = float32(v)
	})
}

// each calls f with every number of the spectrograms of x.
func (m *Mel) each(x *tensor.Tensor, f func(row, frames, t, mel int, v float64)) {
	p, handle := work.Borrow[float64](m.stft.Bins())
	scale := m.stft.scale()
	m.stft.each(x, func(row, frames, t int, spectrum []complex128) {
		for k, v := range spectrum {
			p[k] = power(v, scale)
		}
		for i, weights := range m.bank {
			sum := 0.0
			for k, w := range weights {
				sum += float64(w * p[m.first[i]+k])
			}
			f(row, frames, t, i, sum)
		}
	})
	work.Return(handle)
}
