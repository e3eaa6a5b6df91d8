package audio

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func noise(seed uint64, shape ...int) *tensor.Tensor {
	return tensor.Randn(tensor.NewRand(seed), shape...)
}

// A tone of one frequency is where that frequency is, at every moment.
func TestToneIsFound(t *testing.T) {
	const rate, size = 16000, 400
	x := make([]float32, 4000)
	for i := range x {
		x[i] = float32(math.Sin(2 * math.Pi * 1000 * float64(i) / rate))
	}
	s := NewSTFT(STFTConfig{Size: size, Window: Hann(size), Hop: 160, Uncentered: true})
	p := s.Power(tensor.New(x, len(x)))
	require.Equal(t, []int{201, 23}, p.Shape())
	for _, k := range tensor.ArgMax(p, 0) {
		require.Equal(t, 1000*size/rate, k)
	}
}

// Spectra give the signal back, for every overlap, and cut or lengthened.
func TestInverse(t *testing.T) {
	for _, c := range []STFTConfig{
		{Size: 16, Window: Hann(16)}, {Size: 16, Hop: 8, Window: Hamming(16), TwoSided: true}, {Size: 15, Hop: 5, Window: Hann(15)},
		{Size: 16, Hop: 4, Window: Hann(11), Normalized: true}, {Size: 16, Hop: 16, Uncentered: true}, {Size: 7, Hop: 3, Window: Hamming(7), Uncentered: true},
	} {
		s := NewSTFT(c)
		x := noise(1, 2, 3, 100)
		re, im := s.Of(x)
		frames := re.Shape()[3]
		n := min(s.Samples(frames), 100)
		back := s.Inverse(re, im)
		require.Equal(t, []int{2, 3, s.Samples(frames)}, back.Shape())
		for _, length := range []int{n, 10, s.Samples(frames) + 20} {
			dst := tensor.Full(7, 2, 3, length)
			s.InverseTo(dst, re, im)
			for row := range 6 {
				got, want := dst.Slice(0, row/3, row/3+1, 1).Select(1, row%3), x.Slice(0, row/3, row/3+1, 1).Select(1, row%3)
				for i := range length {
					switch {
					case i < min(n, length):
						require.InDelta(t, want.At(0, i), got.At(0, i), 1e-5, "%v %d", c, i)
					case i >= s.Samples(frames):
						require.Zero(t, got.At(0, i))
					}
				}
			}
		}
	}
}

// Signals in a batch, strided or not, give what each gives alone.
func TestBatches(t *testing.T) {
	mel := NewMel(MelConfig{STFT: STFTConfig{Size: 64}, Mels: 10})
	mfcc := NewMFCC(MFCCConfig{Mel: MelConfig{STFT: STFTConfig{Size: 64}, Mels: 10}, Coefficients: 5})
	x := noise(2, 4, 1, 200)
	strided := x.Transpose(0, 2).Contiguous().Transpose(0, 2)
	require.False(t, strided.IsContiguous())
	for _, f := range []func(*tensor.Tensor) *tensor.Tensor{mel.stft.Power, mel.Of, mfcc.Of} {
		all := f(x)
		require.Equal(t, tensor.Values(all), tensor.Values(f(strided)))
		for i := range 4 {
			require.Equal(t, tensor.Values(all.Select(0, i)), tensor.Values(f(x.Select(0, i))))
		}
	}
	require.Equal(t, []int{0, 2, 10, 7}, mel.Of(tensor.Zeros(0, 2, 200)).Shape())
	require.Equal(t, 7, mfcc.Frames(200))
	require.Equal(t, mel.Frames(200), mfcc.Frames(200))
}

// torchaudio's defaults are the zero values.
func TestDefaults(t *testing.T) {
	m := NewMel(MelConfig{})
	require.Equal(t, []int{201, 128}, m.Bank().Shape())
	require.Equal(t, []int{128, 81}, m.Of(noise(1, 16000)).Shape())
	require.Equal(t, []int{40, 81}, NewMFCC(MFCCConfig{}).Of(noise(1, 16000)).Shape())
	require.Equal(t, 26, NewSTFT(STFTConfig{Size: 16}).Frames(100), "a hop of 4")
	require.Equal(t, 10, NewSTFT(STFTConfig{Size: 3}).Frames(10), "a hop of 1")
}

