package kernel

import "github.com/descent-ml/descent/internal/kernel/asm"

const (
	packPart  = 128     // columns of B that one part packs or multiplies, at least
	largePack = 1 << 17 // elements from which packing runs in parallel
	largeB    = 8 << 20 // bytes from which B is packed
	wideRow   = 1 << 9  // columns of the product from which packing A is worth its cost
	badStride = 1 << 12 // bytes; rows at this distance, or a multiple, use the same set of the first-level cache
	pad       = 16      // elements between rows of packed A
)

// plan decides what is packed. B is packed if the elements of its rows are not
// contiguous, or if it is large. A is packed if its rows would displace one
// another because they use the same set of the cache.
func (t *product[T]) plan() {
	bytes := t.k * t.n * size[T]()
	if t.b.Col != 1 || t.m > 2*asm.Tiles().BandRows && bytes > largeB {
		t.packed = []T{} // to be borrowed
	}
	t.packA = t.n >= wideRow && t.a.Col == 1 && t.a.Row*size[T]()%badStride == 0
}

// packA copies rows [i0, i0+m) and columns [p0, p0+k) of a to dst.
func packA[T Float](dst []T, a Matrix[T], i0, p0, m, k int) Matrix[T] {
	for i := range m {
		copy(dst[i*(k+pad):][:k], a.Data[(i0+i)*a.Row+p0:][:k])
	}
	return Matrix[T]{Data: dst, Row: k + pad, Col: 1}
}

// packB copies a panel of the slab of B, row by row. Each row gets room for whole
// vectors.
func (t *product[T]) packB(panel int) {
	j := panel * packPart
	n, k := min(packPart, t.jn-j), t.pn
	ld := roundUp(n, vectorLanes[T]())
	dst := t.packed[j*k:][:ld*k]
	b := t.b
	src := b.Data[t.p0*b.Row+(t.j0+j)*b.Col:]
	switch {
	case b.Col == 1:
		for p := range k {
			copy(dst[p*ld:][:n], src[p*b.Row:][:n])
		}
	case b.Row == 1:
		transposeInto(dst, ld, src, b.Col, n, k)
	default:
		for p := range k {
			row := dst[p*ld:][:n]
			for j := range row {
				row[j] = src[p*b.Row+j*b.Col]
			}
		}
	}
}

// transposeInto is dst[p*ldd+j] = src[j*lds+p] for j < n and p < k. It may
// write up to the next multiple of a vector's lanes beyond n.
//
// Assembly: gen/matmul.go
func transposeInto[T Float](dst []T, ldd int, src []T, lds, n, k int) {
	lanes := vectorLanes[T]()
	for j := 0; j < n; j += lanes {
		rows := min(lanes, n-j)
		d, s := dst[j:], src[j*lds:]
		_, _ = d[(k-1)*ldd+lanes-1], s[(rows-1)*lds+k-1]
		whole := k / lanes * lanes
		if whole > 0 && asm.Transpose(rows, whole, d, s, ldd, lds) {
			if whole < k { // one more square ends at k, and overlaps the one before
				asm.Transpose(rows, lanes, d[(k-lanes)*ldd:], s[k-lanes:], ldd, lds)
			}
			continue
		}
		for p := range k {
			for i := range d[p*ldd:][:rows] {
				d[p*ldd+i] = s[i*lds+p]
			}
		}
	}
}
