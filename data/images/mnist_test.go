package images

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/idx"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// idxFile returns an IDX file.
func idxFile(data []byte, shape ...int) []byte {
	var b bytes.Buffer
	if err := idx.Write(&b, &idx.Array{Shape: shape, Data: data}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// cut returns a file without its last byte.
func cut(file []byte) []byte { return file[:len(file)-1] }

// gzipped returns b compressed.
func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// smallMNIST returns the files of an MNIST with 3 training and 2 test
// examples, whose pixels count up from 0 and start again after 255.
func smallMNIST() map[string][]byte {
	pixels := make([]byte, 3*784)
	for i := range pixels {
		pixels[i] = byte(i)
	}
	return map[string][]byte{
		"train-images-idx3-ubyte": idxFile(pixels, 3, 28, 28),
		"train-labels-idx1-ubyte": idxFile([]byte{5, 0, 9}, 3),
		"t10k-images-idx3-ubyte":  idxFile(pixels[:2*784], 2, 28, 28),
		"t10k-labels-idx1-ubyte":  idxFile([]byte{7, 2}, 2),
	}
}

// folder writes files to a new folder and returns its path.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	return dir
}

func TestMNISTSpellings(t *testing.T) {
	for _, spelling := range []func(name string, b []byte) (string, []byte){
		func(name string, b []byte) (string, []byte) { return name, b },
		func(name string, b []byte) (string, []byte) { return name + ".gz", gzipped(b) },
		func(name string, b []byte) (string, []byte) { return strings.Replace(name, "-idx", ".idx", 1), b },
		func(name string, b []byte) (string, []byte) {
			return strings.Replace(name, "-idx", ".idx", 1) + ".gz", gzipped(b)
		},
	} {
		files := map[string][]byte{}
		for name, b := range smallMNIST() {
			name, b = spelling(name, b)
			files[name] = b
		}
		train, test, err := MNIST(folder(t, files))
		require.NoError(t, err)
		require.Equal(t, []int{3, 1, 28, 28}, train.X.Shape())
		require.Equal(t, []int{2, 1, 28, 28}, test.X.Shape())
		require.Equal(t, []int{5, 0, 9}, train.Labels)
		require.Equal(t, []int{7, 2}, test.Labels)
		require.Equal(t, 10, train.Classes)
		x := tensor.Data[float32](train.X)
		require.Equal(t, float32(0), x[0])
		require.Equal(t, float32(51)/255, x[51])
		require.Equal(t, float32(1), x[255])
		require.Equal(t, float32(784%256)/255, x[784])
	}
}

func TestMNISTErrors(t *testing.T) {
	const labels = "train-labels-idx1-ubyte"
	for _, c := range []struct {
		name string // of the file that is replaced
		file []byte // nil: removed
		want string
	}{
		{"t10k-labels-idx1-ubyte", nil, `MNIST: there is no t10k-labels-idx1-ubyte (nor t10k-labels-idx1-ubyte.gz) in`},
		{labels, idxFile([]byte{1, 2}, 2), "train-images-idx3-ubyte has 3 images, but "},
		{labels, idxFile([]byte{1, 10, 2}, 3), labels + ": label 1 is 10, want 0 to 9"},
		{labels, idxFile([]byte{1, 2, 3}, 3, 1), labels + ": the shape is [3 1], want [n]"},
		{labels, cut(idxFile([]byte{1, 2, 3}, 3)), labels + ": idx: want [3] = 3 bytes of data, got 2: unexpected EOF"},
		{"train-images-idx3-ubyte", idxFile(make([]byte, 12), 3, 2, 2), "train-images-idx3-ubyte: the shape is [3 2 2], want [n 28 28]"},
		{"train-images-idx3-ubyte", idxFile(make([]byte, 3*28*27), 3, 28, 27), "train-images-idx3-ubyte: the shape is [3 28 27], want [n 28 28]"},
		{"train-images-idx3-ubyte", idxFile(make([]byte, 3*27*28), 3, 27, 28), "train-images-idx3-ubyte: the shape is [3 27 28], want [n 28 28]"},
		{labels, idxFile([]byte{1, 0xff, 2}, 3), labels + ": label 1 is 255, want 0 to 9"},
		{"t10k-images-idx3-ubyte", []byte("<html>404</html>"), "t10k-images-idx3-ubyte: idx: not an IDX file: it starts with 3c 68"},
	} {
		files := smallMNIST()
		files[c.name] = c.file
		if c.file == nil {
			delete(files, c.name)
		}
		dir := folder(t, files)
		train, test, err := MNIST(dir)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, dir)
		require.Nil(t, train)
		require.Nil(t, test)
		require.Equal(t, c.file == nil, errors.Is(err, fs.ErrNotExist))
	}

	_, _, err := MNIST(filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "nowhere")
	require.ErrorContains(t, err, "put the four files of https://")

	dir := folder(t, map[string][]byte{"train-images-idx3-ubyte": nil})
	_, _, err = MNIST(filepath.Join(dir, "train-images-idx3-ubyte"))
	require.Error(t, err, "a file where the folder should be")
}

