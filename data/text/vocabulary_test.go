package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
)

func TestBytes(t *testing.T) {
	text := "ü\x00\xff"
	tokens, err := Bytes{}.Encode([]int{7}, text)
	require.NoError(t, err)
	require.Equal(t, []int{7, 0xc3, 0xbc, 0, 0xff}, tokens)
	require.Equal(t, ">"+text, string(Bytes{}.Decode([]byte(">"), tokens[1:])))
	require.Equal(t, 256, Bytes{}.Size())
	require.PanicsWithError(t, "text.decode: want tokens from 0 to 255, got 300", func() { Bytes{}.Decode(nil, []int{300}) })
}

func TestRunes(t *testing.T) {
	v, err := NewRunes("banana, ü\ufffd!")
	require.NoError(t, err)
	require.Equal(t, 8, v.Size())
	tokens, err := v.Encode([]int{9}, "nab ü\ufffd")
	require.NoError(t, err)
	require.Equal(t, []int{9, 5, 3, 4, 0, 6, 7}, tokens)
	require.Equal(t, ">nab ü\ufffd", string(v.Decode([]byte(">"), tokens[1:])))
	require.PanicsWithError(t, "text.decode: want tokens from 0 to 7, got 8", func() { v.Decode(nil, []int{8}) })
	require.PanicsWithError(t, "text.decode: want tokens from 0 to 7, got -1", func() { v.Decode(nil, []int{-1}) })

	for text, want := range map[string]string{
		"nax":    "byte 3: the vocabulary of 8 characters does not have 'x'",
		"na\xff": "line 1, byte 3 of it (3 of the text): 0xff is not UTF-8",
		"n\xef":  "line 1, byte 2 of it (2 of the text): 0xef is not UTF-8",
	} {
		got, err := v.Encode([]int{1, 2}, text)
		require.EqualError(t, err, want)
		require.Equal(t, []int{1, 2}, got)
	}
	_, err = NewRunes("")
	require.EqualError(t, err, "the text has 0 different characters, want 1 to 65536")
	_, err = NewRunes("a\n\xc3")
	require.EqualError(t, err, "line 2, byte 1 of it (3 of the text): 0xc3 is not UTF-8")
	var many strings.Builder
	for r := rune(0x10000); r <= 0x10000+MaxTokens; r++ {
		many.WriteRune(r)
	}
	_, err = NewRunes(many.String())
	require.EqualError(t, err, "the text has 65537 different characters, want 1 to 65536")
}

func TestVocabularyFiles(t *testing.T) {
	runes, err := NewRunes("\x00\"\\\n<&>\u2028 the 梯度 🔥\ufffd")
	require.NoError(t, err)
	all := make([]rune, 0, MaxTokens)
	for r := rune(0x10000); len(all) < MaxTokens; r++ {
		all = append(all, r)
	}
	most, err := NewRunes(string(all))
	require.NoError(t, err)
	for _, v := range []Vocabulary{
		Bytes{}, runes, most, TrainBPE("", 300), TrainBPE("the gradient of the loss, the gradients of the losses", 280),
		TrainBPE(strings.Repeat("a", 10_000), 300),
	} {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		for _, r := range []io.Reader{bytes.NewReader(b), iotest.OneByteReader(bytes.NewReader(b)), strings.NewReader(" \n" + string(b) + "\r\n ")} {
			got, err := ReadVocabulary(r)
			require.NoError(t, err)
			require.Equal(t, v, got)
		}
		// Whatever is missing is missed.
		step := 1 + len(b)/2000*100
		for n := 0; n < len(b); n += step {
			got, err := ReadVocabulary(bytes.NewReader(b[:n]))
			require.Error(t, err)
			if utf8.Valid(b[:n]) {
				require.EqualError(t, err, fmt.Sprintf("vocabulary: the JSON ends too early, after %d bytes: unexpected EOF", n))
			}
			require.Nil(t, got)
		}
	}
}

// doubling returns merges that double the length of a token n times.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("97,97")
	for i := range n - 1 {
		fmt.Fprintf(&b, ",%d,%d", 256+i, 256+i)
	}
	return b.String()
}

