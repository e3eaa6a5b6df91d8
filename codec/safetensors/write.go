package safetensors

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/atomicfile"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// Write writes f to w as a safetensors file. Equal files are written as equal
// bytes. Strided tensors are written row-major, as a contiguous copy would be.
//
// A name that is empty, reserved, used twice or not valid UTF-8 is an error, and so
// are a nil tensor and a header of more than 100 MB. In these cases nothing is
// written. Any other error comes from w and is wrapped.
func Write(w io.Writer, f *File) error {
	head, err := f.header()
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	if err := f.write(w, head); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}

// WriteFile writes f to the file at path, as [Write] does. It replaces an existing
// file completely or not at all: it writes a temporary file in the same folder, and
// renames it to path when all bytes are on the disk. After an error, path is as it
// was and the temporary file is removed. Only a process that is killed leaves one,
// named .descent-*.tmp. The new file has the permissions of the old one. If path is
// a symbolic link, the file that it points to is replaced.
func WriteFile(path string, f *File) error {
	head, err := f.header()
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { return f.write(w, head) })
	}
	if err != nil {
		return fmt.Errorf("safetensors: %s: %w", path, err)
	}
	return nil
}

// write writes the given header and the data of f.
func (f *File) write(w io.Writer, head []byte) error {
	b := bufio.NewWriterSize(w, block)
	if _, err := b.Write(head); err != nil {
		return fmt.Errorf("writing the header: %w", err)
	}
	for _, e := range f.Tensors {
		var err error
		if e.Value.DType() == tensor.Float64 {
			err = encode(b, tensor.Data[float64](e.Value), 8, addF64)
		} else {
			err = encode(b, tensor.Data[float32](e.Value), 4, addF32)
		}
		if err != nil {
			return fmt.Errorf("writing tensor %s: %w", quote.Short(e.Name), err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the data: %w", err)
	}
	return nil
}

// header returns the start of the file that holds f: the length of the header,
// the header, and its padding.
func (f *File) header() ([]byte, error) {
	b := make([]byte, 8, 512)
	b = append(b, '{')
	if len(f.Metadata) > 0 {
		b = append(appendJSON(b, metadataName), ":{"...)
		for i, key := range slices.Sorted(maps.Keys(f.Metadata)) {
			value := f.Metadata[key]
			if !utf8.ValidString(key) || !utf8.ValidString(value) {
				return nil, fmt.Errorf("metadata %s is not valid UTF-8", quote.Short(key))
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSON(b, key), ':')
			b = appendJSON(b, value)
		}
		b = append(b, '}')
	}
	if n := max(len(f.Tensors), len(f.Metadata)); n > maxMembers {
		return nil, fmt.Errorf("there are %d tensors or strings of metadata, more than the %d that are read", n, maxMembers)
	}
	seen := make(map[string]bool, len(f.Tensors))
	offset := 0
	for i, e := range f.Tensors {
		if err := check(e); err != nil {
			return nil, fmt.Errorf("tensor %d: %w", i, err)
		}
		if seen[e.Name] {
			return nil, fmt.Errorf("tensor %d: the name %s is taken by an earlier one", i, quote.Short(e.Name))
		}
		seen[e.Name] = true
		if i > 0 || len(f.Metadata) > 0 {
			b = append(b, ',')
		}
		end := offset + e.Value.Len()*e.Value.DType().Size()
		b = appendSpan(b, e, offset, end)
		offset = end
	}
	b = append(b, '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	n := len(b) - 8
	if n > maxHeader {
		return nil, fmt.Errorf("the header takes %d bytes, more than the %d that readers accept", n, maxHeader)
	}
	le.PutUint64(b, uint64(n))
	return b, nil
}

// check returns an error if e cannot be written.
func check(e tensor.Named) error {
	switch {
	case e.Name == "":
		return errors.New("its name is empty")
	case e.Name == metadataName:
		return fmt.Errorf("the name %q is reserved", e.Name)
	case !utf8.ValidString(e.Name):
		return fmt.Errorf("its name %s is not valid UTF-8", quote.Short(e.Name))
	case e.Value == nil:
		return fmt.Errorf("%s has no value", quote.Short(e.Name))
	}
	return nil
}

// appendSpan appends the member of the header that describes e, whose data
// lies between the given offsets.
func appendSpan(b []byte, e tensor.Named, begin, end int) []byte {
	dtype := "F32"
	if e.Value.DType() == tensor.Float64 {
		dtype = "F64"
	}
	b = appendJSON(b, e.Name)
	b = fmt.Appendf(b, `:{"dtype":"%s","shape":[`, dtype)
	for i, d := range e.Value.Shape() {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(d), 10)
	}
	return fmt.Appendf(b, `],"data_offsets":[%d,%d]}`, begin, end)
}
