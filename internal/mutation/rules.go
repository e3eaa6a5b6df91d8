package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// This file finds the gradient rules of package autograd, and makes of each the
// faults that someone who derives it by hand makes: a sign is wrong, a term or a
// factor is missing.

// ruleFields are the fields of a declaration that hold its rule.
var ruleFields = []string{"VJP", "A", "B", "X", "Common", "Expr"}

// equivalent are faults that change no gradient, with the reason.
var equivalent = map[string]string{
	"autograd/compare.go: a sign: return Where(x.IsNaN().Add(x.IsInf()), dy.scalar(0), dy)":                            "what is not 0 is true, also -1",
	"autograd/distance.go: a sign: chosen := x.Abs().Equal(self).Add(x.NotEqual(x)) // a NaN has been chosen":          "the gradient is NaN either way",
	"autograd/reduce.go: the sign: return dy.Mul(x.scalar(math.NaN()))":                                                "NaN has no sign",
	"autograd/reduce.go: a term: x = x.Sum(-1).AddScalar(1)":                                                           "a product without factors has no gradient",
	"autograd/loss.go: the sign: return x // without elements":                                                         "there are no elements",
	"autograd/general.go: the sign: func (op generalOp) vjp(y *node, i int, dy Var) Var { return op().VJP(y, i, dy) }": "the engine asks the declaration itself",
}

// ofRules returns the faults of all rules.
func ofRules(root string) ([]fault, error) {
	names, err := filepath.Glob(filepath.Join(root, "autograd", "*.go"))
	if err != nil {
		return nil, err
	}
	var all []fault
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		r := &ruleReader{file: "autograd/" + filepath.Base(name), text: string(text), set: token.NewFileSet()}
		file, err := parser.ParseFile(r.set, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		r.read(file)
		all = append(all, r.faults...)
	}
	return all, nil
}

// A ruleReader makes the faults of a file.
type ruleReader struct {
	file   string
	text   string
	set    *token.FileSet
	faults []fault
}

// read makes the faults of the rules of a file: functions in a field of a
// declaration, and those that are given a gradient and return one.
func (r *ruleReader) read(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			key, _ := n.Key.(*ast.Ident)
			f, ok := n.Value.(*ast.FuncLit)
			if ok && key != nil && slices.Contains(ruleFields, key.Name) {
				r.rule(f.Type, f.Body)
				return false
			}
		case *ast.FuncDecl:
			if n.Body != nil && takesGradient(n) {
				r.rule(n.Type, n.Body)
			}
		}
		return true
	})
}

// takesGradient reports whether a function has an operand dy.
func takesGradient(f *ast.FuncDecl) bool {
	fields := f.Type.Params.List
	if f.Recv != nil {
		fields = append(slices.Clone(fields), f.Recv.List...)
	}
	for _, field := range fields {
		for _, n := range field.Names {
			if t, ok := field.Type.(*ast.Ident); ok && n.Name == "dy" && t.Name == "Var" {
				return true
			}
		}
	}
	return false
}

// rule makes the faults of a rule.
func (r *ruleReader) rule(t *ast.FuncType, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			r.rule(n.Type, n.Body)
			return false
		case *ast.CallExpr:
			r.call(n)
		case *ast.ReturnStmt:
			if givesVar(t) && len(n.Results) == 1 {
				r.result(n.Results[0])
			}
		}
		return true
	})
}

// givesVar reports whether a function has one result, a Var.
func givesVar(t *ast.FuncType) bool {
	if t.Results == nil || len(t.Results.List) != 1 {
		return false
	}
	id, ok := t.Results.List[0].Type.(*ast.Ident)
	return ok && id.Name == "Var"
}

// call makes the faults of a method call.
func (r *ruleReader) call(c *ast.CallExpr) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	dot, name, open, end := s.X.End(), s.Sel.Pos(), c.Lparen, c.End()
	drop := func(note string, kept, dropped ast.Expr) {
		r.add(note, c.Pos(), end, "drop__("+r.source(kept)+", "+r.source(dropped)+")") // so that the dropped one is still used
	}
	switch s.Sel.Name {
	case "Neg":
		r.add("a sign", dot, end, "")
	case "Add", "Sub":
		other := map[string]string{"Add": "Sub", "Sub": "Add"}[s.Sel.Name]
		r.add("a sign", name, open, other)
		drop("a term", s.X, c.Args[0])
		drop("a term", c.Args[0], s.X)
	case "AddScalar":
		drop("a term", s.X, c.Args[0])
	case "Mul", "MulScalar":
		drop("a factor", s.X, c.Args[0])
	case "Div":
		drop("a divisor", s.X, c.Args[0])
	}
}

// source returns the text of an expression.
func (r *ruleReader) source(x ast.Expr) string {
	return r.text[r.set.Position(x.Pos()).Offset:r.set.Position(x.End()).Offset]
}

// result makes the faults of what a rule returns.
func (r *ruleReader) result(x ast.Expr) {
	switch x := x.(type) {
	case *ast.CompositeLit: // Var{}: no gradient
		return
	case *ast.CallExpr:
		if s, ok := x.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "zero" || s.Sel.Name == "Neg") {
			return
		}
	}
	r.add("the sign", x.End(), x.End(), ".Neg()")
}

// add makes a fault: text in place of what stands from first to last.
func (r *ruleReader) add(note string, first, last token.Pos, text string) {
	at, end := r.set.Position(first), r.set.Position(last)
	lines := strings.Split(r.text, "\n")
	note = fmt.Sprintf("%s: %s", note, strings.TrimSpace(lines[at.Line-1]))
	if equivalent[r.file+": "+note] != "" {
		return
	}
	r.faults = append(r.faults, fault{
		where: fmt.Sprintf("%s:%d", r.file, at.Line),
		file:  r.file, packages: []string{"./internal/optable", "./autograd", "./nn"},
		note: note,
		old:  r.text[at.Offset:end.Offset], new: text, at: at.Offset,
	})
}
