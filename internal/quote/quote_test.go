package quote

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShort(t *testing.T) {
	require.Equal(t, `""`, Short(""))
	require.Equal(t, `"a\n\x1b[31m"`, Short("a\n\x1b[31m"))
	require.Equal(t, `"`+strings.Repeat("x", 80)+`"`, Short(strings.Repeat("x", 80)))
	require.Equal(t, `"`+strings.Repeat("x", 80)+`"… (100000 bytes)`, Short(strings.Repeat("x", 100_000)))
	require.Equal(t, `"x`+strings.Repeat("é", 39)+`"… (101 bytes)`, Short("x"+strings.Repeat("é", 50)))
	require.Equal(t, `"`+strings.Repeat(`\xff`, 80)+`"… (100 bytes)`, Short(strings.Repeat("\xff", 100)))
}

func TestLine(t *testing.T) {
	require.Equal(t, "a; b; c", Line("a\nb\r\nc"))
	require.Equal(t, `ring \a and red \x1b[31m and \xff but née`, Line("ring \a and red \x1b[31m and \xff but née"))
	path := "/" + strings.Repeat("d/", 500)
	require.Equal(t, "in "+path, Line("in "+path))

	long := Line(`--model must be one of "cnn" but got "` + strings.Repeat("x", 100_000) + `" (see descent --help)`)
	require.Regexp(t, `^--model must be one of "cnn" but got "x{127}…x{63}" \(see descent --help\)$`, long)
	words := Line("unexpected argument " + strings.Repeat("a ", 50_000) + "(see descent --help)")
	require.Less(t, len(words), 1000)
	require.Regexp(t, `^unexpected argument a a .*….* a a +\(see descent --help\)$`, words)
	require.Less(t, len(Line(strings.Repeat("é", 100_000))), 1000)
}
