package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// MatMul returns the matrix product of a and b, by NumPy's rules: the last two
// axes are matrices, those before them a batch, which broadcasts. A vector on
// the left is a row, one on the right a column, and its axis is missing from
// the result; two vectors give their inner product. Strided and transposed
// operands are read where they lie.
func MatMul(a, b *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).MatMul(a, b)...)
	MatMulTo(dst, a, b)
	return dst
}

// MatMul appends to dst the shape of the matrix product of a and b.
func (dst Dims) MatMul(a, b *Tensor) []int {
	if a.rank == 0 || b.rank == 0 {
		shapePanic("matmul", "both operands need at least one axis", a, b)
	}
	inner := b.shape[0]
	if b.rank > 1 {
		inner = b.shape[b.rank-2]
	}
	if k := a.shape[a.rank-1]; k != inner {
		shapePanic("matmul", fmt.Sprintf("inner dimensions %d and %d differ", k, inner), a, b)
	}
	dst, ok := dst.BroadcastShapes(a.shape[:max(0, a.rank-2)], b.shape[:max(0, b.rank-2)])
	if !ok {
		shapePanic("matmul", "the axes before the last two do not broadcast", a, b)
	}
	if a.rank > 1 {
		dst = append(dst, a.shape[a.rank-2])
	}
	if b.rank > 1 {
		dst = append(dst, b.shape[b.rank-1])
	}
	return dst
}

// MatMulTo is [MatMul] into dst, which must be contiguous and share no storage
// with a or b.
func MatMulTo(dst, a, b *Tensor) {
	sameDType("matmul", a, b)
	sameDType("matmul", a, dst)
	var dims [MaxRank]int
	sameShape("matmul", dst, Dims(dims[:0]).MatMul(a, b), a, b)
	contiguous("matmul", dst)
	if dst.n == 0 {
		return
	}
	k := a.shape[a.rank-1]
	if k == 0 {
		dst.Fill(0)
		return
	}
	// Vectors become matrices.
	if a.rank == 1 {
		a = a.Unsqueeze(0)
	}
	if b.rank == 1 {
		b = b.Unsqueeze(1)
	}
	m, n := a.shape[a.rank-2], b.shape[b.rank-1]
	if a.dtype == Float64 {
		batchMatMul(dst.f64, a.f64, b.f64, a, b, m, n, k)
	} else {
		batchMatMul(dst.f32, a.f32, b.f32, a, b, m, n, k)
	}
}

// batchMatMul multiplies every matrix of a batch.
func batchMatMul[T kernel.Float](dst, a, b []T, av, bv *Tensor, m, n, k int) {
	var ep kernel.Epilogue[T]
	ma, mb := matrix(a, av), matrix(b, bv)
	batchA, batchB := av.rank-2, bv.rank-2
	if batchA == 0 && batchB == 0 {
		kernel.MatMul(dst, n, ma, mb, m, n, k, ep)
		return
	}
	if batchB == 0 && av.packed { // one right operand for all: a single tall product
		ma.Row = k // a single row may have any stride
		for _, d := range av.shape[:batchA] {
			m *= d
		}
		kernel.MatMul(dst, n, ma, mb, m, n, k, ep)
		return
	}
	ha, hb := *av, *bv
	ha.rank, hb.rank = batchA, batchB
	var dims [MaxRank]int
	shape, _ := Dims(dims[:0]).BroadcastShapes(ha.Shape(), hb.Shape())
	var l loop
	l.plan(shape, &ha, &hb)
	per, move := l.row()
	var c cursor
	at := 0
	for ok := true; ok; ok = l.next(&c) {
		ma.Data, mb.Data = a[c.at[0]:], b[c.at[1]:]
		kernel.MatMulBatch(dst[at:], ma, mb, m, n, k, per, move[0], move[1])
		at += per * m * n
	}
}
