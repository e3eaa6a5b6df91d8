package kernel

const (
	smallProduct = 1 << 16 // multiply-adds that are done before a plan would be made
	smallB       = 512     // elements of B that are transposed on the stack
	longDot      = 64      // terms of a sum that are worth a Dot
)

// small computes products that need no plan, and reports whether this was one.
func small[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int, ep Epilogue[T]) bool {
	switch tiny := k <= blockTerms[T]() && m*n*k <= smallProduct; {
	case k == 0:
		finish(dst, ldd, m, n, ep)
	case tiny && b.Col == 1:
		bands(dst, ldd, a, b.Data, b.Row, m, n, k, ep)
	case tiny && b.Row == 1 && k*roundUp(n, vectorLanes[T]()) <= smallB:
		var buf [smallB]T
		ld := roundUp(n, vectorLanes[T]())
		transposeInto(buf[:], ld, b.Data, b.Col, n, k)
		bands(dst, ldd, a, buf[:], ld, m, n, k, ep)
	case m == 1 && k >= longDot && a.Col == 1 && b.Row == 1 && b.Col != 1:
		rowOfDots(dst[:n], a.Data[:k], b, ep)
	case n == 1 && m > 1 && ldd == 1 && ep.Bias == nil: // a row is better than a column
		MatMul(dst, m, b.transposed(), a.transposed(), 1, m, k, ep)
	default:
		return false
	}
	return true
}

// rowOfDots multiplies a row by a matrix whose columns lie in memory.
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

// finish applies the epilogue to sums of nothing.
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
