package npy

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

const maxUint64 = 1<<64 - 1

// corners are the values of each type in testdata/types.npz, which
// testdata/fixtures/npy.py wrote: as integers, where there are any, and as floats.
var corners = map[string]struct {
	dtype  string
	ints   []int64
	floats []float64
	single bool // the tensor is of float32
}{
	"b1": {"bool", []int64{0, 1, 1, 0, 1, 0}, []float64{0, 1, 1, 0, 1, 0}, true},
	"i1": {"int8", []int64{-128, 127, 0, 1, 2, 100}, []float64{-128, 127, 0, 1, 2, 100}, true},
	"i2": {"int16", []int64{-32768, 32767, 0, 1, 2, 100}, []float64{-32768, 32767, 0, 1, 2, 100}, true},
	"i4": {"int32", []int64{-1 << 31, 1<<31 - 1, 0, 1, 2, 100}, []float64{-1 << 31, 1<<31 - 1, 0, 1, 2, 100}, false},
	"i8": {"int64", []int64{-1 << 63, 1<<63 - 1, 0, 1, 2, 100}, nil, false},
	"u1": {"uint8", []int64{0, 255, 0, 1, 2, 100}, []float64{0, 255, 0, 1, 2, 100}, true},
	"u2": {"uint16", []int64{0, 65535, 0, 1, 2, 100}, []float64{0, 65535, 0, 1, 2, 100}, true},
	"u4": {"uint32", []int64{0, 1<<32 - 1, 0, 1, 2, 100}, []float64{0, 1<<32 - 1, 0, 1, 2, 100}, false},
	"u8": {"uint64", nil, nil, false},
	"f2": {"float16", nil, []float64{0.0999755859375, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), 65504, 0x1p-24}, true},
	"f4": {"float32", nil, []float64{float64(float32(0.1)), math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat32, 0x1p-149}, true},
	"f8": {"float64", nil, []float64{0.1, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324}, false},
}

// Every type in both byte orders and both orders of axes, as NumPy wrote it.
func TestTypesOfNumPy(t *testing.T) {
	arrays, err := ReadZipFile("testdata/types.npz")
	require.NoError(t, err)
	require.Len(t, arrays, 4*len(corners))
	for _, e := range arrays {
		code, _, _ := strings.Cut(e.Name, "/")
		c := corners[code]
		require.Equal(t, c.dtype, e.Array.DType(), e.Name)
		require.Equal(t, []int{2, 3}, e.Array.Shape(), e.Name)
		require.Equal(t, 6, e.Array.Len(), e.Name)

		ints, err := e.Array.Ints()
		fits := c.ints != nil
		for _, v := range c.ints {
			fits = fits && int64(int(v)) == v
		}
		require.Equal(t, fits, err == nil, "%s: %v", e.Name, err)
		for i := range ints {
			require.Equal(t, c.ints[i], int64(ints[i]), e.Name)
		}

		x, err := e.Array.Tensor()
		if c.floats == nil {
			require.ErrorContains(t, err, "element 1 is ", e.Name)
			require.ErrorContains(t, err, ", which a float64 cannot hold exactly", e.Name)
			continue
		}
		require.NoError(t, err, e.Name)
		require.Equal(t, []int{2, 3}, x.Shape(), e.Name)
		require.Equal(t, c.single, x.DType() == tensor.Float32, e.Name)
		for i, v := range tensor.Values(x) {
			require.Equal(t, math.Float64bits(c.floats[i]), math.Float64bits(v), "%s: element %d", e.Name, i)
		}
	}
}

func TestIntegersThatDoNotFit(t *testing.T) {
	big := raw(dict("'<u8'", "False", "(2,)"), append(make([]byte, 8), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)...)
	a, err := Read(strings.NewReader(string(big)))
	require.NoError(t, err)
	_, err = a.Ints()
	require.EqualError(t, err, "npy: element 1 is 18446744073709551615, which an int cannot hold")
	_, err = a.Tensor()
	require.EqualError(t, err, "npy: element 1 is 18446744073709551615, which a float64 cannot hold exactly")

	_, err = FromTensor(tensor.Ones(2)).Ints()
	require.EqualError(t, err, "npy: the elements are float32, want integers or bool")
}

