package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/internal/quote"
)

// tableFacts are the facts of a table. Rows is their number in the file; the
// report is that of the first ones, if they are too many.
type tableFacts struct {
	head
	Separator string       `json:"separator"`
	Header    bool         `json:"header"`
	Rows      int          `json:"rows"`
	Report    table.Report `json:"report"`
}

// mostFields is the size of a table up to which all of it is described.
const mostFields = 1 << 25

func (f *tableFacts) print(con *console) {
	names := map[string]string{",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
	separator := "separated by " + quote.Line(f.Separator)
	if name := names[f.Separator]; name != "" {
		separator = "separated by " + name
	}
	header := "with a header"
	if !f.Header {
		header = "without a header"
	}
	f.head.print(con, separator, header)
	if f.Report.Rows < f.Rows {
		con.printf("\n  %s; this describes the first %s\n", plural(f.Rows, "row"), thousands(f.Report.Rows))
	}
	con.printf("\n")
	for line := range strings.Lines(f.Report.String()) {
		con.printf("%s", strings.TrimRight("  "+line, " \n")+"\n")
	}
}

func inspectTable(_ context.Context, h head) (facts, error) { return inspectTableUpTo(mostFields, h) }

// inspectTableUpTo is inspectTable with another bound than mostFields.
func inspectTableUpTo(most int, h head) (facts, error) {
	file, err := table.Open(h.Path, table.Options{})
	if err != nil {
		return nil, err
	}
	return describe(most, h, file)
}

// describe describes a table.
func describe(most int, h head, file *table.File) (facts, error) {
	h.Kind = "table"
	f := &tableFacts{head: h, Separator: string(rune(file.Separator)), Header: file.Header, Rows: file.Rows}
	first := max(1, min(file.Rows, most/max(1, len(file.Fields))))
	for t, err := range file.Chunks(first) {
		if err != nil {
			return nil, err
		}
		f.Report = table.Describe(t)
		break
	}
	return f, nil
}

// inspectText describes a table when the text is one: all lines split into the
// same number of fields, two or more.
func inspectText(ctx context.Context, h head) (facts, error) {
	if file, err := table.Open(h.Path, table.Options{}); err == nil && len(file.Fields) > 1 && file.Rows > 1 {
		return describe(mostFields, h, file)
	}
	h.Kind = "text"
	s, err := text.ReadFile(h.Path)
	if err != nil {
		return nil, err
	}
	f := &textFacts{head: h, Characters: utf8.RuneCountInString(s), Lines: strings.Count(s, "\n")}
	if s != "" && !strings.HasSuffix(s, "\n") {
		f.Lines++
	}
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	f.Different = len(seen)
	return f, nil
}

// textFacts are the facts of a text.
type textFacts struct {
	head
	Lines      int `json:"lines"`
	Characters int `json:"characters"`
	Different  int `json:"different_characters"`
}

func (f *textFacts) print(con *console) {
	f.head.print(con, plural(f.Lines, "line"), plural(f.Characters, "character"), thousands(f.Different)+" different")
}

// jsonFacts are the facts of a JSON file.
type jsonFacts struct {
	head
	Value   string   `json:"value"` // object, array, string, number, bool or null
	Members []member `json:"members,omitempty"`
}

// A member is a member of an object, in the order of the file.
type member struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

func (f *jsonFacts) print(con *console) {
	if f.Value != "object" {
		f.head.print(con, f.Value)
		return
	}
	f.head.print(con, plural(len(f.Members), "member"))
	printMembers(con, f.Members)
}

// printMembers prints the members of an object. Long values are shortened.
func printMembers(con *console, list []member) {
	g := grid{left: 2}
	for _, m := range list {
		value := m.Value
		if len(value) > 72 {
			value = fmt.Appendf(nil, "%s… (%s)", strings.ToValidUTF8(string(value[:64]), ""), plural(len(value), "byte"))
		}
		g.add(m.Name, string(value))
	}
	g.print(con)
}

// maxJSON is the largest JSON file that is read, in bytes.
const maxJSON = 64 << 20

func inspectJSON(_ context.Context, h head) (facts, error) {
	h.Kind = "JSON"
	value, members, err := readMembers(h.Path)
	if err != nil {
		return nil, err
	}
	return &jsonFacts{h, value, members}, nil
}

// readMembers returns what a JSON file holds and, if it is an object, its
// members.
func readMembers(path string) (value string, list []member, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxJSON+1))
	switch {
	case err != nil:
		return "", nil, err
	case len(b) > maxJSON:
		return "", nil, fmt.Errorf("the JSON has more than %s bytes", thousands(maxJSON))
	}
	var whole json.RawMessage
	if err := json.Unmarshal(b, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return "", nil, fmt.Errorf("the JSON is broken at byte %d: %w", syntax.Offset, err)
		}
		return "", nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, whole); err != nil {
		return "", nil, err
	}
	d := json.NewDecoder(&compact)
	first, err := d.Token()
	switch t := first.(type) {
	case json.Delim:
		if t == '[' {
			return "array", nil, nil
		}
	case string:
		return "string", nil, nil
	case float64:
		return "number", nil, nil
	case bool:
		return "bool", nil, nil
	default:
		return "null", nil, err
	}
	for d.More() {
		var m member
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&m.Value)
		}
		if err != nil {
			return "", nil, err
		}
		m.Name = name.(string)
		list = append(list, m)
	}
	return "object", list, nil
}
