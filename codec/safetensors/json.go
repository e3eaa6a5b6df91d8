package safetensors

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
)

// A scanner reads the JSON of a header. It is stricter than encoding/json, which
// keeps the last of several members with the same name and replaces invalid UTF-8.
// It reads only what a header can hold: objects, arrays, strings, and integers that
// are not negative. It does not recurse; the caller says what it expects next.
type scanner struct {
	src []byte // valid UTF-8
	pos int
}

// errorf returns an error that says where the scanner stands.
func (s *scanner) errorf(format string, args ...any) error {
	return fmt.Errorf("header byte %d: %s", s.pos, fmt.Sprintf(format, args...))
}

// want returns the error of finding something other than what.
func (s *scanner) want(what string) error {
	if s.pos >= len(s.src) {
		return s.errorf("want %s, the header ends", what)
	}
	r, _ := utf8.DecodeRune(s.src[s.pos:])
	return s.errorf("want %s, got %q", what, r)
}

// space skips white space.
func (s *scanner) space() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// next skips white space and reports whether c comes next.
func (s *scanner) next(c byte) bool {
	s.space()
	return s.pos < len(s.src) && s.src[s.pos] == c
}

// accept skips white space, and then c if c comes next.
func (s *scanner) accept(c byte) bool {
	if s.next(c) {
		s.pos++
		return true
	}
	return false
}

// object reads an object. It calls member after each key and its colon, to
// read the value.
func (s *scanner) object(what string, member func(key string) error) error {
	if !s.accept('{') {
		return s.want(what)
	}
	if s.accept('}') {
		return nil
	}
	var seen names
	for {
		s.space()
		at := s.pos
		key, err := s.text("a name in quotes")
		if err != nil {
			return err
		}
		if !seen.add(key) {
			s.pos = at
			return s.errorf("the name %s occurs twice", quote.Short(key))
		}
		if !s.accept(':') {
			return s.want("':'")
		}
		if err := member(key); err != nil {
			return err
		}
		if s.accept('}') {
			return nil
		}
		if !s.accept(',') {
			return s.want("',' or '}'")
		}
	}
}

// names are those of the members of an object. Most objects of a header have
// three, which need no map.
type names struct {
	few  [4]string
	n    int // of few
	many map[string]bool
}

// add adds a name, or returns false when it is there already.
func (n *names) add(name string) bool {
	if n.many[name] || slices.Contains(n.few[:n.n], name) {
		return false
	}
	if n.n < len(n.few) {
		n.few[n.n] = name
		n.n++
		return true
	}
	if n.many == nil {
		n.many = map[string]bool{}
	}
	n.many[name] = true
	return true
}

// integers reads an array of at most limit integers; what names it.
func (s *scanner) integers(what string, limit int) ([]int64, error) {
	if !s.accept('[') {
		return nil, s.want("the '[' of " + what)
	}
	list := []int64{}
	if s.accept(']') {
		return list, nil
	}
	for {
		if len(list) == limit {
			return nil, s.errorf("%s has more than %d numbers", what, limit)
		}
		n, err := s.integer()
		if err != nil {
			return nil, err
		}
		list = append(list, n)
		if s.accept(']') {
			return list, nil
		}
		if !s.accept(',') {
			return nil, s.want("',' or ']'")
		}
	}
}

// integer reads an integer that is not negative.
func (s *scanner) integer() (int64, error) {
	s.space()
	end := s.pos
	for end < len(s.src) && '0' <= s.src[end] && s.src[end] <= '9' {
		end++
	}
	digits := s.src[s.pos:end]
	switch {
	case len(digits) == 0:
		return 0, s.want("a number that is not negative")
	case len(digits) > 1 && digits[0] == '0':
		return 0, s.errorf("a number begins with 0")
	case len(digits) > len("9223372036854775807"):
		return 0, s.errorf("a number of %d digits is too large", len(digits))
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, s.errorf("the number %s is more than %d", digits, int64(math.MaxInt64))
	}
	if end < len(s.src) && slices.Contains([]byte(".eE"), s.src[end]) {
		return 0, s.errorf("want an integer, got a number with a fraction or an exponent")
	}
	s.pos = end
	return n, nil
}

// text reads a string.
func (s *scanner) text(what string) (string, error) {
	if !s.accept('"') {
		return "", s.want(what)
	}
	var out []byte
	start := s.pos // the bytes from here on are not yet in out
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == '"' && out == nil: // the usual text, without escapes
			text := string(s.src[start:s.pos])
			s.pos++
			return text, nil
		case c == '"':
			out = append(out, s.src[start:s.pos]...)
			s.pos++
			return string(out), nil
		case c == '\\':
			out = append(out, s.src[start:s.pos]...)
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
			start = s.pos
		case c < ' ':
			return "", s.errorf("a string holds the control character %#02x", c)
		default:
			s.pos++
		}
	}
	return "", s.errorf("a string has no closing quote")
}

// escape reads an escape sequence, which begins with a backslash.
func (s *scanner) escape() (rune, error) {
	if s.pos+1 < len(s.src) {
		c := s.src[s.pos+1]
		if i := slices.Index([]byte(`"\/bfnrt`), c); i >= 0 {
			s.pos += 2
			return rune("\"\\/\b\f\n\r\t"[i]), nil
		}
		if c == 'u' {
			return s.unicode()
		}
	}
	return 0, s.errorf("a backslash that escapes nothing")
}

// unicode reads an escape of the form \u00e9, or two that form one character.
func (s *scanner) unicode() (rune, error) {
	r, err := s.hex(s.pos)
	if err != nil {
		return 0, s.errorf("%v", err)
	}
	size := 6
	if utf16.IsSurrogate(r) {
		low, err := s.hex(s.pos + size)
		if r = utf16.DecodeRune(r, low); err != nil || r == utf8.RuneError {
			return 0, s.errorf("half of a surrogate pair")
		}
		size *= 2
	}
	s.pos += size
	return r, nil
}

// hex returns the number in the escape \uXXXX at pos.
func (s *scanner) hex(pos int) (rune, error) {
	if len(s.src) >= pos+6 && string(s.src[pos:pos+2]) == `\u` {
		if v, err := strconv.ParseUint(string(s.src[pos+2:pos+6]), 16, 16); err == nil {
			return rune(v), nil
		}
	}
	return 0, errors.New(`\u without four hexadecimal digits`)
}
