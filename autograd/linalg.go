package autograd

import "github.com/descent-ml/descent/tensor"

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
