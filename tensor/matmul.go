package tensor

import (
	"fmt"
	"slices"

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
		BadShape("matmul", "both operands need at least one axis", a, b)
	}
	inner := b.shape[0]
	if b.rank > 1 {
		inner = b.shape[b.rank-2]
	}
	if k := a.shape[a.rank-1]; k != inner {
		BadShape("matmul", fmt.Sprintf("inner dimensions %d and %d differ", k, inner), a, b)
	}
	dst, ok := dst.BroadcastShapes(a.shape[:max(0, a.rank-2)], b.shape[:max(0, b.rank-2)])
	if !ok {
		BadShape("matmul", "the axes before the last two do not broadcast", a, b)
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
	sameDType("matmul", "the second operand", a, b)
	sameDType("matmul", "the destination", a, dst)
	var dims [MaxRank]int
	destination("matmul", dst, Dims(dims[:0]).MatMul(a, b), a, b)
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

// LinearTo writes x·wᵀ + bias: x is [… in], w [out in], bias [out] or nil, and
// dst [… out]. dst must be contiguous and share no storage with the others.
func LinearTo(dst, x, w, bias *Tensor) {
	if w.rank != 2 || x.rank == 0 || x.shape[x.rank-1] != w.shape[1] {
		BadShape("linear", "want x [… in] and a weight [out in]", x, w)
	}
	if bias != nil && (bias.rank != 1 || bias.n != w.shape[0]) {
		BadShape("linear", "want a bias as long as the weight has rows", x, w, bias)
	}
	sameDType("linear", "the weight", x, w)
	sameDType("linear", "the destination", x, dst)
	if bias != nil {
		sameDType("linear", "the bias", x, bias)
	}
	var dims [MaxRank]int
	destination("linear", dst, append(append(dims[:0], x.shape[:x.rank-1]...), w.shape[0]), x, w)
	contiguous("linear", dst)
	if dst.n == 0 {
		return
	}
	if x.rank == 2 && (bias == nil || bias.packed) {
		linear(dst, x, w, bias)
		return
	}
	var sx, sb scratch
	if bias != nil {
		bias = sb.packed(bias)
	}
	linear(dst, sx.rows(x), w, bias)
	sx.release()
	sb.release()
}

// linear is [LinearTo] for a matrix x and a contiguous bias.
func linear(dst, x, w, bias *Tensor) {
	m, n, k := x.shape[0], w.shape[0], x.shape[1]
	if x.dtype == Float64 {
		var ep kernel.Epilogue[float64]
		if bias != nil {
			ep.Bias = bias.f64[:n]
		}
		kernel.MatMul(dst.f64, n, matrix(x.f64, x), transposed(w.f64, w), m, n, k, ep)
	} else {
		var ep kernel.Epilogue[float32]
		if bias != nil {
			ep.Bias = bias.f32[:n]
		}
		kernel.MatMul(dst.f32, n, matrix(x.f32, x), transposed(w.f32, w), m, n, k, ep)
	}
}

// LinearWeight writes the gradient of [LinearTo] by w, dyᵀ·x over all rows: dy
// is [… out], x [… in], and the destination [out in]. It must be contiguous and
// share no storage with the others.
func (d *Grad) LinearWeight(dy, x *Tensor) {
	dst := (*Tensor)(d)
	const op = "linear weight gradient"
	if x.rank == 0 || dy.rank != x.rank || !slices.Equal(x.shape[:x.rank-1], dy.shape[:x.rank-1]) {
		BadShape(op, "want gradients [… out] and x [… in]", dy, x)
	}
	sameDType(op, "dy", x, dy)
	sameDType(op, "the destination", x, dst)
	destination(op, dst, []int{dy.shape[x.rank-1], x.shape[x.rank-1]}, dy, x)
	contiguous(op, dst)
	if dst.n == 0 {
		return
	}
	if x.rank == 2 {
		linearWeight(dst, dy, x)
		return
	}
	var sx, sy scratch
	linearWeight(dst, sy.rows(dy), sx.rows(x))
	sx.release()
	sy.release()
}

// LinearWeightIsBounded reports whether every element that [Grad.LinearWeight]
// computes of dy and x is certainly finite: it is a sum of products, hence at
// most ‖dy‖‖x‖. It says no where that proves nothing, and where to compute it
// would take as long as to look at the elements.
func LinearWeightIsBounded(dy, x *Tensor) bool {
	const ratio = 16 // elements of the result to one of the operands
	if dy.rank == 0 || ratio*(dy.n+x.n) > dy.Dim(-1)*x.Dim(-1) || !dy.IsContiguous() || !x.IsContiguous() {
		return false
	}
	if x.dtype == Float64 {
		return isBounded(dy.f64[:dy.n], x.f64[:x.n])
	}
	return isBounded(dy.f32[:dy.n], x.f32[:x.n])
}

func isBounded[T kernel.Float](dy, x []T) bool {
	const limit = 0x1p250 // the square of an eighth of the largest float32
	return float64(kernel.Dot(dy, dy))*float64(kernel.Dot(x, x)) < limit
}

// linearWeight is [Grad.LinearWeight] for matrices.
func linearWeight(dst, dy, x *Tensor) {
	m, n, k := dy.shape[1], x.shape[1], x.shape[0]
	if x.dtype == Float64 {
		kernel.MatMul(dst.f64, n, transposed(dy.f64, dy), matrix(x.f64, x), m, n, k, kernel.Epilogue[float64]{})
	} else {
		kernel.MatMul(dst.f32, n, transposed(dy.f32, dy), matrix(x.f32, x), m, n, k, kernel.Epilogue[float32]{})
	}
}

// rows returns x [… n] as a matrix of all its rows. It is a view where the strides
// of x allow one, else a copy that is good until release.
func (s *scratch) rows(x *Tensor) *Tensor {
	n, m := x.shape[x.rank-1], 1
	for _, d := range x.shape[:x.rank-1] {
		m *= d
	}
	if !s.t.AsView().Reshape(x, m, n) {
		s.t.AsView().Reshape(s.packed(x), m, n)
	}
	return &s.t
}

// matrix returns the last two axes of t, whose storage is data, as an operand
// of the matrix product.
func matrix[T kernel.Float](data []T, t *Tensor) kernel.Matrix[T] {
	return kernel.Matrix[T]{Data: data, Row: t.strides[t.rank-2], Col: t.strides[t.rank-1]}
}

// transposed is [matrix] with rows and columns exchanged.
func transposed[T kernel.Float](data []T, t *Tensor) kernel.Matrix[T] {
	return kernel.Matrix[T]{Data: data, Row: t.strides[t.rank-1], Col: t.strides[t.rank-2]}
}
