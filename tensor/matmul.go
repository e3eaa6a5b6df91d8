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
	dst := ZerosOf(a.dtype, MatMulShape(dims[:0], a, b)...)
	MatMulTo(dst, a, b)
	return dst
}

// MatMulShape appends to dst the shape of the matrix product of a and b.
func MatMulShape(dst []int, a, b *Tensor) []int {
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
	dst, ok := BroadcastShape(dst, a.shape[:max(0, a.rank-2)], b.shape[:max(0, b.rank-2)])
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
func MatMulTo(dst, a, b *Tensor) { matMul("matmul", dst, a, b, nil) }

// LinearTo writes x·wᵀ + bias: x is [… in], w [out in], bias [out] or nil, and
// dst [… out]. dst must be contiguous and share no storage with the others.
func LinearTo(dst, x, w, bias *Tensor) {
	if w.rank != 2 || x.rank == 0 || x.shape[x.rank-1] != w.shape[1] {
		shapePanic("linear", "want x [… in] and a weight [out in]", x, w)
	}
	if bias != nil && (bias.rank != 1 || bias.n != w.shape[0]) {
		shapePanic("linear", "want a bias as long as the weight has rows", x, w, bias)
	}
	var dims [MaxRank]int
	sameShape("linear", dst, append(append(dims[:0], x.shape[:x.rank-1]...), w.shape[0]), x, w)
	contiguous("linear", dst)
	rows := 1
	for _, d := range x.shape[:x.rank-1] {
		rows *= d
	}
	var xs, ds, wt Tensor
	var s scratch
	if !xs.SetReshape(x, rows, w.shape[1]) {
		xs.SetReshape(s.packed(x), rows, w.shape[1])
	}
	ds.SetReshape(dst, rows, w.shape[0])
	wt.SetTranspose(w, 0, 1)
	matMul("linear", &ds, &xs, &wt, bias)
	s.release()
}

func matMul(op string, dst, a, b, bias *Tensor) {
	sameDType(op, a, b)
	sameDType(op, a, dst)
	var dims [MaxRank]int
	sameShape(op, dst, MatMulShape(dims[:0], a, b), a, b)
	contiguous(op, dst)
	if dst.n == 0 {
		return
	}
	var s scratch
	if bias != nil {
		sameDType(op, a, bias)
		bias = s.packed(bias)
	}
	// Vectors become matrices.
	av, bv := *a, *b
	if a.rank == 1 {
		av.SetUnsqueeze(a, 0)
	}
	if b.rank == 1 {
		bv.SetUnsqueeze(b, 1)
	}
	m, k, n := av.shape[av.rank-2], av.shape[av.rank-1], bv.shape[bv.rank-1]
	if k == 0 { // there is no data to find a batch in: one product of all rows
		m, av.rank, bv.rank = dst.n/n, 2, 2
	}
	if a.dtype == Float64 {
		ep := kernel.Epilogue[float64]{}
		if bias != nil {
			ep.Bias = bias.f64[:n]
		}
		batchMatMul(dst.f64, av.f64, bv.f64, &av, &bv, m, n, k, ep)
	} else {
		ep := kernel.Epilogue[float32]{}
		if bias != nil {
			ep.Bias = bias.f32[:n]
		}
		batchMatMul(dst.f32, av.f32, bv.f32, &av, &bv, m, n, k, ep)
	}
	s.release()
}

// batchMatMul multiplies every matrix of a batch.
func batchMatMul[T kernel.Float](dst, a, b []T, av, bv *Tensor, m, n, k int, ep kernel.Epilogue[T]) {
	ma := kernel.Matrix[T]{Row: av.strides[av.rank-2], Col: av.strides[av.rank-1]}
	mb := kernel.Matrix[T]{Row: bv.strides[bv.rank-2], Col: bv.strides[bv.rank-1]}
	batchA, batchB := av.rank-2, bv.rank-2
	if batchA == 0 && batchB == 0 {
		ma.Data, mb.Data = a, b
		kernel.MatMul(dst, n, ma, mb, m, n, k, ep)
		return
	}
	if batchB == 0 && av.packed { // one right operand for all: a single tall product
		ma.Data, mb.Data = a, b
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
	shape, _ := BroadcastShape(dims[:0], ha.Shape(), hb.Shape())
	var l loop
	l.plan(shape, &ha, &hb)
	per, move := l.row()
	var c cursor
	at := 0
	for ok := true; ok; ok = l.next(&c) {
		for i := range per {
			ma.Data, mb.Data = a[c.at[0]+i*move[0]:], b[c.at[1]+i*move[1]:]
			kernel.MatMul(dst[at:], n, ma, mb, m, n, k, ep)
			at += m * n
		}
	}
}
