package rules

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mostLines is the length at which a file has long ceased to be one sitting.
const mostLines = 400

func TestFilesAreShort(t *testing.T) {
	for _, s := range open(t).sources {
		if s.lines > mostLines && !ast.IsGenerated(s.tree) {
			t.Errorf("%s has %d lines; make two files of it", s.path, s.lines)
		}
	}
}

func TestOnePackageComment(t *testing.T) {
	type files struct{ all, documented []string }
	packages := map[string]files{}
	for _, s := range open(t).sources {
		name := s.tree.Name.Name
		if strings.HasSuffix(name, "_test") || s.test && s.tree.Doc == nil {
			continue
		}
		p := packages[s.dir]
		p.all = append(p.all, path.Base(s.path))
		if s.tree.Doc != nil {
			p.documented = append(p.documented, path.Base(s.path))
			if name != "main" && !strings.HasPrefix(s.tree.Doc.Text(), "Package "+name+" ") {
				t.Errorf("%s: the package comment must begin with \"Package %s\"", s.path, name)
			}
		}
		packages[s.dir] = p
	}
	for dir, p := range packages {
		// A package of one file has its comment there, and a program in main.go.
		place := "doc.go"
		if len(p.all) == 1 {
			place = p.all[0]
		} else if slices.Contains(p.all, "main.go") {
			place = "main.go"
		}
		if !slices.Equal(p.documented, []string{place}) {
			t.Errorf("%s: the package comment stands in %q, want it in %s alone", dir, p.documented, place)
		}
	}
}

// wellKnown are methods whose interface says all there is to say.
var wellKnown = []string{"Error", "Unwrap", "String", "Forward"}

func TestExportedNamesHaveComments(t *testing.T) {
	r := open(t)
	for _, s := range r.main() {
		if s.test || s.tree.Name.Name == "main" {
			continue
		}
		for _, d := range s.tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				known := d.Recv != nil && slices.Contains(wellKnown, d.Name.Name)
				if d.Doc == nil && d.Name.IsExported() && reachable(d) && !known {
					t.Errorf("%s: %s has no comment", r.lineOf(d), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, n := range undocumented(d, spec) {
						t.Errorf("%s: %s has no comment", r.lineOf(n), n.Name)
					}
				}
			}
		}
	}
}

// reachable reports whether d is a function, or a method of an exported type.
func reachable(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	switch typ := d.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		return exported(typ.X)
	default:
		return exported(typ)
	}
}

// exported reports whether a type, perhaps with type arguments, is exported.
func exported(typ ast.Expr) bool {
	switch typ := typ.(type) {
	case *ast.Ident:
		return typ.IsExported()
	case *ast.IndexExpr:
		return exported(typ.X)
	case *ast.IndexListExpr:
		return exported(typ.X)
	}
	return false
}

// undocumented returns the exported names of a specification that neither it
// nor the group around it comments on.
func undocumented(d *ast.GenDecl, spec ast.Spec) []*ast.Ident {
	var names []*ast.Ident
	var comments []*ast.CommentGroup
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names, comments = []*ast.Ident{spec.Name}, []*ast.CommentGroup{spec.Doc, spec.Comment}
	case *ast.ValueSpec:
		names, comments = spec.Names, []*ast.CommentGroup{spec.Doc, spec.Comment}
	}
	if slices.ContainsFunc(append(comments, d.Doc), func(c *ast.CommentGroup) bool { return c != nil }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(n *ast.Ident) bool { return !n.IsExported() })
}

var (
	unfinished = regexp.MustCompile(`\b(T[O]DO|FIX[M]E|X[X]X|HA[C]K)\b`)
	// A path on somebody's machine: nothing in the repository depends on where
	// it lies.
	machine = regexp.MustCompile("(^|[\\s\"'`(=:,])(/(work|tmp|root|opt|home|Users)(/|\\b)|[A-Z]:\\\\)")
)

func TestTextIsFinishedAndFreeOfMachinePaths(t *testing.T) {
	r := open(t)
	for _, f := range r.files {
		b, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(f)))
		require.NoError(t, err)
		if slices.Contains(b, 0) || path.Base(f) == "go.sum" { // not text
			continue
		}
		for i, line := range strings.Split(string(b), "\n") {
			if m := unfinished.FindString(line); m != "" {
				t.Errorf("%s:%d: finish what %s says", f, i+1, m)
			}
			if m := machine.FindStringSubmatch(line); m != nil {
				t.Errorf("%s:%d: %s is a path on one machine", f, i+1, m[2])
			}
		}
	}
}

func TestTheTextRulesFindWhatTheyLookFor(t *testing.T) {
	for _, s := range []string{"open(\"/" + "tmp/x\")", "cd /" + "work", "PATH=/" + "opt/torch", "C:" + `\go`} {
		require.True(t, machine.MatchString(s), s)
	}
	for _, s := range []string{"https://example.org/opt/x", "a/work", "x/tmp/y", "/optim"} {
		require.False(t, machine.MatchString(s), s)
	}
	require.True(t, unfinished.MatchString("// T"+"ODO: later"))
	require.False(t, unfinished.MatchString("mastodon"))
}

// A loop that has a twin in assembly says at the end of its comment which file
// of the generator describes it, and that file names it.
func TestLoopsPointToTheirAssembly(t *testing.T) {
	const room = "internal/kernel"
	r := open(t)
	described := map[string]string{} // by the name of the function in package asm
	place := regexp.MustCompile(`It is described in (gen/\w+\.go)\.`)
	for _, s := range r.sources {
		if s.dir != room+"/asm" || s.test {
			continue
		}
		for _, d := range s.tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if m := place.FindStringSubmatch(f.Doc.Text()); m != nil {
					described[f.Name.Name] = m[1]
				}
			}
		}
	}
	require.NotEmpty(t, described)
	used := map[string]bool{}
	for _, s := range r.sources {
		if s.dir != room || s.test {
			continue
		}
		for _, d := range s.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			for _, name := range callsOf(f, "asm") {
				file := described[name]
				if file == "" {
					continue // it is no loop
				}
				used[name] = true
				text := r.read(t, room+"/"+file)
				if !strings.Contains(text, `"`+strings.ToLower(name[:1])+name[1:]+`"`) {
					t.Errorf("%s: %s is not described in %s", r.lineOf(d), name, file)
				}
				if !regexp.MustCompile(`(?m)^Assembly: .*\b` + regexp.QuoteMeta(file)).MatchString(f.Doc.Text()) {
					t.Errorf("%s: %s calls asm.%s; end its comment with \"Assembly: %s\"", r.lineOf(d), f.Name.Name, name, file)
				}
			}
		}
	}
	for name := range described {
		if !used[name] {
			t.Errorf("no loop calls asm.%s; call it, or remove its description", name)
		}
	}
}

// callsOf returns the functions of a package that f calls.
func callsOf(f *ast.FuncDecl, pkg string) []string {
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg {
					names = append(names, s.Sel.Name)
				}
			}
		}
		return true
	})
	return names
}
