package autograd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/optable"
)

// noOperations return variables, but are not operations and have no row in the
// table. The tests of the engine cover them.
var noOperations = []string{"Var.Detach", "Var.Operands", "Var.Apply", "Var.Apply2", "Apply", "Grad", "VJP", "JVP", "HVP", "Recompute"}

// source parses the package without its tests.
func source(t *testing.T) []*ast.File {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	var files []*ast.File
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			require.NoError(t, err)
			files = append(files, f)
		}
	}
	require.NotEmpty(t, files)
	return files
}

// isVar reports whether a type is Var or a slice of it.
func isVar(e ast.Expr) bool {
	if s, ok := e.(*ast.ArrayType); ok {
		e = s.Elt
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "Var"
}

// givers returns the exported functions, and methods of Var, that return
// variables.
func givers(t *testing.T) []string {
	var names []string
	for _, f := range source(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || fn.Type.Results == nil {
				continue
			}
			name := fn.Name.Name
			if fn.Recv != nil {
				if !isVar(fn.Recv.List[0].Type) {
					continue
				}
				name = "Var." + name
			}
			if slices.ContainsFunc(fn.Type.Results.List, func(f *ast.Field) bool { return isVar(f.Type) }) {
				names = append(names, name)
			}
		}
	}
	return names
}

func TestEveryOperationHasARow(t *testing.T) {
	var rows []string
	for c := range optable.Cases() {
		if len(rows) == 0 || rows[len(rows)-1] != c.Name {
			require.NotContains(t, rows, c.Name, "two rows of one name")
			rows = append(rows, c.Name)
		}
	}
	found := givers(t)
	require.Greater(t, len(found), 100)
	for _, name := range found {
		if !slices.Contains(noOperations, name) {
			require.Contains(t, rows, strings.TrimPrefix(name, "Var."), "%s has no row in the table; add one to the file of its family in internal/optable", name)
		}
	}
	for _, name := range noOperations {
		require.Contains(t, found, name, "it is no more")
	}
	for _, name := range rows {
		require.True(t, slices.Contains(found, name) || slices.Contains(found, "Var."+name), "the row %s is of no operation", name)
	}
}

// Operations are declared as literals of these types.
var families = []string{"Unary", "Binary", "Op", "scaled", "slope", "reduction", "general"}

func TestDeclarationsHaveNameAndRule(t *testing.T) {
	where := map[string]bool{}
	for _, f := range source(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if id, ok := lit.Type.(*ast.Ident); !ok || !slices.Contains(families, id.Name) {
				return true
			}
			text := map[string]string{}
			for _, e := range lit.Elts {
				kv := e.(*ast.KeyValueExpr)
				if s, ok := kv.Value.(*ast.BasicLit); ok && s.Kind == token.STRING {
					value, err := strconv.Unquote(s.Value)
					require.NoError(t, err)
					text[kv.Key.(*ast.Ident).Name] = value
				}
			}
			require.NotEmpty(t, text["Name"])
			require.NotEmpty(t, text["Rule"], text["Name"])
			require.Equal(t, strings.ToLower(text["Name"]), text["Name"])
			require.False(t, where[text["Name"]], "two operations are called %q", text["Name"])
			where[text["Name"]] = true
			return true
		})
	}
	require.Greater(t, len(where), 100)
}

func TestOperationsSayNameAndRule(t *testing.T) {
	for c := range optable.Cases() {
		tape := autograd.NewTape()
		y, leaves := c.Apply(tape)
		if !c.Flat {
			autograd.Grad(y, leaves...)
		}
		for v := range tape.Operations() {
			name, rule := v.Op()
			require.NotEmpty(t, name, c.Name)
			require.NotEmpty(t, rule, "%s, in %s", name, c.Name)
		}
	}
}
