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

// Hypot returns √(x² + b²) of corresponding elements, without overflow.
// See https://docs.pytorch.org/docs/stable/generated/torch.hypot.html.
//
//	y  = √(a² + b²)
//	da = dy a / y, db = dy b / y
func (x Var) Hypot(b Var) Var { return x.binary(hypot, b) }

func hypot() Binary {
	return Binary{
		Name: "hypot", Rule: "dy a / y; dy b / y",
		Value: tensor.HypotTo,
		A:     func(a, _, y, dy Var) Var { return dy.Mul(a.Div(y)) },
		B:     func(_, b, y, dy Var) Var { return dy.Mul(b.Div(y)) },
	}
}

// Fmod returns what is left of x when b is taken from it a whole number of times,
// with the sign of x, of corresponding elements.
// See https://docs.pytorch.org/docs/stable/generated/torch.fmod.html.
//
//	y  = a − b trunc(a / b)
//	da = dy, db = −dy trunc(a / b)
func (x Var) Fmod(b Var) Var { return x.binary(fmod, b) }

func fmod() Binary {
	return Binary{
		Name: "fmod", Rule: "dy; −dy trunc(a / b)",
		Value: tensor.FmodTo,
		A:     func(_, _, _, dy Var) Var { return dy },
		B:     func(a, b, _, dy Var) Var { return dy.Mul(a.Div(b).Trunc()).Neg() },
	}
}

// Remainder returns what is left of x when b is taken from it a whole number of
// times, with the sign of b, of corresponding elements.
// See https://docs.pytorch.org/docs/stable/generated/torch.remainder.html.
//
//	y  = a − b ⌊a / b⌋
//	da = dy, db = −dy ⌊a / b⌋
func (x Var) Remainder(b Var) Var { return x.binary(remainder, b) }

func remainder() Binary {
	return Binary{
		Name: "remainder", Rule: "dy; −dy ⌊a / b⌋",
		Value: tensor.RemainderTo,
		A:     func(_, _, _, dy Var) Var { return dy },
		B:     func(a, b, _, dy Var) Var { return dy.Mul(a.FloorDivide(b)).Neg() },
	}
}

// FloorDivide returns the largest integer that is not above x / b, of corresponding
// elements; no gradient flows through it. It is torch.div with rounding_mode="floor".
// See https://docs.pytorch.org/docs/stable/generated/torch.floor_divide.html.
func (x Var) FloorDivide(b Var) Var { return x.binary(floorDivide, b) }

func floorDivide() Binary {
	return Binary{Name: "floor-divide", Rule: "none", Value: tensor.FloorDivideTo}
}

// TruncDivide returns the integer part of x / b, rounded towards 0, of corresponding
// elements; no gradient flows through it. It is torch.div with rounding_mode="trunc".
// See https://docs.pytorch.org/docs/stable/generated/torch.div.html.
func (x Var) TruncDivide(b Var) Var { return x.binary(truncDivide, b) }

func truncDivide() Binary {
	return Binary{Name: "trunc-divide", Rule: "none", Value: tensor.TruncDivideTo}
}

// LogAddExp returns log(eˣ + eᵇ) of corresponding elements, without overflow.
// See https://docs.pytorch.org/docs/stable/generated/torch.logaddexp.html.
//
//	y  = log(eᵃ + eᵇ)
//	da = dy σ(a − b), db = dy σ(b − a)
func (x Var) LogAddExp(b Var) Var { return x.binary(logAddExp, b) }

func logAddExp() Binary {
	return Binary{
		Name: "log-add-exp", Rule: "dy σ(a − b); dy σ(b − a)",
		Value: tensor.LogAddExpTo,
		A:     func(a, b, _, dy Var) Var { return dy.Mul(a.Sub(b).Sigmoid()) },
		B:     func(a, b, _, dy Var) Var { return dy.Mul(b.Sub(a).Sigmoid()) },
	}
}

// Xlogy returns x log b of corresponding elements, and 0 where x is 0 and b a
// number.
// See https://docs.pytorch.org/docs/stable/generated/torch.xlogy.html.
//
//	y  = a log b
//	da = dy log b, 0 where a = 0 and b ≤ 0, db = dy a / b
func (x Var) Xlogy(b Var) Var { return x.binary(xlogy, b) }

func xlogy() Binary {
	return Binary{
		Name: "xlogy", Rule: "dy log b, 0 where a = 0 and b ≤ 0; dy a / b",
		Value: tensor.XlogyTo,
		A: func(a, b, _, dy Var) Var {
			zero := b.scalar(0)
			return Where(a.Equal(zero).Mul(b.LessEqual(zero)), zero, dy.Xlogy(b))
		},
		B: func(a, b, _, dy Var) Var { return dy.Mul(a).Div(b) },
	}
}

// Lerp returns x + w (b − x) of corresponding elements: x where the weight w is 0, b
// where it is 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.lerp.html.
//
//	y  = a + w (b − a)
//	da = dy (1 − w), db = dy w, dw = dy (b − a)
func (x Var) Lerp(b, w Var) Var { return begin(lerp, x, b, w).record() }

// LerpScalar is [Var.Lerp] with one weight for all elements.
func (x Var) LerpScalar(b Var, w float64) Var { return x.Lerp(b, x.live("lerp").self().scalar(w)) }

func lerp() general {
	return general{
		Name: "lerp", Rule: "dy (1 − w); dy w; dy (b − a)",
		Shape: func(y *node, dims tensor.Dims) []int {
			return dims.Broadcast3("lerp", y.value(0), y.value(1), y.value(2))
		},
		Value: func(y *node) { tensor.LerpTo(&y.val, y.value(0), y.value(1), y.value(2)) },
		VJP: func(y *node, i int, dy Var) Var {
			switch i {
			case 0:
				return dy.Mul(y.operand(2).Neg().AddScalar(1))
			case 1:
				return dy.Mul(y.operand(2))
			}
			return dy.Mul(y.operand(1).Sub(y.operand(0)))
		},
	}
}

// Addcmul returns x + c a b, of corresponding elements.
// See https://docs.pytorch.org/docs/stable/generated/torch.addcmul.html.
func (x Var) Addcmul(a, b Var, c float64) Var { return x.Add(a.Mul(b).MulScalar(c)) }

// Addcdiv returns x + c a / b, of corresponding elements.
// See https://docs.pytorch.org/docs/stable/generated/torch.addcdiv.html.
func (x Var) Addcdiv(a, b Var, c float64) Var { return x.Add(a.Div(b).MulScalar(c)) }

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
			switch p {
			case 0:
				return dy.zero()
			case 2:
				return square().VJP(x, Var{}, dy)
			}
			return dy.Mul(x.PowScalar(p - 1).overwrite().MulScalar(p))
		},
	}
}
