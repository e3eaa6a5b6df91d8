package kernel

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/exp/constraints"
)

// Float is the element type of every kernel.
type Float interface{ float32 | float64 }

// size returns the bytes of an element.
func size[T Float]() int { return int(unsafe.Sizeof(*new(T))) }

// Slice32 returns s as a []float32 sharing its storage, when its elements are
// four bytes wide.
func Slice32[T constraints.Float](s []T) ([]float32, bool) {
	if unsafe.Sizeof(*new(T)) != 4 {
		return nil, false
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(s))), len(s)), true
}

// Slice64 returns s as a []float64 sharing its storage, when its elements are
// eight bytes wide.
func Slice64[T constraints.Float](s []T) ([]float64, bool) {
	if unsafe.Sizeof(*new(T)) != 8 {
		return nil, false
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s))), len(s)), true
}

// SliceOf returns the one of the two slices whose elements have T's width, and
// whether it is there.
func SliceOf[T constraints.Float](f32 []float32, f64 []float64) ([]T, bool) {
	if unsafe.Sizeof(*new(T)) == 4 {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f32))), len(f32)), f32 != nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f64))), len(f64)), f64 != nil
}

// A freeList keeps objects between calls. Unlike a sync.Pool, it survives
// garbage collections, so that a steady state allocates nothing.
type freeList[E any] struct {
	last atomic.Pointer[E] // one object that can be had without the lock
	mu   sync.Mutex
	free []*E
}

func (l *freeList[E]) get() *E {
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

func (l *freeList[E]) put(e *E) {
	if l.last.CompareAndSwap(nil, e) {
		return
	}
	l.mu.Lock()
	l.free = append(l.free, e)
	l.mu.Unlock()
}

// A typed is one free list for each element type.
type typed[E32, E64 any] struct {
	f32 freeList[E32]
	f64 freeList[E64]
}

// listOf returns the free list of l that holds E, the instance for T.
func listOf[T Float, E, E32, E64 any](l *typed[E32, E64]) *freeList[E] {
	if unsafe.Sizeof(*new(T)) == 4 {
		return (*freeList[E])(unsafe.Pointer(&l.f32))
	}
	return (*freeList[E])(unsafe.Pointer(&l.f64))
}

// A Buffer is working memory borrowed with [Borrow].
type Buffer[T Float] struct{ mem []T }

// buffers holds the buffers that nobody has borrowed, by the logarithm of
// their size.
var buffers [bits.UintSize]typed[Buffer[float32], Buffer[float64]]

// Borrow lends n elements of working memory with unspecified contents. Give
// the Buffer to [Return] when done.
func Borrow[T Float](n int) ([]T, *Buffer[T]) {
	class := bits.Len(uint(max(n, 1) - 1))
	b := listOf[T, Buffer[T]](&buffers[class]).get()
	if b.mem == nil {
		b.mem = make([]T, 1<<class)
	}
	return b.mem[:n], b
}

// Return takes back memory lent by [Borrow].
func Return[T Float](b *Buffer[T]) {
	class := bits.Len(uint(len(b.mem) - 1))
	listOf[T, Buffer[T]](&buffers[class]).put(b)
}
