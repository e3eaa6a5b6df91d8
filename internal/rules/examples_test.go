package rules

import (
	"errors"
	"go/ast"
	"go/doc"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// importable returns the folders of the packages that other modules can import.
func importable(r *tree) (dirs []string) {
	for _, s := range r.main() {
		if !s.test && s.tree.Name.Name != "main" && !slices.Contains(strings.Split(s.dir, "/"), "internal") {
			dirs = append(dirs, s.dir)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// byInterface are methods that the standard library calls, when it is given a
// value: fmt.Println calls String.
var byInterface = []string{"Error", "Unwrap", "String", "Format", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"}

// Every exported name occurs in an example that is run.
func TestExportedNamesHaveExamples(t *testing.T) {
	r := open(t)
	find := importerOf(t, r)
	for _, dir := range importable(r) {
		pkg, err := find.Import(module + "/" + dir)
		require.NoError(t, err)
		shown := shownIn(r, find, dir)
		var missing []string
		for _, o := range exportedOf(pkg) {
			if !shown[keyOf(o)] {
				missing = append(missing, nameOf(o))
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s: no Example with an Output shows %s; add them to an example_*_test.go there", dir, strings.Join(missing, ", "))
		}
	}
}

// importerOf returns an importer of all that examples import, from what the
// compiler wrote.
func importerOf(t *testing.T, r *tree) types.Importer {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	for _, s := range r.main() {
		if hasExamples(s) {
			args = append(args, imports(t, s)...)
		}
	}
	for _, dir := range importable(r) {
		args = append(args, module+"/"+dir)
	}
	list := exec.Command("go", args...)
	list.Dir, list.Stderr = r.root, os.Stderr
	out, err := list.Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[name] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) {
		if files[name] == "" {
			return nil, errors.New("no example imports " + name)
		}
		return os.Open(files[name])
	})
}

// hasExamples reports whether a source is a test with an example.
func hasExamples(s source) bool { return s.test && len(doc.Examples(s.tree)) > 0 }

// exportedOf returns the exported objects of a package, and the exported methods
// of its types.
func exportedOf(pkg *types.Package) (list []types.Object) {
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		list = append(list, o)
		if named, ok := o.Type().(*types.Named); ok && isType(o) {
			for m := range named.Methods() {
				if m.Exported() {
					list = append(list, m)
				}
			}
		}
	}
	return list
}

func isType(o types.Object) bool {
	_, ok := o.(*types.TypeName)
	return ok
}

// nameOf returns the name of an object, of a method with its type.
func nameOf(o types.Object) string {
	if f, ok := o.(*types.Func); ok {
		if recv := f.Signature().Recv(); recv != nil {
			if named := namedOf(recv.Type()); named != nil {
				return named.Obj().Name() + "." + o.Name()
			}
		}
	}
	return o.Name()
}

// keyOf returns the name of an object with its package.
func keyOf(o types.Object) string {
	if o == nil || o.Pkg() == nil {
		return ""
	}
	return o.Pkg().Path() + "." + nameOf(o)
}

// namedOf returns the named type that a type is, points to, or holds elements
// of, or nil.
func namedOf(typ types.Type) *types.Named {
	switch typ := types.Unalias(typ).(type) {
	case *types.Named:
		return typ.Origin()
	case *types.Pointer:
		return namedOf(typ.Elem())
	case *types.Slice:
		return namedOf(typ.Elem())
	}
	return nil
}

// shownIn returns what occurs in the examples of a folder that say what they
// print, and in the functions of their files that they call: objects by name,
// the types of expressions, and methods that are called by way of an interface.
func shownIn(r *tree, find types.Importer, dir string) map[string]bool {
	var sources, inside, outside []*ast.File // tests in the package and outside of it
	for _, s := range r.main() {
		switch {
		case s.dir != dir:
		case !s.test:
			sources = append(sources, s.tree)
		case !hasExamples(s):
		case strings.HasSuffix(s.tree.Name.Name, "_test"):
			outside = append(outside, s.tree)
		default:
			inside = append(inside, s.tree)
		}
	}
	shown := map[string]bool{}
	look := func(path string, sources, tests []*ast.File) {
		// What stands in tests without examples is unknown here, and no matter.
		config := types.Config{Importer: find, Error: func(error) {}}
		info := newInfo()
		_, _ = config.Check(path, r.fset, append(sources, tests...), info)
		lookInto(tests, info, shown)
	}
	look(module+"/"+dir+"_test", nil, outside)
	if len(inside) > 0 {
		look(module+"/"+dir, sources, inside)
	}
	return shown
}

func newInfo() *types.Info {
	return &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
}

// lookInto adds what the examples of the tests of a package show.
func lookInto(tests []*ast.File, info *types.Info, shown map[string]bool) {
	bodies := map[types.Object]*ast.FuncDecl{}
	for _, f := range tests {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				bodies[info.Defs[d.Name]] = d
			}
		}
	}
	for _, e := range doc.Examples(tests...) {
		if e.Output != "" {
			l := look{info: info, shown: shown, bodies: bodies, seen: map[ast.Node]bool{}, values: map[*types.Named]bool{}}
			l.at(e.Code)
			l.callByInterface()
		}
	}
}

// holds reports whether a type is an interface, or a slice of one, that a value
// of the other type can stand in.
func holds(typ, value *types.Named) bool {
	under := typ.Underlying()
	if s, ok := under.(*types.Slice); ok {
		under = s.Elem().Underlying()
	}
	face, ok := under.(*types.Interface)
	return ok && !face.Empty() && types.Implements(types.NewPointer(value), face)
}

// A look is a walk through one example.
type look struct {
	info   *types.Info
	shown  map[string]bool
	bodies map[types.Object]*ast.FuncDecl // of the functions of the tests
	seen   map[ast.Node]bool
	values map[*types.Named]bool // types of what occurs
	given  []*types.Named        // types of what the standard library was given
	calls  []*types.Func         // methods of interfaces
}

func (l *look) at(n ast.Node) {
	if n == nil || l.seen[n] {
		return
	}
	l.seen[n] = true
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			l.value(l.info.TypeOf(e))
		}
		switch n := n.(type) {
		case *ast.Ident:
			l.name(l.info.Uses[n])
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok {
				if o := l.info.Uses[s.Sel]; o != nil && o.Pkg() != nil && !strings.HasPrefix(o.Pkg().Path(), module) {
					for _, a := range n.Args {
						if named := namedOf(l.info.TypeOf(a)); named != nil {
							l.given = append(l.given, named)
						}
					}
				}
			}
		}
		return true
	})
}

