package text

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieces cuts a text into the pieces that byte pairs do not cross. It is the
// splitting of GPT-2, which is this regular expression:
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// A piece is the end of a contraction, or letters, digits or other signs with a
// space before them, or white space without the last of it, when that is a
// space which belongs to what follows. A byte that is not UTF-8 is a sign.
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := pieceLen(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// endings are the second parts of contractions.
var endings = []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}

// pieceLen returns the length in bytes of the first piece of a text.
func pieceLen(text string) int {
	if text[0] == '\'' {
		for _, e := range endings {
			if strings.HasPrefix(text, e) {
				return len(e)
			}
		}
	}
	start := 0
	if text[0] == ' ' && len(text) > 1 {
		start = 1
	}
	first, n := classAt(text[start:])
	if first == space {
		return spaceLen(text)
	}
	for start += n; start < len(text); start += n {
		var c class
		if c, n = classAt(text[start:]); c != first {
			break
		}
	}
	return start
}

// spaceLen returns the length of the white space that a text begins with, less
// its last character when a word follows and there is more than that one.
func spaceLen(text string) int {
	end, last := 0, 0
	for end < len(text) {
		c, n := classAt(text[end:])
		if c != space {
			if end > last {
				return end - last
			}
			return end
		}
		end, last = end+n, n
	}
	return end
}

// A class is a kind of character.
type class uint8

const (
	letter class = iota
	digit
	sign
	space
)

// classAt returns the class of the first character of a text, and its length.
func classAt(text string) (class, int) {
	r, n := rune(text[0]), 1
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(text)
	}
	switch {
	case unicode.IsLetter(r):
		return letter, n
	case unicode.IsNumber(r):
		return digit, n
	case unicode.IsSpace(r):
		return space, n
	}
	return sign, n
}
