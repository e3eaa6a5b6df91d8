package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// Diagonal returns a view of a diagonal of t in the plane of axes a and b: the
// elements whose index along b is offset more than that along a. The two axes are
// dropped, and the diagonal is the last axis.
// See https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html.
func (t *Tensor) Diagonal(offset, a, b int) *Tensor {
	v := new(Tensor)
	v.AsView().Diagonal(t, offset, a, b)
	return v
}

// Diagonal makes v the view x.Diagonal(offset, a, b).
func (v *View) Diagonal(x *Tensor, offset, a, b int) {
	t := (*Tensor)(v)
	i, j := axisOf("diagonal", a, x), axisOf("diagonal", b, x)
	if i == j {
		BadShape("diagonal", fmt.Sprintf("axis %d is named twice", b), x)
	}
	src, from := *x, 0
	down, right := src.shape[i]+min(offset, 0), src.shape[j]-max(offset, 0)
	if offset < 0 {
		from = -offset * src.strides[i]
	} else {
		from = offset * src.strides[j]
	}
	t.rank = 0
	for k := range src.rank {
		if k != i && k != j {
			t.shape[t.rank], t.strides[t.rank] = src.shape[k], src.strides[k]
			t.rank++
		}
	}
	t.shape[t.rank], t.strides[t.rank] = max(0, min(down, right)), src.strides[i]+src.strides[j]
	if t.shape[t.rank] == 0 {
		from = 0
	}
	t.rank++
	t.share(&src, from)
}

// DiagEmbed returns zeros with the last axis of x on a diagonal, as
// [Tensor.Diagonal] takes it. The two axes of its plane are just long enough.
// See https://docs.pytorch.org/docs/stable/generated/torch.diag_embed.html.
func DiagEmbed(x *Tensor, offset, a, b int) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).DiagEmbed(x, offset, a, b)...)
	dst.Diagonal(offset, a, b).CopyFrom(x)
	return dst
}

// DiagEmbed appends to dst the shape of x with its last axis on a diagonal.
func (dst Dims) DiagEmbed(x *Tensor, offset, a, b int) []int {
	if x.rank == 0 || x.rank == MaxRank {
		BadShape("diag-embed", "want an axis, and place for another one", x)
	}
	rank := x.rank + 1
	i, j := a, b
	if i < 0 {
		i += rank
	}
	if j < 0 {
		j += rank
	}
	if i < 0 || i >= rank || j < 0 || j >= rank || i == j {
		BadShape("diag-embed", fmt.Sprintf("there is no plane of axes %d and %d among %d", a, b, rank), x)
	}
	side, next := x.shape[x.rank-1]+max(offset, -offset), 0
	for k := range rank {
		if k == i || k == j {
			dst = append(dst, side)
		} else {
			dst = append(dst, x.shape[next])
			next++
		}
	}
	return dst
}

// Diag returns the matrix with a vector on its diagonal, or the diagonal of a
// matrix.
// See https://docs.pytorch.org/docs/stable/generated/torch.diag.html.
func Diag(x *Tensor, offset int) *Tensor {
	switch x.rank {
	case 1:
		return DiagEmbed(x, offset, 0, 1)
	case 2:
		return x.Diagonal(offset, 0, 1).Clone()
	}
	BadShape("diag", "want a vector or a matrix", x)
	return nil
}

// Trace returns the sum of the diagonal of a matrix.
func Trace(x *Tensor) *Tensor {
	if x.rank != 2 {
		BadShape("trace", "want a matrix", x)
	}
	return Sum(x.Diagonal(0, 0, 1))
}

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
