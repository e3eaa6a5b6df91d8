//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly || windows)

package main

import (
	"errors"
	"os"
	"syscall"
)

// interrupts are the signals that ask a process to end.
var interrupts = []os.Signal{os.Interrupt, syscall.SIGTERM}

// lastSignals are the signals that a process may get more than once when it has
// to end, and that must not keep it from saving.
var lastSignals []os.Signal

// keepOnClosedPipe has nothing to do where there are no such signals.
func keepOnClosedPipe() {}

// isClosedPipe reports whether a write failed because nobody reads the pipe.
func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// tryLock gives everyone a lock, as this system has none.
func tryLock(*os.File) (locked bool) { return true }