// 2⁵³ + 1 is the first integer that no float64 equals.
func TestIntegersBetweenFloats(t *testing.T) {
	for _, descr := range []string{"'<i8'", "'<u8'"} {
		a, err := Read(strings.NewReader(string(raw(dict(descr, "False", "(2,)"), 0, 0, 0, 0, 0, 0, 0x20, 0, 1, 0, 0, 0, 0, 0, 0x20, 0))))
		require.NoError(t, err)
		_, err = a.Tensor()
		require.EqualError(t, err, "npy: element 1 is 9007199254740993, which a float64 cannot hold exactly")
	}
}

// 2⁶³ and the largest floats below are exact, as uint64.
func TestLargeIntegersThatFit(t *testing.T) {
	file := raw(dict("'>u8'", "False", "(2,)"), 0x80, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf8, 0)
	a, err := Read(strings.NewReader(string(file)))
	require.NoError(t, err)
	x, err := a.Tensor()
	require.NoError(t, err)
	require.Equal(t, []float64{1 << 63, maxUint64 - 2047}, tensor.Data[float64](x))
}

func TestShapesOfNumPy(t *testing.T) {
	arrays, err := ReadZipFile("testdata/shapes.npz")
	require.NoError(t, err)
	var names []string
	byName := map[string]*Array{}
	for _, e := range arrays {
		names = append(names, e.Name)
		byName[e.Name] = e.Array
	}
	require.Equal(t, []string{"scalar", "vector", "empty", "cube", "fortran", "eight", "é"}, names)
	x, err := byName["scalar"].Tensor()
	require.NoError(t, err)
	require.Empty(t, x.Shape())
	require.Equal(t, 2.5, x.Item())
	require.Equal(t, []int{5}, byName["vector"].Shape())
	require.Equal(t, []int{3, 0, 2}, byName["empty"].Shape())
	require.Equal(t, []int{1, 1, 1, 2, 1, 1, 1, 1}, byName["eight"].Shape())
	require.Equal(t, []int{2, 3, 4}, byName["cube"].Shape())
	ints, err := byName["cube"].Ints()
	require.NoError(t, err)
	for i, v := range ints {
		require.Equal(t, i, v)
	}
	requireSame(t, byName["cube"], byName["fortran"])
}

// The versions of the format hold the same array, and Write gives the bytes that
// NumPy writes.
func TestVersionsOfNumPy(t *testing.T) {
	want := FromTensor(tensor.New([]float32{1.5, -2, 0.25, 4}, 2, 2))
	for _, name := range []string{"v1", "v2", "v3", "python2"} {
		a, err := ReadFile("testdata/" + name + ".npy")
		require.NoError(t, err, name)
		requireSame(t, want, a)
	}
	file, err := os.ReadFile("testdata/v1.npy")
	require.NoError(t, err)
	require.Equal(t, file, encoded(t, want))
}

func TestZip64(t *testing.T) {
	arrays, err := ReadZipFile("testdata/zip64.npz")
	require.NoError(t, err)
	require.Len(t, arrays, 2)
	for i, name := range []string{"a", "b"} {
		require.Equal(t, name, arrays[i].Name)
		got, err := arrays[i].Array.Ints()
		require.NoError(t, err)
		require.Equal(t, []int{0, 1, 2}, got)
	}
}

// Headers that NumPy reads although it does not write them.
func TestOtherHeaders(t *testing.T) {
	for _, text := range []string{
		"{'descr':'<i8','fortran_order':False,'shape':(2,)}",
		"\n{ \"shape\" : ( 2 , ) ,\r\n\t\"fortran_order\" : True , 'descr' : \"<i8\" }\t ",
		"{'shape': (2, 1), 'fortran_order': True, 'descr': '<i8'}",
		"{'shape': (1, 2,), 'fortran_order': True, 'descr': '<i8', }",
	} {
		a, err := Read(strings.NewReader(string(raw(text, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0))))
		require.NoError(t, err, text)
		got, err := a.Ints()
		require.NoError(t, err)
		require.Equal(t, []int{3, 4}, got)
	}
}
