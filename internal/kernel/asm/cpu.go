package asm

import (
	"fmt"
	"os"
)

// A Level is an instruction set that kernels are written for. Within one
// architecture, a higher level includes the lower ones.
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

// level is the level that kernels use: the one that the environment variable
// DESCENT_CPU names, else the best that the processor has. misspelt is an error
// if the variable names a level that is not available.
var level, misspelt = chooseLevel(os.Getenv("DESCENT_CPU"), available())

// Misspelt returns an error if DESCENT_CPU names a level that is not available.
// The best level is used then. A library need not care. A program that measures
// must check this error, or it may measure another level than the user asked
// for.
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

// Tiles returns the tile sizes of the chosen level.
func Tiles() *Tiling { return &tilings[level] }

// chooseLevel returns the level with the given name. For an empty name it
// returns the best level; for a level that is not available, the best level and
// an error.
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
