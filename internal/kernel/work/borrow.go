package work

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// A Buffer is working memory borrowed with [Borrow].
type Buffer[T any] struct {
	mem   []T
	epoch uint32 // when it was returned
}

// class returns the logarithm of the size of a buffer for n elements.
func class(n int) int { return bits.Len(uint(max(n, 1) - 1)) }

// A store holds the buffers of one element type that nobody has borrowed, by their
// class.
type store[T any] struct {
	lists  [bits.UintSize]list[Buffer[T]]
	poison T // what poisoned memory holds
}

// stores are all stores: those of float32 and float64, and by a nil pointer to the
// element type, those of others.
var (
	singles = newStore[float32]()
	doubles = newStore[float64]()
	others  sync.Map
)

func newStore[T any]() *store[T] {
	s := new(store[T])
	poisonous(&s.poison)
	return s
}

// storeOf returns the store of T.
func storeOf[T any]() *store[T] {
	if s, ok := any(singles).(*store[T]); ok {
		return s
	}
	if s, ok := any(doubles).(*store[T]); ok {
		return s
	}
	key := any((*T)(nil))
	s, ok := others.Load(key)
	if !ok {
		s, _ = others.LoadOrStore(key, newStore[T]())
	}
	return s.(*store[T])
}

// Borrow lends n elements of working memory with unspecified contents. Give
// the Buffer to [Return] when done. T may be any type without pointers.
func Borrow[T any](n int) ([]T, *Buffer[T]) {
	c := class(n)
	s := storeOf[T]()
	b := s.lists[c].get()
	if b.mem == nil {
		b.mem = make([]T, 1<<c)
	}
	if poison {
		s.spoil(b)
	}
	return b.mem[:n], b
}

// Return takes back memory lent by [Borrow].
func Return[T any](b *Buffer[T]) {
	s := storeOf[T]()
	if poison {
		s.spoil(b)
	}
	b.epoch = epoch.Load()
	s.lists[class(len(b.mem))].put(b)
	if !waiting.Load() {
		wait()
	}
}

// idle is how long a buffer may lie unused before it is released. Otherwise a
// process would hold the memory of its largest step for ever.
const idle = time.Minute

// epoch counts the calls of tidy. A buffer that was returned in this epoch or the
// last is kept.
var epoch atomic.Uint32

var (
	waiting atomic.Bool // whether the timer runs
	timer   *time.Timer // calls tidy when it ends
)

func init() {
	timer = time.AfterFunc(idle, tidy)
	timer.Stop()
}

// wait starts the timer. The timer does not run while there is no buffer to
// release, so that an idle program does nothing.
func wait() {
	if waiting.CompareAndSwap(false, true) {
		timer.Reset(idle)
	}
}

// tidy releases the buffers that were not used since the last call.
func tidy() {
	now := epoch.Add(1)
	left := singles.release(now) + doubles.release(now)
	others.Range(func(_, s any) bool {
		left += s.(interface{ release(now uint32) int }).release(now)
		return true
	})
	waiting.Store(false)
	if left > 0 {
		wait()
	}
}

// release drops buffers that were returned before the last epoch, and returns
// how many are left.
func (s *store[T]) release(now uint32) (left int) {
	for i := range s.lists {
		left += s.lists[i].filter(func(b *Buffer[T]) bool { return now-b.epoch <= 1 })
	}
	return left
}
