package atomicfile

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// text returns a function that writes s.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// holds fails when the folder of path has anything but that file, with s in it.
func holds(t *testing.T, path, s string) {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, s, string(b))
	list, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, list, 1)
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	require.NoError(t, Write(path, text("old")))
	holds(t, path, "old")
	require.NoError(t, Write(path, text("new")))
	holds(t, path, "new")
}

func TestNothingHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	full := errors.New("no space left")
	half := func(w io.Writer) error {
		_ = text("half")(w)
		return full
	}
	require.ErrorIs(t, Write(path, half), full)
	require.NoFileExists(t, path)

	require.NoError(t, Write(path, text("old")))
	require.ErrorIs(t, Write(path, half), full)
	holds(t, path, "old")
	require.Panics(t, func() {
		_ = Write(path, func(w io.Writer) error {
			_ = half(w)
			panic("stop")
		})
	})
	holds(t, path, "old")
}

func TestOnlyFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	require.EqualError(t, Write(dir, text("x")), "there is something here that is not a regular file")
	require.ErrorIs(t, Write(filepath.Join(dir, "none", "x"), text("x")), os.ErrNotExist)
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, list)
}

// Permissions of a file stay, and so does a symbolic link to it.
func TestReplacedInPlace(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "x"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, os.Symlink("x", link))
	require.NoError(t, Write(link, text("new")))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "new", string(b))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	info, err = os.Lstat(link)
	require.NoError(t, err)
	require.Equal(t, os.ModeSymlink, info.Mode().Type())
}

// A socket is no folder, and no regular file either.
func TestSocketsStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	socket, err := net.Listen("unix", path)
	require.NoError(t, err)
	defer socket.Close()
	require.EqualError(t, Write(path, text("x")), "there is something here that is not a regular file")
	connection, err := net.Dial("unix", path)
	require.NoError(t, err)
	connection.Close()
}

// Somebody makes a folder of the same name meanwhile, so that the file cannot
// take it. Nothing else is left behind.
func TestRenameFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	require.Error(t, Write(path, func(w io.Writer) error {
		require.NoError(t, os.Mkdir(path, 0o777))
		return text("new")(w)
	}))
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.True(t, list[0].IsDir())
}

func TestProbe(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Probe(dir))
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, list)
	require.ErrorIs(t, Probe(filepath.Join(dir, "none")), os.ErrNotExist)
}

func TestIsTemporary(t *testing.T) {
	file, err := createBeside(filepath.Join(t.TempDir(), "x"))
	require.NoError(t, err)
	defer file.Close()
	require.True(t, IsTemporary(filepath.Base(file.Name())))
	require.False(t, IsTemporary("weights.tmp"))
}
