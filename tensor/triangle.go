package tensor

import "github.com/descent-ml/descent/internal/kernel"

// Tril returns x with every element above a diagonal of its last two axes set
// to zero. Diagonal 0 is the main one; positive ones lie above it.
func Tril(x *Tensor, diagonal int) *Tensor {
	dst := ZerosLike(x)
	TrilTo(dst, x, diagonal)
	return dst
}

// TrilTo is [Tril] into dst.
func TrilTo(dst, x *Tensor, diagonal int) {
	triangle("tril", dst, x, func(i, n int) (from, to int) { return i + diagonal + 1, n })
}

// Triu returns x with every element below a diagonal of its last two axes set
// to zero.
func Triu(x *Tensor, diagonal int) *Tensor {
	dst := ZerosLike(x)
	TriuTo(dst, x, diagonal)
	return dst
}

// TriuTo is [Triu] into dst.
func TriuTo(dst, x *Tensor, diagonal int) {
	triangle("triu", dst, x, func(i, _ int) (from, to int) { return 0, i + diagonal })
}

// triangle copies x without the elements from … to−1 of each row, where from and
// to are what none says of the number of the row and the length of a row.
func triangle(op string, dst, x *Tensor, none func(i, n int) (from, to int)) {
	if x.rank < 2 {
		BadShape(op, "want at least two axes", x)
	}
	sameDType(op, "the destination", x, dst)
	destination(op, dst, x.Shape(), x)
	dst.CopyFrom(x)
	if x.n == 0 {
		return
	}
	n, step := x.shape[x.rank-1], dst.strides[x.rank-1]
	heads := *dst
	heads.shape[x.rank-1] = 1
	var p place
	for more := true; more; more = heads.advance(&p) {
		from, to := none(p.idx[x.rank-2], n)
		from, to = min(max(from, 0), n), min(max(to, 0), n)
		if dst.dtype == Float64 {
			clearEach(dst.f64[p.at:], from, to, step)
		} else {
			clearEach(dst.f32[p.at:], from, to, step)
		}
	}
}

// clearEach sets element i·step of x to 0 for i = from … to−1.
func clearEach[T kernel.Float](x []T, from, to, step int) {
	if step == 1 && from < to {
		clear(x[from:to])
		return
	}
	for i := from; i < to; i++ {
		x[i*step] = 0
	}
}
