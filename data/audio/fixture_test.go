package audio

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// audioFixture is testdata/audio.json; testdata/fixtures/audio.py explains it.
type audioFixture struct {
	Torch   string
	Windows []struct {
		Name string
		N    int
		W    fixture.Numbers
	}
	FFT  []struct{ X, Re, Im fixture.Numbers }
	STFT []struct {
		X                      *fixture.Tensor
		Size, Hop, Length      int
		Window                 string
		Uncentered, Normalized bool
		TwoSided               bool `json:"two_sided"`
		Re, Im, Inverse        *fixture.Tensor
	}
	Mel []struct {
		X                             *fixture.Tensor
		Size, Length, Hop, Rate, Mels int
		Low, High                     float64
		Uncentered, Slaney, Area      bool
		Bank, Bank32, Mel, DB, MFCC   *fixture.Tensor
	}
	DB []struct {
		X, Y *fixture.Tensor
		Top  float64
	}
	Masks []struct {
		Seed        uint64
		Axis, Width int
		Y           *fixture.Tensor
		After       float32
	}
}

func readAudioFixture(t *testing.T) *audioFixture {
	f := new(audioFixture)
	fixture.Read(t, "testdata/audio.json", f)
	return f
}

// ulp is what rounding to float32 may add to a number, relatively.
const ulp = 0x1p-24

func windowNamed(name string, n int) []float64 {
	switch name {
	case "hann":
		return Hann(n)
	case "hamming":
		return Hamming(n)
	}
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func TestWindowsMatchPyTorch(t *testing.T) {
	f := readAudioFixture(t)
	require.Len(t, f.Windows, 12)
	for _, c := range f.Windows {
		got := windowNamed(c.Name, c.N)
		require.Len(t, got, len(c.W))
		for i, w := range c.W {
			require.InDelta(t, w, got[i], 5e-16, "%s(%d)[%d]", c.Name, c.N, i)
		}
	}
}

func TestFFTMatchesPyTorch(t *testing.T) {
	f := readAudioFixture(t)
	require.Len(t, f.FFT, 24)
	for _, c := range f.FFT {
		n := len(c.X)
		plan := NewFFT(n)
		got := make([]complex128, n/2+1)
		plan.Forward(got, c.X)
		for k, v := range got {
			require.InDelta(t, c.Re[k], real(v), 1e-13, "n %d, k %d", n, k)
			require.InDelta(t, c.Im[k], imag(v), 1e-13, "n %d, k %d", n, k)
		}
	}
}

func TestSTFTMatchesPyTorch(t *testing.T) {
	f := readAudioFixture(t)
	require.Len(t, f.STFT, 13)
	for i, c := range f.STFT {
		s := NewSTFT(STFTConfig{Size: c.Size, Hop: c.Hop, Window: windowNamed(c.Window, c.Length), Uncentered: c.Uncentered,
			Normalized: c.Normalized, TwoSided: c.TwoSided})
		x := c.X.Tensor(tensor.Float32)
		re, im := s.Of(x)
		// In float64 the two are equal; float32 rounds the result.
		require.NoError(t, c.Re.Diff(re, ulp, 1e-13), "case %d", i)
		require.NoError(t, c.Im.Diff(im, ulp, 1e-13), "case %d", i)
		for j, p := range tensor.Data[float32](s.Power(x)) {
			want := c.Re.Data[j]*c.Re.Data[j] + c.Im.Data[j]*c.Im.Data[j]
			require.InDelta(t, want, p, want*ulp+1e-13, "case %d", i)
		}
		if c.Inverse == nil {
			continue
		}
		require.NoError(t, c.Inverse.Diff(s.Inverse(re, im), 4*ulp, 1e-6), "case %d", i)
	}
}

func TestMelMatchesTorchaudio(t *testing.T) {
	f := readAudioFixture(t)
	require.Len(t, f.Mel, 5)
	for i, c := range f.Mel {
		config := MelConfig{STFT: STFTConfig{Size: c.Size, Hop: c.Hop, Uncentered: c.Uncentered}, Rate: c.Rate, Mels: c.Mels,
			Low: c.Low, High: c.High, Slaney: c.Slaney, Area: c.Area}
		if c.Length > 0 {
			config.STFT.Window = Hann(c.Length)
		}
		m := NewMel(config)
		x := c.X.Tensor(tensor.Float32)
		require.NoError(t, c.Bank.Diff(m.Bank(), ulp, 1e-13), "case %d", i)
		require.NoError(t, c.Bank32.Diff(m.Bank(), 0, 5e-5), "case %d", i)
		mel := m.Of(x)
		require.NoError(t, c.Mel.Diff(mel, 2*ulp, 1e-13), "case %d", i)
		require.NoError(t, c.DB.Diff(Decibels(mel, 80), ulp, 1e-6), "case %d", i)
		mfcc := NewMFCC(MFCCConfig{Mel: config, Coefficients: min(13, c.Mels)})
		require.NoError(t, c.MFCC.Diff(mfcc.Of(x), ulp, 1e-11), "case %d", i)
	}
}

func TestDecibelsMatchTorchaudio(t *testing.T) {
	f := readAudioFixture(t)
	require.Len(t, f.DB, 5)
	for i, c := range f.DB {
		x := c.X.Tensor(tensor.Float32)
		require.NoError(t, c.Y.Diff(Decibels(x, c.Top), ulp, 1e-14), "case %d", i)
		DecibelsTo(x, x, c.Top)
		require.NoError(t, c.Y.Diff(x, ulp, 1e-14), "case %d, in place", i)
	}
}

func TestMasksMatchTorchaudio(t *testing.T) {
	f := readAudioFixture(t)
	require.Len(t, f.Masks, 18)
	for i, c := range f.Masks {
		r := tensor.NewRand(c.Seed)
		x := tensor.Ones(c.Y.Shape...)
		if c.Axis == 1 {
			MaskTime(x, c.Width, -2, r)
		} else {
			MaskFrequency(x, c.Width, -2, r)
		}
		require.NoError(t, c.Y.Diff(x, 0, 0), "case %d", i)
		require.Equal(t, c.After, r.Float32(), "case %d: the generators are in step", i)
	}
}

// A spectrum computed as its definition says, in a way that is slow and plain.
func plainDFT(x []float64) []complex128 {
	n := len(x)
	s := make([]complex128, n/2+1)
	for k := range s {
		for j, v := range x {
			sin, cos := math.Sincos(-2 * math.Pi * float64(j*k%n) / float64(n))
			s[k] += complex(v*cos, v*sin)
		}
	}
	return s
}
