package autograd

import "github.com/descent-ml/descent/tensor"

// Diagonal returns a diagonal of x in the plane of axes a and b: the elements whose
// index along b is offset more than that along a. The two axes are dropped, and the
// diagonal is the last axis.
// See https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html.
//
//	dx = dy on the diagonal, 0 elsewhere
func (x Var) Diagonal(offset, a, b int) Var {
	y := begin(diagonal, x)
	y.attr.ints[0], y.attr.ints[1], y.attr.ints[2] = offset, a, b
	return y.record()
}

func diagonal() general {
	return general{
		Name: "diagonal", Rule: "dy on the diagonal, 0 elsewhere",
		Value: func(y *node) {
			v, x := y.view()
			v.Diagonal(x, y.attr.ints[0], y.attr.ints[1], y.attr.ints[2])
		},
		VJP: func(y *node, _ int, dy Var) Var { return dy.onDiagonal(y.attr.ints, y.in[0].val.Shape()) },
	}
}

// DiagEmbed returns zeros with the last axis of x on a diagonal, as [Var.Diagonal]
// takes it. The two axes of its plane are just long enough.
// See https://docs.pytorch.org/docs/stable/generated/torch.diag_embed.html.
//
//	dx = the diagonal of dy
func (x Var) DiagEmbed(offset, a, b int) Var {
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).DiagEmbed(&x.live("diag-embed").val, offset, a, b)
	return x.onDiagonal([9]int{offset, a, b}, shape)
}

// onDiagonal returns zeros of the given shape with x on the diagonal that the first
// three numbers describe.
func (x Var) onDiagonal(ints [9]int, shape []int) Var {
	y := begin(onDiagonal, x)
	y.attr.ints, y.attr.shape = ints, y.tape.copyInts(shape)
	return y.record()
}

func onDiagonal() general {
	return general{
		Name: "diag-embed", Rule: "the diagonal of dy",
		Shape: givenShape,
		Value: func(y *node) {
			var part tensor.Tensor
			y.val.Fill(0)
			part.AsView().Diagonal(&y.val, y.attr.ints[0], y.attr.ints[1], y.attr.ints[2])
			part.CopyFrom(y.value(0))
		},
		VJP: func(y *node, _ int, dy Var) Var {
			return dy.Diagonal(y.attr.ints[0], y.attr.ints[1], y.attr.ints[2])
		},
	}
}

// Diag returns the matrix with a vector on its diagonal, or the diagonal of a
// matrix.
// See https://docs.pytorch.org/docs/stable/generated/torch.diag.html.
func (x Var) Diag(offset int) Var {
	switch v := &x.live("diag").val; v.Rank() {
	case 1:
		return x.DiagEmbed(offset, 0, 1)
	case 2:
		return x.Diagonal(offset, 0, 1)
	default:
		tensor.BadShape("diag", "want a vector or a matrix", v)
		return Var{}
	}
}

// Trace returns the sum of the diagonal of a matrix.
//
//	y  = Σ xᵢᵢ
//	dx = dy on the diagonal, 0 elsewhere
func (x Var) Trace() Var {
	if v := &x.live("trace").val; v.Rank() != 2 {
		tensor.BadShape("trace", "want a matrix", v)
	}
	return x.Diagonal(0, 0, 1).Sum()
}

// Tril returns x with every element above a diagonal of its last two axes set
// to zero.
//
//	dx = tril dy
func (x Var) Tril(diagonal int) Var { return x.scaled(tril, float64(diagonal), 0) }

func tril() scaled {
	return scaled{
		Name: "tril", Rule: "tril dy",
		Value: func(y, x *tensor.Tensor, d, _ float64) { tensor.TrilTo(y, x, int(d)) },
		VJP:   func(_, _, dy Var, d, _ float64) Var { return dy.Tril(int(d)) },
	}
}

// Triu returns x with every element below a diagonal of its last two axes set
// to zero.
//
//	dx = triu dy
func (x Var) Triu(diagonal int) Var { return x.scaled(triu, float64(diagonal), 0) }

func triu() scaled {
	return scaled{
		Name: "triu", Rule: "triu dy",
		Value: func(y, x *tensor.Tensor, d, _ float64) { tensor.TriuTo(y, x, int(d)) },
		VJP:   func(_, _, dy Var, d, _ float64) Var { return dy.Triu(int(d)) },
	}
}
