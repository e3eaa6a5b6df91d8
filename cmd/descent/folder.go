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
	"github.com/descent-ml/descent/train/checkpoint"
)

// A runFolder is where a run leaves its files. A run never writes over
// another: the folder is new, or was empty, and one run at a time has its lock.
type runFolder struct {
	path string
	lock *os.File
	made []string // folders that were not there before, outermost first
	used bool     // a file has been written
}

// newRunFolder makes the folder at path, or for an empty path one with a name
// of its own, such as runs/digits-cnn-20261123-130501, and makes sure that
// files can be written there. The folder is to be closed.
func newRunFolder(path, label string) (*runFolder, error) {
	f := &runFolder{path: path}
	var err error
	if path == "" {
		err = f.invent(filepath.Join("runs", label+time.Now().Format("-20060102-150405")))
	} else {
		// As in file: x/../y is y, also where x is a symbolic link.
		f.path = filepath.Clean(path)
		err = f.make(f.path)
	}
	if err == nil {
		err = f.occupy()
	}
	if err != nil {
		f.close()
		return nil, fmt.Errorf("the run folder cannot be used: %w; choose another with --out", err)
	}
	return f, nil
}

// openRunFolder takes the lock of the folder of an earlier run, to go on there.
func openRunFolder(path string) (*runFolder, error) {
	f := &runFolder{path: path, used: true}
	var err error
	if f.lock, err = lockFolder(path); err == nil {
		err = atomicfile.Probe(path)
	}
	if err != nil {
		f.close()
		return nil, fmt.Errorf("the run in %s cannot go on: %w", path, err)
	}
	return f, nil
}

// invent makes a folder at path, or at path-2, path-3 … when there is something
// already.
func (f *runFolder) invent(path string) error {
	if err := f.make(filepath.Dir(path)); err != nil {
		return err
	}
	f.path = path
	for i := 2; ; i++ {
		err := os.Mkdir(f.path, 0o777)
		if err == nil {
			f.made = append(f.made, f.path)
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		f.path = fmt.Sprintf("%s-%d", path, i)
	}
}

// make makes the folder at path, a clean one, and those around it, where they are
// missing.
func (f *runFolder) make(path string) error {
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		f.made = append([]string{at}, f.made...)
	}
	return os.MkdirAll(path, 0o777)
}

// occupy takes the lock of the folder, demands that the folder is empty, and
// tries to write there. What a killed run has left half written is removed.
func (f *runFolder) occupy() (err error) {
	if f.lock, err = lockFolder(f.path); err != nil {
		return err
	}
	inside, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, entry := range inside {
		if name := entry.Name(); name != lockName && !atomicfile.IsTemporary(name) {
			return fmt.Errorf("%s is not empty, and a run never writes over what is there", f.path)
		}
	}
	for _, entry := range inside {
		if entry.Name() != lockName {
			if err := os.Remove(f.file(entry.Name())); err != nil {
				return err
			}
		}
	}
	return atomicfile.Probe(f.path)
}

// close gives the folder back. If nothing was written, it also removes the
// folders that newRunFolder made.
func (f *runFolder) close() {
	if f.lock != nil {
		unlock(f.lock)
		f.lock = nil
	}
	if f.used {
		return
	}
	for i := len(f.made) - 1; i >= 0; i-- {
		os.Remove(f.made[i]) // fails when something is inside, and should
	}
}

// file returns the path of a file in the folder.
func (f *runFolder) file(name string) string { return filepath.Join(f.path, name) }

// writeAll makes files in order, each completely or not at all, up to the first
// that fails. It makes the folder again if somebody has removed it.
func (f *runFolder) writeAll(list ...checkpoint.File) error {
	if err := os.MkdirAll(f.path, 0o777); err != nil {
		return fmt.Errorf("the files of the run cannot be written: %w", err)
	}
	for _, c := range list {
		if err := atomicfile.Write(f.file(c.Name), c.Write); err != nil {
			return fmt.Errorf("%s cannot be written: %w", f.file(c.Name), err)
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
