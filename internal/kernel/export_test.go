package kernel

import "os"

// Levels returns the instruction sets that tests try: those that this
// processor and build have, or only the one that DESCENT_CPU names.
func Levels() []Level {
	if os.Getenv("DESCENT_CPU") != "" {
		return []Level{level}
	}
	return available()
}

// Force makes kernels use an instruction set until restore is called.
func Force(l Level) (restore func()) {
	old := level
	level = l
	return func() { level = old }
}
