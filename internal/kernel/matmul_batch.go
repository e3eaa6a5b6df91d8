package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// A batch is products that are being computed, some of them a part.
type batch[T Float] struct {
	dst                 []T
	a, b                Matrix[T]
	m, n, k             int
	count, moveA, moveB int
	group               int // products of one part
}

var batches work.Tasks[batch[float32], batch[float64]]

// MatMulBatch computes count matrix products by [MatMul]. Those of dst lie in
// memory one after another, row by row; each a begins moveA elements after the
// one before, and each b moveB.
func MatMulBatch[T Float](dst []T, a, b Matrix[T], m, n, k, count, moveA, moveB int) {
	each := m * n * k
	group := max(1, parallelProduct/max(1, each))
	parts := (count + group - 1) / group
	// Else each is large enough to be shared, or all together are not.
	shared := parts > 1 && each < 2*parallelProduct
	work.Do(&batches, shared, parts, batch[T]{dst, a, b, m, n, k, count, moveA, moveB, group})
}

func (t *batch[T]) Do(part int) {
	for i := part * t.group; i < min(t.count, (part+1)*t.group); i++ {
		a, b := t.a, t.b
		a.Data, b.Data = a.Data[i*t.moveA:], b.Data[i*t.moveB:]
		MatMul(t.dst[i*t.m*t.n:], t.n, a, b, t.m, t.n, t.k, Epilogue[T]{})
	}
}
