package checkpoint

import (
	"io"
	"os"
)

// files is what Save asks of a file system. A test has one that fails.
type files interface {
	mkdir(path string) error // with those around it; no error when it is there
	create(path string) (file, error)
	sync(folder string) error // puts the names in a folder on the disk
	rename(from, to string) error
	remove(path string) error // with all that is inside; no error when it is not there
}

type file interface {
	io.WriteCloser
	Sync() error
}

// system is the file system of the operating system.
type system struct{}

func (system) mkdir(path string) error { return os.MkdirAll(path, 0o777) }

func (system) create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// sync is a request. Not every system can sync a folder, and the files are
// complete either way.
func (system) sync(folder string) error {
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync()
		d.Close()
	}
	return nil
}

func (system) rename(from, to string) error { return os.Rename(from, to) }

func (system) remove(path string) error { return os.RemoveAll(path) }
