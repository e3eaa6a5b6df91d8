package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// raw returns a file with the given header, right or wrong, and data.
func raw(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// encoded is f as Write writes it.
func encoded(t require.TestingT, f *File) []byte {
	var b bytes.Buffer
	require.NoError(t, Write(&b, f))
	return b.Bytes()
}

// bits returns the elements of x in row-major order as numbers that are equal
// exactly when the elements are the same, NaN and −0 included.
func bits(x *tensor.Tensor) []uint64 {
	out := []uint64{}
	if x.DType() == tensor.Float64 {
		for _, v := range tensor.Data[float64](x) {
			out = append(out, math.Float64bits(v))
		}
		return out
	}
	for _, v := range tensor.Data[float32](x) {
		out = append(out, uint64(math.Float32bits(v)))
	}
	return out
}

// requireSame fails when got differs from want in anything but strides.
func requireSame(t require.TestingT, want, got *File) {
	require.Equal(t, len(want.Metadata), len(got.Metadata))
	for key, value := range want.Metadata {
		require.Contains(t, got.Metadata, key)
		require.Equal(t, value, got.Metadata[key])
	}
	require.Equal(t, len(want.Tensors), len(got.Tensors))
	for i, w := range want.Tensors {
		g := got.Tensors[i]
		require.Equal(t, w.Name, g.Name)
		require.Equal(t, w.Value.DType(), g.Value.DType(), w.Name)
		require.Equal(t, append([]int{}, w.Value.Shape()...), append([]int{}, g.Value.Shape()...), w.Name)
		require.Equal(t, bits(w.Value), bits(g.Value), w.Name)
	}
}

// sample is a small file with both element types.
func sample() *File {
	return &File{
		Metadata: map[string]string{"format": "pt", "epoch": "3"},
		Tensors: []tensor.Named{
			{Name: "weight", Value: tensor.New([]float32{1, -2, 0.5, 4}, 2, 2)},
			{Name: "none", Value: tensor.Zeros(0, 3)},
			{Name: "step", Value: tensor.New([]float64{7})},
		},
	}
}

func TestLookup(t *testing.T) {
	f := sample()
	require.Same(t, f.Tensors[2].Value, f.Lookup("step"))
	require.Nil(t, f.Lookup("bias"))
}
