package audio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// recording returns a WAVE file of channels.
func recording(t testing.TB, rate int, format wav.Format, channels ...[]float32) []byte {
	t.Helper()
	var all []float32
	for _, c := range channels {
		all = append(all, c...)
	}
	var b bytes.Buffer
	require.NoError(t, wav.Write(&b, &wav.File{SampleRate: rate, Samples: tensor.New(all, len(channels), len(channels[0]))}, format))
	return b.Bytes()
}

// folder writes files to a new folder and returns its path.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, b, 0o600))
	}
	return dir
}

func TestFolder(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"yes/short.wav":  recording(t, 8000, wav.PCM16, []float32{0.5, -0.5}),
		"yes/long.WAV":   recording(t, 8000, wav.Float32, []float32{1, 2, 3, 4, 5, 6}),
		"no/stereo.wav":  recording(t, 8000, wav.PCM24, []float32{0.5, 0, -0.5}, []float32{0.25, 0.5, -1}),
		"no/README":      []byte("no recording"),
		"LICENSE":        nil,
		"no/deep/16.wav": recording(t, 8000, wav.PCM8, []float32{-1, 0, 0.5, 0.75}),
	})
	f, err := OpenFolder(dir, Clip{Rate: 8000, Length: 4})
	require.NoError(t, err)
	require.Equal(t, []string{"no", "yes"}, f.Classes)
	require.Equal(t, []string{filepath.Join(dir, "no", "README")}, f.Skipped)
	got, err := f.Load()
	require.NoError(t, err)
	require.Equal(t, []int{4, 4}, got.X.Shape())
	require.Equal(t, []float64{0.375, 0.25, -0.75, 0, -1, 0, 0.5, 0.75, 1, 2, 3, 4, 0.5, -0.5, 0, 0}, tensor.Values(got.X))
	require.Equal(t, []int{0, 0, 1, 1}, got.Labels)
	require.Equal(t, 2, got.Classes)

	for _, set := range []data.Set[data.Batch]{got, f} { // from memory, and from files
		loader := &data.Loader[data.Batch]{Set: set, Batch: 3, Prefetch: 2}
		seen := 0
		for b, err := range loader.Epoch() {
			require.NoError(t, err)
			require.Equal(t, got.Labels[seen:seen+len(b.Labels)], b.Labels)
			require.Equal(t, tensor.Values(got.Slice(seen, seen+len(b.Labels)).X), tensor.Values(b.X))
			seen += len(b.Labels)
		}
		require.Equal(t, 4, seen)
	}

	// The memory of a batch is used again, and nothing of a longer recording stays.
	var b data.Batch
	require.NoError(t, f.Fill(&b, []int{2, 2, 2}))
	require.NoError(t, f.Fill(&b, []int{3, 0}))
	require.Equal(t, []float64{0.5, -0.5, 0, 0, 0.375, 0.25, -0.75, 0}, tensor.Values(b.X))
	require.Equal(t, []int{1, 0}, b.Labels)
	require.Equal(t, []int{3, 0}, b.Index)
	for _, i := range []int{-1, 4} {
		require.PanicsWithError(t, fmt.Sprintf("folder of recordings [4 4]: index %d is out of range", i), func() { _ = f.Fill(&b, []int{0, i}) })
	}
}

// A recording is read in blocks, and no further than to the length of a clip.
func TestLongRecordings(t *testing.T) {
	x := make([]float32, 3*clipBlock)
	for i := range x {
		x[i] = float32(i % 1000)
	}
	file := recording(t, 8000, wav.Float32, x, x, x)
	for _, n := range []int{1, clipBlock/3 - 1, clipBlock / 3, clipBlock, 2*clipBlock + 7, len(x), len(x) + 5} {
		got := make([]float32, n)
		require.NoError(t, Clip{Rate: 8000, Length: n}.read(got, iotest.HalfReader(bytes.NewReader(file))))
		want := make([]float32, n)
		copy(want, x)
		require.Equal(t, want, got)
	}
	cut := file[:len(file)/2]
	require.NoError(t, Clip{Rate: 8000, Length: 100}.read(make([]float32, 100), bytes.NewReader(cut)))
	require.ErrorIs(t, Clip{Rate: 8000, Length: len(x)}.read(make([]float32, len(x)), bytes.NewReader(cut)), io.ErrUnexpectedEOF)
}

