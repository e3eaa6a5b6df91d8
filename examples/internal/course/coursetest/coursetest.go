package coursetest

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// ReadsWell fails when the text of a lesson shows a number that is none or a mistake
// of formatting, or when a line, with its end, has more than width characters. The
// folder of the picture, whose length chance decides, does not count.
func ReadsWell(t require.TestingT, text, folder string, width int) {
	require.NotContains(t, text, "%!")
	require.NotContains(t, text, "NaN")
	if folder != "" {
		text = strings.ReplaceAll(text, folder+string(filepath.Separator), "")
	}
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), width, "line %q", line)
	}
}

// Picture reads the picture of a lesson.
func Picture(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	m, err := png.Decode(f)
	require.NoError(t, err)
	return m
}

// A Reading is a lesson that runs once, for all tests of its package.
type Reading struct {
	Run func(out io.Writer, folder string) error

	once         sync.Once
	text, folder string
}

// Text returns what the lesson prints.
func (r *Reading) Text() string {
	r.once.Do(r.read)
	return r.text
}

// Folder returns the folder of its picture.
func (r *Reading) Folder() string {
	r.once.Do(r.read)
	return r.folder
}

func (r *Reading) read() {
	var err error
	if r.folder, err = os.MkdirTemp("", "lesson"); err != nil {
		panic(err)
	}
	var out bytes.Buffer
	if err := r.Run(&out, r.folder); err != nil {
		panic(err)
	}
	r.text = out.String()
}

// Main runs the tests, removes the folder, and returns the exit status, for TestMain.
func (r *Reading) Main(m *testing.M) int {
	defer func() {
		if r.folder != "" {
			os.RemoveAll(r.folder)
		}
	}()
	return m.Run()
}
