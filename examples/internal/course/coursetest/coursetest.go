package coursetest

import (
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// ReadsWell fails when the text of a lesson shows a number that is none or a mistake
// of formatting, or when a line, with its end, has more than width characters. The
// folder of the picture, whose length chance decides, does not count.
func ReadsWell(t require.TestingT, text, folder string, width int) {
	require.NotContains(t, text, "%!")
	require.NotContains(t, text, "NaN")
	if folder != "" {
		text = strings.ReplaceAll(text, folder+string(filepath.Separator), "")
	}
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), width, "line %q", line)
	}
}
