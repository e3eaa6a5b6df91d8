package kernel

// Levels returns the instruction sets that this processor and build have.
func Levels() []Level { return available() }

// Force makes kernels use an instruction set until restore is called.
func Force(l Level) (restore func()) {
	old := level
	level = l
	return func() { level = old }
}
