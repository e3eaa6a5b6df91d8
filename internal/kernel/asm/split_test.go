package asm

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every function that gives the length of a slice to assembly first splits slices
// that are longer than Longest.
func TestNoCallIsLong(t *testing.T) {
	for _, name := range []string{"dispatch_amd64.go", "dispatch_arm64.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		loops := 0
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			parted := false
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BinaryExpr:
					if y, ok := n.Y.(*ast.Ident); ok && n.Op == token.GTR && y.Name == "Longest" {
						parted = true
					}
				case *ast.CallExpr:
					for _, a := range n.Args {
						if isLen(a) && !named(n.Fun, "half") {
							require.True(t, parted, "%s: %s gives assembly slices of any length", name, f.Name.Name)
							loops++
						}
					}
				}
				return true
			})
		}
		require.Greater(t, loops, 100, name)
	}
}

func isLen(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && named(call.Fun, "len")
}

func named(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// Both parts are shorter than the whole, and the first consists of whole vectors.
func TestHalf(t *testing.T) {
	for _, n := range []int{Longest + 1, 2 * Longest, 2*Longest + 1, 3 * Longest, 10_000_000, math.MaxInt} {
		h := half(n)
		require.Positive(t, h)
		require.Less(t, h, n)
		require.Zero(t, h%Longest)
	}
}
