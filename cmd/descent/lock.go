package main

import (
	"errors"
	"os"
	"path/filepath"
)

// lockName is the file in a run folder that a run holds the lock of. The run
// removes it at its end. One that a killed run has left behind is not locked,
// and the next run takes it over.
const lockName = ".descent.lock"

// lockFolder takes the lock of a folder, in which no other run can write then.
func lockFolder(folder string) (*os.File, error) {
	name := filepath.Join(folder, lockName)
	for range 100 {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, err
		}
		if !tryLock(file) {
			file.Close()
			break
		}
		// The run that had the lock may have removed the file between the two
		// calls above. Then this is the lock of a file that nobody else sees.
		mine, err1 := file.Stat()
		seen, err2 := os.Stat(name)
		if err1 == nil && err2 == nil && os.SameFile(mine, seen) {
			return file, nil
		}
		file.Close()
	}
	return nil, errors.New("another run is using " + folder)
}

// unlock gives the lock back and removes its file.
func unlock(file *os.File) {
	err := os.Remove(file.Name()) // while it is locked, so that nobody loses a lock
	file.Close()
	if err != nil { // Windows does not remove open files
		os.Remove(file.Name())
	}
}
