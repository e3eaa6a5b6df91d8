package npy

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

func TestGolden(t *testing.T) {
	want := magic + "\x01\x00\x76\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }" +
		strings.Repeat(" ", 60) + "\n" + "\x07\x00\x00\x00\x00\x00\x00\x00" + "\xff\xff\xff\xff\xff\xff\xff\xff"
	require.Equal(t, want, string(encoded(t, FromInts([]int{7, -1}, 2))))
}

// Strided tensors are written row-major.
func TestStrided(t *testing.T) {
	x := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	requireSame(t, FromTensor(tensor.New([]float32{1, 4, 2, 5, 3, 6}, 3, 2)), FromTensor(x.T()))
	y := tensor.New([]float64{1, 2, 3, 4, 5, 6}, 6)
	requireSame(t, FromTensor(tensor.New([]float64{1, 3, 5}, 3)), FromTensor(y.Slice(0, 0, 6, 2)))
}

// What is made of a slice or a tensor does not change with it.
func TestArraysAreCopies(t *testing.T) {
	shape, values := []int{2}, []int{1, 2}
	a := FromInts(values, shape...)
	shape[0], values[0] = 9, 9
	a.Shape()[0] = 9
	require.Equal(t, []int{2}, a.Shape())
	got, err := a.Ints()
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, got)
}

func TestFromIntsMisuse(t *testing.T) {
	for _, shape := range [][]int{{}, {3}, {-1}, {1, 1, 1, 1, 1, 1, 1, 1, 2}, {math.MaxInt, math.MaxInt}} {
		func() {
			defer func() {
				e, ok := recover().(*tensor.ShapeError)
				require.True(t, ok)
				require.Contains(t, e.Error(), "npy: from ints")
			}()
			FromInts([]int{1, 2}, shape...)
		}()
	}
}

// anyArray draws an array of any type.
func anyArray(t *rapid.T) *Array {
	shape := rapid.SliceOfN(rapid.IntRange(0, 3), 0, tensor.MaxRank).Draw(t, "shape")
	n, err := tensor.Size(shape)
	require.NoError(t, err)
	e := rapid.SampledFrom(elements).Draw(t, "type")
	a := &Array{shape: shape, element: *e, raw: make([]byte, n*e.width)}
	most := 255
	if e.code == "b1" {
		most = 1
	}
	copy(a.raw, rapid.SliceOfN(rapid.Map(rapid.IntRange(0, most), func(v int) byte { return byte(v) }), 0, 200).Draw(t, "bytes"))
	return a
}

func TestRoundTrip(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		var arrays []Named
		names := rapid.StringMatching(`[a-zé]{1,3}(/[a-z.]{1,3}x)?`)
		for _, name := range rapid.SliceOfNDistinct(names, 0, 4, rapid.ID).Draw(t, "names") {
			a := anyArray(t)
			arrays = append(arrays, Named{name, a})
			file := encoded(t, a)
			require.Zero(t, (len(file)-len(a.raw))%64)
			got, err := Read(bytes.NewReader(file))
			require.NoError(t, err)
			requireSame(t, a, got)
		}
		file := zipped(t, arrays...)
		require.Equal(t, file, zipped(t, arrays...))
		got, err := readZipBytes(file)
		require.NoError(t, err)
		require.Len(t, got, len(arrays))
		for i := range arrays {
			require.Equal(t, arrays[i].Name, got[i].Name)
			requireSame(t, arrays[i].Array, got[i].Array)
		}
	})
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	a := FromTensor(tensor.New([]float64{1, 2.5}, 2))
	path := filepath.Join(dir, "a.npy")
	require.NoError(t, WriteFile(path, a))
	got, err := ReadFile(path)
	require.NoError(t, err)
	requireSame(t, a, got)

	path = filepath.Join(dir, "a.npz")
	require.NoError(t, WriteZipFile(path, []Named{{"a", a}}))
	arrays, err := ReadZipFile(path)
	require.NoError(t, err)
	requireSame(t, a, arrays[0].Array)

	require.ErrorContains(t, WriteFile(dir, a), "npy: "+dir+": ")
	require.ErrorContains(t, WriteZipFile(dir, nil), "npy: "+dir+": ")
	require.EqualError(t, WriteZipFile(path, []Named{{"", a}}), "npy: "+path+": array 0: its name is empty")
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 2)
}

func TestCannotBeWritten(t *testing.T) {
	a := FromInts([]int{1}, 1)
	for want, arrays := range map[string][]Named{
		"array 0: its name is empty":                                {{"", a}},
		`array 1: the name "x" is taken by an earlier one`:          {{"x", a}, {"x", a}},
		`array 0: its name "../x" is no relative path of UTF-8`:     {{"../x", a}},
		`array 0: its name "\xff" is no relative path of UTF-8`:     {{"\xff", a}},
		`array 0: "x" has no value`:                                 {{"x", nil}},
		"there are 10001 arrays, more than the 10000 that are read": make([]Named, MaxArrays+1),
		`… (65532 bytes) is longer than a zip file can hold`:        {{strings.Repeat("n", 65532), a}},
	} {
		var b bytes.Buffer
		require.ErrorContains(t, WriteZip(&b, arrays), want)
		require.Zero(t, b.Len())
	}
	require.NotEmpty(t, zipped(t, Named{strings.Repeat("n", 65531), a}))
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
	a := FromInts([]int{1, 2, 3}, 3)
	for room := range len(encoded(t, a)) {
		require.ErrorIs(t, Write(&disk{room}, a), errFull)
	}
	arrays := []Named{{"a", a}, {"b", a}}
	for room := range len(zipped(t, arrays...)) {
		require.ErrorIs(t, WriteZip(&disk{room}, arrays), errFull, "room for %d bytes", room)
	}
}

// No input makes Read panic. An array that it returns is the same after Write and Read.
func FuzzRead(f *testing.F) {
	for _, c := range hostile {
		if len(c.file) < 1000 {
			f.Add(c.file)
		}
	}
	f.Add(encoded(f, FromInts([]int{1, 2, 3, 4}, 2, 2)))
	f.Add(raw(dict("'>f4'", "True", "(2, 1, 2)"), make([]byte, 16)...))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := Read(bytes.NewReader(file))
		if err != nil {
			require.Nil(t, a)
			return
		}
		again, err := Read(bytes.NewReader(encoded(t, a)))
		require.NoError(t, err)
		requireSame(t, a, again)
		_, _ = a.Tensor()
		_, _ = a.Ints()
	})
}

func FuzzReadZip(f *testing.F) {
	for _, c := range hostileZips(f) {
		if len(c.file) < 1000 {
			f.Add(c.file)
		}
	}
	f.Add(zipped(f, Named{"a", FromInts([]int{1, 2}, 2)}, Named{"b/c", FromTensor(tensor.Ones(1))}))
	for _, name := range []string{"zip64", "shapes"} {
		file, err := os.ReadFile("testdata/" + name + ".npz")
		require.NoError(f, err)
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		arrays, err := readZipBytes(file)
		if err != nil {
			require.Nil(t, arrays)
			return
		}
		again, err := readZipBytes(zipped(t, arrays...))
		require.NoError(t, err)
		require.Len(t, again, len(arrays))
		for i := range arrays {
			require.Equal(t, arrays[i].Name, again[i].Name)
			requireSame(t, arrays[i].Array, again[i].Array)
		}
	})
}
