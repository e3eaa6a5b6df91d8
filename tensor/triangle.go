package tensor

// Tril returns x with every element above a diagonal of its last two axes set
// to zero. Diagonal 0 is the main one; positive ones lie above it.
func Tril(x *Tensor, diagonal int) *Tensor {
	dst := ZerosLike(x)
	TrilTo(dst, x, diagonal)
	return dst
}

// TrilTo is [Tril] into dst.
func TrilTo(dst, x *Tensor, diagonal int) {
	triangle("tril", dst, x, func(i, j int) bool { return j-i <= diagonal })
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
	triangle("triu", dst, x, func(i, j int) bool { return j-i >= diagonal })
}

func triangle(op string, dst, x *Tensor, keep func(i, j int) bool) {
	if x.rank < 2 {
		BadShape(op, "want at least two axes", x)
	}
	sameDType(op, "the destination", x, dst)
	destination(op, dst, x.Shape(), x)
	dst.CopyFrom(x)
	var p place
	for more := x.n > 0; more; more = dst.advance(&p) {
		if keep(p.idx[dst.rank-2], p.idx[dst.rank-1]) {
			continue
		}
		if dst.dtype == Float64 {
			dst.f64[p.at] = 0
		} else {
			dst.f32[p.at] = 0
		}
	}
}
