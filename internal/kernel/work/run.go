package work

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A Task is work that falls into parts which may run at the same time. The
// parts must write disjoint memory, and their number and bounds must depend on
// the shape of the work alone, so that the result does not depend on how many
// goroutines share it.
type Task interface{ Do(part int) }

// Run does parts 0 … n−1 of t, on as many goroutines as GOMAXPROCS allows, and
// returns when all are done. The calling goroutine takes part. A part may call
// Run itself. When a part panics, Run panics with the same value, as soon as no
// other goroutine works on t any more; some parts may not have been done then.
func Run(n int, t Task) {
	p := pool.Load()
	procs := runtime.GOMAXPROCS(0)
	helpers := min(n, procs) - 1
	if helpers <= 0 || p.working.Load() >= int64(procs) { // all processors are busy
		for i := range n {
			t.Do(i)
		}
		return
	}
	p.run(n, helpers, t)
}

// RunIf is [Run] if there is enough to do; else the caller does it alone.
func RunIf(enough bool, n int, t Task) {
	if enough {
		Run(n, t)
		return
	}
	for i := range n {
		t.Do(i)
	}
}

// pool is the one set of helping goroutines of the process.
var pool atomic.Pointer[workers]

func init() { pool.Store(newWorkers(64)) }

type workers struct {
	mu      sync.Mutex
	started int
	working atomic.Int64 // calls of work under way; within a part, Run makes another
	idle    []*job       // finished jobs, for reuse
	jobs    chan *job    // jobs that want help
}

// newWorkers returns a set of helpers, none of them started. Its queue holds the
// given number of jobs. A job that finds the queue full gets no help.
func newWorkers(queue int) *workers { return &workers{jobs: make(chan *job, queue)} }

// A job is one call of Run. Whoever works on it takes the next part until
// there is none.
type job struct {
	pool   *workers
	task   Task
	n      int64
	next   atomic.Int64
	busy   atomic.Int64   // helpers that have not left yet
	done   sync.WaitGroup // the same number, to wait for
	failed atomic.Pointer[failure]
}

// A failure is the value that a part panicked with. Its stack is lost: whoever
// recovers wants the same value, of the same type, as if the part had run on the
// goroutine of the caller, and a stack could only travel in another value.
type failure struct{ value any }

func (j *job) work() {
	j.pool.working.Add(1)
	defer j.pool.working.Add(-1)
	for i := j.next.Add(1) - 1; i < j.n; i = j.next.Add(1) - 1 {
		j.task.Do(int(i))
	}
}

// patience is how long a goroutine waits actively before it sleeps. To wake a
// goroutine takes tens of microseconds, and in a training step the next work comes
// soon.
const patience = 40 * time.Microsecond

// spin calls ready until it returns true or patience ends, and reports whether it
// returned true. Between calls it lets other goroutines run.
func spin(ready func() bool) bool {
	for start := time.Now(); ; runtime.Gosched() {
		if ready() {
			return true
		}
		if time.Since(start) > patience {
			return false
		}
	}
}

// help works on j as a helper. A panic in a part must not end the process: the
// caller of Run may want to recover from it.
func (j *job) help() {
	defer j.leave()
	j.work()
}

// leave ends the help of a goroutine. If a part panicked, it keeps the value for
// the caller of Run.
func (j *job) leave() {
	if v := recover(); v != nil {
		j.next.Store(j.n) // the remaining parts are not done
		j.failed.CompareAndSwap(nil, &failure{v})
	}
	j.busy.Add(-1)
	j.done.Done()
}

func (p *workers) run(n, helpers int, t Task) {
	j := p.begin(helpers)
	j.task, j.n = t, int64(n)
	j.next.Store(0)
	j.done.Add(helpers)
	j.busy.Store(int64(helpers))
	for range helpers {
		select {
		case p.jobs <- j:
		default: // the queue is full: the caller does it alone
			j.busy.Add(-1)
			j.done.Done()
		}
	}
	// Wait also if a part panics on this goroutine: helpers still use the memory
	// of the task.
	defer p.end(j)
	j.work()
}

// end waits until no helper works on j any more, and panics if a part did.
func (p *workers) end(j *job) {
	j.next.Store(j.n)
	// Take back the jobs that no helper has begun. A helper may itself wait here,
	// for a Run within a part, and would then never begin them.
	for queued := true; queued; {
		select {
		case k := <-p.jobs:
			k.help()
		default:
			queued = false
		}
	}
	spin(func() bool { return j.busy.Load() == 0 })
	j.done.Wait()
	failed := j.failed.Swap(nil)
	j.task = nil
	p.mu.Lock()
	p.idle = append(p.idle, j)
	p.mu.Unlock()
	if failed != nil {
		panic(failed.value)
	}
}

// receive returns the next job that wants help.
func (p *workers) receive() (j *job) {
	if spin(func() bool {
		select {
		case j = <-p.jobs:
			return true
		default:
			return false
		}
	}) {
		return j
	}
	return <-p.jobs
}

// begin returns a job to fill in and starts missing helpers.
func (p *workers) begin(helpers int) *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ; p.started < helpers; p.started++ {
		go func() {
			for {
				p.receive().help()
			}
		}()
	}
	if k := len(p.idle); k > 0 {
		j := p.idle[k-1]
		p.idle = p.idle[:k-1]
		return j
	}
	return &job{pool: p}
}
