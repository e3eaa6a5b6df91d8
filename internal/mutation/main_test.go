package main

import (
	"os"
	"path/filepath"
	"strings"
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
	dir := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, os.Mkdir(dir, 0o700))
	files := map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"m.go": `package m

const zero = 0

type pair[T int | float64] struct{ a, b T }

func (p pair[T]) sum() T { return p.a + p.b }

func (pair[T]) first(a T, _ ...T) (c T) { c = a + 0; return }

func Add[T int | float64](a, b T) T { return a + b }

func Wait(n int) {
	for n > zero {
		n--
	}
}

func set(to *int, _ string) { *to = 1 }
`,
		"m_test.go": `package m

import "testing"

func Test(t *testing.T) {
	Wait(3)
	var p pair[int]
	n := 0
	set(&n, "")
	if Add(0, 2) != 2 || (pair[float64]{0, 3}).sum() != 3 || p.first(2, 3, 4) != 2 || n != 1 {
		t.Fatal()
	}
}
`,
	}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var faults []fault
	var want []verdict
	for _, c := range []struct {
		old, new string
		want     verdict
	}{
		{"{ return a + b", "{ return a - b", killed},
		{"n--", "", killed}, // it hangs
		{"{ return a + b", "{ return a + b + 0", survived},
		{"a * b", "a - b", stale}, // not there
		{" int", " uint", stale},  // twice there
		{"{ return a + b", "{ return a + q", stale},
		{"p.a + p.b", "p.a * p.b", killed},
		{"p.a + p.b }", "p.b - p.a }", survived},
		{"c = a + 0", "c = a + 1", killed},
		{"*to = 1", "*to = 2", killed},
		{"zero = 0", "zero = -1", survived}, // in no function
		{"zero = 0", "zero = \"0\"", stale},
		{"a, b T }", "a, b int }", stale},
	} {
		faults = append(faults, fault{file: "m.go", packages: []string{"."}, old: c.old, new: c.new})
		want = append(want, c.want)
	}
	b := bench{dir: dir, patience: time.Second, limits: map[string]time.Duration{}, blind: map[string][]string{}}
	r, err := try(t.Context(), b, faults)
	require.NoError(t, err)
	for i, w := range want {
		require.Equal(t, w, r.verdicts[i], "%q becomes %q", faults[i].old, faults[i].new)
	}
	require.Len(t, r.verdicts, len(faults))
	require.Error(t, r.end())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, len(files))
	for name, text := range files {
		left, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, text, string(left), "the faults are taken out again")
	}
}

func TestFaultsOfRules(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "autograd"), 0o700))
	const text = `package autograd

func f() Unary {
	return Unary{
		Value: func(x Var) Var { return x.Neg() },
		VJP:   func(x, dy Var) Var { return dy.Mul(x).Add(x) },
	}
}

func g(dy Var) Var { return dy }
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "autograd", "f.go"), []byte(text), 0o600))
	faults, err := ofRules(dir)
	require.NoError(t, err)
	var got []string
	for _, f := range faults {
		wrong, err := f.apply(text)
		require.NoError(t, err)
		for i, line := range strings.Split(wrong, "\n") {
			if line != strings.Split(text, "\n")[i] {
				got = append(got, strings.TrimSpace(line[strings.Index(line, "return"):]))
			}
		}
	}
	require.Equal(t, []string{
		"return dy.Mul(x).Add(x).Neg() },",
		"return dy.Mul(x).Sub(x) },",
		"return drop__(dy.Mul(x), x) },",
		"return drop__(x, dy.Mul(x)) },",
		"return drop__(dy, x).Add(x) },",
		"return dy.Neg() }",
	}, got)
}
