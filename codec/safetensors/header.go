package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

const (
	// maxHeader is the longest header, in bytes, that the format allows.
	maxHeader = 100_000_000
	// maxMembers is the largest number of tensors, and of metadata strings, that
	// are read. This limit is not part of the format: a tensor takes 50 bytes in a
	// header, but many times as much memory.
	maxMembers = 100_000
	// metadataName is the member of the header that is not a tensor.
	metadataName = "__metadata__"
)

// A header is what the JSON part of a file says.
type header struct {
	metadata map[string]string
	tensors  []span
}

// A span is a tensor as the header describes it.
type span struct {
	name       string
	dtype      string
	shape      []int
	begin, end int64 // in bytes from the start of the data
	size       int   // elements, set by layout
}

// parseHeader reads the JSON of a header; [header.layout] then checks what it
// means.
func parseHeader(src []byte) (*header, error) {
	if len(src) == 0 || src[0] != '{' {
		return nil, fmt.Errorf("want a header that begins with '{', got %q", src[:min(len(src), 8)])
	}
	if !utf8.Valid(src) {
		return nil, errors.New("the header is not valid UTF-8")
	}
	h := new(header)
	s := &scanner{src: src}
	err := s.object("an object", func(key string) error {
		if len(h.tensors) == maxMembers {
			return s.errorf("the header lists more than %d tensors", maxMembers)
		}
		if key == metadataName {
			return s.metadata(h)
		}
		t := span{name: key}
		err := s.span(&t)
		h.tensors = append(h.tensors, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	if s.space(); s.pos < len(src) {
		return nil, s.want("nothing after the last '}'")
	}
	return h, nil
}

// metadata reads the value of the member __metadata__.
func (s *scanner) metadata(h *header) error {
	h.metadata = map[string]string{}
	return s.object("an object of metadata", func(key string) (err error) {
		if len(h.metadata) == maxMembers {
			return s.errorf("the metadata has more than %d strings", maxMembers)
		}
		if !s.next('"') {
			return s.want("a string as metadata " + quote.Short(key))
		}
		h.metadata[key], err = s.text("a string")
		return err
	})
}

// span reads the description of a tensor.
func (s *scanner) span(t *span) error {
	var shape, offsets []int64
	dtype := false
	if !s.next('{') {
		return s.want("an object that describes tensor " + quote.Short(t.name))
	}
	err := s.object("an object", func(key string) (err error) {
		switch key {
		case "dtype":
			dtype = true
			t.dtype, err = s.text("the dtype in quotes")
		case "shape":
			shape, err = s.integers("the shape", tensor.MaxRank)
		case "data_offsets":
			offsets, err = s.integers("data_offsets", 2)
		default:
			err = fmt.Errorf("want dtype, shape and data_offsets, got %s", quote.Short(key))
		}
		if err != nil {
			err = fmt.Errorf("tensor %s: %w", quote.Short(t.name), err)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !dtype:
		return fmt.Errorf("tensor %s has no dtype", quote.Short(t.name))
	case shape == nil:
		return fmt.Errorf("tensor %s has no shape", quote.Short(t.name))
	case len(offsets) != 2:
		return fmt.Errorf("tensor %s: want two data_offsets, got %d", quote.Short(t.name), len(offsets))
	}
	t.begin, t.end = offsets[0], offsets[1]
	t.shape = make([]int, len(shape))
	for i, d := range shape {
		if d > math.MaxInt {
			return fmt.Errorf("tensor %s: shape %v has more elements than memory can address", quote.Short(t.name), shape)
		}
		t.shape[i] = int(d)
	}
	return nil
}

// layout checks that shapes, element types and offsets agree and that the
// tensors cover the data without overlap or hole. It returns the tensors in
// the order of their data, and the length of the data in bytes.
func (h *header) layout() (order []*span, total int64, err error) {
	order = make([]*span, len(h.tensors))
	for i := range h.tensors {
		t := &h.tensors[i]
		if err := t.check(); err != nil {
			return nil, 0, fmt.Errorf("tensor %s: %w", quote.Short(t.name), err)
		}
		order[i] = t
	}
	slices.SortStableFunc(order, func(a, b *span) int {
		if a.begin != b.begin {
			return cmp.Compare(a.begin, b.begin)
		}
		return cmp.Compare(a.end, b.end)
	})
	for i, t := range order {
		switch {
		case t.begin > total:
			return nil, 0, fmt.Errorf("bytes %d to %d of the data, before tensor %s, belong to no tensor",
				total, t.begin, quote.Short(t.name))
		case t.begin < total:
			return nil, 0, fmt.Errorf("tensors %s and %s overlap: one ends at byte %d of the data, the other begins at %d",
				quote.Short(order[i-1].name), quote.Short(t.name), total, t.begin)
		}
		total = t.end
	}
	return order, total, nil
}

// check compares what the header says about one tensor.
func (t *span) check() error {
	f, ok := formats[t.dtype]
	if !ok {
		return fmt.Errorf("cannot read dtype %s: want F32, F64, F16, BF16, I32 or I64", quote.Short(t.dtype))
	}
	n, err := tensor.Size(t.shape)
	if err != nil {
		return err
	}
	if t.begin > t.end {
		return fmt.Errorf("data begins at byte %d and ends before it, at %d", t.begin, t.end)
	}
	if want := int64(n) * int64(f.width); t.end-t.begin != want {
		return fmt.Errorf("%s of shape %v takes %d bytes, data_offsets [%d %d] hold %d",
			t.dtype, t.shape, want, t.begin, t.end, t.end-t.begin)
	}
	t.size = n
	return nil
}

// appendJSON appends s as a JSON string to b, escaping only what has to be.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		default:
			if j := bytes.IndexByte([]byte("\b\f\n\r\t"), c); j >= 0 {
				b = append(b, '\\', "bfnrt"[j])
			} else {
				b = fmt.Appendf(b, `\u%04x`, c)
			}
		}
	}
	return append(b, '"')
}
