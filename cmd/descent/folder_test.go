package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunFolderByItself(t *testing.T) {
	t.Chdir(t.TempDir())
	f, err := newRunFolder("", "digits-cnn")
	require.NoError(t, err)
	require.Regexp(t, regexp.MustCompile(`^runs.digits-cnn-\d{8}-\d{6}$`), f.path)
	require.DirExists(t, f.path)
	g, err := newRunFolder("", "digits-cnn")
	require.NoError(t, err)
	require.NotEqual(t, f.path, g.path)

	g.abandon()
	require.NoDirExists(t, g.path)
	require.DirExists(t, f.path)
	f.abandon()
	require.NoDirExists(t, "runs")
}

func TestRunFolderKeepsWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	f, err := newRunFolder(dir, "") // empty, and not made by it
	require.NoError(t, err)
	f.abandon()
	require.DirExists(t, dir)

	f, err = newRunFolder(filepath.Join(dir, "a", "b"), "")
	require.NoError(t, err)
	require.NoError(t, f.writeAll(content{"x", func(w io.Writer) error { _, err := io.WriteString(w, "1"); return err }}))
	f.abandon()
	b, err := os.ReadFile(filepath.Join(dir, "a", "b", "x"))
	require.NoError(t, err)
	require.Equal(t, "1", string(b))
}

func TestRunFolderWritesNothingHalf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	f, err := newRunFolder(dir, "")
	require.NoError(t, err)
	full := errors.New("no space left")
	half := func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return full
	}
	err = f.writeAll(content{"x", half}, content{"y", func(io.Writer) error { return nil }})
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, filepath.Join(dir, "x")+" cannot be written: no space left")
	require.Equal(t, []string{dir}, files(t, dir))
	f.abandon()
	require.NoDirExists(t, dir)
}
