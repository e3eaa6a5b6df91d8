package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The course names every lesson once, with its picture, and every question of the
// article. It names nothing that is not there.
func TestCourseIsComplete(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	parts := strings.Split(string(text), "## Questions")
	require.Len(t, parts, 2)

	lessons, err := filepath.Glob("../../*/main.go")
	require.NoError(t, err)
	require.NotEmpty(t, lessons)
	for _, path := range lessons {
		name := filepath.Base(filepath.Dir(path))
		require.Equal(t, 1, strings.Count(parts[0], fmt.Sprintf("| [%s](%s/main.go) |", name, name)), name)
	}
	for _, m := range regexp.MustCompile(`\]\(([^)]+)\)|src="([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		require.FileExists(t, filepath.Join("../..", m[1]+m[2]))
	}
	pictures, err := filepath.Glob("../../pictures/*.png")
	require.NoError(t, err)
	for _, path := range pictures {
		require.Contains(t, parts[0], `"pictures/`+filepath.Base(path)+`"`)
	}

	answered := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([\d., ]+) \| .* \| (?:\[|to come)`).FindAllStringSubmatch(parts[1], -1) {
		for _, section := range strings.Split(m[1], ", ") {
			answered[section] = true
		}
	}
	for i := range 50 {
		require.True(t, answered[fmt.Sprintf("9.%d", i+1)], "question 9.%d", i+1)
	}
	for _, section := range []string{"3.1", "3.2", "3.3", "4.1", "4.2", "4.3", "5", "6.1", "6.2", "6.3"} {
		require.True(t, answered[section], "section %s", section)
	}
}
