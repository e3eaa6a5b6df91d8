package nn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// declarations parses the files of the package, or those of its tests.
func declarations(t *testing.T, tests bool) (list []ast.Decl) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		list = append(list, f.Decls...)
	}
	require.NotEmpty(t, list)
	return list
}

// typesWith returns the exported types of the package that have a method.
func typesWith(t *testing.T, method string) (types []string) {
	t.Helper()
	for _, d := range declarations(t, false) {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != method {
			continue
		}
		typ := f.Recv.List[0].Type
		if p, ok := typ.(*ast.StarExpr); ok {
			typ = p.X
		}
		if name := typ.(*ast.Ident).Name; ast.IsExported(name) {
			types = append(types, name)
		}
	}
	slices.Sort(types)
	return types
}

// Every layer and every loss has a row in its table.
func TestEveryTypeHasARow(t *testing.T) {
	var layers, losses []string
	for _, row := range layerTable() {
		layers = append(layers, row.layer)
	}
	for _, row := range lossTable() {
		losses = append(losses, row.loss)
	}
	slices.Sort(layers)
	slices.Sort(losses)
	require.Equal(t, typesWith(t, "Forward"), slices.Compact(layers))
	require.Equal(t, typesWith(t, "Of"), slices.Compact(losses))
}

// Every exported type has a runnable example.
func TestEveryTypeHasAnExample(t *testing.T) {
	examples := map[string]bool{}
	for _, d := range declarations(t, true) {
		if f, ok := d.(*ast.FuncDecl); ok {
			examples[f.Name.Name] = true
		}
	}
	for _, d := range declarations(t, false) {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, spec := range g.Specs {
			if name := spec.(*ast.TypeSpec).Name.Name; ast.IsExported(name) {
				require.True(t, examples["Example"+name], "there is no Example%s", name)
			}
		}
	}
}
