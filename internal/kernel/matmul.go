package kernel

import (
	"math/bits"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A Matrix is an operand of the matrix product: element (i, j) is
// Data[i*Row + j*Col]. A transposed operand swaps the strides; nothing is
// copied.
type Matrix[T Float] struct {
	Data     []T
	Row, Col int
}

func (m Matrix[T]) transposed() Matrix[T] { return Matrix[T]{Data: m.Data, Row: m.Col, Col: m.Row} }

// An Epilogue says what the matrix product does with its sums, in this order.
type Epilogue[T Float] struct {
	Accumulate bool // add them to the destination instead of overwriting it
	Bias       []T  // add Bias[j] to column j; nil for none
	ReLU       bool // replace negative numbers by zero
}

// The blocks of the matrix product.
const (
	blockM = 112     // rows of one part of the work, at most
	blockN = 1 << 10 // columns of B that are packed at a time, at most
	blockK = 512     // terms of a sum of float32 that are added up before it is stored
	slabK  = 1 << 10 // terms for which B is packed at a time, at most
	wideB  = 1 << 10 // bytes of a row of B that are multiplied at a time where it lies

	parallelProduct = 1 << 19 // multiply-adds that are worth a part of their own
	mostParts       = 16      // parts, at most, unless blockM requires more
	halfBand        = 7       // rows of one part, at least
)

// MatMul is
//
//	for i := range m {
//		for j := range n {
//			dst[i*ldd+j] = a[i,0]*b[0,j] + … + a[i,k−1]*b[k−1,j]
//		}
//	}
//
// and then the epilogue.
//
// The algorithm is that of Goto and van de Geijn ("Anatomy of high-performance
// matrix multiplication", 2008) in the arrangement of BLIS (Van Zee and van de
// Geijn, 2015). The sums of a tile of the destination stay in registers, while one
// column of A after another is multiplied by one row of B. B goes through the
// caches in panels. This implementation copies less: the inner loop reads elements
// of A one at a time, with any strides. So A is packed only if its rows would
// displace one another in the cache, and B only if the elements of its rows are
// not contiguous or if it is large.
//
// The sum over k is taken in blocks of 512 terms (256 of float64), each from
// first to last, and the sums of the blocks are added up from first to last.
// A sum of 64 terms or more is a [Dot] in two cases: when one row is multiplied by
// a large transposed matrix, and in the last columns when they would leave a
// vector almost empty. The order of the sum depends on the shape and the strides,
// but not on the number of threads.
func MatMul[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int, ep Epilogue[T]) {
	if m == 0 || n == 0 {
		return
	}
	if n == 1 {
		b.Col = 1 // with one column this stride does not matter
	}
	if small(dst, ldd, a, b, m, n, k, ep) {
		return
	}
	t := work.Take[product[T]](&products)
	*t = product[T]{dst: dst, ldd: ldd, a: a, b: b, m: m, n: n, k: k, ep: ep}
	t.run()
	work.Give(&products, t)
}

// A product is the task that computes a matrix product. It takes one slab of B at
// a time: some columns, and some terms of the sum. If B must be packed, each part
// first packs one panel of columns. Then each part multiplies one block of rows
// and columns.
type product[T Float] struct {
	dst     []T
	ldd     int
	a, b    Matrix[T]
	m, n, k int
	ep      Epilogue[T]

	packing            bool
	rowParts, colParts int
	packA              bool
	packed             []T // the packed slab of B, or nil if B is read in place
	j0, p0, jn, pn     int // the slab
}

var products work.Tasks[product[float32], product[float64]]

func (t *product[T]) run() {
	t.plan()
	if t.packed == nil {
		t.jn, t.pn = t.n, t.k
		t.multiply()
		return
	}
	packed, lent := work.Borrow[T](min(slabK, t.k) * roundUp(min(blockN, t.n), vectorLanes[T]()))
	t.packed = packed
	for t.j0 = 0; t.j0 < t.n; t.j0 += blockN {
		t.jn = min(blockN, t.n-t.j0)
		for t.p0 = 0; t.p0 < t.k; t.p0 += slabK {
			t.pn = min(slabK, t.k-t.p0)
			panels := (t.jn + packPart - 1) / packPart
			t.packing = true
			work.RunIf(t.jn*t.pn >= largePack, panels, t)
			t.packing = false
			t.multiply()
		}
	}
	work.Return(lent)
}

// multiply computes the blocks of a slab, in parallel if there is enough to do.
// The number of parts is a power of two, or higher where a part would have more
// than blockM rows.
func (t *product[T]) multiply() {
	parts := powerOfTwo(min(mostParts, t.m*t.jn*t.pn/parallelProduct))
	panels := (t.jn + packPart - 1) / packPart
	t.rowParts = max(min(parts, powerOfTwo(t.m/halfBand)), (t.m+blockM-1)/blockM)
	t.colParts = min(max(1, parts/t.rowParts), panels)
	work.RunIf(parts > 1, t.rowParts*t.colParts, t)
}

// powerOfTwo returns the highest power of two up to n, at least 1.
func powerOfTwo(n int) int { return 1 << (bits.Len(uint(max(n, 1))) - 1) }

func (t *product[T]) Do(part int) {
	if t.packing {
		t.packB(part)
		return
	}
	i, j := part/t.colParts, part%t.colParts
	i0, i1 := i*t.m/t.rowParts, (i+1)*t.m/t.rowParts
	panels := (t.jn + packPart - 1) / packPart
	j0, j1 := j*panels/t.colParts*packPart, min(t.jn, (j+1)*panels/t.colParts*packPart)
	var buf []T
	var lent *work.Buffer[T]
	if t.packA {
		buf, lent = work.Borrow[T]((i1 - i0) * (min(blockK, t.pn) + pad))
	}
	terms := blockTerms[T]()
	for p := 0; p < t.pn; p += terms {
		t.block(i0, i1, j0, j1, p, min(terms, t.pn-p), buf)
	}
	if t.packA {
		work.Return(lent)
	}
}

// block multiplies rows [i0, i1) by columns [j0, j1) of the slab. It adds up k
// terms of the sum, beginning with term p.
func (t *product[T]) block(i0, i1, j0, j1, p, k int, buf []T) {
	ep := t.ep
	if p+t.p0 > 0 {
		ep.Accumulate = true
	}
	if p+t.p0+k < t.k {
		ep.Bias, ep.ReLU = nil, false
	}
	a := Matrix[T]{Row: t.a.Row, Col: t.a.Col}
	if buf != nil {
		a = packA(buf, t.a, i0, t.p0+p, i1-i0, k)
	} else {
		a.Data = t.a.Data[i0*a.Row+(t.p0+p)*a.Col:]
	}
	step := packPart
	if t.packed == nil {
		step = wideB / size[T]()
	}
	for j := j0; j < j1; j += step {
		n := min(step, j1-j)
		var b []T
		brow := t.b.Row
		if t.packed == nil {
			b = t.b.Data[(t.p0+p)*brow+(t.j0+j)*t.b.Col:]
		} else {
			brow = roundUp(n, vectorLanes[T]())
			b = t.packed[j*t.pn+p*brow:]
		}
		e := ep
		if e.Bias != nil {
			e.Bias = e.Bias[t.j0+j:][:n]
		}
		bands(t.dst[i0*t.ldd+t.j0+j:], t.ldd, a, b, brow, i1-i0, n, k, e)
	}
}

// bands multiplies m rows of a by n columns of b. The elements of a row of b must
// be contiguous. The rows of a are divided into as few bands as possible, of
// nearly equal height. bands checks that the slices hold every element that the
// assembly reads or writes.
//
// Assembly: gen/matmul.go
func bands[T Float](dst []T, ldd int, a Matrix[T], b []T, brow, m, n, k int, ep Epilogue[T]) {
	_, _ = a.Data[(m-1)*a.Row+(k-1)*a.Col], b[(k-1)*brow+n-1]
	_ = dst[(m-1)*ldd+n-1]
	if ep.Bias != nil {
		_ = ep.Bias[n-1]
	}
	accumulate, relu := 0, 0
	if ep.Accumulate {
		accumulate = 1
	}
	if ep.ReLU {
		relu = 1
	}
	for i0 := 0; i0 < m; {
		rows := nextBand(m - i0)
		if c, above := dst[i0*ldd:], a.Data[i0*a.Row:]; !asm.Product(rows, n, k, c, above, b, ep.Bias, ldd, a.Row, a.Col, brow, accumulate, relu) {
			productGeneric(rows, n, k, c, above, b, ep.Bias, ldd, a.Row, a.Col, brow, ep.Accumulate, ep.ReLU)
		}
		i0 += rows
	}
}

// nextBand returns the height of the next band of m rows. The bands are as few as
// possible and nearly equal.
func nextBand(m int) int {
	t := asm.Tiles()
	parts, rows := 1, m
	if m > t.BandRows {
		parts = (m + t.BandRows - 1) / t.BandRows
		rows = m / parts
	}
	switch {
	case rows <= t.OddRows || rows%2 == 0:
		return rows
	case parts > 1:
		return rows + 1
	}
	return (rows + 1) / 2 // the last rows, divided into two bands
}

// blockTerms returns how many terms of a sum are added up before it is stored.
func blockTerms[T Float]() int { return blockK * 4 / size[T]() }

// vectorLanes returns the number of elements of a vector.
func vectorLanes[T Float]() int { return asm.Tiles().Vector / size[T]() }

func roundUp(n, to int) int { return (n + to - 1) / to * to }
