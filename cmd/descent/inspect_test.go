package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/tensor"
)

// inspected runs descent inspect, which must succeed, and returns what it prints
// without the path, and the object that it prints with --json.
func inspected(t *testing.T, path string) (text string, object map[string]any) {
	t.Helper()
	code, text, stderr := descent(background, "inspect", path)
	require.Equal(t, "", stderr)
	require.Zero(t, code)
	code, line, stderr := descent(background, "inspect", "--json", path)
	require.Equal(t, "", stderr)
	require.Zero(t, code)
	require.Equal(t, 1, strings.Count(line, "\n"))
	require.NoError(t, json.Unmarshal([]byte(line), &object))
	require.Equal(t, path, object["path"])
	require.True(t, strings.HasPrefix(text, path+": "), text)
	return strings.ReplaceAll(text, path, "X"), object
}

// inTemp writes a file.
func inTemp(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// someTensors is a safetensors file with what is rare.
func someTensors(t *testing.T) []byte {
	t.Helper()
	nan, inf := math.NaN(), math.Inf(1)
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, &safetensors.File{
		Metadata: map[string]string{"format": "pt", "by": "\x1b[31m"},
		Tensors: []tensor.Named{
			{Name: "fc.weight", Value: tensor.New([]float64{-1.5, 0.25, 2, 1}, 2, 2)},
			{Name: "fc.bias", Value: tensor.New([]float32{1, float32(nan), float32(inf), float32(-inf)}, 4)},
			{Name: "large", Value: tensor.New([]float64{math.MaxFloat64, math.MaxFloat64, math.Copysign(0, -1)}, 3)},
			{Name: "none", Value: tensor.Zeros(0, 2)},
		},
	}))
	return b.Bytes()
}

func TestInspectSafetensors(t *testing.T) {
	text, object := inspected(t, inTemp(t, "m.safetensors", someTensors(t)))
	require.Equal(t, `X: safetensors, 376 bytes, 4 tensors, 11 parameters

  by      \x1b[31m
  format  pt

  name       type  shape  elements   min         mean          max  NaN  Inf
  fc.weight  F64   [2 2]         4  -1.5       0.4375            2    0    0
  fc.bias    F32   [4]           4     1            1            1    1    2
  large      F64   [3]           3     0  1.1985e+308  1.7977e+308    0    0
  none       F32   [0 2]         0     ·            ·            ·    0    0
`, text)
	require.Equal(t, "safetensors", object["kind"])
	require.Equal(t, 11.0, object["elements"])
	arrays := object["arrays"].([]any)
	require.Equal(t, map[string]any{
		"name": "fc.bias", "type": "F32", "shape": []any{4.0}, "elements": 4.0, "min": 1.0, "mean": 1.0, "max": 1.0, "nan": 1.0, "inf": 2.0,
	}, arrays[1])
	require.Nil(t, arrays[3].(map[string]any)["min"])

	// The types of the file are told, and not those that a tensor has.
	text, _ = inspected(t, "../../codec/safetensors/testdata/halves.safetensors")
	require.Contains(t, text, "  BF16  ")
}

func TestInspectArrays(t *testing.T) {
	a := npy.FromInts([]int{1, 2, 3, 2147483647, -5, 0}, 2, 3)
	var one, many bytes.Buffer
	require.NoError(t, npy.Write(&one, a))
	require.NoError(t, npy.WriteZip(&many, []npy.Named{{Name: "x", Array: a}, {Name: "y", Array: npy.FromInts([]int{7, 1}, 2)}}))
	text, object := inspected(t, inTemp(t, "a.txt", one.Bytes())) // the content decides
	require.Equal(t, `X: NumPy array, 176 bytes, 1 array, 6 elements

  name  type   shape  elements  min        mean         max  NaN  Inf
        int64  [2 3]         6   -5  3.5791e+08  2147483647    0    0
`, text)
	require.Equal(t, "NumPy array", object["kind"])
	text, _ = inspected(t, inTemp(t, "a", many.Bytes()))
	require.Contains(t, text, ", 2 arrays, 8 elements\n")
	require.Contains(t, text, "  y     int64  [2]           2    1           4           7    0    0\n")

	plain := idx([]byte{0, 10, 20, 255}, 4)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(plain)
	require.NoError(t, z.Close())
	for _, b := range [][]byte{plain, packed.Bytes()} {
		text, object = inspected(t, inTemp(t, "labels", b))
		require.Contains(t, text, ", 1 array, 4 elements\n")
		require.Contains(t, text, "        uint8  [4]           4    0  71.25  255    0    0\n")
		require.Equal(t, "IDX", object["kind"])
	}
}

