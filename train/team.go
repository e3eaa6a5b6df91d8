package train

import (
	"sync"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A team computes the gradients of the batches of a step, one after the other
// or on several goroutines.
type team[B any] struct {
	workers int              // goroutines; 0 for none
	tapes   []*autograd.Tape // one for each batch with several workers, else two: for the first batch and for the others
	results []result         // of each batch

	objective Objective[B]
	group     []*B
	seed      uint64
	jobs      chan int // the batches to work on
	done      sync.WaitGroup
}

// A result is what came of a batch.
type result struct {
	outcome  Outcome
	grads    autograd.Grads
	count    int
	loss     float64
	finite   bool
	panicked any
}

// A sum adds up the results of a step.
type sum struct {
	count int
	loss  float64 // of all examples
}

// mean returns the mean loss, which is 0 of nothing.
func (s sum) mean() float64 { return s.loss / float64(max(1, s.count)) }

// start prepares for steps of up to n batches.
func (m *team[B]) start(n, workers int) {
	m.workers = min(workers, n)
	m.results = make([]result, n)
	tapes := min(n, 2)
	if m.workers > 1 {
		tapes = n
		m.jobs = make(chan int, n)
		for range m.workers {
			go m.work(m.jobs)
		}
	}
	for range tapes {
		m.tapes = append(m.tapes, autograd.NewTape())
	}
}

// stop ends the goroutines.
func (m *team[B]) stop() {
	if m.jobs != nil {
		close(m.jobs)
	}
}

// tape returns the tape of batch i.
func (m *team[B]) tape(i int) *autograd.Tape { return m.tapes[min(i, len(m.tapes)-1)] }

// gradients computes the gradients of the mean loss of all examples of the
// group, and calls see with the outcome of each batch, in order. A batch in which
// nothing counts has no part in them. bad is the
// first batch whose loss or gradients are not finite, or −1. The random numbers
// of workers depend on seed.
func (m *team[B]) gradients(f Objective[B], group []*B, seed uint64, see func(*result)) (grads autograd.Grads, total sum, bad int) {
	m.objective, m.group, m.seed = f, group, seed
	parallel := m.workers > 1 && len(group) > 1
	if parallel {
		m.all()
	}
	first := 0 // the count of the first batch that has one
	for i := range group {
		r := &m.results[i]
		if !parallel {
			m.do(i)
		}
		if !r.finite {
			return grads, total, i
		}
		m.tape(i).Settle()
		switch {
		case r.count == 0:
		case first == 0:
			grads, first = r.grads, r.count
		default:
			if r.count != first {
				r.grads.Scale(float64(r.count) / float64(first))
			}
			grads.Add(r.grads)
		}
		total.count += r.count
		total.loss += r.loss * float64(r.count)
		see(r)
	}
	if total.count > first {
		grads.Scale(float64(first) / float64(total.count))
	}
	return grads, total, -1
}

// do computes the gradients of batch i.
func (m *team[B]) do(i int) {
	t, r := m.tape(i), &m.results[i]
	t.Reset()
	if m.workers > 0 {
		t.DrawFrom(tensor.Seed(m.seed, uint64(i)))
		t.DeferTracking()
	}
	r.outcome = m.objective(t, m.group[i])
	r.count, r.loss = r.outcome.count(), r.outcome.Loss.Item()
	if r.count == 0 { // the loss is 0/0
		r.loss, r.finite = 0, true
		return
	}
	if r.finite = finite(r.loss); r.finite {
		r.grads = r.outcome.Loss.Backward()
		r.finite = r.grads.Finite()
	}
}

// all does all batches of the group on the goroutines of the team. It panics
// when one of them did, with the value of the first batch that did.
func (m *team[B]) all() {
	m.done.Add(len(m.group))
	for i := range m.group {
		m.jobs <- i
	}
	m.done.Wait()
	for i := range m.group {
		if p := m.results[i].panicked; p != nil {
			panic(p)
		}
	}
}

func (m *team[B]) work(jobs <-chan int) {
	for i := range jobs {
		m.doSafely(i)
	}
}

// doSafely is do, and keeps the value of a panic.
func (m *team[B]) doSafely(i int) {
	defer m.done.Done()
	defer func() { m.results[i].panicked = recover() }()
	m.do(i)
}

// blame does batch i of the step once more, up to its gradients, with the same
// random numbers. It returns the [*autograd.NaNError] of the first operation that
// makes NaN or Inf of finite numbers.
func (m *team[B]) blame(i int) (err error) {
	t := m.tape(i)
	t.DetectNaN(true)
	defer func() {
		t.DetectNaN(false)
		switch p := recover().(type) {
		case nil:
		case *autograd.NaNError:
			err = p
		default:
			panic(p)
		}
	}()
	t.Replay(func() { m.objective(t, m.group[i]).Loss.Backward() })
	return errNotFinite
}
