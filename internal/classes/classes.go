// Package classes finds the files of a data set that has a folder for each class.
package classes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
)

// A Tree is what was found.
type Tree struct {
	Classes []string // the names of the folders, sorted
	Files   []string // the path of each file
	Labels  []int    // its class, from 0 to len(Classes)−1
	Skipped []string // what lies in the folders and has another extension, or is no regular file
}

// Find returns the files in the folders in dir whose names end with one of the
// extensions, such as .png, in letters of either size. Classes are numbered in the
// order of their names, and files come in the order of their folders and names,
// as in torchvision's ImageFolder. What lies deeper than the folder of a class
// belongs to the class, too. Files and folders whose names begin with a dot are
// passed over, as are files beside the folders of classes. Symbolic links are
// followed to files and to folders of classes, but no deeper.
//
// It is an error when dir cannot be read, holds no folder, or one of its folders
// holds no such file, which the error calls a what.
func Find(dir, what string, extensions ...string) (*Tree, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	t := new(Tree)
	for _, e := range entries {
		folder := filepath.Join(dir, e.Name())
		if hidden(e) || !isFolder(folder) {
			continue
		}
		before := len(t.Files)
		if err := t.add(folder, extensions); err != nil {
			return nil, err
		}
		if len(t.Files) == before {
			return nil, fmt.Errorf("class %s has no %s (%s) in %s", quote.Short(e.Name()), what, either(extensions), quote.Short(folder))
		}
		for range t.Files[before:] {
			t.Labels = append(t.Labels, len(t.Classes))
		}
		t.Classes = append(t.Classes, e.Name())
	}
	if len(t.Classes) == 0 {
		return nil, fmt.Errorf("there is no folder in %s; want one for each class", quote.Short(dir))
	}
	return t, nil
}

// either joins words: a, b or c.
func either(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func hidden(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// add appends the files of a folder.
func (t *Tree) add(folder string, extensions []string) error {
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return err
	}
	begin := len(t.Files)
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == root:
			return nil
		case hidden(e) && e.IsDir():
			return fs.SkipDir
		case hidden(e) || e.IsDir():
			return nil
		}
		inside, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		path = filepath.Join(folder, inside)
		if wanted(path, extensions) {
			t.Files = append(t.Files, path)
		} else {
			t.Skipped = append(t.Skipped, path)
		}
		return nil
	})
	slices.SortFunc(t.Files[begin:], func(a, b string) int {
		if c := strings.Compare(filepath.Dir(a), filepath.Dir(b)); c != 0 {
			return c
		}
		return strings.Compare(filepath.Base(a), filepath.Base(b))
	})
	return err
}

// wanted reports whether a path has one of the extensions, and leads to a regular
// file or to nothing. The latter is an error when it is read.
func wanted(path string, extensions []string) bool {
	if !slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) {
		return false
	}
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular()
}
