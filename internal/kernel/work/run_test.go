package work_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// counting counts how often each part is done.
type counting struct {
	times []atomic.Int32
	inner func(part int)
}

func count(n int) *counting { return &counting{times: make([]atomic.Int32, n)} }

func (c *counting) Do(part int) {
	c.times[part].Add(1)
	if c.inner != nil {
		c.inner(part)
	}
}

// once checks that every part was done exactly once.
func (c *counting) once(t *testing.T) {
	t.Helper()
	for i := range c.times {
		if n := c.times[i].Load(); n != 1 {
			require.FailNow(t, "a part was not done once", "part %d of %d: %d times", i, len(c.times), n)
		}
	}
}

// threads runs f for several values of GOMAXPROCS.
func threads(t *testing.T, f func(t *testing.T)) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2, 3, 8, 1, 4} {
		runtime.GOMAXPROCS(n)
		f(t)
	}
}

func TestRun(t *testing.T) {
	threads(t, func(t *testing.T) {
		for n := range 70 {
			c := count(n)
			work.Run(n, c)
			c.once(t)
		}
	})
}

// Parts may write plain memory that the caller reads when Run returns.
func TestRunOrdersMemory(t *testing.T) {
	threads(t, func(t *testing.T) {
		out := make([]int, 50)
		c := count(len(out))
		c.inner = func(part int) { out[part] = part + 1 }
		for range 100 {
			clear(out)
			work.Run(len(out), c)
			for i, v := range out {
				require.Equal(t, i+1, v)
			}
		}
	})
}

// A part that calls Run does not wait for goroutines that wait for it.
func TestRunNested(t *testing.T) {
	threads(t, func(t *testing.T) {
		for range 50 {
			var all [3]*counting
			all[0], all[1], all[2] = count(6), count(6*5), count(6*5*4)
			all[0].inner = func(i int) {
				work.Run(5, &offset{all[1], i * 5})
			}
			all[1].inner = func(i int) {
				work.Run(4, &offset{all[2], i * 4})
			}
			work.Run(6, all[0])
			for _, c := range all {
				c.once(t)
			}
		}
	})
}

// offset does parts of a task from a place on.
type offset struct {
	c    *counting
	from int
}

func (o *offset) Do(part int) { o.c.Do(o.from + part) }

func TestRunConcurrently(t *testing.T) {
	threads(t, func(t *testing.T) {
		var wg sync.WaitGroup
		tasks := make([]*counting, 100)
		for i := range tasks {
			c := count(i % 17)
			if i%3 == 0 {
				c.inner = func(int) { work.Run(3, count(3)) }
			}
			tasks[i] = c
			wg.Go(func() { work.Run(len(c.times), c) })
		}
		wg.Wait()
		for _, c := range tasks {
			c.once(t)
		}
	})
}

type nothing struct{}

func (nothing) Do(int) {}

func TestRunAllocatesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	task := work.Task(nothing{})
	const runs = 200
	for range runs {
		work.Run(9, task)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		work.Run(9, task)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.Mallocs-before.Mallocs, uint64(runs/2))
}
