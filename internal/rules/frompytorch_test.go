package rules

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const fromPyTorch = "docs/from-pytorch.md"

// translations returns the Go of the tables of the document: what is in the last
// column of each row.
func translations(text string) (list []string) {
	row := regexp.MustCompile("(?m)^\\| .* \\| `([^`]+)` \\|$")
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// statement makes of an expression a statement that the compiler takes.
func statement(t *testing.T, code string) string {
	e, err := parser.ParseExpr(code)
	if err != nil { // a statement
		return code
	}
	if _, call := e.(*ast.CallExpr); call {
		return code
	}
	return "_ = " + code
}

// What the document calls Go is Go: the compiler takes each line, with the names
// that it introduces.
func TestFromPyTorchCompiles(t *testing.T) {
	r := open(t)
	text := r.read(t, fromPyTorch)
	names := blocks(text, "go")
	require.Len(t, names, 1)
	list := translations(text)
	require.Greater(t, len(list), 200)
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"fmt\"\n")
	for _, p := range []string{"autograd", "codec/safetensors", "data", "dist", "nn", "optim", "tensor", "train"} {
		fmt.Fprintf(&b, "\t%q\n", module+"/"+p)
	}
	b.WriteString(")\n\nfunc main() {\n" + names[0] + "_, _, _, _, _, _, _, _, _, _, _ = a, b, images, t, x, y, z, labels, model, opt, r\n")
	for _, code := range list {
		fmt.Fprintf(&b, "{ %s }\n", statement(t, code))
	}
	b.WriteString("}\n")
	file := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o600))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(r.root, "internal", "frompytorch", "main.go"): file}})
	require.NoError(t, err)
	over := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(over, overlay, 0o600))
	build := exec.Command("go", "build", "-gcflags=-e", "-overlay", over, "-o", os.DevNull, "./internal/frompytorch")
	build.Dir = r.root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s\n%s", out, b.String())
}

// The document has a line for each operation, layer, loss, optimizer, schedule
// and distribution.
func TestFromPyTorchIsComplete(t *testing.T) {
	r := open(t)
	code := strings.Join(translations(r.read(t, fromPyTorch)), "\n")
	var missing []string
	want := func(name string) {
		if !regexp.MustCompile(`\b(New)?` + name + `(\b|[12]d)`).MatchString(code) {
			missing = append(missing, name)
		}
	}
	for _, s := range r.sources {
		if s.test || s.dir != "autograd" && s.dir != "nn" && s.dir != "optim" && s.dir != "dist" {
			continue
		}
		for _, d := range s.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && s.dir == "dist" && f.Name.IsExported() && f.Recv == nil {
				want("dist." + f.Name.Name)
			}
			if !ok || !f.Name.IsExported() || f.Recv == nil {
				continue
			}
			owner := receiver(f)
			switch {
			case s.dir == "autograd" && owner == "Var" && givesVar(f) && !inEngine[f.Name.Name]:
				want(f.Name.Name)
			case s.dir == "nn" && (f.Name.Name == "Forward" || f.Name.Name == "Of") && ast.IsExported(owner),
				s.dir == "optim" && f.Name.Name == "At" && ast.IsExported(owner):
				want(owner)
			case s.dir == "dist" && f.Name.Name == "Entropy":
				want("dist." + owner)
			}
		}
	}
	require.Empty(t, missing, "%s has no line for these", fromPyTorch)
}

// inEngine are methods that return variables but are no operations of PyTorch.
var inEngine = map[string]bool{"Apply": true, "Apply2": true, "Operands": true}

// receiver returns the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if p, ok := typ.(*ast.StarExpr); ok {
		typ = p.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// givesVar reports whether the first result of a function is a Var, or some.
func givesVar(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	typ := f.Type.Results.List[0].Type
	if s, ok := typ.(*ast.ArrayType); ok {
		typ = s.Elt
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.Name == "Var"
}
