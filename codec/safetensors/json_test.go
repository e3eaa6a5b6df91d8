package safetensors

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// Escapes that a header may hold, though our writer needs few of them.
func TestEscapes(t *testing.T) {
	for escaped, want := range map[string]string{
		`plain é`:            "plain é",
		`\"\\\/\b\f\n\r\t`:   "\"\\/\b\f\n\r\t",
		`\u0041\u00e9\u20aC`: "Aé€",
		`a\ud83D\uDD25b`:     "a\U0001f525b",
		`\u0000\ufffd`:       "\x00\ufffd",
		``:                   "",
	} {
		f, err := Read(bytes.NewReader(raw(`{"__metadata__":{"k":"` + escaped + `"}}`)))
		require.NoError(t, err, escaped)
		require.Equal(t, map[string]string{"k": want}, f.Metadata, escaped)
	}
}
