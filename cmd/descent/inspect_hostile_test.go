package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// hugePNG is the head of a picture that would take 16 GB.
func hugePNG() []byte {
	chunk := []byte("IHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00")
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

// header returns the start of a safetensors file.
func header(text string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
}

// Files that lie fail with one sentence that names them, and little memory.
func TestInspectHostile(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(idx(nil, 1<<10, 1<<10, 1<<9))
	for range 16 {
		z.Write(make([]byte, 1<<20))
	}
	require.NoError(t, z.Close())
	npyHead := func(dict string) []byte {
		return append([]byte("\x93NUMPY\x01\x00"+string([]byte{byte(len(dict)), 0})), dict...)
	}
	list := map[string][]byte{
		"zeros":              make([]byte, 4096),
		"elf":                []byte("\x7fELF\x02\x01\x01\x00\x00\x00"),
		"utf16.csv":          []byte("\xff\xfea\x00,\x00b\x00\n\x00"),
		"utf16":              []byte("\xff\xfea\x00,\x00b\x00\n\x00"),
		"latin.txt":          []byte("caf\xe9 cr\xe8me\n"),
		"ragged.csv":         []byte("a,b\n1,2\n3\n"),
		"quote.csv":          []byte("a,b\n1,\"2\n"),
		"empty.csv":          nil,
		"empty.npy":          nil,
		"empty.npz":          nil,
		"empty.wav":          nil,
		"empty.png":          nil,
		"empty.json":         nil,
		"empty.gz":           nil,
		"empty.safetensors":  nil,
		"broken.json":        []byte(`{"a": tru`),
		"twice.json":         []byte(`{} {}`),
		"deep.json":          bytes.Repeat([]byte("["), 1<<20),
		"deep2.json":         []byte(strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)),
		"text.png":           []byte("no picture"),
		"text.jpg":           []byte("no picture"),
		"huge.npy":           npyHead("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }\n"),
		"object.npy":         npyHead("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"),
		"code.npy":           npyHead("__import__('os').system('true')\n"),
		"zip.npz":            []byte("PK\x05\x06" + strings.Repeat("\x00", 10)),
		"local.npz":          []byte("PK\x03\x04" + strings.Repeat("\xff", 100)),
		"idx":                idx(nil, 1<<30),
		"idx4":               idx(nil, 1<<30, 1<<30, 1<<30, 1<<30),
		"rank":               {0, 0, 8, 200},
		"floats":             {0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0},
		"long":               idx([]byte{1, 2, 3}, 2),
		"gzip":               []byte("\x1f\x8b\x08\x00"),
		"bomb.gz":            bomb.Bytes(),
		"rifx.wav":           []byte("RIFX\x00\x00\x00\x00WAVE"),
		"rf64":               []byte("RF64\xff\xff\xff\xffWAVEds64"),
		"fmt.wav":            []byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"),
		"webp.wav":           []byte("RIFF\x00\x00\x00\x00WEBPVP8 "),
		"header.safetensors": []byte("\xff\xff\xff\xff\xff\xff\xff\x7f{}"),
		"length":             []byte("\xff\xff\xff\x05\x00\x00\x00\x00{}"),
		"shape.safetensors":  header(`{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 0]}}`),
		"data.safetensors":   header(`{"a": {"dtype": "F32", "shape": [1000000000], "data_offsets": [0, 4000000000]}}`),
		"dtype.safetensors":  header(`{"a": {"dtype": "Q4", "shape": [0], "data_offsets": [0, 0]}}`),
		"hole.safetensors":   header(`{"a": {"dtype": "F32", "shape": [0], "data_offsets": [8, 8]}}`),
		"long" + strings.Repeat("x", 200) + ".npy": nil,
	}
	if runtime.GOOS != "windows" { // which has no such names
		list["\x1b[31m.npy"] = nil
	}
	t.Logf("%d hostile files", len(list))
	dir := t.TempDir()
	for name, content := range list {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		var code int
		var stdout, sentence string
		n := allocs.Bytes(func() { code, stdout, sentence = descent(background, "inspect", path) })
		require.Less(t, n, uint64(96<<20+4*len(content)), name)
		require.Equal(t, exitFailed, code, name)
		require.Empty(t, stdout, name)
		require.Equal(t, 1, strings.Count(sentence, "\n"), sentence)
		require.NotContains(t, sentence, "mistake in descent", name)
		require.Contains(t, sentence, strings.ReplaceAll(name, "\x1b", `\x1b`))
		require.Less(t, len(sentence), 1200, name)
		require.NoError(t, os.Remove(path))
	}
	// Only the head of a huge picture is read.
	text, _ := inspected(t, inTemp(t, "huge", hugePNG()))
	require.Contains(t, text, "PNG, 33 bytes, 65,535 × 65,535 pixels, colour\n")
}