func TestClipErrors(t *testing.T) {
	good := recording(t, 8000, wav.PCM16, []float32{0.5, -0.5, 0.25})
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for want, file := range map[string][]byte{
		"the recording has 44100 samples in a second, want 8000": recording(t, 44100, wav.PCM16, []float32{1}),
		"the recording has 7999 samples in a second, want 8000":  recording(t, 7999, wav.PCM16, []float32{1}),
		"the recording has 8001 samples in a second, want 8000":  recording(t, 8001, wav.PCM16, []float32{1}),
		"the recording has no sample":                            recording(t, 8000, wav.PCM16, []float32{}),
		"sample 1 is NaN":                                        recording(t, 8000, wav.Float32, []float32{1, nan, 2}),
		"sample 2 is +Inf":                                       recording(t, 8000, wav.Float64, []float32{1, 3, inf}),
		"sample 0 is NaN":                                        recording(t, 8000, wav.Float32, []float32{inf}, []float32{-inf}),
	} {
		dir := folder(t, map[string][]byte{"yes/a.wav": good, "yes/b.wav": file})
		f, err := OpenFolder(dir, Clip{Rate: 8000, Length: 5})
		require.NoError(t, err)
		set, err := f.Load()
		path := filepath.Join(dir, "yes", "b.wav")
		require.EqualError(t, err, fmt.Sprintf("folder of recordings: %q: %s", path, want))
		require.Nil(t, set)
		x, err := f.ReadFile(path)
		require.ErrorContains(t, err, want)
		require.Nil(t, x)
	}
	// A file that is cut off anywhere is an error that names it, as long as its
	// samples are wanted.
	for n := range good {
		path := filepath.Join(folder(t, map[string][]byte{"a.wav": good[:n]}), "a.wav")
		_, err := Clip{Rate: 8000, Length: 3}.ReadFile(path)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, n)
		require.ErrorContains(t, err, path)
	}
	_, err := Clip{Rate: 8000, Length: 3}.ReadFile(filepath.Join(t.TempDir(), "nowhere.wav"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = OpenFolder(t.TempDir(), Clip{Rate: 1, Length: 1})
	require.ErrorContains(t, err, "folder of recordings: there is no folder in ")
	broken := errors.New("cable pulled")
	require.ErrorIs(t, Clip{Rate: 8000, Length: 3}.read(make([]float32, 3), io.MultiReader(bytes.NewReader(good[:50-4]), iotest.ErrReader(broken))), broken)

	f := &Folder{Clip: Clip{Rate: 8000, Length: 1 << 30}, Files: make([]string, 3)}
	_, err = f.Load()
	require.EqualError(t, err, "folder of recordings: 3 recordings of 1073741824 samples take more than the 8589934592 bytes that are read into memory at most")
	for _, c := range []Clip{{}, {Rate: 1}, {Length: 1}, {Rate: -1, Length: 5}} {
		want := fmt.Sprintf("audio.clip: want a positive rate and length, got %d and %d", c.Rate, c.Length)
		require.PanicsWithError(t, want, func() { _, _ = c.ReadFile("") })
		require.PanicsWithError(t, want, func() { _, _ = OpenFolder("", c) })
		require.PanicsWithError(t, want, func() { _, _ = (&Folder{Clip: c}).Load() })
	}
}

// A header that promises gigabytes costs a block.
func TestClipsAllocateWhatArrives(t *testing.T) {
	file := recording(t, 8000, wav.PCM16, make([]float32, 10))
	copy(file[40:], "\xf0\xff\xff\x7f") // the length of the samples
	dst := make([]float32, 100)
	var err error
	n := allocs.Bytes(func() { err = Clip{Rate: 8000, Length: 100}.read(dst, bytes.NewReader(file)) })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Less(t, n, uint64(1<<20))
}

func FuzzClip(f *testing.F) {
	for _, format := range []wav.Format{wav.Float32, wav.Float64, wav.PCM8, wav.PCM16, wav.PCM24, wav.PCM32} {
		file := recording(f, 8000, format, []float32{0.5, -0.5, 0.25}, []float32{1, 0, -1})
		f.Add(file)
		f.Add(file[:len(file)-3])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		dst := make([]float32, 7)
		if err := (Clip{Rate: 8000, Length: 7}).read(dst, bytes.NewReader(file)); err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, v := range dst {
			require.False(t, math.IsNaN(float64(v)) || math.IsInf(float64(v), 0))
		}
	})
}
