package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
)

func TestRead(t *testing.T) {
	long := strings.Repeat("Größe 梯度\r\n", readChunk/8)
	for text, want := range map[string]string{
		"":                   "",
		"a\r\nb\rc\n":        "a\r\nb\rc\n",
		"\ufeffBOM":          "BOM",
		"\ufeff\ufeffBOM":    "\ufeffBOM",
		"a\ufeff\x00\ufffd🔥": "a\ufeff\x00\ufffd🔥",
		long:                 long,
	} {
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			got, err := Read(r)
			require.NoError(t, err)
			require.True(t, want == got)
		}
		path := filepath.Join(t.TempDir(), "input.txt")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		got, err := ReadFile(path)
		require.NoError(t, err)
		require.True(t, want == got)
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\xff\xfea\x00", "the text is UTF-16 by its first bytes, want UTF-8"},
		{"\xfe\xff\x00a", "the text is UTF-16 by its first bytes, want UTF-8"},
		{"\xff", "line 1, byte 1 of it (1 of the text): 0xff is not UTF-8"},
		{"ab\r\ncd\xe9f", "line 2, byte 3 of it (7 of the text): 0xe9 is not UTF-8"},
		{"\ufeffa\n\n\xc0\x80", "line 3, byte 1 of it (7 of the text): 0xc0 is not UTF-8"},
		{"🔥\xed\xa0\x80", "line 1, byte 5 of it (5 of the text): 0xed is not UTF-8"},
		{"\x1f\x8b\x08gzip", "line 1, byte 2 of it (2 of the text): 0x8b is not UTF-8"},
		{"cut \xf0\x9f\x94", "line 1, byte 5 of it (5 of the text): 0xf0 is not UTF-8"},
		{"\xef\xbb", "line 1, byte 1 of it (1 of the text): 0xef is not UTF-8"},
	} {
		got, err := Read(strings.NewReader(c.text))
		require.EqualError(t, err, c.want)
		require.Empty(t, got)
		path := filepath.Join(t.TempDir(), "input.txt")
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
		_, err = ReadFile(path)
		require.EqualError(t, err, fmt.Sprintf("%q: %s", path, c.want))
	}
	_, err := Read(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errors.New("the disk is on fire"))))
	require.EqualError(t, err, "after 3 bytes: the disk is on fire")
	_, err = ReadFile(filepath.Join(t.TempDir(), "nowhere"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = ReadFile(t.TempDir())
	require.Error(t, err, "a folder")
}

// A text of the longest length is read, and one byte more is not, whether the
// size is known or not.
func TestReadLimit(t *testing.T) {
	for _, size := range []int64{0, 5} {
		got, err := read(strings.NewReader("Größe"[:6]), size, 6)
		require.NoError(t, err)
		require.Equal(t, "Größ", got)
		_, err = read(strings.NewReader("Größe"), size, 6)
		require.EqualError(t, err, "the text is longer than the 6 bytes that are read at most")
	}
	_, err := read(nil, 7, 6)
	require.EqualError(t, err, "the text has 7 bytes, more than the 6 that are read at most")
}

func TestReadFileAllocatesOnce(t *testing.T) {
	const n = 4 << 20
	path := filepath.Join(t.TempDir(), "input.txt")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("a"), n), 0o600))
	var text string
	var err error
	took := allocs.Bytes(func() { text, err = ReadFile(path) })
	require.NoError(t, err)
	require.Len(t, text, n)
	require.Less(t, took, uint64(n+1<<19))
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text         string
		fraction     float64
		train, valid string
	}{
		{"0123456789", 0.1, "012345678", "9"},
		{"0123456789", 0, "0123456789", ""},
		{"0123456789", 1, "", "0123456789"},
		{"", 0.5, "", ""},
		{"aüa", 0.5, "aü", "a"},
		{"🔥🔥", 0.85, "🔥", "🔥"},
		{"🔥🔥", 0.1, "🔥🔥", ""},
		{"\x80\x80\x80\x80\x80\x80\x80\x80", 0.5, "\x80\x80\x80\x80\x80\x80\x80", "\x80"},
	} {
		train, valid := Split(c.text, c.fraction)
		require.Equal(t, c.train, train, c)
		require.Equal(t, c.valid, valid, c)
	}
	for _, f := range []string{"-0.1", "1.1", "NaN"} {
		var v float64
		fmt.Sscan(f, &v)
		require.PanicsWithError(t, "text.split: want a fraction from 0 to 1, got "+f, func() { Split("text", v) })
	}
}

// shakespeare reads the text that many examples use, or skips the test.
func shakespeare(t *testing.T) string {
	path := filepath.Join("..", "..", "..", "shared", "data", "tinyshakespeare", "input.txt")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("tiny Shakespeare is not at %s beside the repository: %v", filepath.Join("..", "shared", "data", "tinyshakespeare", "input.txt"), err)
	}
	text, err := ReadFile(path)
	require.NoError(t, err)
	return text
}

func TestShakespeare(t *testing.T) {
	corpus := shakespeare(t)
	require.Len(t, corpus, 1_115_394)
	train, valid := Split(corpus, 0.1)
	require.Len(t, train, 1_003_854, "as in nanoGPT")
	require.Len(t, valid, 111_540)

	characters, err := NewRunes(corpus)
	require.NoError(t, err)
	require.Equal(t, 65, characters.Size())
	tokens, err := characters.Encode(nil, "First Citizen")
	require.NoError(t, err)
	require.Equal(t, []int{18, 47, 56, 57, 58, 1, 15, 47, 58, 47, 64, 43, 52}, tokens, "as in nanoGPT")

	v := TrainBPE(train, 512)
	require.Equal(t, 512, v.Size())
	for _, part := range []string{train, valid} {
		tokens, err = v.Encode(tokens[:0], part)
		require.NoError(t, err)
		require.True(t, part == string(v.Decode(nil, tokens)))
		require.Less(t, len(tokens), len(part)*6/10)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "a", "\ufeffa\r\n", "\xff\xfea\x00", "a\nb\xc3", "🔥\xed\xa0\x80"} {
		f.Add([]byte(s), 0.3)
	}
	f.Fuzz(func(t *testing.T, b []byte, fraction float64) {
		text, err := Read(bytes.NewReader(b))
		if err != nil {
			require.Empty(t, text)
			require.Less(t, len(err.Error()), 100)
			return
		}
		require.Equal(t, strings.TrimPrefix(string(b), "\ufeff"), text)
		if 0 <= fraction && fraction <= 1 {
			train, valid := Split(text, fraction)
			require.Equal(t, text, train+valid)
			require.Equal(t, strings.ToValidUTF8(train, "?"), train)
		}
	})
}
