package audio

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
	"github.com/descent-ml/descent/tensor"
)

// An MFCCConfig says how cepstral coefficients are made. Its zero values are the
// defaults of torchaudio.transforms.MFCC.
type MFCCConfig struct {
	Mel          MelConfig
	Coefficients int // at most the number of mels; 0 means 40
}

// An MFCC makes mel-frequency cepstral coefficients: the discrete cosine
// transform (type 2, orthonormal) of a mel spectrogram in decibels, whose range is
// cut to 80 dB. The first coefficients tell the shape of the spectrum and leave the
// pitch out.
//
//	C[c, t] = √(2/M) Σ_m cos(π/M (m + ½) c) D[m, t]     and C[0, t] times 1/√2
//
// An MFCC does not change, and many goroutines may share it.
type MFCC struct {
	mel    *Mel
	count  int
	cosine []float64 // [count mels]
}

// NewMFCC prepares cepstral coefficients. It panics with a [*tensor.ArgError]
// when the config makes no sense, as [NewMel] does.
func NewMFCC(c MFCCConfig) *MFCC {
	if c.Coefficients == 0 {
		c.Coefficients = 40
	}
	m := &MFCC{mel: NewMel(c.Mel), count: c.Coefficients}
	mels := m.mel.mels
	if m.count < 0 || m.count > mels {
		tensor.BadArg("audio.mfcc", "want 1 to %d coefficients of %d mels, got %d", mels, mels, m.count)
	}
	for c := range m.count {
		scale := math.Sqrt(2 / float64(mels))
		if c == 0 {
			scale /= math.Sqrt2
		}
		for i := range mels {
			m.cosine = append(m.cosine, scale*math.Cos(math.Pi/float64(mels)*(float64(i)+0.5)*float64(c)))
		}
	}
	return m
}

// Frames returns the number of frames of a signal of n samples, as
// [STFT.Frames] does.
func (m *MFCC) Frames(n int) int { return m.mel.Frames(n) }

// Of returns the coefficients of signals x [… n], of shape
// [… coefficients frames]. The loudest of the channels of a clip, the axis before
// the last one, decides what the range of 80 dB is.
func (m *MFCC) Of(x *tensor.Tensor) *tensor.Tensor {
	dst := tensor.Zeros(m.mel.stft.shape("audio.mfcc", x, m.count)...)
	m.To(dst, x)
	return dst
}

// To is [MFCC.Of] into dst. It panics as [STFT.To] does, and allocates nothing in
// steady state.
func (m *MFCC) To(dst, x *tensor.Tensor) {
	m.mel.stft.destination("audio.mfcc", dst, x, m.count)
	out := tensor.Data[float32](dst)
	mels, frames := m.mel.mels, m.Frames(x.Shape()[x.Rank()-1])
	one := mels * frames
	rows, group := 1, one
	for i, n := range x.Shape()[:x.Rank()-1] {
		rows *= n
		if i == x.Rank()-2 {
			group *= n
		}
	}
	buffer, handle := work.Borrow[float64](rows * one)
	spectra := buffer[:rows*one]
	m.mel.each(x, func(row, _, t, mel int, v float64) { spectra[row*one+t*mels+mel] = v })
	for at := 0; at < len(spectra); at += group {
		decibels(spectra[at:at+group], spectra[at:at+group], 80)
	}
	for i := range rows * frames {
		frame := spectra[i*mels : (i+1)*mels]
		for c := range m.count {
			sum := 0.0
			for k, w := range m.cosine[c*mels : (c+1)*mels] {
				sum += float64(w * frame[k])
			}
			out[(i/frames*m.count+c)*frames+i%frames] = float32(sum)
		}
	}
	work.Return(handle)
}
