package images

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// cifarPicture returns a picture with a label, whose pixels count up from first.
func cifarPicture(label, first byte) []byte {
	b := make([]byte, cifarRecord)
	b[0] = label
	for i := range b[1:] {
		b[1+i] = first + byte(i)
	}
	return b
}

// smallCIFAR returns the files of a CIFAR-10 with six training pictures, of
// which the third file has two, and one to test.
func smallCIFAR() map[string][]byte {
	files := map[string][]byte{}
	for i, name := range cifarFiles() {
		files[name] = cifarPicture(byte(i), byte(10*i))
	}
	files["data_batch_3.bin"] = append(files["data_batch_3.bin"], cifarPicture(9, 100)...)
	return files
}

// tarred returns an archive of files in the order of names.
func tarred(files map[string][]byte, names ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/", Typeflag: tar.TypeDir, Mode: 0o755}))
	for _, name := range names {
		must(w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/" + name, Typeflag: tar.TypeReg, Size: int64(len(files[name])), Mode: 0o644}))
		_, err := w.Write(files[name])
		must(err)
	}
	must(w.Close())
	return b.Bytes()
}

func archived(files map[string][]byte) []byte { return gzipped(tarred(files, cifarFiles()...)) }

func TestCIFAR10(t *testing.T) {
	below := filepath.Join(t.TempDir(), "cifar")
	require.NoError(t, os.Mkdir(below, 0o755))
	require.NoError(t, os.Rename(folder(t, smallCIFAR()), filepath.Join(below, cifarFolder)))
	extra := smallCIFAR()
	extra["readme.html"] = []byte("<html>")
	for name, dir := range map[string]string{
		"files":        folder(t, smallCIFAR()),
		"folder below": below,
		"archive":      folder(t, map[string][]byte{cifarArchive: archived(smallCIFAR())}),
		"other order":  folder(t, map[string][]byte{cifarArchive: gzipped(tarred(extra, "readme.html", "test_batch.bin", "data_batch_5.bin", "data_batch_4.bin", "data_batch_3.bin", "data_batch_2.bin", "data_batch_1.bin"))}),
	} {
		train, test, err := CIFAR10(dir)
		require.NoError(t, err, name)
		require.Equal(t, []int{6, 3, 32, 32}, train.X.Shape(), name)
		require.Equal(t, []int{1, 3, 32, 32}, test.X.Shape(), name)
		require.Equal(t, []int{0, 1, 2, 9, 3, 4}, train.Labels, name)
		require.Equal(t, []int{5}, test.Labels, name)
		require.Equal(t, 10, train.Classes, name)
		require.Equal(t, float64(float32(100)/255), train.X.At(3, 0, 0, 0), name)
		require.Equal(t, float64(float32(101)/255), train.X.At(3, 0, 0, 1), name)
		require.Equal(t, float64(float32(132)/255), train.X.At(3, 0, 1, 0), name)
		require.Equal(t, float64(float32(100)/255), train.X.At(3, 2, 0, 0), name)
		require.Equal(t, float64(float32(55)/255), test.X.At(0, 1, 0, 5), name)
	}
}

func TestCIFAR10Errors(t *testing.T) {
	var many bytes.Buffer
	for range maxCIFARPictures + 1 {
		many.Write(cifarPicture(1, 1))
	}
	for name, c := range map[string]struct {
		change func(files map[string][]byte)
		want   string
	}{
		"missing":     {func(f map[string][]byte) { delete(f, "data_batch_4.bin") }, "data_batch_4.bin"},
		"empty":       {func(f map[string][]byte) { f["data_batch_2.bin"] = nil }, "data_batch_2.bin: the file is empty"},
		"label":       {func(f map[string][]byte) { f["data_batch_3.bin"][cifarRecord] = 10 }, "data_batch_3.bin: the label of picture 1, at byte 3073, is 10, want 0 to 9"},
		"cut":         {func(f map[string][]byte) { f["test_batch.bin"] = cut(f["test_batch.bin"]) }, "test_batch.bin: want pictures of 3073 bytes each, got 3072 bytes, which are 0 pictures and 3072 bytes: unexpected EOF"},
		"longer":      {func(f map[string][]byte) { f["test_batch.bin"] = append(f["test_batch.bin"], 1) }, "which are 1 pictures and 1 bytes"},
		"a text":      {func(f map[string][]byte) { f["data_batch_1.bin"] = []byte("<html>404</html>") }, "got 16 bytes"},
		"many":        {func(f map[string][]byte) { f["data_batch_1.bin"] = many.Bytes() }, "more than the 10000 pictures that are read at most"},
		"CIFAR-100":   {func(f map[string][]byte) { f["data_batch_1.bin"] = make([]byte, 3074*2) }, "want pictures of 3073 bytes each"},
		"label first": {func(f map[string][]byte) { f["data_batch_1.bin"][0] = 255 }, "the label of picture 0, at byte 0, is 255"},
	} {
		files := smallCIFAR()
		c.change(files)
		dir := folder(t, files)
		for _, dir := range []string{dir, folder(t, map[string][]byte{cifarArchive: archivedAsTheyAre(files)})} {
			train, test, err := CIFAR10(dir)
			require.ErrorContains(t, err, c.want, name)
			require.ErrorContains(t, err, dir, name)
			require.Nil(t, train)
			require.Nil(t, test)
		}
	}
	_, _, err := CIFAR10(filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "nowhere")
	require.ErrorContains(t, err, "put https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz there")
}

// archivedAsTheyAre archives the files that there are.
func archivedAsTheyAre(files map[string][]byte) []byte {
	var names []string
	for _, name := range cifarFiles() {
		if _, ok := files[name]; ok {
			names = append(names, name)
		}
	}
	return gzipped(tarred(files, names...))
}

func TestCIFAR10BadArchives(t *testing.T) {
	good := tarred(smallCIFAR(), cifarFiles()...)
	z := gzipped(good)
	damaged := bytes.Clone(z)
	damaged[len(damaged)-5] ^= 1
	twice := tarred(smallCIFAR(), append(cifarFiles(), "test_batch.bin")...)
	header := bytes.Clone(good)
	header[512+3] ^= 1
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":        {nil, "the gzip header is damaged: EOF"},
		"plain tar":    {good, "the gzip header is damaged"},
		"no files":     {gzipped(tarred(nil)), "the archive has no data_batch_1.bin"},
		"twice":        {gzipped(twice), "the archive has test_batch.bin twice"},
		"checksum":     {damaged, "the archive is damaged at its end: gzip: invalid checksum"},
		"tar header":   {gzipped(header), "the archive is damaged: archive/tar: invalid tar header"},
		"bomb":         {bomb(t), "more than the 268435456 bytes that are read at most"},
		"a text":       {gzipped([]byte("text")), "the archive is damaged: unexpected EOF"},
		"python's own": {gzipped(tarred(map[string][]byte{"data_batch_1": {1}}, "data_batch_1")), "the archive has no data_batch_1.bin"},
	} {
		dir := folder(t, map[string][]byte{cifarArchive: c.file})
		n := allocs.Bytes(func() {
			_, _, err := CIFAR10(dir)
			require.ErrorContains(t, err, c.want, name)
			require.ErrorContains(t, err, cifarArchive, name)
		})
		require.Less(t, n, uint64(4<<20), name)
	}
}