// small returns a small file of each kind.
func small(t *testing.T) map[string][]byte {
	t.Helper()
	var array, zip, sound bytes.Buffer
	a := npy.FromInts([]int{1, 2}, 2)
	require.NoError(t, npy.Write(&array, a))
	require.NoError(t, npy.WriteZip(&zip, []npy.Named{{Name: "a", Array: a}}))
	require.NoError(t, wav.Write(&sound, &wav.File{SampleRate: 8, Samples: tensor.Zeros(2, 2)}, wav.PCM24))
	return map[string][]byte{
		".npy":         array.Bytes(),
		".npz":         zip.Bytes(),
		".wav":         sound.Bytes(),
		".png":         picture(t, "png"),
		".jpg":         picture(t, "jpeg"),
		".gif":         picture(t, "gif"),
		".idx":         idx([]byte{1, 2, 3, 4}, 2, 2),
		".safetensors": someTensors(t),
		".csv":         []byte("a,\"b\"\n1,x\n2,é\n"),
		".txt":         []byte("é\r\nx"),
		".json":        []byte(`{"a": [1, "x"], "b": null}`),
	}
}

// A file that is cut off anywhere is described or fails with a sentence, and so
// is one of which a byte has changed.
func TestInspectDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	n, described := 0, 0
	try := func(extension string, b []byte) {
		n++
		if tryInspect(t, path+extension, b) {
			described++
		}
	}
	for extension, whole := range small(t) {
		for i := range whole {
			try(extension, whole[:i])
			if i%3 == 0 {
				b := bytes.Clone(whole)
				b[i] ^= 0x81
				try(extension, b)
			}
		}
	}
	t.Logf("%d files, of which %d were described", n, described)
	require.Greater(t, n, 1000)
	require.Less(t, described, n/4)
}

// tryInspect inspects a file with the given content, without a command line
// around it. It reports whether the file was described.
func tryInspect(t *testing.T, path string, content []byte) bool {
	t.Helper()
	require.NoError(t, os.WriteFile(path, content, 0o600))
	defer os.Remove(path)
	facts, err := inspect(background, path)
	if err != nil {
		require.NotEmpty(t, err.Error())
		return false
	}
	line, err := json.Marshal(facts)
	require.NoError(t, err)
	require.True(t, json.Valid(line))
	var out bytes.Buffer
	facts.print(newConsole(&out, &out, func() {}))
	require.True(t, strings.HasPrefix(out.String(), path+": "))
	require.Equal(t, -1, strings.IndexFunc(out.String(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }), strconv.Quote(out.String()))
	return true
}

// FuzzInspect inspects any file under the name of any kind.
func FuzzInspect(f *testing.F) {
	f.Add([]byte("\x93NUMPY"), ".npy")
	f.Add(hugePNG(), ".png")
	f.Add(header(`{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}`), ".safetensors")
	f.Add(idx([]byte{1, 2}, 2), "")
	f.Add([]byte("a;b\n1,5;x\n"), ".csv")
	f.Add([]byte(`{"a": 1}`), ".json")
	f.Add([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x08\x00\x00\x00\x10\x00\x00\x00\x02\x00\x10\x00data\x02\x00\x00\x00ab"), ".wav")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte, extension string) {
		switch extension {
		case ".npy", ".npz", ".wav", ".png", ".jpg", ".gif", ".idx", ".gz", ".safetensors", ".csv", ".json":
		default:
			extension = ""
		}
		tryInspect(t, filepath.Join(dir, "file"+extension), content)
	})
}

// The statistics are those of the finite numbers, however large.
func TestTally(t *testing.T) {
	for _, c := range []struct {
		of             []float64
		min, mean, max float64
	}{
		{[]float64{1, 2, 6, math.NaN(), math.Inf(-1)}, 1, 3, 6},
		{[]float64{math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64},
		{[]float64{-math.MaxFloat64, math.MaxFloat64}, -math.MaxFloat64, 0, math.MaxFloat64},
		{[]float64{0.1, 0.1, 0.1}, 0.1, 0.1, 0.1},
	} {
		s := newTally()
		for _, v := range c.of {
			s.add(v)
		}
		got := s.stats()
		require.Equal(t, []number{number(c.min), number(c.mean), number(c.max)}, []number{got.Min, got.Mean, got.Max})
	}
}
