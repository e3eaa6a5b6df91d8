package main

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// interrupts are the signals that ask a process to end. Windows sends the second
// when the console is closed.
var interrupts = []os.Signal{os.Interrupt, syscall.SIGTERM}

// lastSignals are the signals that a process may get more than once when it has
// to end, and that must not keep it from saving.
var lastSignals []os.Signal

// keepOnClosedPipe has nothing to do: a write to a closed pipe fails.
func keepOnClosedPipe() {}

// isClosedPipe reports whether a write failed because nobody reads the pipe.
func isClosedPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}

// tryLock takes the lock of a file, or reports that another process has it. The
// system gives the lock back when the process ends, however it ends. On a file
// system without locks everyone gets one.
func tryLock(file *os.File) (locked bool) {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, new(windows.Overlapped))
	return !errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
