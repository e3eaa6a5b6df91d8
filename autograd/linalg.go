package autograd

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Solve returns the y with x y = b, for square matrices x [… n n] and b [… n k]. The
// axes before the last two broadcast. As in PyTorch, b may also be one vector [n] for all
// matrices, or have the shape of x without its last axis: a vector for each matrix. It
// panics with a [*tensor.ArgError] when a matrix is singular.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html.
//
//	y  = a⁻¹ b
//	da = −db yᵀ, db = a⁻ᵀ dy
func (x Var) Solve(b Var) Var { return begin(solve, x, b).record() }

func solve() general {
	return general{
		Name: "solve", Rule: "−db yᵀ; a⁻ᵀ dy",
		Shape:  func(y *node, dims tensor.Dims) []int { return dims.Solve(y.value(0), y.value(1)) },
		Value:  func(y *node) { tensor.SolveTo(&y.val, y.value(0), y.value(1)) },
		Common: func(y *node, dy Var) Var { return y.operand(0).T().Solve(dy) },
		VJP: func(y *node, i int, db Var) Var {
			switch {
			case i == 1:
				return db
			case y.val.Rank() < y.value(0).Rank(): // vectors
				return db.Unsqueeze(-1).MatMul(y.self().Unsqueeze(-2)).Neg()
			}
			return db.MatMul(y.self().T()).Neg()
		},
	}
}

// Inverse returns the inverses of square matrices x [… n n]. It panics with a
// [*tensor.ArgError] when a matrix is singular.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.inv.html.
//
//	y  = x⁻¹
//	dx = −yᵀ dy yᵀ
func (x Var) Inverse() Var { return begin(inverse, x).record() }

func inverse() general {
	return general{
		Name: "inverse", Rule: "−yᵀ dy yᵀ",
		Shape: sameShape,
		Value: func(y *node) { tensor.InverseTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			t := y.self().T()
			return t.MatMul(dy).MatMul(t).Neg()
		},
	}
}

// TriangularSolve returns the y with x y = b, for triangular matrices x [… n n] and b
// [… n k]. The axes before the last two broadcast. A 0 on the diagonal gives infinities
// and NaN. For the y with y x = b, transpose all three.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html.
//
//	y  = a⁻¹ b
//	da = the triangle of −db yᵀ, db = a⁻ᵀ dy
func (x Var) TriangularSolve(b Var, t tensor.Triangle) Var {
	y := begin(triangularSolve, x, b)
	if t.Upper {
		y.attr.ints[0] = 1
	}
	if t.Unit {
		y.attr.ints[1] = 1
	}
	return y.record()
}

func triangularSolve() general {
	return general{
		Name: "triangular-solve", Rule: "the triangle of −db yᵀ; a⁻ᵀ dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.TriangularSolve(y.value(0), y.value(1)) },
		Value: func(y *node) { tensor.TriangularSolveTo(&y.val, y.value(0), y.value(1), y.triangle()) },
		Common: func(y *node, dy Var) Var {
			t := y.triangle()
			t.Upper = !t.Upper
			return y.operand(0).T().TriangularSolve(dy, t)
		},
		VJP: func(y *node, i int, db Var) Var {
			if i == 1 {
				return db
			}
			da := db.MatMul(y.self().T()).Neg()
			if unit := y.attr.ints[1]; y.attr.ints[0] == 0 {
				return da.Tril(-unit)
			} else {
				return da.Triu(unit)
			}
		},
	}
}

func (y *node) triangle() tensor.Triangle {
	return tensor.Triangle{Upper: y.attr.ints[0] == 1, Unit: y.attr.ints[1] == 1}
}

// solveLeft returns the y with y x = b.
func (x Var) solveLeft(b Var, t tensor.Triangle) Var {
	t.Upper = !t.Upper
	return x.T().TriangularSolve(b.T(), t).T()
}

// Det returns the determinants of square matrices x [… n n]. The gradient is right also
// where a matrix is singular.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.det.html.
//
//	y  = det x
//	dx = dy times the cofactors of x
func (x Var) Det() Var { return begin(det, x).record() }

func det() general {
	return general{
		Name: "det", Rule: "dy times the cofactors of x",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Det(y.value(0)) },
		Value: func(y *node) { tensor.DetTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x := y.operand(0)
			if !holds(&y.val, 0) {
				return x.Inverse().T().Mul(y.self().Mul(dy).eachMatrix()) // the errors of the two divide out where x is nearly singular
			}
			u, s, vh := x.SVD()
			n := s.Dim(-1)
			others := Where(s.scalar(1).Expand(n, n).Tril(0).Triu(0), s.scalar(1), s.Unsqueeze(-2)).Prod(-1)
			sign := u.Det().Mul(vh.Det()).Detach().Sign()
			return u.Mul(others.Unsqueeze(-2)).MatMul(vh).Mul(sign.Mul(dy).eachMatrix())
		},
	}
}

// eachMatrix shapes x [batch…] so that it broadcasts against matrices [batch… n m].
func (x Var) eachMatrix() Var { return x.Unsqueeze(-1).Unsqueeze(-1) }

