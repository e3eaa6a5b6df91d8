package safetensors

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/atomicfile"
	"github.com/descent-ml/descent/tensor"
)

// The bytes of a file are those that the format prescribes.
func TestGolden(t *testing.T) {
	f := &File{
		Metadata: map[string]string{"b": "two", "a": "1"},
		Tensors: []tensor.Named{
			{Name: "x", Value: tensor.New([]float32{1, -2}, 2, 1)},
			{Name: "y\n", Value: tensor.New([]float64{0.5})},
		},
	}
	want := "\x98\x00\x00\x00\x00\x00\x00\x00" +
		`{"__metadata__":{"a":"1","b":"two"},` +
		`"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},` +
		`"y\n":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}` + strings.Repeat(" ", 6) +
		"\x00\x00\x80\x3f" + "\x00\x00\x00\xc0" +
		"\x00\x00\x00\x00\x00\x00\xe0\x3f"
	require.Equal(t, want, string(encoded(t, f)))

	require.Equal(t, "\x08\x00\x00\x00\x00\x00\x00\x00{}      ", string(encoded(t, &File{})))
	require.Equal(t, string(encoded(t, &File{})), string(encoded(t, &File{Metadata: map[string]string{}})))
	require.Equal(t, "\x18\x00\x00\x00\x00\x00\x00\x00"+`{"__metadata__":{"":""}}`,
		string(encoded(t, &File{Metadata: map[string]string{"": ""}})))
}

func TestStridedIsWrittenContiguous(t *testing.T) {
	x := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	views := []struct {
		view *tensor.Tensor
		want *tensor.Tensor
	}{
		{x.T(), tensor.New([]float32{1, 4, 2, 5, 3, 6}, 3, 2)},
		{x.Slice(1, 0, 3, 2), tensor.New([]float32{1, 3, 4, 6}, 2, 2)},
		{x.Slice(0, 1, 2, 1), tensor.New([]float32{4, 5, 6}, 1, 3)},
		{x.Slice(0, 2, 2, 1), tensor.Zeros(0, 3)},
		{tensor.New([]float64{7}, 1, 1).Expand(2, 2), tensor.New([]float64{7, 7, 7, 7}, 2, 2)},
	}
	file := func(x *tensor.Tensor) *File { return &File{Tensors: []tensor.Named{{Name: "v", Value: x}}} }
	for _, v := range views {
		require.Equal(t, encoded(t, file(v.want)), encoded(t, file(v.view)))
	}
}

func TestCannotBeWritten(t *testing.T) {
	x := func(name string) tensor.Named { return tensor.Named{Name: name, Value: tensor.Ones(1)} }
	for _, c := range []struct {
		want string
		f    *File
	}{
		{"tensor 0: its name is empty", &File{Tensors: []tensor.Named{x("")}}},
		{`tensor 0: the name "__metadata__" is reserved`, &File{Tensors: []tensor.Named{x("__metadata__")}}},
		{`tensor 2: the name "a" is taken by an earlier one`, &File{Tensors: []tensor.Named{x("a"), x("b"), x("a")}}},
		{`tensor 1: "b" has no value`, &File{Tensors: []tensor.Named{x("a"), {Name: "b"}}}},
		{`tensor 0: its name "\xff" is not valid UTF-8`, &File{Tensors: []tensor.Named{x("\xff")}}},
		{`metadata "\xff" is not valid UTF-8`, &File{Metadata: map[string]string{"\xff": ""}}},
		{`metadata "k" is not valid UTF-8`, &File{Metadata: map[string]string{"k": "\xc0"}}},
		{"there are 100001 tensors or strings of metadata, more than the 100000 that are read", &File{Tensors: make([]tensor.Named, 100_001)}},
		{"the header takes 100000032 bytes, more than the 100000000 that readers accept",
			&File{Metadata: map[string]string{"k": strings.Repeat("x", maxHeader)}}},
	} {
		var b bytes.Buffer
		require.EqualError(t, Write(&b, c.f), "safetensors: "+c.want)
		require.Zero(t, b.Len())
	}
}

