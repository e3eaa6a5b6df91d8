package autograd

import "github.com/descent-ml/descent/tensor"

// Less returns 1 where x < b and 0 elsewhere; no gradient flows through it.
func (x Var) Less(b Var) Var { return x.binary(less, b) }

func less() Binary { return Binary{Name: "less", Rule: "none", Value: tensor.LessTo} }

// LessEqual returns 1 where x ≤ b and 0 elsewhere; no gradient flows through
// it.
func (x Var) LessEqual(b Var) Var { return x.binary(lessEqual, b) }

func lessEqual() Binary { return Binary{Name: "less-equal", Rule: "none", Value: tensor.LessEqualTo} }

// Greater returns 1 where x > b and 0 elsewhere; no gradient flows through it.
func (x Var) Greater(b Var) Var { return x.binary(greater, b) }

func greater() Binary { return Binary{Name: "greater", Rule: "none", Value: tensor.GreaterTo} }

// GreaterEqual returns 1 where x ≥ b and 0 elsewhere; no gradient flows through
// it.
func (x Var) GreaterEqual(b Var) Var { return x.binary(greaterEqual, b) }

func greaterEqual() Binary {
	return Binary{Name: "greater-equal", Rule: "none", Value: tensor.GreaterEqualTo}
}

// Equal returns 1 where x = b and 0 elsewhere; no gradient flows through it.
func (x Var) Equal(b Var) Var { return x.binary(equal, b) }

func equal() Binary { return Binary{Name: "equal", Rule: "none", Value: tensor.EqualTo} }

// NotEqual returns 1 where x ≠ b and 0 elsewhere; no gradient flows through it.
func (x Var) NotEqual(b Var) Var { return x.binary(notEqual, b) }

func notEqual() Binary { return Binary{Name: "not-equal", Rule: "none", Value: tensor.NotEqualTo} }

// Where returns the element of a where cond is not 0, else that of b. The three
// broadcast. An element that is not chosen gets the gradient 0. If it was made by
// an operation whose derivative there is NaN or infinite, 0 times that is still
// NaN. To avoid this, choose among the operands of that operation, not among its
// results.
//
//	y  = a where cond, else b
//	da = dy where cond, else 0
//	db = 0 where cond, else dy
func Where(cond, a, b Var) Var { return begin(where, cond, a, b).record() }

func where() general {
	return general{
		Name: "where", Rule: "dy where cond, else 0; 0 where cond, else dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Where(y.value(0), y.value(1), y.value(2)) },
		Value: func(y *node) { tensor.WhereTo(&y.val, y.value(0), y.value(1), y.value(2)) },
		VJP: func(y *node, i int, dy Var) Var {
			cond, zero := y.operand(0), dy.scalar(0)
			switch i {
			case 1:
				return Where(cond, dy, zero)
			case 2:
				return Where(cond, zero, dy)
			}
			return Var{}
		},
	}
}
