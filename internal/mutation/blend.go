package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file puts many faults into one build, so that the tree is not compiled
// again for each ("mutant schemata", Untch, Offutt and Harrold 1993,
// https://doi.org/10.1145/154183.154265). A function with faults gets a copy for
// each of them, and begins with a switch that calls the copy of the fault whose
// number the environment names:
//
//	func f(x int) int { switch fault__ { case 7: return f__7(x) }; return x + 1 }
//	func f__7(x int) int { return x - 1 }

// chooser is the environment variable with the number of the fault.
const chooser = "DESCENT_FAULT"

// chosen is what the build gets for each package with faults: the number of the
// chosen one, and a function for faults that leave something out.
const chosen = `
import (
	"os"
	"strconv"
)

var fault__, _ = strconv.Atoi(os.Getenv("` + chooser + `"))

func drop__[A, B any](kept A, _ B) A { return kept }
`

// overlay is the file that tells the go command which files to read in place of
// others.
const overlay = "overlay.json"

// A function is a declaration with faults.
type function struct {
	decl   *ast.FuncDecl
	faults []int // numbers
}

// A source is a file of the copy with faults.
type source struct {
	name      string // from the root
	text      string
	set       *token.FileSet
	file      *ast.File
	functions map[*ast.FuncDecl]*function
	copies    []span // where the copies stand in the text with them
}

// A span is the lines of the copy of a function for a fault.
type span struct{ first, last, fault int }

// A blend is the faults that one build holds.
type blend struct {
	dir     string
	faults  []fault
	sources map[string]*source
	written map[string]*source // the same, by the name of the file with the copies
}

// newBlend finds the functions of the faults. Those that stand in no function,
// or in what is no Go code of the build, are returned as alone; those that do not
// fit the text as stale.
func newBlend(dir string, faults []fault) (b *blend, alone []int, misfits map[int]error) {
	b = &blend{dir: dir, faults: faults, sources: map[string]*source{}}
	misfits = map[int]error{}
	for i, f := range faults {
		s, err := b.source(f.file)
		if err != nil {
			misfits[i] = err
			continue
		}
		at, err := f.place(s.text)
		if err != nil {
			misfits[i] = err
			continue
		}
		d := s.enclosing(at, at+len(f.old))
		if d == nil || strings.HasPrefix(f.file, generator) {
			alone = append(alone, i)
			continue
		}
		if s.functions[d] == nil {
			s.functions[d] = &function{decl: d}
		}
		s.functions[d].faults = append(s.functions[d].faults, i)
	}
	return b, alone, misfits
}

// source returns a file of the copy, parsed.
func (b *blend) source(name string) (*source, error) {
	if s, ok := b.sources[name]; ok {
		return s, nil
	}
	text, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	s := &source{name: name, text: string(text), set: token.NewFileSet(), functions: map[*ast.FuncDecl]*function{}}
	if s.file, err = parser.ParseFile(s.set, name, text, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	b.sources[name] = s
	return s, nil
}

// offset returns where pos is in the text.
func (s *source) offset(pos token.Pos) int { return s.set.Position(pos).Offset }

// enclosing returns the function in whose body the text from first to last
// stands, or nil.
func (s *source) enclosing(first, last int) *ast.FuncDecl {
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Body != nil && f.Name.Name != "init" && f.Name.Name != "main" && f.Name.Name != "_" &&
			s.offset(f.Body.Lbrace) < first && last <= s.offset(f.End()) {
			return f
		}
	}
	return nil
}

// write writes all files with the functions and their copies into folder, and a
// list by which the go command reads them in place of those of the tree: what
// tests read from the tree stays as it is.
// See https://pkg.go.dev/cmd/go, -overlay.
func (b *blend) write(folder string) (list string, err error) {
	packages := map[string]string{}
	files := struct{ Replace map[string]string }{map[string]string{}}
	b.written = map[string]*source{}
	add := func(name, text string) error {
		own := filepath.Join(folder, strconv.Itoa(len(files.Replace))+".go")
		files.Replace[filepath.Join(b.dir, filepath.FromSlash(name))] = own
		return os.WriteFile(own, []byte(text), 0o600)
	}
	for _, s := range b.sources {
		b.written[strconv.Itoa(len(files.Replace))+".go"] = s
		if err := add(s.name, s.blended(b.faults)); err != nil {
			return "", err
		}
		packages[path.Dir(s.name)] = s.file.Name.Name
	}
	for dir, name := range packages {
		if err := add(path.Join(dir, "fault__.go"), "package "+name+"\n"+chosen); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(files)
	if err != nil {
		return "", err
	}
	list = filepath.Join(folder, overlay)
	return list, os.WriteFile(list, text, 0o600)
}

// An edit puts text in the place of what stands from first to last.
type edit struct {
	first, last int
	text        string
}

// apply returns the text with the edits, which do not overlap.
func apply(text string, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.first, b.first) })
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(text[at:e.first])
		out.WriteString(e.text)
		at = e.last
	}
	out.WriteString(text[at:])
	return out.String()
}

