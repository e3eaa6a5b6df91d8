package npy

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// A header is what the dictionary at the start of a file says.
type header struct {
	descr   string
	fortran bool
	shape   []int
}

// A scanner reads the literal of Python that a header is. It knows one kind of
// dictionary, and nothing of the rest of Python.
type scanner struct {
	src string
	pos int
}

// errorf returns an error about the place that was reached.
func (s *scanner) errorf(format string, args ...any) error {
	return fmt.Errorf("header byte %d: %s", s.pos, fmt.Sprintf(format, args...))
}

// want returns the error of a place where something else should stand.
func (s *scanner) want(what string) error {
	if s.pos >= len(s.src) {
		return s.errorf("want %s, the header ends", what)
	}
	return s.errorf("want %s, got %q", what, rune(s.src[s.pos]))
}

// next passes over white space and reports whether c stands there, which it then
// passes over as well.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.pos < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.pos]) >= 0 {
		s.pos++
	}
}

// parseHeader reads a header, such as
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
func parseHeader(src string) (*header, error) {
	s := &scanner{src: src}
	if !s.next('{') {
		return nil, s.want("'{'")
	}
	h := &header{}
	seen := map[string]bool{}
	for !s.next('}') {
		if len(seen) > 0 {
			if !s.next(',') {
				return nil, s.want("',' or '}'")
			}
			if s.next('}') {
				break
			}
		}
		s.space()
		at := s.pos
		key, err := s.text("a name in quotes")
		if err != nil {
			return nil, err
		}
		if seen[key] {
			s.pos = at
			return nil, s.errorf("the name %s occurs twice", quote.Short(key))
		}
		seen[key] = true
		if !s.next(':') {
			return nil, s.want("':'")
		}
		if err := s.member(h, key); err != nil {
			return nil, err
		}
	}
	if s.space(); s.pos < len(src) {
		return nil, s.want("nothing after the last '}'")
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return nil, fmt.Errorf("the header has no %s", key)
		}
	}
	return h, nil
}

// member reads the value that belongs to a key.
func (s *scanner) member(h *header, key string) (err error) {
	switch key {
	case "descr":
		switch {
		case s.next('['):
			return s.errorf("cannot read records (structured types): want a single type such as '<f4'")
		case s.next('('):
			return s.errorf("cannot read a type that is itself an array: want a single type such as '<f4'")
		}
		h.descr, err = s.text("the type in quotes")
	case "fortran_order":
		h.fortran, err = s.boolean()
	case "shape":
		h.shape, err = s.tuple()
	default:
		err = s.errorf("want descr, fortran_order and shape, got %s", quote.Short(key))
	}
	return err
}

// text reads a string in single or double quotes, of printable ASCII without a
// backslash.
func (s *scanner) text(what string) (string, error) {
	s.space()
	if s.pos >= len(s.src) || s.src[s.pos] != '\'' && s.src[s.pos] != '"' {
		return "", s.want(what)
	}
	begin := s.pos + 1
	for i := begin; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == s.src[s.pos]:
			s.pos = i + 1
			return s.src[begin:i], nil
		case c < ' ' || c > '~' || c == '\\':
			s.pos = i
			return "", s.errorf("a string holds %q, want printable ASCII without a backslash", rune(c))
		}
	}
	return "", s.errorf("a string has no closing quote")
}

func (s *scanner) boolean() (bool, error) {
	s.space()
	for _, word := range []string{"True", "False"} {
		if strings.HasPrefix(s.src[s.pos:], word) {
			s.pos += len(word)
			return word == "True", nil
		}
	}
	return false, s.want("True or False")
}

// tuple reads a tuple of lengths: (), (3,) or (3, 4). The 3 in brackets, (3), is a
// number and no tuple.
func (s *scanner) tuple() ([]int, error) {
	if !s.next('(') {
		return nil, s.want("the '(' of the shape")
	}
	shape := []int{}
	for comma := true; !s.next(')'); {
		if !comma {
			return nil, s.want("',' or ')'")
		}
		if len(shape) == tensor.MaxRank {
			return nil, s.errorf("the shape has more than %d axes", tensor.MaxRank)
		}
		d, err := s.length()
		if err != nil {
			return nil, err
		}
		shape = append(shape, d)
		if comma = s.next(','); !comma && len(shape) == 1 {
			return nil, s.want("',' after the only length of a shape")
		}
	}
	return shape, nil
}

// length reads a whole number that is not negative. Python 2 wrote an L after it.
func (s *scanner) length() (int, error) {
	s.space()
	end := s.pos
	for end < len(s.src) && s.src[end] >= '0' && s.src[end] <= '9' {
		end++
	}
	digits := s.src[s.pos:end]
	switch {
	case digits == "":
		return 0, s.want("a whole number that is not negative")
	case len(digits) > 1 && digits[0] == '0':
		return 0, s.errorf("a number begins with 0")
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > math.MaxInt {
		return 0, s.errorf("a length of %s is more than memory can address", quote.Short(digits))
	}
	if s.pos = end; s.pos < len(s.src) && s.src[s.pos] == 'L' {
		s.pos++
	}
	return int(n), nil
}

// literal returns the header of a row-major array as NumPy writes it. It leaves
// room for a first axis of 21 digits, so that the array can grow in its file.
func literal(descr string, shape []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr)
	for i, d := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(d))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteString("), }")
	if len(shape) > 0 {
		b.WriteString(strings.Repeat(" ", 21-len(strconv.Itoa(shape[0]))))
	}
	return b.String()
}
