package safetensors

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

// anyTensor draws a tensor of any element type, with up to eight axes and any bits.
// It may be a strided view.
func anyTensor(t *rapid.T) *tensor.Tensor {
	shape := rapid.SliceOfN(rapid.IntRange(0, 3), 0, tensor.MaxRank).Draw(t, "shape")
	n, err := tensor.Size(shape)
	require.NoError(t, err)
	var x *tensor.Tensor
	if rapid.Bool().Draw(t, "double") {
		data := make([]float64, n)
		for i, b := range rapid.SliceOfN(rapid.Uint64(), min(n, 20), min(n, 20)).Draw(t, "bits") {
			data[i] = math.Float64frombits(b)
		}
		x = tensor.New(data, shape...)
	} else {
		data := make([]float32, n)
		for i, b := range rapid.SliceOfN(rapid.Uint32(), min(n, 20), min(n, 20)).Draw(t, "bits") {
			data[i] = math.Float32frombits(b)
		}
		x = tensor.New(data, shape...)
	}
	if len(shape) > 0 {
		axis := rapid.IntRange(0, len(shape)-1).Draw(t, "axis")
		switch rapid.IntRange(0, 2).Draw(t, "view") {
		case 1:
			x = x.Transpose(0, axis)
		case 2:
			x = x.Slice(axis, x.Dim(axis)/2, x.Dim(axis), 2)
		}
	}
	return x
}

func TestRoundTrip(t *testing.T) {
	text := rapid.String().Filter(utf8.ValidString)
	name := text.Filter(func(s string) bool { return s != "" && s != metadataName })
	property.Check(t, func(t *rapid.T) {
		f := &File{Metadata: rapid.MapOfN(text, text, 0, 4).Draw(t, "metadata")}
		for _, s := range rapid.SliceOfNDistinct(name, 0, 5, rapid.ID).Draw(t, "names") {
			f.Tensors = append(f.Tensors, tensor.Named{Name: s, Value: anyTensor(t)})
		}
		file := encoded(t, f)
		require.Equal(t, file, encoded(t, f))
		for _, slow := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r },
			iotest.OneByteReader,
			iotest.DataErrReader,
		} {
			got, err := Read(slow(bytes.NewReader(file)))
			require.NoError(t, err)
			requireSame(t, f, got)
		}
	})
}

// No input makes Read panic. A file that it accepts is the same after Write and Read.
func FuzzRead(f *testing.F) {
	for _, c := range hostile {
		f.Add(c.file)
	}
	f.Add(encoded(f, sample()))
	f.Add(members(11, member("h", "F16", "[2]", "[0,4]"), member("b", "BF16", "[1]", "[4,6]")))
	f.Add(members(12, member("i", "I32", "[1,1]", "[8,12]"), member("l", "I64", "[]", "[0,8]")))
	f.Add(raw(strings.Repeat(`{"a":`, 100)))
	f.Fuzz(func(t *testing.T, file []byte) {
		first, err := Read(bytes.NewReader(file))
		if err != nil || first.Lookup("") != nil {
			return // a name may be empty on reading, not on writing
		}
		again, err := Read(bytes.NewReader(encoded(t, first)))
		require.NoError(t, err)
		requireSame(t, first, again)
	})
}