// A disk accepts room bytes and then fails.
type disk struct {
	w    io.Writer
	room int
}

var errFull = errors.New("disk full")

func (d *disk) Write(p []byte) (int, error) {
	n := min(d.room, len(p))
	d.room -= n
	if m, err := d.w.Write(p[:n]); err != nil || n == len(p) {
		return m, err
	}
	return n, errFull
}

func TestWriterFails(t *testing.T) {
	f := &File{Tensors: []tensor.Named{{Name: "a", Value: tensor.Zeros(3 * block / 4)}, {Name: "b", Value: tensor.Ones(5).To(tensor.Float64)}, {Name: "c", Value: tensor.Zeros64(block / 4)}}}
	size := len(encoded(t, f))
	for room := 0; room < size; room += 997 {
		require.ErrorIs(t, Write(&disk{io.Discard, room}, f), errFull, "room for %d bytes", room)
	}
	require.ErrorIs(t, Write(&disk{io.Discard, size - 1}, f), errFull)
	require.NoError(t, Write(&disk{io.Discard, size}, f))
}

// only fails unless dir holds exactly one file, with the given name and bytes.
func only(t *testing.T, dir, name string, want []byte) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, name, list[0].Name())
	got, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	f := sample()
	require.NoError(t, WriteFile(path, f))
	only(t, dir, "m.safetensors", encoded(t, f))

	f.Metadata["epoch"] = "4"
	require.NoError(t, WriteFile(path, f))
	only(t, dir, "m.safetensors", encoded(t, f))

	got, err := ReadFile(path)
	require.NoError(t, err)
	requireSame(t, f, got)
}

func TestFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	old := sample()
	require.NoError(t, WriteFile(path, old))

	bad := &File{Tensors: []tensor.Named{{Name: "", Value: tensor.Ones(1)}}}
	require.EqualError(t, WriteFile(path, bad), "safetensors: "+path+": tensor 0: its name is empty")
	only(t, dir, "m.safetensors", encoded(t, old))

	file := encoded(t, old)
	for room := range file {
		err := atomicfile.Write(path, func(w io.Writer) error { return Write(&disk{w, room}, old) })
		require.ErrorIs(t, err, errFull)
		only(t, dir, "m.safetensors", file)
	}

	require.Panics(t, func() {
		atomicfile.Write(path, func(w io.Writer) error { w.Write([]byte("half")); panic("bug") })
	})
	only(t, dir, "m.safetensors", file)
}

func TestWriteFileNeedsAFolderAndAFile(t *testing.T) {
	dir := t.TempDir()
	require.ErrorIs(t, WriteFile(filepath.Join(dir, "none", "m"), sample()), os.ErrNotExist)

	folder := filepath.Join(dir, "folder")
	require.NoError(t, os.Mkdir(folder, 0o777))
	require.EqualError(t, WriteFile(folder, sample()), "safetensors: "+folder+": there is something here that is not a regular file")
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 1)
}

func TestWriteFileKeepsPermissionsAndLinks(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("needs the permissions and links of Unix")
	}
	dir := t.TempDir()
	mode := func(path string) os.FileMode {
		info, err := os.Lstat(path)
		require.NoError(t, err)
		return info.Mode()
	}

	plain := filepath.Join(dir, "plain")
	require.NoError(t, os.WriteFile(plain, nil, 0o666))
	path := filepath.Join(dir, "m")
	require.NoError(t, WriteFile(path, sample()))
	require.Equal(t, mode(plain), mode(path))

	require.NoError(t, os.Chmod(path, 0o640))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("m", link))
	f := sample()
	f.Metadata = nil
	require.NoError(t, WriteFile(link, f))
	require.Equal(t, os.FileMode(0o640), mode(path))
	require.Equal(t, os.ModeSymlink, mode(link).Type())
	got, err := ReadFile(path)
	require.NoError(t, err)
	requireSame(t, f, got)
}
