package kernel

// A Matrix is an operand of the matrix product: element (i, j) is
// Data[i*Row + j*Col]. A transposed operand swaps the strides; nothing is
// copied.
type Matrix[T Float] struct {
	Data     []T
	Row, Col int
	Patches  *Patches // when set, the elements are those of image patches instead
}

// An Epilogue says what the matrix product does with its sums.
type Epilogue[T Float] struct {
	Accumulate bool // add them to the destination instead of overwriting it
	Bias       []T  // add Bias[j] to column j; nil for none
}

// The blocks of the matrix product. A panel of A (blockM × blockK) stays in the
// second-level cache, one of B (blockK × tileN) in the first.
const (
	tileM, tileN           = 4, 4
	blockM, blockN, blockK = 64, 256, 256

	smallProduct    = 16 << 10 // multiply-adds below which packing does not pay
	parallelProduct = 1 << 20  // multiply-adds below which one goroutine does it all
)

// MatMul is
//
//	for i := range m {
//		for j := range n {
//			dst[i*ldd+j] = a[i,0]*b[0,j] + … + a[i,k−1]*b[k−1,j]
//		}
//	}
//
// and then the epilogue. The sum over k is taken in blocks of 256, each from
// first to last.
func MatMul[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int, ep Epilogue[T]) {
	if m == 0 || n == 0 {
		return
	}
	if !ep.Accumulate {
		for i := range m {
			row := dst[i*ldd:][:n]
			if ep.Bias != nil {
				copy(row, ep.Bias)
			} else {
				clear(row)
			}
		}
	} else if ep.Bias != nil {
		for i := range m {
			row := dst[i*ldd:][:n]
			Add(row, row, ep.Bias)
		}
	}
	if k == 0 {
		return
	}
	if a.Patches == nil && b.Patches == nil && (m*n*k <= smallProduct || m < tileM || n < tileN) {
		smallMatMul(dst, ldd, a, b, m, n, k)
		return
	}
	list := listOf[T, product[T]](&products)
	t := list.get()
	t.dst, t.ldd, t.a, t.b, t.m, t.n, t.k = dst, ldd, a, b, m, n, k
	t.rows = (m + blockM - 1) / blockM
	parts := t.rows * ((n + blockN - 1) / blockN)
	if m*n*k < parallelProduct {
		for i := range parts {
			t.Do(i)
		}
	} else {
		Run(parts, t)
	}
	t.dst, t.a, t.b = nil, Matrix[T]{}, Matrix[T]{}
	list.put(t)
}

// smallMatMul adds a·b to dst without packing.
func smallMatMul[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int) {
	switch {
	case b.Col == 1 && n > 1: // rows of b lie in memory
		for i := range m {
			row := dst[i*ldd:][:n]
			for p := range k {
				Axpy(row, b.Data[p*b.Row:], a.Data[i*a.Row+p*a.Col])
			}
		}
	case b.Row == 1 && a.Col == 1: // columns of b and rows of a do
		for i := range m {
			row := dst[i*ldd:][:n]
			for j := range row {
				row[j] += Dot(a.Data[i*a.Row:][:k], b.Data[j*b.Col:])
			}
		}
	default:
		for i := range m {
			row := dst[i*ldd:][:n]
			for j := range row {
				var s T
				for p := range k {
					s += T(a.Data[i*a.Row+p*a.Col] * b.Data[p*b.Row+j*b.Col])
				}
				row[j] += s
			}
		}
	}
}

// A product is a matrix product that is being computed: part i is one block of
// the destination.
type product[T Float] struct {
	dst     []T
	ldd     int
	a, b    Matrix[T]
	m, n, k int
	rows    int // blocks of rows
}

var products typed[product[float32], product[float64]]

