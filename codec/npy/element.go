package npy

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
)

var le = binary.LittleEndian

// An element is a type of elements that can be read.
type element struct {
	code  string // as a header has it, without the byte order: f4
	name  string // as NumPy says it: float32
	width int    // bytes
	// integer returns the element at the start of b, of a type of whole numbers.
	// A uint64 that is no int64 comes out negative.
	integer func(b []byte) int64
}

var (
	float32Element = &element{"f4", "float32", 4, nil}
	float64Element = &element{"f8", "float64", 8, nil}
	int64Element   = &element{"i8", "int64", 8, func(b []byte) int64 { return int64(le.Uint64(b)) }}
)

// elements are all that can be read.
var elements = []*element{
	{"b1", "bool", 1, func(b []byte) int64 { return int64(b[0]) }},
	{"i1", "int8", 1, func(b []byte) int64 { return int64(int8(b[0])) }},
	{"i2", "int16", 2, func(b []byte) int64 { return int64(int16(le.Uint16(b))) }},
	{"i4", "int32", 4, func(b []byte) int64 { return int64(int32(le.Uint32(b))) }},
	int64Element,
	{"u1", "uint8", 1, func(b []byte) int64 { return int64(b[0]) }},
	{"u2", "uint16", 2, func(b []byte) int64 { return int64(le.Uint16(b)) }},
	{"u4", "uint32", 4, func(b []byte) int64 { return int64(le.Uint32(b)) }},
	{"u8", "uint64", 8, func(b []byte) int64 { return int64(le.Uint64(b)) }},
	{"f2", "float16", 2, nil},
	float32Element,
	float64Element,
}

// refused says what the other types of NumPy are, by the letter of their code.
var refused = map[byte]string{
	'O': "Python objects, which only Python can load, and which may run code when loaded",
	'S': "byte strings", 'a': "byte strings", 'U': "text",
	'M': "dates", 'm': "spans of time",
	'V': "raw bytes", 'c': "complex numbers",
	'f': "floats of another size", 'i': "integers of another size", 'u': "integers of another size", 'b': "booleans of another size",
}

// parseType returns the element type that a header names, such as <f4, and
// whether its bytes have to be swapped.
func parseType(descr string) (e *element, swap bool, err error) {
	order, code := byte(0), descr
	if descr != "" && strings.IndexByte("<>|=", descr[0]) >= 0 {
		order, code = descr[0], descr[1:]
	}
	for _, e := range elements {
		if e.code != code {
			continue
		}
		switch {
		case order == '<', order == '>', order == '|' && e.width == 1:
			return e, order == '>' && e.width > 1, nil
		}
		return nil, false, fmt.Errorf("the type %q does not say its byte order: want '<' or '>' before %s", descr, code)
	}
	if code != "" {
		if what := refused[code[0]]; what != "" {
			return nil, false, fmt.Errorf("cannot read the type %s: it holds %s; want bool, an integer or a float of at most 8 bytes", quote.Short(descr), what)
		}
	}
	return nil, false, fmt.Errorf("%s is no type that NumPy writes", quote.Short(descr))
}

// reverse swaps the bytes of each element of the given width.
func reverse(raw []byte, width int) {
	switch width {
	case 2:
		for i := 0; i < len(raw); i += 2 {
			binary.BigEndian.PutUint16(raw[i:], le.Uint16(raw[i:]))
		}
	case 4:
		for i := 0; i < len(raw); i += 4 {
			binary.BigEndian.PutUint32(raw[i:], le.Uint32(raw[i:]))
		}
	case 8:
		for i := 0; i < len(raw); i += 8 {
			binary.BigEndian.PutUint64(raw[i:], le.Uint64(raw[i:]))
		}
	}
}

// rowMajor returns elements that lie in Fortran's order, the first axis the
// fastest, in that of C, the last axis the fastest.
func rowMajor(raw []byte, shape []int, width int) []byte {
	if len(shape) < 2 {
		return raw
	}
	stride := make([]int, len(shape)) // of an axis in raw, in bytes
	stride[0] = width
	for k := 1; k < len(shape); k++ {
		stride[k] = stride[k-1] * shape[k-1]
	}
	out := make([]byte, len(raw))
	index := make([]int, len(shape))
	from := 0
	for to := 0; to < len(out); to += width {
		copy(out[to:to+width], raw[from:])
		for k := len(shape) - 1; k >= 0; k-- {
			index[k]++
			from += stride[k]
			if index[k] < shape[k] {
				break
			}
			from -= stride[k] * shape[k]
			index[k] = 0
		}
	}
	return out
}
