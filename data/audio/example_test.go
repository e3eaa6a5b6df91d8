package audio_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/audio"
	"github.com/descent-ml/descent/tensor"
)

// tone returns a second of a tone, at 16 000 samples a second.
func tone(hertz float64) *tensor.Tensor {
	x := make([]float32, 16000)
	for i := range x {
		x[i] = float32(math.Sin(2 * math.Pi * hertz * float64(i) / 16000))
	}
	return tensor.New(x, len(x))
}

// The input of a convolutional net: a mel spectrogram in decibels.
func Example() {
	mel := audio.NewMel(audio.MelConfig{Mels: 64})
	clips := tensor.Stack(0, tone(440), tone(880))
	x := audio.Decibels(mel.Of(clips), 80)
	fmt.Println(clips.Shape(), "→", x.Shape())

	audio.MaskTime(x, 20, 0, tensor.NewRand(1)) // while training
	// Output: [2 16000] → [2 64 81]
}

func ExampleFFT() {
	f := audio.NewFFT(6)
	x := []float64{1, 2, 3, 4, 5, 6}
	s := make([]complex128, 4)
	f.Forward(s, x)
	for k, v := range s {
		fmt.Printf("%d: %.3f\n", k, cmplx.Abs(v))
	}
	f.Inverse(x, s)
	fmt.Printf("%.3f\n", x)
	// Output:
	// 0: 21.000
	// 1: 6.000
	// 2: 3.464
	// 3: 3.000
	// [1.000 2.000 3.000 4.000 5.000 6.000]
}

func ExampleSTFT() {
	s := audio.NewSTFT(audio.STFTConfig{Size: 400, Window: audio.Hann(400)})
	re, im := s.Of(tone(1000))
	fmt.Println(re.Shape(), im.Shape())
	loudest := tensor.ArgMax(s.Power(tone(1000)), 0)[80]
	fmt.Println(loudest*16000/400, "Hz")
	back := s.Inverse(re, im)
	fmt.Printf("%v %.4f %.4f\n", back.Shape(), back.At(4), tone(1000).At(4))
	// Output:
	// [201 161] [201 161]
	// 1000 Hz
	// [16000] 1.0000 1.0000
}

func ExampleSTFTConfig() {
	speech := audio.STFTConfig{Size: 512, Hop: 160, Window: audio.Hamming(400)} // 25 ms every 10 ms, filled up to a power of two
	fmt.Println(audio.NewSTFT(speech).Frames(16000))
	// Output: 101
}

func ExampleMel() {
	mel := audio.NewMel(audio.MelConfig{Mels: 40, Slaney: true, Area: true})
	for _, hertz := range []float64{200, 400, 6000, 6200} {
		fmt.Print(tensor.ArgMax(mel.Of(tone(hertz)), 0)[40], " ")
	}
	// Output: 2 4 36 37
}

func ExampleMelConfig() {
	mel := audio.NewMel(audio.MelConfig{Rate: 8000, Mels: 3, STFT: audio.STFTConfig{Size: 8}})
	fmt.Printf("%.2f\n", tensor.Values(mel.Bank()))
	// Output: [0.00 0.00 0.00 0.17 0.83 0.00 0.00 0.20 0.80 0.00 0.00 0.56 0.00 0.00 0.00]
}

func ExampleMFCC() {
	mfcc := audio.NewMFCC(audio.MFCCConfig{Coefficients: 13})
	fmt.Println(mfcc.Of(tone(440)).Shape())
	// Output: [13 81]
}

func ExampleMFCCConfig() {
	c := audio.MFCCConfig{Mel: audio.MelConfig{Mels: 23, Low: 20}, Coefficients: 13}
	fmt.Println(audio.NewMFCC(c).Of(tensor.Zeros(2, 1, 16000)).Shape())
	// Output: [2 1 13 81]
}

func ExampleDecibels() {
	fmt.Println(tensor.Values(audio.Decibels(tensor.New([]float32{1, 0.1, 1e-3, 0}, 4), 50)))
	// Output: [0 -10 -30 -50]
}

func ExampleClip() {
	dir, _ := os.MkdirTemp("", "clips")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a.wav")
	_ = wav.WriteFile(path, &wav.File{SampleRate: 8000, Samples: tensor.New([]float32{0.5, 0.25}, 1, 2)}, wav.PCM16)

	x, err := audio.Clip{Rate: 8000, Length: 4}.ReadFile(path)
	fmt.Println(tensor.Values(x), err)
	// Output: [0.5 0.25 0 0] <nil>
}

// Recordings become examples, and examples batches of spectrograms.
func ExampleFolder() {
	dir, _ := os.MkdirTemp("", "clips")
	defer os.RemoveAll(dir)
	for class, hertz := range map[string]float64{"high": 900, "low": 300} {
		_ = os.Mkdir(filepath.Join(dir, class), 0o700)
		_ = wav.WriteFile(filepath.Join(dir, class, "1.wav"), &wav.File{SampleRate: 16000, Samples: tone(hertz).Reshape(1, -1)}, wav.PCM16)
	}

	folder, _ := audio.OpenFolder(dir, audio.Clip{Rate: 16000, Length: 8000})
	clips, _ := folder.Load()
	mel := audio.NewMel(audio.MelConfig{Mels: 32})
	x := audio.Decibels(mel.Of(clips.X.Reshape(-1, 1, 8000)), 80)
	set := &data.Examples{X: x, Labels: clips.Labels, Classes: clips.Classes}
	loader := &data.Loader[data.Batch]{Set: set, Batch: 2}
	for b := range loader.Epoch() {
		fmt.Println(folder.Classes, b.X.Shape(), b.Labels)
	}
	// Output: [high low] [2 1 32 41] [0 1]
}