func TestAudioAllocatesNothing(t *testing.T) {
	x := noise(1, 2, 1, 1000)
	c := STFTConfig{Size: 100, Window: Hann(100)}
	s, mel, mfcc := NewSTFT(c), NewMel(MelConfig{STFT: c, Mels: 20}), NewMFCC(MFCCConfig{Mel: MelConfig{STFT: c, Mels: 20}, Coefficients: 12})
	re, im := s.Of(x)
	p, m, cc, back := s.Power(x), mel.Of(x), mfcc.Of(x), s.Inverse(re, im)
	r := tensor.NewRand(1)
	for name, f := range map[string]func(){
		"stft": func() { s.To(re, im, x) }, "power": func() { s.PowerTo(p, x) }, "inverse": func() { s.InverseTo(back, re, im) },
		"mel": func() { mel.To(m, x) }, "mfcc": func() { mfcc.To(cc, x) }, "decibels": func() { DecibelsTo(m, m, 80) },
		"time": func() { MaskTime(m, 5, 0, r) }, "frequency": func() { MaskFrequency(m, 5, 0, r) },
	} {
		f()
		require.Zero(t, testing.AllocsPerRun(20, f), name)
	}
}

func TestAudioMisuse(t *testing.T) {
	s := NewSTFT(STFTConfig{Size: 16, Window: Hann(16)})
	x := noise(1, 2, 40)
	re, im := s.Of(x)
	strided := tensor.Zeros(11, 9, 2).Transpose(0, 2)
	for want, f := range map[string]func(){
		"audio.stft: want a size of at least 1, a positive hop and a window of at most the size, got 0, 1 and 0":  func() { NewSTFT(STFTConfig{}) },
		"audio.stft: want a size of at least 1, a positive hop and a window of at most the size, got 8, -1 and 0": func() { NewSTFT(STFTConfig{Size: 8, Hop: -1}) },
		"audio.stft: want a size of at least 1, a positive hop and a window of at most the size, got 8, 2 and 9":  func() { NewSTFT(STFTConfig{Size: 8, Window: Hann(9)}) },
		"audio.stft: a signal of 8 samples is too short for frames of 16":                                         func() { s.Of(tensor.Zeros(8)) },
		"audio.stft: a signal of 0 samples is too short for frames of 16":                                         func() { s.Of(tensor.Zeros(3, 0)) },
		"audio.stft: a signal of 15 samples is too short for frames of 16":                                        func() { NewSTFT(STFTConfig{Size: 16, Uncentered: true}).Frames(15) },
		"audio.stft []: want signals, [… n]":                                                                      func() { s.Of(tensor.Scalar(1)) },
		"audio.power []: want signals, [… n]":                                                                     func() { s.PowerTo(re, tensor.Scalar(1)) },
		"audio.stft [2 9 10] × [2 40]: the destination has not the shape of the result":                           func() { s.To(re, tensor.Zeros(2, 9, 10), x) },
		"audio.stft [9 11] × [2 40]: the destination has not the shape of the result":                             func() { s.To(tensor.Zeros(9, 11), im, x) },
		"audio.power [3 9 11] × [2 40]: the destination has not the shape of the result":                          func() { s.PowerTo(tensor.Zeros(3, 9, 11), x) },
		"audio.power [2 9 11]: the destination must be contiguous":                                                func() { s.PowerTo(strided, x) },
		"audio.stft: an operand is float64, want float32; convert it with To(tensor.Float32)":                     func() { s.To(re, im, tensor.Zeros64(2, 40)) },
		"audio.istft [11] × [11]: want spectra, [… bins frames]":                                                  func() { s.Inverse(tensor.Zeros(11), tensor.Zeros(11)) },
		"audio.istft [2 40] × [2 9 11] × [2 9 12]: want spectra [… bins frames] and signals [… n]":                func() { s.InverseTo(tensor.Zeros(2, 40), re, tensor.Zeros(2, 9, 12)) },
		"audio.istft [3 40] × [2 9 11] × [2 9 11]: want spectra [… bins frames] and signals [… n]":                func() { s.InverseTo(tensor.Zeros(3, 40), re, im) },
		"audio.istft [40] × [2 9 11] × [2 9 11]: want spectra [… bins frames] and signals [… n]":                  func() { s.InverseTo(tensor.Zeros(40), re, im) },
		"audio.istft: the windows leave sample 0 out; make the hop smaller or center the frames":                  func() { u := NewSTFT(STFTConfig{Size: 16, Window: Hann(16), Uncentered: true}); u.Inverse(u.Of(x)) },
		"audio.decibels [2] × [3]: the destination has not the shape of the operand":                              func() { DecibelsTo(tensor.Zeros(2), tensor.Zeros(3), 0) },
		"audio.decibels [2 3] × [2]: the destination has not the shape of the operand":                            func() { DecibelsTo(tensor.Zeros(2, 3), tensor.Zeros(2), 0) },
		"audio.decibels: want a top of at least 0, got -1":                                                        func() { Decibels(x, -1) },
		"audio.decibels: want a top of at least 0, got NaN":                                                       func() { Decibels(x, math.NaN()) },
		"audio.mfcc: want 1 to 128 coefficients of 128 mels, got 129":                                             func() { NewMFCC(MFCCConfig{Coefficients: 129}) },
		"audio.masktime [3]: want spectrograms, [… bins frames]":                                                  func() { MaskTime(tensor.Zeros(3), 1, 0, nil) },
		"audio.masktime [2 9 11]: the destination must be contiguous":                                             func() { MaskTime(strided, 1, 0, nil) },
		"audio.masktime: want a width from 0 to 11, got 12":                                                       func() { MaskTime(re, 12, 0, nil) },
		"audio.maskfrequency: want a width from 0 to 9, got -1":                                                   func() { MaskFrequency(re, -1, 0, nil) },
	} {
		require.PanicsWithError(t, want, f)
	}
	for i, c := range []MelConfig{
		{Rate: -1}, {Mels: -1}, {Low: -1}, {Low: 9000}, {High: math.Inf(1)}, {Low: math.NaN()}, {STFT: STFTConfig{Size: 16, TwoSided: true}},
	} {
		var err any
		func() {
			defer func() { err = recover() }()
			NewMel(c)
		}()
		require.IsType(t, &tensor.ArgError{}, err, "case %d", i)
		require.Contains(t, fmt.Sprint(err), "audio.mel: want a positive rate and number of mels, frequencies 0 ≤ low < high, and a one-sided transform")
	}
}

