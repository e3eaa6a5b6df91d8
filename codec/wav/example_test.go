package wav_test

import (
	"bytes"
	"fmt"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/tensor"
)

// A sample becomes the nearest number that the format has.
func ExampleWrite() {
	sound := &wav.File{SampleRate: 8000, Samples: tensor.New([]float32{0.3, -0.3}, 1, 2)}
	for _, format := range []wav.Format{wav.Float32, wav.PCM32, wav.PCM16, wav.PCM8} {
		var file bytes.Buffer
		if err := wav.Write(&file, sound, format); err != nil {
			fmt.Println(err)
			return
		}
		size := file.Len()
		f, err := wav.Read(&file)
		fmt.Printf("%v, %d bytes: %.4f %v\n", format, size, tensor.Values(f.Samples), err)
	}
	// Output:
	// 32-bit float, 66 bytes: [0.3000 -0.3000] <nil>
	// 32-bit PCM, 52 bytes: [0.3000 -0.3000] <nil>
	// 16-bit PCM, 48 bytes: [0.3000 -0.3000] <nil>
	// 8-bit PCM, 46 bytes: [0.2969 -0.2969] <nil>
}

// The header says how long the sound is, if the program that wrote it knew.
func ExampleReader_Frames() {
	var file bytes.Buffer
	sound := &wav.File{SampleRate: 8000, Samples: tensor.Zeros(2, 4000)}
	if err := wav.Write(&file, sound, wav.PCM16); err != nil {
		fmt.Println(err)
		return
	}
	r, err := wav.Open(&file)
	fmt.Println(r.Frames(), r.Channels, "of at most", wav.MaxChannels, err)
	// Output: 4000 2 of at most 1024 <nil>
}
