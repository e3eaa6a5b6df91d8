package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A fault is one small change of a file that makes the code wrong.
type fault struct {
	where    string   // the list and line that it stands in
	file     string   // from the root, with slashes
	packages []string // whose tests have to see it, the quickest first
	note     string   // what is wrong, where the texts do not tell
	old, new string
	at       int // where the old text stands, when the fault is not from a list
}

func (f fault) String() string {
	if f.note != "" {
		return fmt.Sprintf("%s: %s (%s)", f.file, f.note, f.where)
	}
	return fmt.Sprintf("%s: %q becomes %q (%s)", f.file, f.old, f.new, f.where)
}

// text is what a pattern is compared with.
func (f fault) text() string {
	return strings.Join([]string{f.file, f.note, f.old, f.new}, "\n")
}

// place returns where the old text of the fault stands. It has to be there exactly
// once: otherwise nobody knows what the fault would be.
func (f fault) place(text string) (int, error) {
	if f.at > 0 {
		return f.at, nil
	}
	if n := strings.Count(text, f.old); n != 1 {
		return 0, fmt.Errorf("the old text is found %d times, want once", n)
	}
	return strings.Index(text, f.old), nil
}

// apply returns the text with the fault.
func (f fault) apply(text string) (string, error) {
	at, err := f.place(text)
	if err != nil {
		return "", err
	}
	return text[:at] + f.new + text[at+len(f.old):], nil
}

// read returns the faults of all lists in a folder.
func read(dir string) ([]fault, error) {
	lists, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	var all []fault
	for _, name := range lists {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		faults, err := parse(filepath.Base(name), string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, faults...)
	}
	return all, nil
}

// parse reads a list. Faults are separated by empty lines; each names a file
// and packages, says in a note what is wrong if it wants, and has the old text
// and the new one, which may be of several lines or empty:
//
//	autograd/unary.go ./autograd
//	# the sign is lost
//	-return dy.Neg()
//	+return dy
//
// Of the old lines, the first may begin and the last may end within a line of
// the file. A line that begins with # outside of a fault is a heading.
func parse(list, text string) ([]fault, error) {
	var faults []fault
	var f *fault
	var old, replacement []string
	finish := func() error {
		if f == nil {
			return nil
		}
		f.old, f.new = strings.Join(old, "\n"), strings.Join(replacement, "\n")
		if f.old == "" || f.old == f.new || len(f.packages) == 0 {
			return fmt.Errorf("%s: a fault needs a file, packages to test, an old text and another new one", f.where)
		}
		faults = append(faults, *f)
		f, old, replacement = nil, nil, nil
		return nil
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "":
			if err := finish(); err != nil {
				return nil, err
			}
		case f == nil && line[0] == '#':
		case f == nil:
			words := strings.Fields(line)
			f = &fault{where: fmt.Sprintf("%s:%d", list, number), file: words[0], packages: words[1:]}
		case line[0] == '#':
			f.note = strings.TrimSpace(line[1:])
		case line[0] == '-':
			old = append(old, line[1:])
		case line[0] == '+':
			replacement = append(replacement, line[1:])
		default:
			return nil, fmt.Errorf("%s:%d: a line of a fault begins with #, - or +", list, number)
		}
	}
	return faults, finish()
}
