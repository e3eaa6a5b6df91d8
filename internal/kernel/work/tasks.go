package work

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A list keeps objects between calls. Unlike a sync.Pool, it survives garbage
// collections, so that a steady state allocates nothing.
type list[E any] struct {
	last atomic.Pointer[E] // one object that is taken without the lock
	mu   sync.Mutex
	free []*E
}

func (l *list[E]) get() *E {
	if e := l.last.Swap(nil); e != nil {
		return e
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.free); n > 0 {
		e := l.free[n-1]
		l.free = l.free[:n-1]
		return e
	}
	return new(E)
}

func (l *list[E]) put(e *E) {
	if l.last.CompareAndSwap(nil, e) {
		return
	}
	l.mu.Lock()
	l.free = append(l.free, e)
	l.mu.Unlock()
}

// filter forgets objects that nobody uses and that keep does not want, and
// returns how many are left.
func (l *list[E]) filter(keep func(*E) bool) int {
	n := 0
	if e := l.last.Swap(nil); e != nil && keep(e) {
		l.put(e)
		n++
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = slices.DeleteFunc(l.free, func(e *E) bool { return !keep(e) })
	return n + len(l.free)
}

// Tasks keeps the unused tasks of one kind, in one list for float32 and one for
// float64. For a generic type sum, declare Tasks[sum[float32], sum[float64]].
type Tasks[E32, E64 any] struct {
	f32 list[E32]
	f64 list[E64]
}

// listOf returns the one of the two lists that holds E.
func listOf[E, E32, E64 any](l *Tasks[E32, E64]) *list[E] {
	if single, ok := any(&l.f32).(*list[E]); ok {
		return single
	}
	if double, ok := any(&l.f64).(*list[E]); ok {
		return double
	}
	panic("work: these tasks are of other types; declare the variable as Tasks[E[float32], E[float64]]")
}

// Do does parts 0 … n−1 of a task, on several goroutines if enough is true, else on
// the calling one. It copies the task to one that l keeps, because a variable that
// other goroutines see would have to be allocated.
func Do[E any, P interface {
	*E
	Task
}, E32, E64 any](l *Tasks[E32, E64], enough bool, n int, task E) {
	t := Take[E](l)
	*t = task
	RunIf(enough, n, P(t))
	Give(l, t)
}

// Take returns one of the tasks that l keeps, for work in several steps. It is
// zero, or as [Keep] left it.
func Take[E, E32, E64 any](l *Tasks[E32, E64]) *E { return listOf[E](l).get() }

// Give clears a task and gives it back to l.
func Give[E, E32, E64 any](l *Tasks[E32, E64], t *E) {
	*t = *new(E)
	listOf[E](l).put(t)
}

// Keep gives a task back to l as it is, with memory that the next one will use.
func Keep[E, E32, E64 any](l *Tasks[E32, E64], t *E) { listOf[E](l).put(t) }
