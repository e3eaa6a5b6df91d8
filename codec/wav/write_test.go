package wav

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

func TestGolden(t *testing.T) {
	f := sound(8000, 2, 0.5, -1, 1, 0.25)
	require.Equal(t, riff(chunk("fmt ", fmtOf(1, 2, 8000, 4, 16)), chunk("data", "\x00\x40\xff\x7f\x00\x80\x00\x20")), encoded(t, f, PCM16))
	require.Equal(t, riff(chunk("fmt ", fmtOf(1, 1, 1, 1, 8)), chunk("data", "\xc0\x00\x80")), encoded(t, sound(1, 1, 0.5, -1, 0), PCM8))
	require.Equal(t, riff(chunk("fmt ", fmtOf(3, 1, 8000, 4, 32)+"\x00\x00"), chunk("fact", "\x01\x00\x00\x00"), chunk("data", "\x00\x00\xc0\x3f")),
		encoded(t, sound(8000, 1, 1.5), Float32))
}

// Samples become the nearest integer, a half the even one, and the last one there is.
func TestRounding(t *testing.T) {
	f := sound(8000, 1, 0.5/128, 1.5/128, -0.5/128, -1.5/128, 0.6/128, 1, 127.4/128, 127.6/128, 2, -2,
		float32(math.Inf(1)), float32(math.Inf(-1)))
	got, err := Read(bytes.NewReader(encoded(t, f, PCM8)))
	require.NoError(t, err)
	for i, want := range []float32{0, 2, 0, -2, 1, 127, 127, 127, 127, -128, 127, -128} {
		require.Equal(t, want, 128*tensor.Data[float32](got.Samples)[i], "sample %d", i)
	}
}

// Every number that an integer format has comes back, and every float.
func TestRoundTrip(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		channels := rapid.IntRange(1, 4).Draw(t, "channels")
		frames := rapid.IntRange(0, 9).Draw(t, "frames")
		format := Format(rapid.IntRange(0, len(formats)-1).Draw(t, "format"))
		x := tensor.Zeros(channels, frames)
		for i := range tensor.Data[float32](x) {
			bits := rapid.Uint32().Draw(t, "bits")
			v := math.Float32frombits(bits)
			if formats[format].tag == tagPCM {
				v = float32(int32(bits)>>(32-min(8*formats[format].width, 24))) / float32(int(1)<<(min(8*formats[format].width, 24)-1))
			}
			tensor.Data[float32](x)[i] = v
		}
		f := &File{SampleRate: rapid.IntRange(1, 1<<31-1).Draw(t, "rate"), Samples: x}
		file := encoded(t, f, format)
		require.Zero(t, len(file)%2)
		got, err := Read(bytes.NewReader(file))
		require.NoError(t, err)
		requireSame(t, f, got)
	})
}

// Both types of tensors and any strides are written.
func TestTensors(t *testing.T) {
	x := tensor.New([]float32{0.5, -0.5, 0.25, -0.25}, 2, 2)
	want := encoded(t, &File{8000, x}, PCM16)
	require.Equal(t, want, encoded(t, &File{8000, x.To(tensor.Float64)}, PCM16))
	require.Equal(t, want, encoded(t, &File{8000, x.T().Clone().T()}, PCM16))
}

