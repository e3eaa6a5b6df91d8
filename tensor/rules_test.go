package tensor_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every exported function and method of the package is named in a test or is
// the subject of an example.
func TestEverythingIsTested(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	named := map[string]bool{}
	var exported []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		test := strings.HasSuffix(name, "_test.go")
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if test {
					named[n.Name[strings.LastIndexByte(n.Name, '_')+1:]] = true
				}
			case *ast.FuncDecl:
				if !test && n.Name.IsExported() {
					exported = append(exported, n.Name.Name)
				}
			}
			return true
		})
	}
	require.Contains(t, exported, "MatMul")
	for _, name := range exported {
		require.True(t, named[name], "no test names %s", name)
	}
}