// A part of a file is read in parts, and what is skipped is not kept.
func TestOpenMNIST(t *testing.T) {
	dir := folder(t, smallMNIST())
	whole, _, err := MNIST(dir)
	require.NoError(t, err)
	f, err := OpenMNIST(dir, "train")
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, 3, f.Len())
	first, err := f.Next(1)
	require.NoError(t, err)
	require.Equal(t, tensor.Values(whole.Slice(0, 1).X), tensor.Values(first.X))
	require.NoError(t, f.Skip(1))
	last, err := f.Next(1)
	require.NoError(t, err)
	require.Equal(t, []int{9}, last.Labels)
	require.Equal(t, tensor.Values(whole.Slice(2, 3).X), tensor.Values(last.X))
	require.NoError(t, f.End())
	require.Equal(t, "mnist: 1 pictures are wanted, but 0 of 3 are left", panicText(t, func() { _, _ = f.Next(1) }))
}

// Compressed files of a megabyte that hold a gigabyte take little memory when
// little is asked for, or when their headers do not agree.
func TestMNISTBombs(t *testing.T) {
	const n = 100_000
	images := gzipped(idxFile(make([]byte, n*784), n, 28, 28))
	labels := gzipped(idxFile(make([]byte, n), n))
	dir := folder(t, map[string][]byte{"train-images-idx3-ubyte.gz": images, "train-labels-idx1-ubyte.gz": labels})
	got := allocs.Bytes(func() {
		f, err := OpenMNIST(dir, "train")
		require.NoError(t, err)
		defer f.Close()
		_, err = f.Next(64)
		require.NoError(t, err)
		require.NoError(t, f.Skip(n-64))
		require.NoError(t, f.End())
	})
	require.Less(t, got, uint64(2<<20))

	dir = folder(t, map[string][]byte{
		"train-images-idx3-ubyte":    idxFile(make([]byte, 784), 1, 28, 28),
		"train-labels-idx1-ubyte.gz": gzipped(idxFile(make([]byte, 100<<20), 100<<20)),
	})
	got = allocs.Bytes(func() {
		_, _, err := MNIST(dir)
		require.ErrorContains(t, err, "has 1 images, but ")
	})
	require.Less(t, got, uint64(1<<20))
}

func TestRealMNIST(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "mnist")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the MNIST files are not at %s beside the repository: %v", filepath.Join("..", "shared", "data", "mnist"), err)
	}
	train, test, err := MNIST(dir)
	require.NoError(t, err)
	require.Equal(t, []int{60000, 1, 28, 28}, train.X.Shape())
	require.Equal(t, []int{10000, 1, 28, 28}, test.X.Shape())
	require.Equal(t, []int{5, 0, 4, 1, 9}, train.Labels[:5])
	require.Equal(t, []int{7, 2, 1, 0, 4}, test.Labels[:5])

	x := tensor.Data[float32](train.X)
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	require.Equal(t, float32(0), slices.Min(x))
	require.Equal(t, float32(1), slices.Max(x))
	require.InDelta(t, 0.1307, sum/float64(train.X.Len()), 1e-4, "the known mean of MNIST")
}

// A file of either kind that ends anywhere but at its end is an error.
func TestMNISTTruncated(t *testing.T) {
	small := smallMNIST()
	for name, file := range small {
		dir := folder(t, small)
		for n := 0; n < len(file); n += 1 + len(file)/400 {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), file[:n], 0o600))
			_, _, err := MNIST(dir)
			require.ErrorContains(t, err, name, n)
		}
	}
}

func FuzzMNIST(f *testing.F) {
	small := smallMNIST()
	images, labels := small["t10k-images-idx3-ubyte"], small["t10k-labels-idx1-ubyte"]
	f.Add(images, labels)
	f.Add(cut(images), labels)
	f.Add(labels, images)
	f.Add(gzipped(images), gzipped(labels))
	f.Add(images, idxFile([]byte{1, 10}, 2))
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		dir := folder(t, map[string][]byte{"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels})
		set, err := readMNIST(dir, "train")
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.Equal(t, []int{set.Len(), 1, 28, 28}, set.X.Shape())
		for _, l := range set.Labels {
			require.Less(t, l, 10)
		}
	})
}
