package safetensors

import (
	"bytes"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func readTestdata(t *testing.T, name string) (*File, []byte) {
	t.Helper()
	file, err := os.ReadFile("testdata/" + name + ".safetensors")
	require.NoError(t, err)
	f, err := ReadFile("testdata/" + name + ".safetensors")
	require.NoError(t, err)
	return f, file
}

// The reference implementation wrote the files in testdata, by
// testdata/fixtures/safetensors.py. For a file with only float32 and float64, Write
// must give the same bytes.
func TestReferenceFloats(t *testing.T) {
	f, file := readTestdata(t, "floats")
	inf := math.Inf(1)
	requireSame(t, &File{
		Metadata: map[string]string{"format": "pt"},
		Tensors: []tensor.Named{
			{Name: "cube", Value: tensor.New([]float64{0, 0.25, 0.5, 0.75, 1, 1.25}, 2, 1, 3)},
			{Name: "scalar", Value: tensor.New([]float64{2.5})},
			{Name: "empty", Value: tensor.Zeros(0, 3)},
			{Name: "matrix", Value: tensor.New([]float32{-1, -0.875, -0.75, -0.625, -0.5, -0.375, -0.25, -0.125, 0, 0.125, 0.25, 0.375}, 3, 4)},
			{Name: "special", Value: tensor.New([]float32{0, float32(math.Copysign(0, -1)), float32(inf), float32(-inf), 0x1p-149, 0.1}, 6)},
		},
	}, f)
	require.Equal(t, file, encoded(t, f))
}

func TestReferenceNames(t *testing.T) {
	f, file := readTestdata(t, "names")
	require.Equal(t, map[string]string{"\"\n": "\\\x01é"}, f.Metadata)
	want := []string{`"`, `\`, "/", "\b\f\n\r\t", "\x00\x1f\x7f", "<&>", "é", "\u2028", "\U0001f525", " "}
	require.Len(t, f.Tensors, len(want))
	for i, name := range want {
		require.NotNil(t, f.Lookup(name), "%q", name)
		require.Equal(t, float64(i), f.Lookup(name).Item(), "%q", name)
	}
	require.Equal(t, file, encoded(t, f))
}

// The file holds half-precision values and PyTorch's conversions of them.
func TestReferenceHalves(t *testing.T) {
	f, _ := readTestdata(t, "halves")
	for _, name := range []string{"f16", "bf16"} {
		got, want := f.Lookup(name), f.Lookup(name+".float32")
		require.Greater(t, got.Len(), 10)
		require.Equal(t, tensor.Float32, got.DType())
		last := got.Len() - 1 // NaN, whose payload may differ
		require.True(t, math.IsNaN(got.At(last)), name)
		require.Equal(t, bits(want)[:last], bits(got)[:last], name)
	}
}

func TestReferenceIntegers(t *testing.T) {
	f, _ := readTestdata(t, "integers")
	require.Len(t, f.Tensors, 2)
	require.Equal(t, []float64{0, 1, -1, 1<<31 - 1, -1 << 31}, tensor.Data[float64](f.Lookup("i32")))
	require.Equal(t, []float64{0, 1, -1, 1 << 53, -1 << 53, 1 << 62, -1 << 63}, tensor.Data[float64](f.Lookup("i64")))

	_, err := ReadFile("testdata/inexact.safetensors")
	require.EqualError(t, err, `safetensors: testdata/inexact.safetensors: tensor "steps": element 1 is 9007199254740993, which a float64 cannot hold exactly`)
	_, err = ReadFile("testdata/bool.safetensors")
	require.EqualError(t, err, `safetensors: testdata/bool.safetensors: tensor "mask": cannot read dtype "BOOL": want F32, F64, F16, BF16, I32 or I64`)
}

// The state of Linear(2, 3) and BatchNorm1d(3) after one step in training mode.
func TestReferenceModel(t *testing.T) {
	f, file := readTestdata(t, "model")
	require.Equal(t, []float32{0, 1, 2, 3, 4, 5}, tensor.Data[float32](f.Lookup("0.weight")))
	require.Equal(t, []int{3, 2}, f.Lookup("0.weight").Shape())
	require.InDeltaSlice(t, []float64{0.2, 0.8, 1.4}, tensor.Values(f.Lookup("1.running_mean")), 1e-6)
	require.Equal(t, 1.0, f.Lookup("1.num_batches_tracked").Item())
	require.Equal(t, tensor.Float64, f.Lookup("1.num_batches_tracked").DType())

	again, err := Read(bytes.NewReader(encoded(t, f)))
	require.NoError(t, err)
	requireSame(t, f, again)
	require.NotEqual(t, file, encoded(t, f)) // I64 has become F64
}
