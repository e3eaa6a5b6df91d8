package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/descent-ml/descent/internal/atomicfile"
)

// A runFolder is where a run leaves its files. A run never writes over
// another: the folder is new, or was empty.
type runFolder struct {
	path string
	made []string // folders that were not there before, outermost first
	used bool     // a file has been written
}

// newRunFolder makes the folder at path, or for an empty path one with a name
// of its own, such as runs/digits-cnn-20261123-130501, and makes sure that
// files can be written there.
func newRunFolder(path, label string) (*runFolder, error) {
	f := &runFolder{path: path}
	if path == "" {
		f.path = freeName(filepath.Join("runs", label+time.Now().Format("-20060102-150405")))
	}
	if err := f.make(); err != nil {
		f.abandon()
		return nil, fmt.Errorf("the run folder cannot be used: %w; choose another with --out", err)
	}
	return f, nil
}

// freeName returns path, or path-2, path-3 … when there is something already.
func freeName(path string) string {
	name := path
	for i := 2; ; i++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("%s-%d", path, i)
	}
}

func (f *runFolder) make() error {
	for at := filepath.Clean(f.path); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		f.made = append([]string{at}, f.made...)
	}
	if err := os.MkdirAll(f.path, 0o777); err != nil {
		return err
	}
	inside, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	if len(inside) > 0 {
		return fmt.Errorf("%s is not empty, and a run never writes over what is there", f.path)
	}
	probe, err := os.CreateTemp(f.path, ".probe-")
	if err != nil {
		return err
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// abandon removes the folders that newRunFolder made, if nothing was written.
func (f *runFolder) abandon() {
	if f.used {
		return
	}
	for i := len(f.made) - 1; i >= 0; i-- {
		os.Remove(f.made[i]) // fails when something is inside, and should
	}
}

// file returns the path of a file in the folder.
func (f *runFolder) file(name string) string { return filepath.Join(f.path, name) }

// A content is a file to be.
type content struct {
	name  string
	write func(io.Writer) error
}

// writeAll makes files in order, each completely or not at all, up to the first
// that fails.
func (f *runFolder) writeAll(list ...content) error {
	for _, c := range list {
		if err := atomicfile.Write(f.file(c.name), c.write); err != nil {
			return fmt.Errorf("%s cannot be written: %w", f.file(c.name), err)
		}
		f.used = true
	}
	return nil
}

// jsonOf writes v as indented JSON.
func jsonOf(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}
