package work_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// A meeting is a task whose parts wait until a given number of them run at the same
// time.
type meeting struct {
	missing atomic.Int32
	all     chan struct{}
}

func meet(n int32) *meeting {
	m := &meeting{all: make(chan struct{})}
	m.missing.Store(n)
	return m
}

func (m *meeting) Do(int) {
	if m.missing.Add(-1) == 0 {
		close(m.all)
	}
	select {
	case <-m.all:
	case <-time.After(20 * time.Second):
		panic("the parts do not run at the same time")
	}
}

// Parts run at the same time, and still do when others were nested, had no
// room in the queue, or panicked.
func TestRunIsParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	together := int32(runtime.GOMAXPROCS(0)) // 1 where there are no threads, as under wasm
	nested := count(8)
	nested.inner = func(int) { work.Run(8, count(8)) }
	wrong := count(8)
	wrong.inner = func(int) { panic("wrong") }
	for range 3 {
		work.Run(4, meet(together))
		work.Run(8, nested)
		work.Run(4, meet(together))
		require.Panics(t, func() { work.Run(8, wrong) })
		work.Run(4, meet(together))
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { work.Run(8, count(8)) })
		}
		wg.Wait()
		require.Zero(t, work.Working())
	}
	work.Run(4, meet(together))
}

// A queue that is full keeps nobody waiting.
func TestSmallQueue(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	for jobs := range 3 {
		func() {
			defer work.SmallQueue(jobs)()
			var wg sync.WaitGroup
			for range 40 {
				wg.Go(func() {
					c := count(20)
					c.inner = func(int) {
						inner := count(9)
						work.Run(9, inner)
						inner.once(t)
					}
					work.Run(20, c)
					c.once(t)
				})
			}
			wg.Wait()
			require.Zero(t, work.Working())
		}()
	}
}

var errPart = errors.New("a part that cannot be done")

// The value of a panic in a part reaches the caller, whichever goroutine ran the
// part. It reaches the caller only when no other goroutine works on the task.
func TestRunCarriesPanics(t *testing.T) {
	threads(t, func(t *testing.T) {
		for bad := range 30 {
			var running atomic.Int32
			c := count(30)
			c.inner = func(part int) {
				running.Add(1)
				defer running.Add(-1)
				if part == bad {
					panic(errPart)
				}
				runtime.Gosched()
			}
			require.PanicsWithValue(t, errPart, func() { work.Run(30, c) })
			require.Zero(t, running.Load())
		}
	})
}

// A panic on a helper reaches the caller, too. Here the parts of the caller wait for
// it, so that it always happens on a helper.
func TestHelpersPanicForTheCaller(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	if runtime.GOMAXPROCS(0) == 1 {
		return // there are no threads, as under wasm, and so no helpers
	}
	for range 20 {
		caller, left := make(chan int, 1), make(chan struct{})
		c := count(2)
		c.inner = func(part int) {
			select {
			case caller <- part: // the first to come
				select {
				case <-left:
				case <-time.After(20 * time.Second):
				}
			default:
				defer close(left)
				panic(errPart)
			}
		}
		require.PanicsWithValue(t, errPart, func() { work.Run(2, c) })
	}
}
