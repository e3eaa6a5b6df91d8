package asm

import (
	"fmt"
	"os"
)

// A Level is an instruction set that kernels are written for. Of those of one
// architecture, higher ones include lower ones.
type Level int

// The levels. Generic is portable Go.
const (
	Generic Level = iota
	NEON
	AVX2
	AVX512
)

var levelNames = [...]string{"generic", "neon", "avx2", "avx512"}

func (l Level) String() string { return levelNames[l] }

// level is what kernels use: the best that the processor has, or what the
// environment variable DESCENT_CPU names. misspelt says why it could not be
// followed.
var level, misspelt = chooseLevel(os.Getenv("DESCENT_CPU"), available())

// Misspelt returns an error when DESCENT_CPU names a level that is not
// available, so that the best one was chosen. A library leaves it at that; a
// program that measures must ask, lest it measures another level than it was
// told.
func Misspelt() error { return misspelt }

// Chosen returns the level that kernels use.
func Chosen() Level { return level }

// Available returns the levels that this processor and build have, the lowest
// first.
func Available() []Level { return available() }

// Force makes kernels use a level until restore is called. It is for tests, and
// must not be called while kernels run.
func Force(l Level) (restore func()) {
	old := level
	level = l
	return func() { level = old }
}

// Tiles returns how much the routines of the chosen level take at a time.
func Tiles() *Tiling { return &tilings[level] }

// chooseLevel returns the level with the given name, or the best for none and,
// with an error, for one that is not there.
func chooseLevel(name string, have []Level) (Level, error) {
	best := have[len(have)-1]
	if name == "" {
		return best, nil
	}
	for _, l := range have {
		if l.String() == name {
			return l, nil
		}
	}
	return best, fmt.Errorf("DESCENT_CPU=%s: this processor and build have only %v; choose one, or unset DESCENT_CPU", name, have)
}