// value notes that an expression of a type occurs.
func (l *look) value(typ types.Type) {
	if typ == nil {
		return
	}
	if named := namedOf(typ); named != nil {
		l.values[named] = true
		l.shown[keyOf(named.Obj())] = true
	}
	if results, ok := typ.(*types.Tuple); ok {
		for v := range results.Variables() {
			l.value(v.Type())
		}
	}
}

// name notes that an object is named, and follows a function of the test.
func (l *look) name(o types.Object) {
	f, ok := o.(*types.Func)
	if !ok {
		l.shown[keyOf(o)] = true
		return
	}
	l.shown[keyOf(f.Origin())] = true
	if recv := f.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		l.calls = append(l.calls, f)
	}
	if d := l.bodies[f.Origin()]; d != nil {
		l.at(d.Body)
	}
}

// callByInterface notes the methods that were called on values of the example
// without being named: by the standard library, or as those of an interface.
func (l *look) callByInterface() {
	for _, given := range l.given {
		for named := range l.values {
			if named != given && !holds(given, named) {
				continue
			}
			for m := range named.Methods() {
				if slices.Contains(byInterface, m.Name()) {
					l.shown[keyOf(m)] = true
				}
			}
		}
	}
	for _, f := range l.calls {
		for named := range l.values {
			for m := range named.Methods() {
				face := f.Signature().Recv().Type().Underlying().(*types.Interface)
				if m.Name() == f.Name() && types.Implements(types.NewPointer(named), face) {
					l.shown[keyOf(m)] = true
				}
			}
		}
	}
}

func TestTheRuleOfExamplesFindsWhatItLooksFor(t *testing.T) {
	const source = `package p
import "fmt"
type T int
func (T) String() string { return "" }
func (T) Unused() {}
type Face interface{ Called() }
func (T) Called() {}
func Make() T { return 0 }
func ByHelper() {}
func Silent() {}
func helper(f Face) { ByHelper(); f.Called() }
func ExampleMake() {
	fmt.Println(Make())
	helper(Make())
	// Output:
	// x
}
func ExampleSilent() { Silent() }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p_test.go", source, parser.ParseComments)
	require.NoError(t, err)
	info := newInfo()
	config := types.Config{Importer: importerOf(t, open(t))}
	pkg, err := config.Check("p", fset, []*ast.File{file}, info)
	require.NoError(t, err)
	shown := map[string]bool{}
	lookInto([]*ast.File{file}, info, shown)
	var missing []string
	for _, o := range exportedOf(pkg) {
		if !shown[keyOf(o)] {
			missing = append(missing, nameOf(o))
		}
	}
	require.Equal(t, []string{"ExampleMake", "ExampleSilent", "Silent", "T.Unused"}, missing)
}
