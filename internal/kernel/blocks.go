package kernel

import (
	"unsafe"

	"golang.org/x/exp/constraints"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// blockSize is the number of elements in one part of large elementwise work.
const blockSize = 1 << 14

// largeWork is the number of elements below which elementwise work stays on the
// calling goroutine: handing a part over takes microseconds.
const largeWork = 1 << 15

// A blocks is elementwise work on slices that is cut into blocks. One of the
// functions is set.
type blocks[T Float] struct {
	one       func(dst, a []T)
	two       func(dst, a, b []T)
	scaled    func(dst, a []T, p, q float64)
	slope     func(dst, a, b []T, p, q float64)
	dst, a, b []T
	p, q      float64
}

var blockTasks work.Tasks[blocks[float32], blocks[float64]]

// Blocks1 calls f(dst, a). It cuts large slices into blocks and uses several
// goroutines. f is an elementwise kernel. It must not be a closure, which would
// have to be allocated.
func Blocks1[T Float](f func(dst, a []T), dst, a []T) {
	if len(dst) < largeWork {
		f(dst, a)
		return
	}
	runBlocks(blocks[T]{one: f, dst: dst, a: a})
}

// Blocks2 is [Blocks1] for two operands.
func Blocks2[T Float](f func(dst, a, b []T), dst, a, b []T) {
	if len(dst) < largeWork {
		f(dst, a, b)
		return
	}
	runBlocks(blocks[T]{two: f, dst: dst, a: a, b: b})
}

// BlocksScaled is [Blocks1] for kernels with up to two numbers.
func BlocksScaled[T Float](f func(dst, a []T, p, q float64), dst, a []T, p, q float64) {
	if len(dst) < largeWork {
		f(dst, a, p, q)
		return
	}
	runBlocks(blocks[T]{scaled: f, dst: dst, a: a, p: p, q: q})
}

// BlocksSlope is [Blocks2] for kernels with up to two numbers.
func BlocksSlope[T Float](f func(dst, a, b []T, p, q float64), dst, a, b []T, p, q float64) {
	if len(dst) < largeWork {
		f(dst, a, b, p, q)
		return
	}
	runBlocks(blocks[T]{slope: f, dst: dst, a: a, b: b, p: p, q: q})
}

func runBlocks[T Float](t blocks[T]) {
	work.Do(&blockTasks, true, (len(t.dst)+blockSize-1)/blockSize, t)
}

func (t *blocks[T]) Do(part int) {
	from, to := part*blockSize, min(len(t.dst), (part+1)*blockSize)
	dst, a := t.dst[from:to], t.a[from:to]
	switch {
	case t.one != nil:
		t.one(dst, a)
	case t.two != nil:
		t.two(dst, a, t.b[from:to])
	case t.slope != nil:
		t.slope(dst, a, t.b[from:to], t.p, t.q)
	default:
		t.scaled(dst, a, t.p, t.q)
	}
}

// rowsPart is the number of rows in one part of work on rows.
const rowsPart = 32

// A rows is work on rows of size elements. Each part is rowsPart rows.
type rows[T Float] struct {
	f         func(dst, a, b []T)
	dst, a, b []T
	size      int
}

var rowTasks work.Tasks[rows[float32], rows[float64]]

// Rows calls f for each row of size elements, on several goroutines if there are
// many. b may be nil. f must not be a closure.
func Rows[T Float](f func(dst, a, b []T), dst, a, b []T, size int) {
	n := len(dst) / size
	work.Do(&rowTasks, len(dst) >= largeWork, (n+rowsPart-1)/rowsPart, rows[T]{f, dst, a, b, size})
}

func (t *rows[T]) Do(part int) {
	for i := part * rowsPart * t.size; i < min(len(t.dst), (part+1)*rowsPart*t.size); i += t.size {
		var b []T
		if t.b != nil {
			b = t.b[i:][:t.size]
		}
		t.f(t.dst[i:][:t.size], t.a[i:][:t.size], b)
	}
}

// Float is the element type of every kernel.
type Float = asm.Float

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

// SliceOf returns the one of the two slices whose elements are as wide as T, and
// whether it is not nil.
func SliceOf[T constraints.Float](f32 []float32, f64 []float64) ([]T, bool) {
	if unsafe.Sizeof(*new(T)) == 4 {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f32))), len(f32)), f32 != nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f64))), len(f64)), f64 != nil
}
