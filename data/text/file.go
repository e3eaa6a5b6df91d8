package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxVocabularyBytes is the longest JSON that [ReadVocabulary] reads, 4 MiB.
const MaxVocabularyBytes = 4 << 20

// A file is the JSON of a vocabulary.
type file struct {
	Kind   string `json:"kind"`
	Runes  string `json:"runes,omitempty"`
	Merges []int  `json:"merges,omitempty"`
}

// ReadVocabulary reads the JSON of a [Vocabulary] of any kind from r. The JSON
// must be one object without further members, and everything after it must be
// white space. Its numbers are checked: a merge joins tokens that stand before
// it, no pair occurs twice, no character occurs twice.
func ReadVocabulary(r io.Reader) (Vocabulary, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxVocabularyBytes+1))
	if err != nil {
		return nil, fmt.Errorf("vocabulary: after %d bytes: %w", len(b), err)
	}
	if len(b) > MaxVocabularyBytes {
		return nil, fmt.Errorf("vocabulary: the file is longer than the %d bytes that are read at most", MaxVocabularyBytes)
	}
	v, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	return v, nil
}

func parse(b []byte) (Vocabulary, error) {
	if err := checkUTF8(string(b), 0); err != nil { // encoding/json would replace it
		return nil, err
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, badJSON(err, len(b), d.InputOffset())
	}
	if rest := bytes.TrimLeft(b[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, fmt.Errorf("the JSON ends at byte %d, but the file goes on", d.InputOffset())
	}
	switch {
	case f.Kind != "runes" && f.Runes != "":
		return nil, fmt.Errorf("a vocabulary of kind %.20q has no runes", f.Kind)
	case f.Kind != "bpe" && len(f.Merges) > 0:
		return nil, fmt.Errorf("a vocabulary of kind %.20q has no merges", f.Kind)
	}
	switch f.Kind {
	case "bytes":
		return Bytes{}, nil
	case "runes":
		v, err := runesOf(f.Runes)
		if err != nil {
			return nil, err
		}
		return v, nil
	case "bpe":
		v, err := bpeOf(f.Merges)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	return nil, fmt.Errorf("the kind is %.20q, want \"bytes\", \"runes\" or \"bpe\"", f.Kind)
}

// badJSON says where the JSON of n bytes is broken.
func badJSON(err error, n int, offset int64) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the JSON ends too early, after %d bytes: %w", n, io.ErrUnexpectedEOF)
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	case errors.As(err, &typ):
		return fmt.Errorf("byte %d: %q is a %.20s, want %v", typ.Offset, typ.Field, typ.Value, typ.Type)
	}
	return fmt.Errorf("byte %d: %w", offset, err)
}
