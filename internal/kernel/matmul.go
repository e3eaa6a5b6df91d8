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

// The blocks of the matrix product: a block of A (blockM × blockK), packed,
// stays in the second-level cache, and a panel of B (blockK × a tile's columns)
// in the first. They are multiples of every tile.
const (
	blockM, blockN, blockK = 168, 1024, 256

	smallProduct    = 8 << 10 // multiply-adds below which packing does not pay
	parallelProduct = 1 << 19 // multiply-adds below which one goroutine does it all
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
	if a.Patches == nil && b.Patches == nil && (m*n*k <= smallProduct || m < 4 || n < 4) {
		smallMatMul(dst, ldd, a, b, m, n, k)
		return
	}
	list := listOf[T, product[T]](&products)
	t := list.get()
	*t = product[T]{dst: dst, ldd: ldd, a: a, b: b, m: m, n: n, k: k}
	t.tileM, t.tileN = tileSize[T]()
	t.run()
	*t = product[T]{}
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

// A product is a matrix product that is being computed, one block of columns
// and of the sum at a time. First B is packed, a panel of columns a part, then
// blocks of rows are multiplied.
type product[T Float] struct {
	dst          []T
	ldd          int
	a, b         Matrix[T]
	m, n, k      int
	tileM, tileN int

	packing        bool
	j0, p0, jn, pn int // the block of columns, and of the sum
	packed         []T // that block of B
}

var products typed[product[float32], product[float64]]

func (t *product[T]) run() {
	up := roundUp(min(blockN, t.n), t.tileN)
	packed, lent := Borrow[T](up * min(blockK, t.k))
	t.packed = packed
	rows := (t.m + blockM - 1) / blockM
	for t.j0 = 0; t.j0 < t.n; t.j0 += blockN {
		t.jn = min(blockN, t.n-t.j0)
		for t.p0 = 0; t.p0 < t.k; t.p0 += blockK {
			t.pn = min(blockK, t.k-t.p0)
			t.packing = true
			t.do((t.jn+packPart-1)/packPart, t.jn*t.pn*16)
			t.packing = false
			t.do(rows, t.m*t.jn*t.pn)
		}
	}
	Return(lent)
}

// packPart is the number of columns of B that one part packs, a multiple of
// every tile's.
const packPart = 128

// do does the parts of one phase, in parallel if the work is worth it.
func (t *product[T]) do(parts, work int) {
	if work >= parallelProduct {
		Run(parts, t)
		return
	}
	for i := range parts {
		t.Do(i)
	}
}

func (t *product[T]) Do(part int) {
	if t.packing {
		j := part * packPart
		packT(t.packed[j*t.pn:], t.b, t.p0, t.j0+j, t.pn, min(packPart, t.jn-j), t.tileN)
		return
	}
	i0 := part * blockM
	m := min(blockM, t.m-i0)
	k := t.pn
	pa, lent := Borrow[T](roundUp(m, t.tileM) * k)
	pack(pa, t.a, i0, t.p0, m, k, t.tileM)
	for j := 0; j < t.jn; j += t.tileN {
		pb := t.packed[j*k:][:t.tileN*k]
		for i := 0; i < m; i += t.tileM {
			t.tile(pa[i*k:][:t.tileM*k], pb, i0+i, t.j0+j)
		}
	}
	Return(lent)
}

// tile adds the product of two packed panels to the tile of dst at (i, j).
func (t *product[T]) tile(a, b []T, i, j int) {
	if i+t.tileM <= t.m && j+t.tileN <= t.n {
		multiplyTile(t.dst[i*t.ldd+j:], t.ldd, a, b)
		return
	}
	var edge [maxTile]T
	multiplyTile(edge[:], t.tileN, a, b)
	cols := min(t.tileN, t.n-j)
	for r := range min(t.tileM, t.m-i) {
		row := t.dst[(i+r)*t.ldd+j:][:cols]
		Add(row, row, edge[r*t.tileN:])
	}
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// pack copies rows [i0, i0+m) and columns [p0, p0+k) of a into panels of tile
// rows, each panel column by column; the last panel is filled up with zeros.
func pack[T Float](dst []T, a Matrix[T], i0, p0, m, k, tile int) {
	if a.Patches != nil {
		packPatches(dst, a.Data, a.Patches, i0, p0, m, k, tile)
		return
	}
	src := a.Data[i0*a.Row+p0*a.Col:]
	for i := 0; i < m; i += tile {
		panel := dst[i*k:][:tile*k]
		rows := min(tile, m-i)
		if rows < tile {
			clear(panel)
		}
		switch {
		case a.Row == 1: // columns lie in memory
			for p := range k {
				copy(panel[p*tile:][:rows], src[p*a.Col+i:])
			}
		default:
			for r := range rows {
				row := src[(i+r)*a.Row:]
				for p, q := 0, r; p < k; p, q = p+1, q+tile {
					panel[q] = row[p*a.Col]
				}
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

// multiplyGeneric is the inner loop: dst[i,j] += Σ a[p,i] b[p,j], for packed
// panels of 4 rows and 4 columns.
func multiplyGeneric[T Float](dst []T, ldd int, a, b []T) {
	multiplyPair(dst, dst[ldd:], a, b)
	multiplyPair(dst[2*ldd:], dst[3*ldd:], a[2:], b)
}

// multiplyPair is multiplyGeneric for two rows, whose sums fit into registers.
func multiplyPair[T Float](row0, row1, a, b []T) {
	var c00, c01, c02, c03, c10, c11, c12, c13 T
	for {
		a0, a1 := a[0], a[1]
		b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
		c00 += T(a0 * b0)
		c01 += T(a0 * b1)
		c02 += T(a0 * b2)
		c03 += T(a0 * b3)
		c10 += T(a1 * b0)
		c11 += T(a1 * b1)
		c12 += T(a1 * b2)
		c13 += T(a1 * b3)
		if len(a) < 4+2 || len(b) < 4+4 {
			break
		}
		a, b = a[4:], b[4:]
	}
	row0, row1 = row0[:4], row1[:4]
	row0[0] += c00
	row0[1] += c01
	row0[2] += c02
	row0[3] += c03
	row1[0] += c10
	row1[1] += c11
	row1[2] += c12
	row1[3] += c13
}
