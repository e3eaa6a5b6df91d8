package work

import "math"

// What follows makes tests strict; nothing else calls it.

// poison makes buffers hold NaN when they are lent and when they are taken
// back.
var poison bool

// Poison fills buffers with NaN from now on, before they are lent and when they
// are taken back, so that a test fails when somebody reads what nobody has
// written, or what is not lent any more. Call it before the first test runs.
func Poison() { poison = true }

func (b *Buffer[T]) spoil() {
	nan := T(math.NaN())
	for i := range b.mem {
		b.mem[i] = nan
	}
}

// SmallQueue makes [Run] use new helpers, with a queue for so many jobs, until
// restore is called, so that tests see what happens when it is full.
func SmallQueue(jobs int) (restore func()) {
	old := pool.Swap(newWorkers(jobs))
	return func() { pool.Store(old) }
}
