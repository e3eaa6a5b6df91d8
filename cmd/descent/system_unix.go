//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// interrupts are the signals that ask a process to end. The last of them says
// that the terminal is gone.
var interrupts = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// lastSignals are the signals that a process may get more than once when it has
// to end, and that must not keep it from saving.
var lastSignals = []os.Signal{syscall.SIGHUP}

// keepOnClosedPipe makes a write to a closed standard output fail. Without it
// the write ends the process.
func keepOnClosedPipe() { signal.Ignore(syscall.SIGPIPE) }

// isClosedPipe reports whether a write failed because nobody reads the pipe.
func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// tryLock takes the lock of a file, or reports that another process has it. The
// system gives the lock back when the process ends, however it ends. On a file
// system without locks everyone gets one.
func tryLock(file *os.File) (locked bool) {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return !errors.Is(err, syscall.EWOULDBLOCK)
		}
	}
}