func TestInspectSound(t *testing.T) {
	var b bytes.Buffer
	sound := tensor.New([]float32{0.5, -0.75, 0, 0.25, 0, 0}, 2, 3)
	require.NoError(t, wav.Write(&b, &wav.File{SampleRate: 8000, Samples: sound}, wav.PCM16))
	text, object := inspected(t, inTemp(t, "a.bin", b.Bytes()))
	require.Equal(t, `X: WAVE, 56 bytes, 16-bit PCM
  rate      8,000 Hz
  channels  2
  length    0.000 s, 3 frames
  peak      0.75
  mean      0
`, text)
	require.Equal(t, 0.75, object["peak"])
	require.Equal(t, 3.0/8000, object["seconds"])
	b.Reset()
	require.NoError(t, wav.Write(&b, &wav.File{SampleRate: 1, Samples: tensor.New([]float32{float32(math.NaN()), 2}, 1, 2)}, wav.Float32))
	text, _ = inspected(t, inTemp(t, "a.wav", b.Bytes()))
	require.Contains(t, text, "  length    2.000 s, 2 frames\n  peak      2\n  mean      2\n  NaN, Inf  1, 0\n")
}

// picture returns a picture of 3 × 2 pixels in a format.
func picture(t *testing.T, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 3, 2))
	m.Set(1, 1, color.White)
	switch format {
	case "png":
		require.NoError(t, png.Encode(&b, m))
	case "jpeg":
		require.NoError(t, jpeg.Encode(&b, m, nil))
	default:
		require.NoError(t, gif.Encode(&b, m, nil))
	}
	return b.Bytes()
}

func TestInspectPicture(t *testing.T) {
	for format, want := range map[string]string{
		"png":  " bytes, 3 × 2 pixels, grey\n",
		"jpeg": " × 2 pixels, grey\n",
		"gif":  " bytes, 3 × 2 pixels, palette\n",
	} {
		text, object := inspected(t, inTemp(t, "picture", picture(t, format)))
		require.Contains(t, text, want)
		require.Equal(t, strings.ToUpper(format), object["kind"])
		require.Equal(t, 3.0, object["width"])
	}
}

func TestInspectText(t *testing.T) {
	text, object := inspected(t, inTemp(t, "houses.csv", []byte("area;town\n55;Rome\n80;\x1bParis\n62;Rome\n")))
	require.Contains(t, text, "X: table, 36 bytes, separated by semicolon, with a header\n\n  3 rows, 2 columns, 0 duplicate rows\n\n  column  kind")
	require.Contains(t, text, `town: Rome 2 (66.7 %), \x1bParis 1 (33.3 %)`)
	require.Equal(t, ";", object["separator"])
	require.Equal(t, 3.0, object["rows"])
	require.Len(t, object["report"].(map[string]any)["columns"], 2)

	text, object = inspected(t, inTemp(t, "points.txt", []byte("1 | 2\n3 | 4\n5 | 6\n"))) // a table by its content
	require.Contains(t, text, "separated by bar, without a header\n")
	require.Equal(t, false, object["header"])

	text, object = inspected(t, inTemp(t, "poem", []byte("Über allen Gipfeln\nist Ruh,\nin allen Wipfeln")))
	require.Equal(t, "X: text, 45 bytes, 3 lines, 44 characters, 20 different\n", text)
	require.Equal(t, 20.0, object["different_characters"])
	text, _ = inspected(t, inTemp(t, "empty", nil))
	require.Equal(t, "X: text, 0 bytes, 0 lines, 0 characters, 0 different\n", text)

	text, object = inspected(t, inTemp(t, "a.json", []byte(`{"b": [1, 2], "a": {"c": "`+strings.Repeat("é", 100)+`"}}`)))
	require.Equal(t, "X: JSON, 229 bytes, 2 members\n  b  [1,2]\n  a  {\"c\":\""+strings.Repeat("é", 29)+"… (208 bytes)\n", text)
	require.Len(t, object["members"], 2)
	for content, kind := range map[string]string{`[]`: "array", `"x"`: "string", `3`: "number", ` true `: "bool", `null`: "null"} {
		text, _ = inspected(t, inTemp(t, "a.json", []byte(content)))
		require.True(t, strings.HasSuffix(text, ", "+kind+"\n"), text)
	}
}

// A table that is too large for the memory is described by its first rows. What
// is known of the file as a whole stays true.
func TestInspectLongTable(t *testing.T) {
	b := []byte("a,b\n" + strings.Repeat("1,2\n", 30))
	f, err := inspectTableUpTo(10, head{Path: inTemp(t, "a.csv", b)})
	require.NoError(t, err)
	require.Equal(t, 30, f.(*tableFacts).Rows)
	require.Equal(t, 5, f.(*tableFacts).Report.Rows)
}

// A path that fails is told, and the others are described all the same.
func TestInspectSeveral(t *testing.T) {
	good, none := inTemp(t, "good", []byte("x\n")), filepath.Join(t.TempDir(), "none")
	bad := inTemp(t, "bad.npy", []byte("x"))
	code, stdout, stderr := descent(background, "inspect", good, none, bad, good)
	require.Equal(t, exitFailed, code)
	line := good + ": text, 2 bytes, 1 line, 2 characters, 2 different\n"
	require.Equal(t, line+"\n"+line, stdout)
	require.Equal(t, 1, strings.Count(stderr, "\n"))
	require.Regexp(t, `^descent: stat .*none: no such file or directory; npy: .*bad\.npy: not a \.npy file: .*\n$`, stderr)
	require.Equal(t, `expected "<path> ..." (see descent inspect --help)`, fails(t, t.TempDir(), exitUsage, "inspect"))
}
