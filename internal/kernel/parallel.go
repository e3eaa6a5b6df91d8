package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
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
	helpers := min(n, runtime.GOMAXPROCS(0)) - 1
	if helpers <= 0 {
		for i := range n {
			t.Do(i)
		}
		return
	}
	pool.run(n, helpers, t)
}

// largeWork is the number of elements below which elementwise work stays on the
// calling goroutine.
const largeWork = 1 << 15

// RunLarge is Run for work on so many elements, which the caller does alone if
// they are few.
func RunLarge(n, elements int, t Task) {
	if elements >= largeWork {
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
	idle    []*job // finished jobs, for reuse
	jobs    chan *job
}

// A job is one call of Run. Whoever works on it takes the next part until
// there is none.
type job struct {
	task Task
	n    int64
	next atomic.Int64
	done sync.WaitGroup // helpers that have not left yet
}

func (j *job) work() {
	for i := j.next.Add(1) - 1; i < j.n; i = j.next.Add(1) - 1 {
		j.task.Do(int(i))
	}
}

func (p *workers) run(n, helpers int, t Task) {
	j := p.begin(helpers)
	j.task, j.n = t, int64(n)
	j.next.Store(0)
	for range helpers {
		j.done.Add(1)
		select {
		case p.jobs <- j:
		default: // the queue is full: the caller does it alone
			j.done.Done()
		}
	}
	j.work()
	// Take back what no helper has begun: one that waits here itself, in a Run
	// within a part, would never come to it.
	for queued := true; queued; {
		select {
		case k := <-p.jobs:
			k.work()
			k.done.Done()
		default:
			queued = false
		}
	}
	j.done.Wait()
	j.task = nil
	p.mu.Lock()
	p.idle = append(p.idle, j)
	p.mu.Unlock()
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
			for j := range p.jobs {
				j.work()
				j.done.Done()
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