func TestCannotBeWritten(t *testing.T) {
	x := tensor.Zeros(1, 2)
	for _, c := range []struct {
		want   string
		f      *File
		format Format
	}{
		{"there is no format 6", &File{8000, x}, 6},
		{"there is no format -1", &File{8000, x}, -1},
		{"there are no samples", &File{8000, nil}, PCM16},
		{"the samples have the shape [2], want [channels frames]", &File{8000, tensor.Zeros(2)}, PCM16},
		{"there are 0 channels, want 1 to 1024", &File{8000, tensor.Zeros(0, 2)}, PCM16},
		{"there are 1025 channels, want 1 to 1024", &File{8000, tensor.Zeros(1025, 2)}, PCM16},
		{"the rate is 0 frames a second, want 1 to 2147483647", &File{0, x}, PCM16},
	} {
		var b bytes.Buffer
		require.EqualError(t, Write(&b, c.f, c.format), "wav: "+c.want)
		require.Zero(t, b.Len())
	}
	if strconv.IntSize == 64 { // a tensor of more than 4 GB
		err := Write(io.Discard, &File{8000, tensor.Zeros(1, 1).Expand(1024, 1<<20)}, PCM32)
		require.EqualError(t, err, "wav: the file takes 4294967340 bytes, more than the 4294967302 that it can")
	}
	nan := sound(8000, 2, 0, 1, 0, float32(math.NaN()))
	require.EqualError(t, Write(io.Discard, nan, PCM16), "wav: frame 1 of channel 1 is NaN, which 16-bit PCM cannot hold")
	require.NoError(t, Write(io.Discard, nan, Float64))
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	f := sound(8000, 1, 0.5, -1, 0)
	require.NoError(t, WriteFile(path, f, PCM24))
	got, err := ReadFile(path)
	require.NoError(t, err)
	requireSame(t, f, got)

	err = WriteFile(path, &File{0, f.Samples}, PCM24)
	require.EqualError(t, err, "wav: "+path+": the rate is 0 frames a second, want 1 to 2147483647")
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, encoded(t, f, PCM24), file)
}

// A disk accepts room bytes and then fails.
type disk struct{ room int }

var errFull = errors.New("disk full")

func (d *disk) Write(p []byte) (int, error) {
	n := min(d.room, len(p))
	d.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriterFails(t *testing.T) {
	f := &File{8000, tensor.Zeros(1, 3*block/2+1)}
	size := len(encoded(t, f, PCM8))
	for room := 0; room < size; room += 997 {
		require.ErrorIs(t, Write(&disk{room}, f, PCM8), errFull)
	}
	require.ErrorIs(t, Write(&disk{size - 1}, f, PCM8), errFull)
	require.NoError(t, Write(&disk{size}, f, PCM8))
}

// No input makes Read panic. A sound that it returns is the same after Write and Read.
func FuzzRead(f *testing.F) {
	for _, c := range hostile {
		f.Add(c.file)
	}
	for format := range Format(len(formats)) {
		f.Add(encoded(f, sound(8000, 2, 0, 0.5, -1, 0.25), format))
	}
	f.Add(riff(chunk("LIST", "odd"), chunk("fmt ", extended(16, tagPCM, string(guid))), sized("data", unknown, "abcd")))
	f.Fuzz(func(t *testing.T, file []byte) {
		first, err := Read(bytes.NewReader(file))
		if err != nil {
			require.Nil(t, first)
			return
		}
		again, err := Read(bytes.NewReader(encoded(t, first, Float32)))
		require.NoError(t, err)
		requireSame(t, first, again)
	})
}

// A tone goes to a file and comes back.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a.wav")

	tone := tensor.Zeros(1, 8000) // a second of the note A
	for i := range 8000 {
		tone.Set(0.5*math.Sin(2*math.Pi*440*float64(i)/8000), 0, i)
	}
	if err := WriteFile(path, &File{SampleRate: 8000, Samples: tone}, PCM16); err != nil {
		panic(err)
	}
	f, err := ReadFile(path)
	fmt.Println(f.SampleRate, f.Samples.Shape(), err)
	// Output: 8000 [1 8000] <nil>
}

// A sound of any length, in constant memory: the loudest sample.
func ExampleReader() {
	var file bytes.Buffer
	if err := Write(&file, sound(8000, 2, 0, 0.25, 0.5, -0.75, 0, 0.125), PCM16); err != nil {
		panic(err)
	}
	r, err := Open(&file)
	if err != nil {
		panic(err)
	}
	loudest, part := float32(0), make([]float32, 2*r.Channels)
	for {
		n, err := r.Next(part)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			panic(err)
		}
		for _, v := range part[:n*r.Channels] {
			loudest = max(loudest, v, -v)
		}
	}
	fmt.Println(r.Format, loudest)
	// Output: 16-bit PCM 0.75
}

func ExampleFile() {
	f := &File{SampleRate: 16000, Samples: tensor.Zeros(2, 8000)}
	fmt.Println(float64(f.Samples.Dim(1))/float64(f.SampleRate), "seconds in stereo")
	// Output: 0.5 seconds in stereo
}

func ExampleFormat() {
	fmt.Println(PCM8, PCM24, Float64)
	// Output: 8-bit PCM 24-bit PCM 64-bit float
}
