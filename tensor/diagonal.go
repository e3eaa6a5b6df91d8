package tensor

import "fmt"

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
