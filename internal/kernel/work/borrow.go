package work

import (
	"math/bits"

	"golang.org/x/exp/constraints"
)

// A Buffer is working memory borrowed with [Borrow].
type Buffer[T constraints.Float] struct{ mem []T }

// buffers holds the buffers that nobody has borrowed, by the logarithm of
// their size.
var buffers [bits.UintSize]Tasks[Buffer[float32], Buffer[float64]]

// Borrow lends n elements of working memory with unspecified contents. Give
// the Buffer to [Return] when done.
func Borrow[T constraints.Float](n int) ([]T, *Buffer[T]) {
	class := bits.Len(uint(max(n, 1) - 1))
	b := Take[Buffer[T]](&buffers[class])
	if b.mem == nil {
		b.mem = make([]T, 1<<class)
	}
	return b.mem[:n], b
}

// Return takes back memory lent by [Borrow].
func Return[T constraints.Float](b *Buffer[T]) {
	class := bits.Len(uint(len(b.mem) - 1))
	Keep(&buffers[class], b)
}
