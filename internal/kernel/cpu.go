package kernel

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
// environment variable DESCENT_CPU names.
var level = startLevel()

func startLevel() Level {
	l, err := chooseLevel(os.Getenv("DESCENT_CPU"), available())
	if err != nil { // whoever forces a level must not measure another
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return l
}

// chooseLevel returns the level with the given name, or the best for none.
func chooseLevel(name string, have []Level) (Level, error) {
	if name == "" {
		return have[len(have)-1], nil
	}
	for _, l := range have {
		if l.String() == name {
			return l, nil
		}
	}
	return Generic, fmt.Errorf("DESCENT_CPU=%s: this processor and build have only %v; choose one, or unset DESCENT_CPU", name, have)
}
