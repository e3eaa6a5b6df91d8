package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

const (
	smallProduct = 1 << 18 // multiply-adds up to which planning would cost too much
	smallB       = 4096    // elements of B that are transposed whole
	longDot      = 64      // terms of a sum that are worth a Dot
)

// small computes products that need no plan, and reports whether this was one.
func small[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int, ep Epilogue[T]) bool {
	switch tiny := k <= blockTerms[T]() && m*n*k <= smallProduct; {
	case k == 0:
		finish(dst, ldd, m, n, ep)
	case tiny && b.Col == 1 && n*size[T]() <= wideB:
		bands(dst, ldd, a, b.Data, b.Row, m, n, k, ep)
	case tiny && b.Row == 1 && k*roundUp(n, vectorLanes[T]()) <= smallB:
		ld := roundUp(n, vectorLanes[T]())
		buf, lent := work.Borrow[T](k * ld)
		transposeInto(buf, ld, b.Data, b.Col, n, k)
		bands(dst, ldd, a, buf, ld, m, n, k, ep)
		work.Return(lent)
	case m == 1 && k >= longDot && a.Col == 1 && b.Row == 1 && b.Col != 1:
		rowOfDots(dst[:n], a.Data[:k], b, ep)
	case a.Col == 1 && k >= longDot && m > 1 && n%vectorLanes[T]() > 0 && n%vectorLanes[T]() <= vectorLanes[T]()/8:
		// A vector would be almost empty.
		whole := n - n%vectorLanes[T]()
		left, right := ep, ep
		if ep.Bias != nil {
			left.Bias, right.Bias = ep.Bias[:whole], ep.Bias[whole:]
		}
		MatMul(dst, ldd, a, b, m, whole, k, left)
		b.Data = b.Data[whole*b.Col:]
		columnsOfDots(dst[whole:], ldd, a, b, m, n-whole, k, right)
	case n == 1 && m > 1 && ldd == 1 && ep.Bias == nil: // a row is computed faster than a column
		MatMul(dst, m, b.transposed(), a.transposed(), 1, m, k, ep)
	default:
		return false
	}
	return true
}

// rowOfDots multiplies a row by a matrix whose columns are contiguous.
func rowOfDots[T Float](dst, a []T, b Matrix[T], ep Epilogue[T]) {
	for j := range dst {
		s := Dot(a, b.Data[j*b.Col:][:len(a)])
		if ep.Accumulate {
			s = dst[j] + s
		}
		dst[j] = s
	}
	ep.Accumulate = true
	finish(dst, 0, 1, len(dst), ep)
}

// columnsOfDots multiplies a matrix whose rows are contiguous by some columns.
func columnsOfDots[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int, ep Epilogue[T]) {
	column, lent := work.Borrow[T](k)
	for j := range n {
		for p := range column {
			column[p] = b.Data[p*b.Row+j*b.Col]
		}
		for i := range m {
			s := Dot(a.Data[i*a.Row:][:k], column)
			if ep.Accumulate {
				s = dst[i*ldd+j] + s
			}
			dst[i*ldd+j] = s
		}
	}
	work.Return(lent)
	ep.Accumulate = true
	finish(dst, ldd, m, n, ep)
}

// finish applies the epilogue to sums without terms, which are 0.
func finish[T Float](dst []T, ldd, m, n int, ep Epilogue[T]) {
	for i := range m {
		row := dst[i*ldd:][:n]
		switch {
		case !ep.Accumulate && ep.Bias != nil:
			copy(row, ep.Bias)
		case !ep.Accumulate:
			clear(row)
		case ep.Bias != nil:
			Add(row, row, ep.Bias)
		}
		if ep.ReLU {
			ReLU(row, row)
		}
	}
}

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
