package audio_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/audio"
	"github.com/descent-ml/descent/tensor"
)

// A program that hears all day writes into memory that is there.
func ExampleSTFT_To() {
	s := audio.NewSTFT(audio.STFTConfig{Size: 400, Window: audio.Hann(400)})
	x := tone(1000)
	frames := s.Frames(x.Len())
	re, im, power := tensor.Zeros(s.Bins(), frames), tensor.Zeros(s.Bins(), frames), tensor.Zeros(s.Bins(), frames)
	s.To(re, im, x)
	s.PowerTo(power, x)
	fmt.Printf("the power of 1000 Hz is %.0f\n", power.At(25, 80))

	back := tensor.Zeros(s.Samples(frames))
	s.InverseTo(back, re, im)
	fmt.Printf("%v %.4f %.4f\n", back.Shape(), back.At(4), x.At(4))
	fmt.Println(audio.NewFFT(400).Len()/2+1 == s.Bins())
	// Output:
	// the power of 1000 Hz is 10000
	// [16000] 1.0000 1.0000
	// true
}

func ExampleMel_To() {
	mel := audio.NewMel(audio.MelConfig{Mels: 40})
	mfcc := audio.NewMFCC(audio.MFCCConfig{Coefficients: 13})
	x := tone(440)
	m, c := tensor.Zeros(40, mel.Frames(x.Len())), tensor.Zeros(13, mfcc.Frames(x.Len()))
	mel.To(m, x)
	mfcc.To(c, x)
	audio.DecibelsTo(m, m, 80) // in place
	fmt.Println(m.Shape(), c.Shape())
	// Output: [40 81] [13 81]
}

// Fewer than three frequencies are hidden.
func ExampleMaskFrequency() {
	x := tensor.Ones(8, 2)
	audio.MaskFrequency(x, 3, 0, tensor.NewRand(2))
	fmt.Println(tensor.Values(x.Select(1, 0)))
	// Output: [1 1 0 1 1 1 1 1]
}

// A folder is a set: recordings are read when a batch is filled.
func ExampleFolder_Fill() {
	dir, _ := os.MkdirTemp("", "clips")
	defer os.RemoveAll(dir)
	_ = os.Mkdir(filepath.Join(dir, "low"), 0o700)
	_ = wav.WriteFile(filepath.Join(dir, "low", "1.wav"), &wav.File{SampleRate: 16000, Samples: tone(300).Reshape(1, -1)}, wav.PCM16)

	folder, _ := audio.OpenFolder(dir, audio.Clip{Rate: 16000, Length: 8000})
	var b data.Batch
	fmt.Println(folder.Len(), folder.Fill(&b, []int{0, 0}), b.X.Shape(), b.Labels)
	fmt.Println("a folder of up to", audio.MaxLoadBytes>>30, "GiB fits into memory")
	// Output:
	// 1 <nil> [2 8000] [0 0]
	// a folder of up to 8 GiB fits into memory
}
