package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// A batch is the task that computes several products. Each part is group of them.
type batch[T Float] struct {
	dst                 []T
	a, b                Matrix[T]
	m, n, k             int
	count, moveA, moveB int
	group               int // products of one part
}

var batches work.Tasks[batch[float32], batch[float64]]

// MatMulBatch computes count matrix products by [MatMul]. The results lie in dst
// one after another, row by row. Each a begins moveA elements after the previous
// one, and each b begins moveB elements after the previous one.
func MatMulBatch[T Float](dst []T, a, b Matrix[T], m, n, k, count, moveA, moveB int) {
	each := m * n * k
	group := max(1, parallelProduct/max(1, each))
	parts := (count + group - 1) / group
	// If shared is false, each product is large and MatMul splits it, or all
	// together are small.
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
