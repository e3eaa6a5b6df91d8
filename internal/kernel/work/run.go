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
// Run itself.
func Run(n int, t Task) {
	procs := runtime.GOMAXPROCS(0)
	helpers := min(n, procs) - 1
	if helpers <= 0 || pool.working.Load() >= int64(procs) { // a part of work that keeps all of them busy
		for i := range n {
			t.Do(i)
		}
		return
	}
	pool.run(n, helpers, t)
}

// RunIf is Run if there is enough to do; else the caller does it alone.
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
var pool workers

type workers struct {
	mu      sync.Mutex
	started int
	working atomic.Int64 // calls of work under way; within a part, Run makes another
	idle    []*job       // finished jobs, for reuse
	jobs    chan *job
}

// A job is one call of Run. Whoever works on it takes the next part until
// there is none.
type job struct {
	task Task
	n    int64
	next atomic.Int64
	busy atomic.Int64   // helpers that have not left yet
	done sync.WaitGroup // the same, to sleep on
}

func (j *job) work() {
	pool.working.Add(1)
	defer pool.working.Add(-1)
	for i := j.next.Add(1) - 1; i < j.n; i = j.next.Add(1) - 1 {
		j.task.Do(int(i))
	}
}

// patience is how long a goroutine looks for what it waits for before it
// sleeps. To wake one up costs tens of microseconds, and in a training step the
// next work is not far.
const patience = 40 * time.Microsecond

// spin calls ready until it says so or patience ends, and reports whether it
// did. In between it lets other goroutines run.
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

// help does what a helper has to do and leaves.
func (j *job) help() {
	j.work()
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
	j.work()
	// Take back what no helper has begun: one that waits here itself, in a Run
	// within a part, would never come to it.
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
	j.task = nil
	p.mu.Lock()
	p.idle = append(p.idle, j)
	p.mu.Unlock()
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
	if p.jobs == nil {
		p.jobs = make(chan *job, 64)
	}
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
	return new(job)
}
