// Package quote puts text from outside into messages. A name in a file or a
// word of the command line may be a megabyte long, or hold characters that
// move the cursor of a terminal; a message shows enough of it to recognise it.
package quote

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	most     = 80   // bytes of a quoted text
	mostWord = 1024 // bytes of a word in a line, which may be the path of a file
	mostLine = 4096 // bytes of a line
)

// Short returns s as a quoted Go string. It cuts a long s off and then says how
// long s is.
func Short(s string) string {
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(head(s, most)), len(s))
}

// Line returns a message as one line without control characters. Lines are
// joined by semicolons. What is too long, be it a word or the message, loses
// its middle.
func Line(s string) string {
	var b strings.Builder
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		if i > 0 {
			b.WriteString("; ")
		}
		for j, word := range strings.Split(line, " ") {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(visible(shorten(word, mostWord)))
		}
	}
	return shorten(b.String(), mostLine)
}

// shorten returns s without its middle when it has more than limit bytes.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return head(s, limit/8) + "…" + tail(s, limit/16)
}

// head returns the characters of s that end within its first n bytes.
func head(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// tail returns the characters of s that begin within its last n bytes.
func tail(s string, n int) string {
	i := len(s) - n
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}

// visible writes control characters, and what is not UTF-8, as Go escapes them.
func visible(s string) string {
	hidden := func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if !hidden(r) {
			b.WriteRune(r)
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		quoted := strconv.Quote(s[i : i+n])
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
