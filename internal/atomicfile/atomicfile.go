// Package atomicfile writes files completely or not at all. The bytes go to a
// temporary file in the same folder. When all of them are on the disk, that file
// gets the wanted name. Whoever opens this name finds the old contents or the
// new, never a part. A process that is killed leaves its temporary file behind,
// .descent-*.tmp.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Write gives the file at path the contents that write produces, or leaves
// everything as it was and returns an error. A file that is replaced keeps its
// permissions. When path is a symbolic link, the file it leads to is replaced.
func Write(path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	old, err := os.Stat(path)
	if err == nil && !old.Mode().IsRegular() {
		return errors.New("there is something here that is not a regular file")
	}
	file, err := createBeside(path)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // also when write panics
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := keepMode(file, old); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	done = true
	syncFolder(filepath.Dir(path))
	return nil
}

// createBeside makes an empty file in the folder of path, with a name that no
// other has. Unlike those of [os.CreateTemp], its permissions are what the
// process gives to new files.
func createBeside(path string) (*os.File, error) {
	for try := 0; ; try++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".descent-%08x.tmp", rand.Uint32()))
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if os.IsExist(err) && try < 100 {
			continue
		}
		return file, err
	}
}

// IsTemporary reports whether name is that of a file that a killed process may
// have left behind.
func IsTemporary(name string) bool {
	match, _ := filepath.Match(".descent-*.tmp", name)
	return match
}

// Probe returns why no file can be written in a folder, or nil.
func Probe(folder string) error {
	file, err := createBeside(filepath.Join(folder, "file"))
	if err != nil {
		return err
	}
	file.Close()
	return os.Remove(file.Name())
}

// keepMode gives file the permissions of old, which is nil when there was no
// file. Where they are the same already it asks nothing of the file system,
// which may not know permissions.
func keepMode(file *os.File, old os.FileInfo) error {
	if old == nil {
		return nil
	}
	now, err := file.Stat()
	if err != nil || now.Mode().Perm() == old.Mode().Perm() {
		return err
	}
	return file.Chmod(old.Mode().Perm())
}

// syncFolder asks for the folder's new entry to be put on the disk. Not every
// system can do that, and the file is complete either way.
func syncFolder(folder string) {
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
