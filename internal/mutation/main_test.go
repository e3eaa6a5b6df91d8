package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	faults, err := parse("a.txt", "# heading\n\nx.go ./a ./b\n# the sign\n-\treturn -y\n-}\n+\treturn y\n+}\n\n\nx.go .\n-Clear()\n+\n")
	require.NoError(t, err)
	require.Equal(t, []fault{
		{where: "a.txt:3", file: "x.go", packages: []string{"./a", "./b"}, note: "the sign", old: "\treturn -y\n}", new: "\treturn y\n}"},
		{where: "a.txt:11", file: "x.go", packages: []string{"."}, old: "Clear()"},
	}, faults)

	for text, want := range map[string]string{
		"x.go .\n-a\nb\n":      "l:3: a line of a fault begins with #, - or +",
		"x.go .\n-a\n+a\n":     "l:1: a fault needs a file, packages to test, an old text and another new one",
		"x.go\n-a\n+b\n\ny.go": "l:1: a fault needs a file, packages to test, an old text and another new one",
		"x.go .\n+b\n":         "l:1: a fault needs a file, packages to test, an old text and another new one",
	} {
		_, err := parse("l", text)
		require.EqualError(t, err, want)
	}
}

func TestApply(t *testing.T) {
	f := fault{old: "a+b", new: "a-b"}
	text, err := f.apply("x = a+b")
	require.NoError(t, err)
	require.Equal(t, "x = a-b", text)
	_, err = f.apply("x = a+c")
	require.EqualError(t, err, "the old text is found 0 times, want once")
	_, err = f.apply("x = a+b; y = a+b")
	require.EqualError(t, err, "the old text is found 2 times, want once")
}

// The lists that stand in the repository can be read, and name files that are
// there. Whether the texts still fit is told by a run.
func TestLists(t *testing.T) {
	faults, err := read("faults")
	require.NoError(t, err)
	require.NotEmpty(t, faults)
	for _, f := range faults {
		require.FileExists(t, filepath.Join("..", "..", filepath.FromSlash(f.file)), "%s", f.where)
	}
}

func TestTry(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"go.mod":    "module m\n\ngo 1.26\n",
		"m.go":      "package m\n\nfunc Add(a, b int) int { return a + b }\n\nfunc Wait(n int) {\n\tfor n > 0 {\n\t\tn--\n\t}\n}\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tWait(3)\n\tif Add(0, 2) != 2 {\n\t\tt.Fatal()\n\t}\n}\n",
	}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	b := bench{dir: dir, limit: 5 * time.Second}
	for _, c := range []struct {
		old, new string
		want     verdict
	}{
		{"a + b", "a - b", killed},
		{"n--", "", killed}, // it hangs
		{"a + b", "a | b", survived},
		{"a * b", "a - b", stale},
		{"a + b", "a + c", stale},
	} {
		got, why := b.try(t.Context(), fault{file: "m.go", packages: []string{"."}, old: c.old, new: c.new})
		require.Equal(t, c.want, got, "%q becomes %q: %s", c.old, c.new, why)
		text, err := os.ReadFile(filepath.Join(dir, "m.go"))
		require.NoError(t, err)
		require.Equal(t, files["m.go"], string(text), "the fault is taken out again")
	}
}
