package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/train/checkpoint"
)

// one is a content.
func one(w io.Writer) error {
	_, err := io.WriteString(w, "1")
	return err
}

func TestRunFolderByItself(t *testing.T) {
	t.Chdir(t.TempDir())
	f, err := newRunFolder("", "digits-cnn")
	require.NoError(t, err)
	require.Regexp(t, regexp.MustCompile(`^runs.digits-cnn-\d{8}-\d{6}$`), f.path)
	require.DirExists(t, f.path)
	g, err := newRunFolder("", "digits-cnn")
	require.NoError(t, err)
	require.NotEqual(t, f.path, g.path)

	g.close()
	require.NoDirExists(t, g.path)
	require.DirExists(t, f.path)
	f.close()
	require.NoDirExists(t, "runs")
}

func TestRunFolderKeepsWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	f, err := newRunFolder(dir, "") // empty, and not made by it
	require.NoError(t, err)
	f.close()
	require.DirExists(t, dir)

	f, err = newRunFolder(filepath.Join(dir, "a", "b"), "")
	require.NoError(t, err)
	require.NoError(t, f.writeAll(checkpoint.File{Name: "x", Write: one}))
	f.close()
	b, err := os.ReadFile(filepath.Join(dir, "a", "b", "x"))
	require.NoError(t, err)
	require.Equal(t, "1", string(b))
}

// A path goes up again behind a symbolic link. All files are in one folder, and a
// run that fails leaves nothing.
func TestRunFolderBehindALink(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "far", "away"), 0o777))
	if err := os.Symlink(filepath.Join(dir, "far", "away"), filepath.Join(dir, "link")); err != nil {
		require.Equal(t, "windows", runtime.GOOS, "%v", err) // needs a privilege there
		return
	}
	path := dir + "/link/../a/b"
	tree := func() (names []string) {
		require.NoError(t, filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
			names = append(names, name)
			return err
		}))
		return names
	}
	before := tree()
	f, err := newRunFolder(path, "")
	require.NoError(t, err)
	f.close()
	require.Equal(t, before, tree())

	f, err = newRunFolder(path, "")
	require.NoError(t, err)
	require.NoError(t, f.writeAll(checkpoint.File{Name: "x", Write: one}))
	f.close()
	require.FileExists(t, filepath.Join(dir, "a", "b", "x"))
	require.Len(t, tree(), len(before)+3)
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
	err = f.writeAll(checkpoint.File{Name: "x", Write: half}, checkpoint.File{Name: "y", Write: func(io.Writer) error { return nil }})
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, filepath.Join(dir, "x")+" cannot be written: no space left")
	require.Equal(t, []string{dir, filepath.Join(dir, lockName)}, files(t, dir))
	f.close()
	require.NoDirExists(t, dir)
}

// One run at a time has a folder, and nothing of the lock stays behind.
func TestRunFolderIsLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	f, err := newRunFolder(dir, "")
	require.NoError(t, err)
	for range 2 { // a refusal must not break the lock
		_, err = newRunFolder(dir, "")
		require.EqualError(t, err, "the run folder cannot be used: another run is using "+dir+"; choose another with --out")
	}
	f.close()
	require.NoDirExists(t, dir)

	f, err = newRunFolder(dir, "")
	require.NoError(t, err)
	require.NoError(t, f.writeAll(checkpoint.File{Name: "x", Write: one}))
	f.close()
	require.Equal(t, []string{dir, filepath.Join(dir, "x")}, files(t, dir))
	_, err = newRunFolder(dir, "")
	require.ErrorContains(t, err, "is not empty")
}

// Many runs want one folder at once, and exactly one gets it.
func TestRunFolderRace(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		name := filepath.Join(dir, strconv.Itoa(i))
		got := make(chan *runFolder)
		const runs = 8
		for range runs {
			go func() {
				f, err := newRunFolder(name, "")
				if err == nil {
					err = f.writeAll(checkpoint.File{Name: "x", Write: one})
				}
				if err != nil {
					f = nil
				}
				got <- f
			}()
		}
		winners := 0
		for range runs {
			if f := <-got; f != nil {
				winners++
				f.close()
			}
		}
		require.Equal(t, 1, winners)
		require.Equal(t, []string{name, filepath.Join(name, "x")}, files(t, name))
	}
}

// A run that was killed leaves its lock file and perhaps half a file. The next
// run takes the folder over.
func TestRunFolderAfterAKill(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{lockName, ".descent-0123abcd.tmp"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o666))
	}
	f, err := newRunFolder(dir, "")
	require.NoError(t, err)
	require.NoError(t, f.writeAll(checkpoint.File{Name: "x", Write: one}))
	f.close()
	require.Equal(t, []string{dir, filepath.Join(dir, "x")}, files(t, dir))
}

// Somebody who removes the folder during a long run does not lose the run.
func TestRunFolderIsMadeAgain(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not remove a folder with an open file")
	}
	dir := filepath.Join(t.TempDir(), "a", "run")
	f, err := newRunFolder(dir, "")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(filepath.Dir(dir)))
	require.NoError(t, f.writeAll(checkpoint.File{Name: "x", Write: one}))
	f.close()
	require.FileExists(t, filepath.Join(dir, "x"))
}
