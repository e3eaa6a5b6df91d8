package work

import (
	"math"
	"reflect"
)

// Only tests use this file: it makes them stricter.

// poison says that buffers are spoilt when they are lent and when they are
// returned.
var poison bool

// Poison makes this package fill buffers with NaN, or the largest unsigned integers,
// when they are lent and when they are returned. A test then fails if a kernel reads memory that it has not
// written, or memory that it has returned. Call Poison before the first test runs.
func Poison() { poison = true }

func (s *store[T]) spoil(b *Buffer[T]) {
	for i := range b.mem {
		b.mem[i] = s.poison
	}
}

// poisonous makes each number in *v one that no kernel goes on with unnoticed.
func poisonous(v any) { poisonOf(reflect.ValueOf(v).Elem()) }

func poisonOf(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			poisonOf(v.Field(i))
		}
	case !v.CanSet():
		panic("work: the fields of what is borrowed must be exported")
	case v.CanFloat():
		v.SetFloat(math.NaN())
	case v.CanComplex():
		v.SetComplex(complex(math.NaN(), math.NaN()))
	case v.CanUint():
		v.SetUint(math.MaxUint64)
	default:
		panic("work: there is no poison for a " + v.Type().String())
	}
}

// SmallQueue makes [Run] use new helpers, with a queue for the given number of
// jobs, until restore is called. Tests use it to try a queue that is full. restore
// reports whether any work was offered to the helpers.
func SmallQueue(jobs int) (restore func() (offered bool)) {
	old := pool.Swap(newWorkers(jobs))
	return func() bool {
		own := pool.Swap(old)
		own.mu.Lock()
		defer own.mu.Unlock()
		return len(own.idle) > 0
	}
}
