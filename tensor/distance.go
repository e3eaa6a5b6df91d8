package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// NormP returns the p-norm over the named axes, or over all, for any p: 0 counts
// the elements that are not 0, math.Inf(1) takes the largest absolute value,
// math.Inf(-1) the smallest.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html.
func NormP(x *Tensor, p float64, axes ...int) *Tensor {
	return reduced("p-norm", x, axes, func(dst, x *Tensor, axes Axes) { NormPTo(dst, x, axes, p) })
}

// NormPTo is [NormP] into dst, whose shape may keep the reduced axes.
func NormPTo(dst, x *Tensor, axes Axes, p float64) {
	switch {
	case p != p:
		BadArg("p-norm", "want a number p, got NaN")
	case p < 0 || math.IsInf(p, 1):
		notEmpty("p-norm", x, axes)
	}
	rows("p-norm", dst, x, axes,
		func(row []float32) float32 { return float32(kernel.NormP(row, p)) },
		func(row []float64) float64 { return kernel.NormP(row, p) })
}

// Cdist returns the p-norms of the differences between each row of x [… n k] and each
// row of b [… m k], as [… n m]. The axes before the last two broadcast.
//
// Euclidean distances between more than 25 rows come from a matrix product, as in
// PyTorch. Here rows near each other keep their digits: their differences are taken.
// See https://docs.pytorch.org/docs/stable/generated/torch.cdist.html.
func Cdist(x, b *Tensor, p float64) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Cdist(x, b)...)
	CdistTo(dst, x, b, p)
	return dst
}

// Cdist appends to dst the shape of the distances between rows of x and of b.
func (dst Dims) Cdist(x, b *Tensor) []int {
	if x.rank < 2 || b.rank < 2 || x.shape[x.rank-1] != b.shape[b.rank-1] {
		BadShape("cdist", "want rows of one length, in operands of at least two axes", x, b)
	}
	dst, ok := dst.BroadcastShapes(x.shape[:x.rank-2], b.shape[:b.rank-2])
	if !ok {
		BadShape("cdist", "the axes before the last two do not broadcast", x, b)
	}
	return append(dst, x.shape[x.rank-2], b.shape[b.rank-2])
}

// CdistTo is [Cdist] into dst, which must be contiguous and share no storage with x
// or b.
func CdistTo(dst, x, b *Tensor, p float64) {
	const op = "cdist"
	if !(p >= 0) {
		BadArg(op, "want a norm of order p ≥ 0, got %g", p)
	}
	var dims [MaxRank]int
	sameDType(op, "the second operand", x, b)
	sameDType(op, "the destination", x, dst)
	destination(op, dst, Dims(dims[:0]).Cdist(x, b), x, b)
	contiguous(op, dst)
	var s affineScratch
	if x.dtype == Float64 {
		d := distances[float64](&s, dst, x, b, p)
		d.Value(dst.f64[:dst.n])
	} else {
		d := distances[float32](&s, dst, x, b, p)
		d.Value(dst.f32[:dst.n])
	}
	s.release()
}

// Cdist writes the gradients of [CdistTo] by x and b, for p = 1 or 2, given dy, the
// gradient by its result y. The axes of x and b before the last two must be those of
// y. dx, db and y must be contiguous.
//
//	dx = Σ dy sign(x − b)       p = 1
//	dx = Σ dy/y (x − b)         p = 2, 0 where y = 0
//	db = −(the same, over x)
func (d *Grad) Cdist(db, y, dy, x, b *Tensor, p float64) {
	dx := (*Tensor)(d)
	const op = "cdist gradient"
	if p != 1 && p != 2 {
		BadArg(op, "want a norm of order 1 or 2, got %g", p)
	}
	var dims [MaxRank]int
	checkNormalized(op, x, dx, x)
	checkNormalized(op, b, db, b)
	sameDType(op, "the second operand", x, b)
	sameDType(op, "dy", y, dy)
	sameShape(op, dy, y.Shape(), y)
	contiguous(op, y)
	sameDType(op, "y", x, y)
	if x.rank != y.rank || b.rank != y.rank || !y.hasShape(Dims(dims[:0]).Cdist(x, b)) {
		BadShape(op, "want the distances of rows of as many matrices", x, b, y)
	}
	var s affineScratch
	dy = s.dy.packed(dy)
	if x.dtype == Float64 {
		k := distances[float64](&s, y, x, b, p)
		k.Grad(dx.f64[:x.n], db.f64[:b.n], y.f64[:y.n], dy.f64[:y.n])
	} else {
		k := distances[float32](&s, y, x, b, p)
		k.Grad(dx.f32[:x.n], db.f32[:b.n], y.f32[:y.n], dy.f32[:y.n])
	}
	s.release()
}

// distances returns the kernel for distances y between rows of x and of b.
func distances[T kernel.Float](s *affineScratch, y, x, b *Tensor, p float64) kernel.Distances[T] {
	k := kernel.Distances[T]{N: x.shape[x.rank-2], M: b.shape[b.rank-2], K: x.shape[x.rank-1], P: p, Batch: 1}
	for _, n := range y.shape[:y.rank-2] {
		k.Batch *= n
	}
	var shape [MaxRank]int
	lead := append(shape[:0], y.shape[:y.rank-2]...)
	k.X = packedElements[T](&s.x, x.Expand(append(lead, k.N, k.K)...))
	k.Y = packedElements[T](&s.b, b.Expand(append(lead, k.M, k.K)...))
	return k
}
