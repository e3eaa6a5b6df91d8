package autograd

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Solve returns the y with x y = b, for square matrices x [… n n] and b [… n k]. The
// axes before the last two broadcast. It panics with a [*tensor.ArgError] when a
// matrix is singular.
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
			if i == 0 {
				return db.MatMul(y.self().T()).Neg()
			}
			return db
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
