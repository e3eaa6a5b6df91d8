package text

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/tensor"
)

// MaxTokens is the largest size of a vocabulary, 65 536.
const MaxTokens = 1 << 16

// A Vocabulary makes tokens of text and text of tokens. Tokens are numbers from 0
// to Size − 1. There are [Bytes], [Runes] and [BPE]. A vocabulary does not change,
// and many goroutines may share it.
//
// Its JSON says which kind it is, and [ReadVocabulary] reads it again:
//
//	{"kind":"bytes"}
//	{"kind":"runes","runes":"\n !$&',-.3:;?ABC…"}            token i is character i
//	{"kind":"bpe","merges":[101,32, 116,104, …]}             token 256+i is made of the pair i
type Vocabulary interface {
	// Size returns the number of tokens.
	Size() int
	// Encode appends the tokens of a text to dst. Only Runes can fail: with an
	// error that names the first character that it does not have, and dst as it
	// was.
	Encode(dst []int, text string) ([]int, error)
	// Decode appends the text of tokens to dst. It panics with a
	// [*tensor.ArgError] when a number is no token. For whatever Encode accepts,
	// Decode gives the same bytes back.
	Decode(dst []byte, tokens []int) []byte
	json.Marshaler
}

var (
	_ Vocabulary = Bytes{}
	_ Vocabulary = (*Runes)(nil)
	_ Vocabulary = (*BPE)(nil)
)

// Bytes is the vocabulary of the 256 bytes. It needs no learning and encodes
// everything.
type Bytes struct{}

// Size returns 256.
func (Bytes) Size() int { return 256 }

// Encode appends the bytes of a text to dst. The error is always nil.
func (Bytes) Encode(dst []int, text string) ([]int, error) {
	dst = slices.Grow(dst, len(text))
	for i := range len(text) {
		dst = append(dst, int(text[i]))
	}
	return dst, nil
}

// Decode appends tokens, which are bytes, to dst.
func (Bytes) Decode(dst []byte, tokens []int) []byte {
	for _, t := range tokens {
		checkToken(t, 256)
		dst = append(dst, byte(t))
	}
	return dst
}

// MarshalJSON returns the JSON of [Vocabulary].
func (Bytes) MarshalJSON() ([]byte, error) { return json.Marshal(file{Kind: "bytes"}) }

// Runes is a vocabulary of characters, which are Unicode code points.
type Runes struct {
	runes []rune
	token map[rune]int
}

// NewRunes returns the vocabulary of the characters of a text, in the order of
// their code points. The text must be UTF-8, and must have from one to
// [MaxTokens] different characters.
func NewRunes(text string) (*Runes, error) {
	if err := checkUTF8(text, 0); err != nil {
		return nil, err
	}
	seen := map[rune]int{}
	for _, r := range text {
		seen[r] = 0
	}
	if len(seen) == 0 || len(seen) > MaxTokens {
		return nil, fmt.Errorf("the text has %d different characters, want 1 to %d", len(seen), MaxTokens)
	}
	v := &Runes{runes: make([]rune, 0, len(seen)), token: seen}
	for r := range seen {
		v.runes = append(v.runes, r)
	}
	slices.Sort(v.runes)
	for i, r := range v.runes {
		v.token[r] = i
	}
	return v, nil
}

// Size returns the number of characters.
func (v *Runes) Size() int { return len(v.runes) }

// Encode appends a token for each character of a text to dst. A character that
// the vocabulary does not have, or a byte that is not UTF-8, is an error.
func (v *Runes) Encode(dst []int, text string) ([]int, error) {
	start := len(dst)
	dst = slices.Grow(dst, utf8.RuneCountInString(text))
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return dst[:start], checkUTF8(text, 0)
		}
		t, ok := v.token[r]
		if !ok {
			return dst[:start], fmt.Errorf("byte %d: the vocabulary of %d characters does not have %q", i+1, len(v.runes), r)
		}
		dst = append(dst, t)
	}
	return dst, nil
}

// Decode appends the characters of tokens to dst.
func (v *Runes) Decode(dst []byte, tokens []int) []byte {
	for _, t := range tokens {
		checkToken(t, len(v.runes))
		dst = utf8.AppendRune(dst, v.runes[t])
	}
	return dst
}

// MarshalJSON returns the JSON of [Vocabulary].
func (v *Runes) MarshalJSON() ([]byte, error) {
	return json.Marshal(file{Kind: "runes", Runes: string(v.runes)})
}

func checkToken(t, size int) {
	if t < 0 || t >= size {
		tensor.BadArg("text.decode", "want tokens from 0 to %d, got %d", size-1, t)
	}
}

// runesOf returns the vocabulary with these characters in this order.
func runesOf(s string) (*Runes, error) {
	n := utf8.RuneCountInString(s)
	if n == 0 || n > MaxTokens {
		return nil, fmt.Errorf("there are %d characters, want 1 to %d", n, MaxTokens)
	}
	v := &Runes{runes: []rune(s), token: make(map[rune]int, n)}
	for i, r := range v.runes {
		if first, ok := v.token[r]; ok {
			return nil, fmt.Errorf("characters %d and %d are the same, %q", first, i, r)
		}
		v.token[r] = i
	}
	return v, nil
}