func (t *product[T]) Do(part int) {
	i0, j0 := part%t.rows*blockM, part/t.rows*blockN
	m, n := min(blockM, t.m-i0), min(blockN, t.n-j0)
	mUp, nUp := (m+tileM-1)/tileM*tileM, (n+tileN-1)/tileN*tileN
	buf, lent := Borrow[T]((mUp + nUp) * min(blockK, t.k))
	for p0 := 0; p0 < t.k; p0 += blockK {
		k := min(blockK, t.k-p0)
		pa, pb := buf[:mUp*k], buf[mUp*k:][:nUp*k]
		pack(pa, t.a, i0, p0, m, k, tileM)
		packT(pb, t.b, p0, j0, k, n, tileN)
		for j := 0; j < n; j += tileN {
			for i := 0; i < m; i += tileM {
				var c [tileM * tileN]T
				tile(&c, pa[i*k:][:tileM*k], pb[j*k:][:tileN*k])
				for r := range min(tileM, m-i) {
					row := t.dst[(i0+i+r)*t.ldd+j0+j:]
					Add(row[:min(tileN, n-j)], row, c[r*tileN:])
				}
			}
		}
	}
	Return(lent)
}

// pack copies rows [i0, i0+m) and columns [p0, p0+k) of a into panels of tile
// rows, each panel column by column; the last panel is filled up with zeros.
func pack[T Float](dst []T, a Matrix[T], i0, p0, m, k, tile int) {
	if a.Patches != nil {
		packPatches(dst, a.Data, a.Patches, i0, p0, m, k, tile)
		return
	}
	for i := 0; i < m; i += tile {
		panel := dst[i*k:][:tile*k]
		for r := range tile {
			if i+r >= m {
				for p, q := 0, r; p < k; p, q = p+1, q+tile {
					panel[q] = 0
				}
				continue
			}
			src := a.Data[(i0+i+r)*a.Row+p0*a.Col:]
			for p, q := 0, r; p < k; p, q = p+1, q+tile {
				panel[q] = src[p*a.Col]
			}
		}
	}
}

// packT is pack for the right operand: panels of tile columns of b.
func packT[T Float](dst []T, b Matrix[T], p0, j0, k, n, tile int) {
	if b.Patches != nil {
		t := *b.Patches
		t.Transposed = !t.Transposed
		packPatches(dst, b.Data, &t, j0, p0, n, k, tile)
		return
	}
	pack(dst, Matrix[T]{Data: b.Data, Row: b.Col, Col: b.Row}, j0, p0, n, k, tile)
}

// tile is the inner loop: c = the sum over p of a[:, p] b[p, :], for packed
// panels of 4 rows and 4 columns.
func tile[T Float](c *[tileM * tileN]T, a, b []T) {
	var c00, c01, c02, c03, c10, c11, c12, c13 T
	for x, y := a, b; len(x) >= tileM && len(y) >= tileN; x, y = x[tileM:], y[tileN:] {
		a0, a1 := x[0], x[1]
		b0, b1, b2, b3 := y[0], y[1], y[2], y[3]
		c00 += T(a0 * b0)
		c01 += T(a0 * b1)
		c02 += T(a0 * b2)
		c03 += T(a0 * b3)
		c10 += T(a1 * b0)
		c11 += T(a1 * b1)
		c12 += T(a1 * b2)
		c13 += T(a1 * b3)
	}
	c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7] = c00, c01, c02, c03, c10, c11, c12, c13
	c00, c01, c02, c03, c10, c11, c12, c13 = 0, 0, 0, 0, 0, 0, 0, 0
	for x, y := a, b; len(x) >= tileM && len(y) >= tileN; x, y = x[tileM:], y[tileN:] {
		a0, a1 := x[2], x[3]
		b0, b1, b2, b3 := y[0], y[1], y[2], y[3]
		c00 += T(a0 * b0)
		c01 += T(a0 * b1)
		c02 += T(a0 * b2)
		c03 += T(a0 * b3)
		c10 += T(a1 * b0)
		c11 += T(a1 * b1)
		c12 += T(a1 * b2)
		c13 += T(a1 * b3)
	}
	c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15] = c00, c01, c02, c03, c10, c11, c12, c13
}
