package autograd

import "github.com/descent-ml/descent/tensor"

// Add returns the sum of corresponding elements.
//
//	y  = a + b
//	da = dy, db = dy
func (x Var) Add(b Var) Var { return x.binary(add, b) }

func add() Binary {
	return Binary{
		Name: "add", Rule: "dy; dy",
		Value: tensor.AddTo,
		A:     func(_, _, _, dy Var) Var { return dy },
		B:     func(_, _, _, dy Var) Var { return dy },
	}
}

// Sub returns the difference of corresponding elements.
//
//	y  = a − b
//	da = dy, db = −dy
func (x Var) Sub(b Var) Var { return x.binary(sub, b) }

func sub() Binary {
	return Binary{
		Name: "sub", Rule: "dy; −dy",
		Value: tensor.SubTo,
		A:     func(_, _, _, dy Var) Var { return dy },
		B:     func(_, _, _, dy Var) Var { return dy.overwrite().Neg() },
	}
}

// Mul returns the product of corresponding elements.
//
//	y  = a b
//	da = dy b, db = dy a
func (x Var) Mul(b Var) Var { return x.binary(mul, b) }

func mul() Binary {
	return Binary{
		Name: "mul", Rule: "dy b; dy a",
		Value: tensor.MulTo,
		A:     func(_, b, _, dy Var) Var { return dy.overwrite().Mul(b) },
		B:     func(a, _, _, dy Var) Var { return dy.overwrite().Mul(a) },
	}
}

// Div returns the quotient of corresponding elements.
//
//	y  = a / b
//	da = dy / b, db = −dy y / b
func (x Var) Div(b Var) Var { return x.binary(div, b) }

func div() Binary {
	return Binary{
		Name: "div", Rule: "dy / b; −dy y / b",
		Value: tensor.DivTo,
		A:     func(_, b, _, dy Var) Var { return dy.overwrite().Div(b) },
		B:     func(_, b, y, dy Var) Var { return dy.Mul(y.Div(b)).Neg() },
	}
}

// Pow returns x to the power b, of corresponding elements.
//
//	y  = aᵇ
//	da = dy b aᵇ⁻¹, 0 where b = 0
//	db = dy y log a, 0 where a = 0 and b ≥ 0
func (x Var) Pow(b Var) Var { return x.binary(pow, b) }

func pow() Binary {
	return Binary{
		Name: "pow", Rule: "dy b aᵇ⁻¹, 0 where b = 0; dy y log a, 0 where a = 0 and b ≥ 0",
		Value: tensor.PowTo,
		A: func(a, b, _, dy Var) Var {
			zero := b.scalar(0)
			return Where(b.Equal(zero), zero, dy.Mul(b).Mul(a.Pow(b.AddScalar(-1))))
		},
		B: func(a, b, y, dy Var) Var {
			zero := b.scalar(0)
			return Where(a.Equal(zero).Mul(zero.LessEqual(b)), zero, dy.Mul(y).Mul(a.Log()))
		},
	}
}

// Maximum returns the larger of corresponding elements; two that are equal get
// half the gradient each.
//
//	y  = max(a, b)
//	da = dy (1 where a > b, ½ where a = b)
//	db = dy (1 where b > a, ½ where a = b)
func (x Var) Maximum(b Var) Var { return x.binary(maximum, b) }

func maximum() Binary {
	return Binary{
		Name: "maximum", Rule: "dy (1 where a > b, ½ where a = b); dy (1 where b > a, ½ where a = b)",
		Value: tensor.MaximumTo,
		A:     func(a, b, _, dy Var) Var { return dy.Mul(a.notBelow(b)) },
		B:     func(a, b, _, dy Var) Var { return dy.Mul(b.notBelow(a)) },
	}
}

// Minimum returns the smaller of corresponding elements; two that are equal get
// half the gradient each.
//
//	y  = min(a, b)
//	da = dy (1 where a < b, ½ where a = b)
//	db = dy (1 where b < a, ½ where a = b)
func (x Var) Minimum(b Var) Var { return x.binary(minimum, b) }

func minimum() Binary {
	return Binary{
		Name: "minimum", Rule: "dy (1 where a < b, ½ where a = b); dy (1 where b < a, ½ where a = b)",
		Value: tensor.MinimumTo,
		A:     func(a, b, _, dy Var) Var { return dy.Mul(b.notBelow(a)) },
		B:     func(a, b, _, dy Var) Var { return dy.Mul(a.notBelow(b)) },
	}
}

// notBelow returns 1 where x > b, ½ where x = b and 0 where x < b.
func (x Var) notBelow(b Var) Var {
	return x.Less(b).Add(x.LessEqual(b)).MulScalar(-0.5).AddScalar(1)
}

// Atan2 returns the angle, in −π … π, of the points (b, x); at the origin its
// gradients are 0.
//
//	y  = atan2(a, b)
//	da = dy b / (a² + b²), db = −dy a / (a² + b²)
func (x Var) Atan2(b Var) Var { return x.binary(atan2, b) }

func atan2() Binary {
	return Binary{
		Name: "atan2", Rule: "dy b / (a² + b²); −dy a / (a² + b²)",
		Value: tensor.Atan2To,
		A:     func(a, b, _, dy Var) Var { return dy.Mul(b.quotientOrZero(a.Square().Add(b.Square()))) },
		B:     func(a, b, _, dy Var) Var { return dy.Mul(a.quotientOrZero(a.Square().Add(b.Square()))).Neg() },
	}
}

// AddScalar returns each element plus c.
//
//	y  = x + c
//	dx = dy
func (x Var) AddScalar(c float64) Var { return x.scaled(addScalar, c, 0) }

func addScalar() scaled {
	return scaled{
		Name: "add-scalar", Rule: "dy",
		Value: func(y, x *tensor.Tensor, c, _ float64) { tensor.AddScalarTo(y, x, c) },
		VJP:   func(_, _, dy Var, _, _ float64) Var { return dy },
	}
}

// MulScalar returns c times each element.
//
//	y  = c x
//	dx = c dy
func (x Var) MulScalar(c float64) Var { return x.scaled(mulScalar, c, 0) }

func mulScalar() scaled {
	return scaled{
		Name: "mul-scalar", Rule: "c dy",
		Value: func(y, x *tensor.Tensor, c, _ float64) { tensor.MulScalarTo(y, x, c) },
		VJP:   func(_, _, dy Var, c, _ float64) Var { return dy.overwrite().MulScalar(c) },
	}
}

// PowScalar returns each element to the power p; for p = 0 the gradient is 0.
//
//	y  = xᵖ
//	dx = dy p xᵖ⁻¹
func (x Var) PowScalar(p float64) Var { return x.scaled(powScalar, p, 0) }

func powScalar() scaled {
	return scaled{
		Name: "pow-scalar", Rule: "dy p xᵖ⁻¹",
		Value: func(y, x *tensor.Tensor, p, _ float64) { tensor.PowScalarTo(y, x, p) },
		VJP: func(x, _, dy Var, p, _ float64) Var {
			if p == 0 {
				return dy.zero()
			}
			return dy.Mul(x.PowScalar(p - 1).MulScalar(p))
		},
	}
}
