package rules

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/descent-ml/descent"

// A source is a Go file, of any platform and of any module of the repository.
type source struct {
	path  string // from the root, with slashes
	dir   string
	lines int
	test  bool
	tree  *ast.File
}

// A tree is what the repository holds.
type tree struct {
	root    string
	files   []string // of all kinds, from the root, with slashes
	sources []source
	nested  []string // folders below the root that are modules of their own
	fset    *token.FileSet
}

// repository reads the repository, once for all tests.
var repository = sync.OnceValues(func() (*tree, error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return nil, err
	}
	r := &tree{root: root, fset: token.NewFileSet()}
	if r.files, err = list(root); err != nil {
		return nil, err
	}
	for _, f := range r.files {
		if path.Base(f) == "go.mod" && f != "go.mod" {
			r.nested = append(r.nested, path.Dir(f))
		}
		if path.Ext(f) != ".go" || strings.Contains("/"+f, "/testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f)))
		if err != nil {
			return nil, err
		}
		parsed, err := parser.ParseFile(r.fset, f, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, source{
			path: f, dir: path.Dir(f), lines: bytes.Count(text, []byte("\n")),
			test: strings.HasSuffix(f, "_test.go"), tree: parsed,
		})
	}
	return r, nil
})

// open returns the repository.
func open(t *testing.T) *tree {
	t.Helper()
	r, err := repository()
	require.NoError(t, err)
	return r
}

// list names the files that git tracks or would, or, where there is no git,
// every file that is not hidden.
func list(root string) ([]string, error) {
	git := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	git.Dir = root
	if out, err := git.Output(); err == nil && len(out) > 0 {
		files := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		slices.Sort(files)
		return slices.DeleteFunc(slices.Compact(files), func(f string) bool {
			// Looking at the folder tells go test, which keeps results, to run
			// this again when a file is added.
			_, _ = os.Stat(filepath.Join(root, filepath.FromSlash(path.Dir(f))))
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(f)))
			return errors.Is(err, fs.ErrNotExist) // deleted, but not yet committed
		}), nil
	}
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != "." && name != ".ci":
			return fs.SkipDir
		case d.Type().IsRegular():
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

// main returns the sources of the root module.
func (r *tree) main() []source {
	return slices.DeleteFunc(slices.Clone(r.sources), func(s source) bool { return r.isNested(s.dir) })
}

// isNested reports whether dir lies in a module below the root.
func (r *tree) isNested(dir string) bool {
	return slices.ContainsFunc(r.nested, func(n string) bool { return within(dir, n) })
}

// read returns a file as text.
func (r *tree) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(b)
}

// within reports whether dir is room or a folder in it.
func within(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }

// lineOf returns where in the repository a node stands.
func (r *tree) lineOf(n ast.Node) string { return r.fset.Position(n.Pos()).String() }

// markdown returns the documents of the repository.
func (r *tree) markdown() []string {
	return slices.DeleteFunc(slices.Clone(r.files), func(f string) bool { return path.Ext(f) != ".md" })
}
