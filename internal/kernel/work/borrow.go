package work

import (
	"math/bits"
	"sync/atomic"
	"time"

	"golang.org/x/exp/constraints"
)

// A Buffer is working memory borrowed with [Borrow].
type Buffer[T constraints.Float] struct {
	mem   []T
	epoch uint32 // when it was returned
}

// class returns the logarithm of the size of a buffer for n elements.
func class(n int) int { return bits.Len(uint(max(n, 1) - 1)) }

// buffers holds the buffers that nobody has borrowed, by their class.
var buffers [bits.UintSize]Tasks[Buffer[float32], Buffer[float64]]

// Borrow lends n elements of working memory with unspecified contents. Give
// the Buffer to [Return] when done.
func Borrow[T constraints.Float](n int) ([]T, *Buffer[T]) {
	c := class(n)
	b := Take[Buffer[T]](&buffers[c])
	if b.mem == nil {
		b.mem = make([]T, 1<<c)
	}
	if poison {
		b.spoil()
	}
	return b.mem[:n], b
}

// Return takes back memory lent by [Borrow].
func Return[T constraints.Float](b *Buffer[T]) {
	if poison {
		b.spoil()
	}
	b.epoch = epoch.Load()
	Keep(&buffers[class(len(b.mem))], b)
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
	left := 0
	for i := range buffers {
		left += release(&buffers[i].f32, now) + release(&buffers[i].f64, now)
	}
	waiting.Store(false)
	if left > 0 {
		wait()
	}
}

// release drops buffers that were returned before the last epoch, and returns
// how many are left.
func release[T constraints.Float](l *list[Buffer[T]], now uint32) int {
	return l.filter(func(b *Buffer[T]) bool { return now-b.epoch <= 1 })
}