// Masks hide nothing but stripes, and all stripes that are possible occur.
func TestMasks(t *testing.T) {
	r := tensor.NewRand(1)
	seen := map[[2]int]int{}
	for range 3000 {
		x := tensor.Ones(4, 6)
		MaskTime(x, 3, 0, r)
		first, n := 6, 0
		for j := range 6 {
			for i := 1; i < 4; i++ {
				require.Equal(t, x.At(0, j), x.At(i, j))
			}
			if x.At(0, j) == 0 {
				first, n = min(first, j), n+1
			}
		}
		for j := first; j < first+n; j++ {
			require.Zero(t, x.At(0, j), "in one piece")
		}
		seen[[2]int{first, n}]++
	}
	require.Greater(t, seen[[2]int{6, 0}], 800, "a third hides nothing")
	for n := 1; n <= 2; n++ {
		for start := range 7 - n {
			if start < 6-n { // the last start is rare: its share is that of u·3 below n+1
				require.Positive(t, seen[[2]int{start, n}], "%d from %d", n, start)
			}
		}
	}
}

func TestGoroutinesShareAMel(t *testing.T) {
	mfcc := NewMFCC(MFCCConfig{Mel: MelConfig{STFT: STFTConfig{Size: 50}, Mels: 12}, Coefficients: 12})
	var all sync.WaitGroup
	for g := range 8 {
		x := noise(uint64(g), 2, 300)
		want := tensor.Values(mfcc.Of(x))
		all.Go(func() {
			for range 10 {
				if !slices.Equal(want, tensor.Values(mfcc.Of(x))) {
					t.Errorf("goroutine %d gets other coefficients", g)
				}
			}
		})
	}
	all.Wait()
}

// Slaney's scale is linear below 1000 Hz and has 27 steps from there to 6400 Hz.
func TestMelScales(t *testing.T) {
	for hertz, mel := range map[float64]float64{0: 0, 60: 0.9, 440: 6.6, 700: 10.5, 999: 14.985, 1000: 15, 6400: 42} {
		require.InDelta(t, mel, melOf(hertz, true), 1e-12)
	}
	require.InDelta(t, 999.98553714, melOf(1000, false), 1e-8)
	for f := 0.0; f < 12000; f += 7 {
		for _, slaney := range []bool{false, true} {
			require.InDelta(t, f, hertzOf(melOf(f, slaney), slaney), 1e-9)
		}
	}
}

// The loudest channel of a clip decides what is too quiet to count, but no other
// clip does.
func TestCepstraOfQuietChannels(t *testing.T) {
	x := noise(3, 2, 2, 100)
	samples := tensor.Data[float32](x)
	for i := range samples {
		samples[i] *= []float32{1, 1e-5, 1e-5, 1e-5}[i/100]
	}
	config := MelConfig{STFT: STFTConfig{Size: 32}, Mels: 6}
	loud := Decibels(NewMel(config).Of(x), 80)
	require.Equal(t, tensor.Max(loud.Select(0, 0)).At()-80, tensor.Min(loud.Select(0, 0)).At(), "it is cut")
	got := NewMFCC(MFCCConfig{Mel: config, Coefficients: 6}).Of(x)
	for clip := range 2 {
		for channel := range 2 {
			d, c := loud.Select(0, clip).Select(0, channel), got.Select(0, clip).Select(0, channel)
			for k := range 6 {
				for frame := range d.Dim(1) {
					want := 0.0
					for m := range 6 {
						want += math.Sqrt(2.0/6) * math.Cos(math.Pi/6*(float64(m)+0.5)*float64(k)) * d.At(m, frame)
					}
					if k == 0 {
						want /= math.Sqrt2
					}
					require.InDelta(t, want, c.At(k, frame), 1e-4)
				}
			}
		}
	}
}