// bomb is an archive of a small size that holds a file of a gigabyte.
func bomb(t *testing.T) []byte {
	t.Helper()
	var head bytes.Buffer
	require.NoError(t, tar.NewWriter(&head).WriteHeader(&tar.Header{Name: "junk", Typeflag: tar.TypeReg, Size: 1 << 30}))
	return gzipped(append(head.Bytes(), make([]byte, maxCIFARArchive+1)...))
}

// A file that ends anywhere but after a picture is an error, and so is an
// archive that ends anywhere but at its end.
func TestCIFAR10Truncated(t *testing.T) {
	two := append(cifarPicture(1, 1), cifarPicture(2, 2)...)
	for n := range two {
		b, err := readCIFAR(bytes.NewReader(two[:n]))
		require.Equal(t, n == cifarRecord, err == nil, n)
		require.Equal(t, n == cifarRecord, b != nil, n)
	}
	_, err := readCIFAR(iotest.TimeoutReader(bytes.NewReader(two)))
	require.ErrorContains(t, err, "timeout")

	z := archived(map[string][]byte{
		"data_batch_1.bin": make([]byte, cifarRecord), "data_batch_2.bin": make([]byte, cifarRecord), "data_batch_3.bin": make([]byte, cifarRecord),
		"data_batch_4.bin": make([]byte, cifarRecord), "data_batch_5.bin": make([]byte, cifarRecord), "test_batch.bin": make([]byte, cifarRecord),
	})
	name := filepath.Join(t.TempDir(), cifarArchive)
	for n := range z {
		require.NoError(t, os.WriteFile(name, z[:n], 0o600))
		require.Error(t, readCIFARArchive(name, map[string][]byte{}), n)
	}
	require.NoError(t, os.WriteFile(name, z, 0o600))
	require.NoError(t, readCIFARArchive(name, map[string][]byte{}))
}

func FuzzCIFAR(f *testing.F) {
	f.Add(cifarPicture(9, 0))
	f.Add(cifarPicture(10, 0))
	f.Add([]byte{})
	f.Add(append(cifarPicture(0, 1), cifarPicture(5, 3)...))
	f.Fuzz(func(t *testing.T, file []byte) {
		b, err := readCIFAR(bytes.NewReader(file))
		if err != nil {
			require.Nil(t, b)
			require.NotEmpty(t, err.Error())
			require.Equal(t, len(file) > 0 && len(file)%cifarRecord != 0, errors.Is(err, io.ErrUnexpectedEOF))
			return
		}
		s := cifarSet(map[string][]byte{"file": b}, []string{"file"})
		require.Equal(t, len(file)/cifarRecord, s.Len())
		for i, l := range s.Labels {
			require.Equal(t, int(file[i*cifarRecord]), l)
			require.Less(t, l, s.Classes)
		}
	})
}

func FuzzCIFARArchive(f *testing.F) {
	good := tarred(smallCIFAR(), cifarFiles()...)
	f.Add(good)
	f.Add(good[:5000])
	f.Add(tarred(nil))
	f.Fuzz(func(t *testing.T, file []byte) {
		name := filepath.Join(t.TempDir(), cifarArchive)
		require.NoError(t, os.WriteFile(name, gzipped(file), 0o600))
		files := map[string][]byte{}
		if err := readCIFARArchive(name, files); err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.Len(t, files, len(cifarFiles()))
		require.Positive(t, tensor.Values(cifarSet(files, cifarFiles()).X)[0]+1)
	})
}

func ExampleCIFAR10() {
	_, _, err := CIFAR10("no folder")
	fmt.Println(err)
	fmt.Println(CIFAR10Classes()[3])
	// Output:
	// CIFAR-10: there is neither cifar-10-binary.tar.gz nor data_batch_1.bin in "no folder": put https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz there
	// cat
}