func TestReadVocabularyErrors(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "the JSON ends too early, after 0 bytes: unexpected EOF"},
		{"white space", " \n ", "the JSON ends too early, after 3 bytes: unexpected EOF"},
		{"not JSON", "kind: bytes", "byte 1: invalid character 'k' looking for beginning of value"},
		{"pickle", "\x80\x04K", "line 1, byte 1 of it (1 of the text): 0x80 is not UTF-8"},
		{"array", "[1]", `byte 1: "" is a array, want text.file`},
		{"no kind", "{}", `the kind is "", want "bytes", "runes" or "bpe"`},
		{"null", "null", `the kind is "", want "bytes", "runes" or "bpe"`},
		{"other kind", `{"kind":"words"}`, `the kind is "words", want "bytes", "runes" or "bpe"`},
		{"long kind", `{"kind":"` + strings.Repeat("x", 10_000) + `"}`, `the kind is "xxxxxxxxxxxxxxxxxxxx", want`},
		{"kind of a number", `{"kind":3}`, `byte 9: "kind" is a number, want string`},
		{"other member", `{"kind":"bytes","size":3}`, `json: unknown field "size"`},
		{"two objects", `{"kind":"bytes"} {}`, "the JSON ends at byte 16, but the file goes on"},
		{"more bytes", `{"kind":"bytes"}]`, "the JSON ends at byte 16, but the file goes on"},
		{"merges of bytes", `{"kind":"bytes","merges":[1,2]}`, `a vocabulary of kind "bytes" has no merges`},
		{"runes of bytes", `{"kind":"bytes","runes":"a"}`, `a vocabulary of kind "bytes" has no runes`},
		{"merges of runes", `{"kind":"runes","runes":"a","merges":[1,2]}`, `a vocabulary of kind "runes" has no merges`},
		{"runes of merges", `{"kind":"bpe","runes":"a"}`, `a vocabulary of kind "bpe" has no runes`},
		{"no runes", `{"kind":"runes"}`, "there are 0 characters, want 1 to 65536"},
		{"a character twice", `{"kind":"runes","runes":"abca"}`, "characters 0 and 3 are the same, 'a'"},
		{"half characters", `{"kind":"runes","runes":"\ud800\ud801"}`, "characters 0 and 1 are the same, '\ufffd'"},
		{"bad UTF-8", "{\"kind\":\"runes\",\n\"runes\":\"a\xff\"}", "line 2, byte 11 of it (28 of the text): 0xff is not UTF-8"},
		{"too many characters", `{"kind":"runes","runes":"` + strings.Repeat("a", MaxTokens+1) + `"}`, "there are 65537 characters, want 1 to 65536"},
		{"odd merges", `{"kind":"bpe","merges":[97,98,99]}`, "the merges have 3 numbers, want an even number up to 130560"},
		{"too many merges", `{"kind":"bpe","merges":[` + strings.Repeat("1,", 2*MaxTokens-1) + `1]}`, "the merges have 131072 numbers, want an even number up to 130560"},
		{"a merge of itself", `{"kind":"bpe","merges":[97,256]}`, "merge 0 joins token 256, want tokens from 0 to 255"},
		{"a merge of a later one", `{"kind":"bpe","merges":[97,98,257,97,97,97]}`, "merge 1 joins token 257, want tokens from 0 to 256"},
		{"a negative token", `{"kind":"bpe","merges":[97,-1]}`, "merge 0 joins token -1, want tokens from 0 to 255"},
		{"a large token", `{"kind":"bpe","merges":[700000000,98]}`, "joins token 700000000, want tokens from 0 to 255"},
		{"a huge token", `{"kind":"bpe","merges":[99999999999999999999,98]}`, `"merges" is a number 9999999999999, want int`},
		{"half a token", `{"kind":"bpe","merges":[1.5,98]}`, `"merges" is a number 1.5, want int`},
		{"a text as token", `{"kind":"bpe","merges":["a","b"]}`, `"merges" is a string, want int`},
		{"pairs", `{"kind":"bpe","merges":[[97,98]]}`, `"merges" is a array, want int`},
		{"a merge twice", `{"kind":"bpe","merges":[97,98,98,99,97,98]}`, "merges 0 and 2 join the same tokens, 97 and 98"},
		{"a bomb", `{"kind":"bpe","merges":[` + doubling(60_000) + `]}`, "merge 8 makes a token of 512 bytes, want at most 256"},
		{"deep", strings.Repeat("[", 1<<20), "byte"},
		{"long", strings.Repeat(" ", MaxVocabularyBytes+1), "the file is longer than the 4194304 bytes that are read at most"},
	} {
		var got Vocabulary
		var err error
		n := allocs.Bytes(func() { got, err = ReadVocabulary(strings.NewReader(c.file)) })
		require.ErrorContains(t, err, "vocabulary: ", c.name)
		require.ErrorContains(t, err, c.want, c.name)
		require.Less(t, len(err.Error()), 200, c.name)
		require.Nil(t, got, c.name)
		require.Less(t, n, uint64(40*len(c.file)+1<<20), c.name)
	}
	_, err := ReadVocabulary(iotest.ErrReader(errors.New("the disk is on fire")))
	require.EqualError(t, err, "vocabulary: after 0 bytes: the disk is on fire")
}

func FuzzReadVocabulary(f *testing.F) {
	for _, s := range []string{
		"", "{}", `{"kind":"bytes"}`, `{"kind":"runes","runes":"ab"}`, `{"kind":"bpe","merges":[97,98,256,97]}`, `{"kind":"bpe"}`,
		`{"kind":"bpe","merges":[97]}`, `{"kind":"runes","runes":"\ud83d\udd25\u0000"}`, `{"Kind":"bytes","kind":null}`,
	} {
		f.Add([]byte(s), "a sample 🔥")
	}
	f.Fuzz(func(t *testing.T, b []byte, sample string) {
		v, err := ReadVocabulary(bytes.NewReader(b))
		if err != nil {
			require.Nil(t, v)
			return
		}
		require.LessOrEqual(t, v.Size(), MaxTokens)
		if tokens, err := v.Encode(nil, sample); err == nil {
			require.Equal(t, sample, string(v.Decode(nil, tokens)))
		}
		again, err := json.Marshal(v)
		require.NoError(t, err)
		w, err := ReadVocabulary(bytes.NewReader(again))
		require.NoError(t, err)
		require.Equal(t, v, w)
	})
}