// blended returns the text of the file with all its faults.
func (s *source) blended(faults []fault) string {
	var edits []edit
	var copies strings.Builder
	line := strings.Count(s.text, "\n") + 1 // of what is appended; no edit below adds a line
	s.copies = nil
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || s.functions[f] == nil || len(s.functions[f].faults) == 0 {
			continue
		}
		call, naming := s.call(f)
		edits = append(edits, naming...)
		var choose strings.Builder
		choose.WriteString(" switch fault__ {")
		for _, i := range s.functions[f].faults {
			fmt.Fprintf(&choose, " case %d: "+call+";", i+1, i+1)
			first, last := s.offset(f.Pos()), s.offset(f.End())
			at, _ := faults[i].place(s.text)
			name := s.offset(f.Name.End())
			text := apply(s.text[first:last], []edit{
				{name - first, name - first, fmt.Sprintf("__%d", i+1)},
				{at - first, at - first + len(faults[i].old), faults[i].new},
			})
			lines := strings.Count(text, "\n") + 2
			s.copies = append(s.copies, span{line, line + lines - 1, i})
			line += lines
			copies.WriteString("\n" + text + "\n")
		}
		choose.WriteString(" };")
		at := s.offset(f.Body.Lbrace) + 1
		edits = append(edits, edit{at, at, choose.String()})
	}
	return apply(s.text, edits) + copies.String()
}

// call returns a format for the call of a copy of f with the arguments of f, and
// the edits that name the parameters without names.
func (s *source) call(f *ast.FuncDecl) (format string, naming []edit) {
	var args []string
	unnamed := 0
	name := func(field *ast.Field) (names []string) {
		for _, n := range field.Names {
			if n.Name == "_" {
				unnamed++
				own := fmt.Sprintf("p__%d", unnamed)
				naming = append(naming, edit{s.offset(n.Pos()), s.offset(n.End()), own})
				names = append(names, own)
				continue
			}
			names = append(names, n.Name)
		}
		if len(field.Names) == 0 {
			unnamed++
			own := fmt.Sprintf("p__%d", unnamed)
			at := s.offset(field.Type.Pos())
			naming = append(naming, edit{at, at, own + " "})
			names = append(names, own)
		}
		return names
	}
	callee := f.Name.Name + "__%d"
	if f.Recv != nil {
		callee = name(f.Recv.List[0])[0] + "." + callee
	}
	if p := f.Type.TypeParams; p != nil {
		var types []string
		for _, field := range p.List {
			for _, n := range field.Names {
				types = append(types, n.Name)
			}
		}
		callee += "[" + strings.Join(types, ", ") + "]"
	}
	for _, field := range f.Type.Params.List {
		args = append(args, name(field)...)
		if _, ok := field.Type.(*ast.Ellipsis); ok {
			args[len(args)-1] += "..."
		}
	}
	format = callee + "(" + strings.Join(args, ", ") + ")"
	if f.Type.Results == nil {
		return format + "; return", naming
	}
	return "return " + format, naming
}

// complaint is a line of the compiler about a file.
var complaint = regexp.MustCompile(`(?m)^(?:\./)?([^\s:]+\.go):(\d+):\d+: (.*)$`)

// build compiles the tests of all packages. A copy that does not compile is
// taken out and its complaint returned: the fault is stale.
func (b *blend) build(ctx context.Context, t bench, binaries map[string]string) (map[int]error, error) {
	bad := map[int]error{}
	for {
		list, err := b.write(filepath.Dir(t.dir))
		if err != nil {
			return nil, err
		}
		out, err := b.compile(ctx, t, list, binaries)
		if err == nil {
			return bad, nil
		}
		n := len(bad)
		for _, m := range complaint.FindAllStringSubmatch(out, -1) {
			if m[3] == "too many errors" {
				continue
			}
			line, _ := strconv.Atoi(m[2])
			if s := b.written[path.Base(filepath.ToSlash(m[1]))]; s != nil {
				if i, ok := s.remove(line); ok {
					bad[i] = fmt.Errorf("it does not compile: %s", m[3])
				}
			}
		}
		if len(bad) == n {
			return nil, fmt.Errorf("the build of all faults: %w\n%s", err, out)
		}
	}
}

func (b *blend) compile(ctx context.Context, t bench, list string, binaries map[string]string) (string, error) {
	if out, err := t.command(ctx, "build", "-overlay="+list, "./..."); err != nil {
		return out, err
	}
	for p, binary := range binaries {
		if out, err := t.command(ctx, "test", "-overlay="+list, "-c", "-o", binary, p); err != nil {
			return out, err
		}
	}
	return "", nil
}

// remove takes out the fault whose copy has the line.
func (s *source) remove(line int) (int, bool) {
	for _, c := range s.copies {
		if c.first <= line && line <= c.last {
			for _, f := range s.functions {
				f.faults = slices.DeleteFunc(f.faults, func(i int) bool { return i == c.fault })
			}
			return c.fault, true
		}
	}
	return 0, false
}

// numbers returns the faults of the blend, by number.
func (b *blend) numbers() []int {
	var list []int
	for _, s := range b.sources {
		for _, f := range s.functions {
			list = append(list, f.faults...)
		}
	}
	slices.Sort(list)
	return list
}
