package data

import (
	"runtime"
	"sync"
)

// A fetcher fills batches in advance. There is a slot for each batch in advance
// and one for the batch that the loop works on. Batch i goes to slot i modulo
// the number of slots, so that the batches come out in order, whoever filled
// them.
type fetcher struct {
	numbers chan int // of the batches to fill; −1 ends a goroutine
	workers int
	done    sync.WaitGroup
	next    int // the batch that is to be asked for next
	batches int
}

// startFetching starts the goroutines and asks for the first batches.
func (l *Loader[B]) startFetching() {
	f := &l.fetch
	if n := l.Prefetch + 1; len(l.slots) != n {
		l.slots = make([]slot[B], n)
		f.numbers = make(chan int, n)
		for i := range l.slots {
			l.slots[i].ready = make(chan struct{}, 1)
		}
	}
	f.next, f.batches = l.at.Batch, l.Batches()
	f.workers = min(l.Prefetch, runtime.GOMAXPROCS(0))
	for range f.workers {
		f.done.Add(1)
		go l.work()
	}
	for range l.Prefetch {
		l.fetchMore()
	}
}

// fetchMore asks for one more batch. The slot of that batch must be free.
func (l *Loader[B]) fetchMore() {
	if f := &l.fetch; f.next < f.batches {
		f.numbers <- f.next
		f.next++
	}
}

// work fills batches until it is told to end.
func (l *Loader[B]) work() {
	defer l.fetch.done.Done()
	for i := range l.fetch.numbers {
		if i < 0 {
			return
		}
		l.fillSafely(&l.slots[i%len(l.slots)], i)
	}
}

// fillSafely is fill, and keeps the value of a panic for the loop.
func (l *Loader[B]) fillSafely(s *slot[B], i int) {
	defer func() {
		s.panicked = recover()
		s.ready <- struct{}{}
	}()
	l.fill(s, i)
}

// fetched waits for batch i. A panic of the goroutine that filled it goes on
// here.
func (l *Loader[B]) fetched(i int) *slot[B] {
	s := &l.slots[i%len(l.slots)]
	<-s.ready
	if s.panicked != nil {
		panic(s.panicked)
	}
	return s
}

// stopFetching ends the goroutines and forgets the batches that nobody took.
func (l *Loader[B]) stopFetching() {
	f := &l.fetch
	for emptied := false; !emptied; {
		select {
		case <-f.numbers: // not begun
		default:
			emptied = true
		}
	}
	for range f.workers {
		f.numbers <- -1
	}
	f.done.Wait()
	for i := range l.slots {
		select {
		case <-l.slots[i].ready:
		default:
		}
	}
}
