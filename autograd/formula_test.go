package autograd_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rules returns the rules of declarations by the functions that return them.
func rules(t *testing.T) map[string]string {
	found := map[string]string{}
	for _, f := range source(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
				continue
			}
			if id, ok := fn.Type.Results.List[0].Type.(*ast.Ident); !ok || !slices.Contains(families, id.Name) {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				kv, ok := n.(*ast.KeyValueExpr)
				if !ok {
					return true
				}
				if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Rule" {
					rule, err := strconv.Unquote(kv.Value.(*ast.BasicLit).Value)
					require.NoError(t, err)
					found[fn.Name.Name] = rule
				}
				return true
			})
		}
	}
	return found
}

var (
	gradient = regexp.MustCompile(`(?:^|, )d\w+(?: of each)?(?: = d\w+)* +?= `)
	other    = regexp.MustCompile(`^\w+\S*(?:, \w+)* += `)
)

// ruleOf returns the rule that the formulas of a comment state: the gradients
// one after another, and after "with" the lines that explain a letter.
func ruleOf(doc string) (rule string, ok bool) {
	var gradients, with []string
	for _, line := range strings.Split(doc, "\n") {
		text, formula := strings.CutPrefix(line, "\t")
		if !formula {
			continue
		}
		starts := gradient.FindAllStringIndex(text, -1)
		switch {
		case len(starts) > 0 && starts[0][0] == 0:
			for i, s := range starts {
				end := len(text)
				if i+1 < len(starts) {
					end = starts[i+1][0]
				}
				for range 1 + strings.Count(text[s[0]:s[1]], "= d") {
					gradients = append(gradients, strings.TrimSpace(text[s[1]:end]))
				}
			}
		case other.MatchString(text) && !strings.HasPrefix(text, "y"):
			with = append(with, text[:strings.Index(text, " ")]+" "+strings.TrimLeft(text[strings.Index(text, " "):], " "))
		}
	}
	rule = strings.Join(gradients, "; ")
	if len(with) > 0 {
		rule += ", with " + strings.Join(with, ", ")
	}
	return rule, len(gradients) > 0
}

// The formula in the comment of an operation is the rule that it declares.
func TestFormulasAreRules(t *testing.T) {
	declared := rules(t)
	checked := 0
	for _, f := range source(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || fn.Doc == nil {
				continue
			}
			want, ok := ruleOf(fn.Doc.Text())
			if !ok {
				continue
			}
			var used []string
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if _, is := declared[id.Name]; is && !slices.Contains(used, id.Name) {
						used = append(used, id.Name)
					}
				}
				return true
			})
			if len(used) != 1 {
				continue // made of other operations
			}
			require.Equal(t, want, declared[used[0]], "the comment of %s and the Rule of %s differ", fn.Name.Name, used[0])
			checked++
		}
	}
	require.Greater(t, checked, 70)
}
