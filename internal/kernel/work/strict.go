package work

import "math"

// Only tests use this file: it makes them stricter.

// poison says that buffers are filled with NaN when they are lent and when they
// are returned.
var poison bool

// Poison makes this package fill buffers with NaN when they are lent and when they
// are returned. A test then fails if a kernel reads memory that it has not
// written, or memory that it has returned. Call Poison before the first test runs.
func Poison() { poison = true }

func (b *Buffer[T]) spoil() {
	nan := T(math.NaN())
	for i := range b.mem {
		b.mem[i] = nan
	}
}

// SmallQueue makes [Run] use new helpers, with a queue for the given number of
// jobs, until restore is called. Tests use it to try a queue that is full.
func SmallQueue(jobs int) (restore func()) {
	old := pool.Swap(newWorkers(jobs))
	return func() { pool.Store(old) }
}