// holds reports whether an element of t, which is contiguous, is v.
func holds(t *tensor.Tensor, v float64) bool {
	if t.DType() == tensor.Float64 {
		return slices.Contains(tensor.Data[float64](t), v)
	}
	return slices.Contains(tensor.Data[float32](t), float32(v))
}

// SLogDet returns the signs of the determinants of square matrices x [… n n], through
// which no gradient flows, and the logarithms of their absolute values. A singular matrix
// has sign 0 and logarithm −∞.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.slogdet.html.
//
//	y  = log |det x|
//	dx = dy x⁻ᵀ
func (x Var) SLogDet() (sign, log Var) {
	y := begin(slogdet, x).record()
	return y.Select(0, 0), y.Select(0, 1)
}

// LogDet returns the logarithms of the determinants of square matrices x [… n n]: −∞ for
// a singular matrix, and NaN where the determinant is negative.
// See https://docs.pytorch.org/docs/stable/generated/torch.logdet.html.
func (x Var) LogDet() Var {
	sign, log := x.SLogDet()
	return Where(sign.Detach().Less(sign.scalar(0)), sign.scalar(math.NaN()), log)
}

// One value holds both results: the signs, then the logarithms.
func slogdet() general {
	return general{
		Name: "slogdet", Rule: "dy x⁻ᵀ",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.SLogDet(y.value(0)) },
		Value: func(y *node) { tensor.SLogDetTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, dlog := y.operand(0), dy.Select(0, 1).eachMatrix()
			if !holds(&y.val, math.Inf(-1)) {
				return x.Inverse().T().Mul(dlog)
			}
			u, s, vh := x.SVD()
			return u.Div(s.Unsqueeze(-2)).MatMul(vh).Mul(dlog)
		},
	}
}

// Pinv returns the pseudo-inverses y [… m n] of matrices x [… n m]. As in PyTorch, a
// singular value counts as 0 when it is no more than ε max(n, m) times the largest. It
// panics with a [*tensor.ArgError] when a matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.pinv.html.
//
//	dx = −(y c)ᵀ + (1 − x y) c yᵀ + yᵀ y (dyᵀ − c x)
//	c  = dyᵀ y
func (x Var) Pinv() Var { return begin(pinv, x).record() }

func pinv() general {
	return general{
		Name: "pinv", Rule: "−(y c)ᵀ + (1 − x y) c yᵀ + yᵀ y (dyᵀ − c x), with c = dyᵀ y",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Pinv(y.value(0)) },
		Value: func(y *node) { tensor.PinvTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, y0, g := y.operand(0), y.self(), dy.T()
			c := g.MatMul(y0)
			ct := c.MatMul(y0.T())
			outside := g.Sub(c.MatMul(x))
			return ct.Sub(x.MatMul(y0.MatMul(ct))).Sub(y0.MatMul(c).T()).Add(y0.T().MatMul(y0.MatMul(outside)))
		},
	}
}

// Lstsq returns the y with the least Σ (x y − b)², for matrices x [… n m] of full rank
// and b [… n k]. The axes before the last two broadcast. When n < m, there are many, and
// it is the least of them. It is computed by [Var.QR], and panics with a
// [*tensor.ArgError] when a matrix has no full rank; Pinv takes any.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.lstsq.html.
func (x Var) Lstsq(b Var) Var {
	const op = "lstsq"
	v, w := &x.live(op).val, &b.live(op).val
	if v.Rank() < 2 || w.Rank() < 2 || v.Dim(-2) != w.Dim(-2) {
		tensor.BadShape(op, "want matrices [… n m] and right sides [… n k]", v, w)
	}
	if v.Dim(-2) < v.Dim(-1) {
		q, r := x.T().QR()
		r.checkRank(op, v.Dim(-1))
		return q.MatMul(r.T().TriangularSolve(b, tensor.Triangle{}))
	}
	q, r := x.QR()
	r.checkRank(op, v.Dim(-2))
	return r.TriangularSolve(q.T().MatMul(b), tensor.Triangle{Upper: true})
}

// checkRank panics when a matrix x [… n n], a result of QR, has a number on the diagonal
// that is no more than ε long times the largest.
func (x Var) checkRank(op string, long int) {
	v := &x.n.val
	var bad int
	if n := v.Dim(-1); v.DType() == tensor.Float64 {
		bad = lowRank(tensor.Data[float64](v), n, 0x1p-52*float64(long))
	} else {
		bad = lowRank(tensor.Data[float32](v), n, 0x1p-23*float64(long))
	}
	if bad >= 0 {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("matrix %d has no full rank", bad)})
	}
}

func lowRank[T float32 | float64](r []T, n int, tolerance float64) int {
	for k := 0; k < len(r); k += n * n {
		least, largest := math.Inf(1), 0.0
		for i := range n {
			d := math.Abs(float64(r[k+i*n+i]))
			least, largest = min(least, d), max(largest, d)
		}
		if least <= tolerance*largest {
			return k / (n * n)
		}
	}
	return -1
}

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
