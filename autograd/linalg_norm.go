package autograd

import "github.com/descent-ml/descent/tensor"

// A MatrixOrder says which norm [Var.MatrixNorm] takes.
type MatrixOrder int

// The norms of a matrix, and what PyTorch calls them. Those of sums take absolute values.
const (
	Frobenius     MatrixOrder = iota // "fro": the root of the sum of squares
	Nuclear                          // "nuc": the sum of the singular values
	Spectral                         // 2: the largest singular value
	SpectralMin                      // −2: the smallest singular value
	ColumnSums                       // 1: the largest sum of a column
	ColumnSumsMin                    // −1: the smallest sum of a column
	RowSums                          // ∞: the largest sum of a row
	RowSumsMin                       // −∞: the smallest sum of a row
)

// MatrixNorm returns a norm of matrices x [… n m], as [Var.Norm] and [Var.NormP] return
// norms of vectors. Several sums or singular values that are the largest, or the
// smallest, share the gradient evenly. The largest of none is 0.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html.
func (x Var) MatrixNorm(order MatrixOrder) Var {
	const op = "matrix-norm"
	if v := &x.live(op).val; v.Rank() < 2 {
		tensor.BadShape(op, "want matrices [… n m]", v)
	}
	switch order {
	case Frobenius:
		return x.Norm(-2, -1)
	case Nuclear:
		return x.SVDVals().Sum(-1)
	case Spectral:
		return x.SVDVals().largest()
	case SpectralMin:
		return x.SVDVals().Min(-1)
	case ColumnSums:
		return x.NormP(1, -2).largest()
	case ColumnSumsMin:
		return x.NormP(1, -2).Min(-1)
	case RowSums:
		return x.NormP(1, -1).largest()
	case RowSumsMin:
		return x.NormP(1, -1).Min(-1)
	}
	tensor.BadArg(op, "there is no order %d", order)
	return Var{}
}

// largest returns the largest of the numbers x ≥ 0 along the last axis, 0 of none.
func (x Var) largest() Var {
	if x.Dim(-1) == 0 {
		return x.Sum(-1)
	}
	return x.Max(-1)
}
