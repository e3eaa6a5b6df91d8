package classes_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/classes"
)

// folder makes empty files in a new folder and returns its path.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	return dir
}

func TestFind(t *testing.T) {
	dir := folder(t,
		"yes/b.wav", "yes/a.WAV", "yes/.hidden.wav", "yes/deep/c.wav", "yes/deep/er/d.wav", "yes/a/z.wav", "yes/.git/e.wav", "yes/notes.txt",
		"no/1.wav", "no/2.mp3", "README", "x.wav", ".cache/f.wav", "maybe/x.wav/y.wav")
	rel := func(paths []string) []string {
		out := make([]string, len(paths))
		for i, p := range paths {
			r, err := filepath.Rel(dir, p)
			require.NoError(t, err)
			out[i] = filepath.ToSlash(r)
		}
		return out
	}
	got, err := classes.Find(dir, "clip", ".wav", ".flac")
	require.NoError(t, err)
	require.Equal(t, []string{"maybe", "no", "yes"}, got.Classes)
	require.Equal(t, []string{"maybe/x.wav/y.wav", "no/1.wav", "yes/a.WAV", "yes/b.wav", "yes/a/z.wav", "yes/deep/c.wav", "yes/deep/er/d.wav"}, rel(got.Files))
	require.Equal(t, []int{0, 1, 2, 2, 2, 2, 2}, got.Labels)
	require.Equal(t, []string{"no/2.mp3", "yes/notes.txt"}, rel(got.Skipped))
}

func TestFindErrors(t *testing.T) {
	_, err := classes.Find(filepath.Join(t.TempDir(), "nowhere"), "clip", ".wav")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = classes.Find(folder(t, "a.wav"), "clip", ".wav")
	require.ErrorContains(t, err, "there is no folder in ")
	require.ErrorContains(t, err, "; want one for each class")
	_, err = classes.Find(folder(t, "yes/a.wav", "no/a.mp3"), "clip", ".wav", ".flac")
	require.ErrorContains(t, err, `class "no" has no clip (.wav or .flac) in `)
	_, err = classes.Find(folder(t, "no/a.mp3"), "clip", ".wav")
	require.ErrorContains(t, err, `class "no" has no clip (.wav) in `)
	_, err = classes.Find(folder(t, "no/a.mp3"), "clip", ".a", ".b", ".c")
	require.ErrorContains(t, err, `class "no" has no clip (.a, .b or .c) in `)
}

// Links lead to files and to folders of classes, and never in a circle. A link
// to nothing is found, so that reading it is an error.
func TestFindLinks(t *testing.T) {
	dir := folder(t, "yes/a.wav")
	other := folder(t, "1.wav", "2.wav")
	for name, to := range map[string]string{"no": other, "yes/b.wav": filepath.Join(other, "1.wav"), "yes/c.wav": filepath.Join(other, "9.wav"), "yes/circle": dir} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Logf("there are no symbolic links here: %v", err)
			return
		}
	}
	got, err := classes.Find(dir, "clip", ".wav")
	require.NoError(t, err)
	require.Equal(t, []string{"no", "yes"}, got.Classes)
	require.Equal(t, []int{0, 0, 1, 1, 1}, got.Labels)
	require.Equal(t, filepath.Join(dir, "no", "1.wav"), got.Files[0])
	require.Equal(t, filepath.Join(dir, "yes", "c.wav"), got.Files[4])
	require.Equal(t, []string{filepath.Join(dir, "yes", "circle")}, got.Skipped)
}
