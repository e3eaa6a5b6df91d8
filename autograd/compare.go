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

// MaskedFill returns v where mask is not 0, and x elsewhere. The two broadcast.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.masked_fill.html.
//
//	dx = 0 where mask, else dy
func (x Var) MaskedFill(mask Var, v float64) Var {
	x.live("masked-fill")
	return Where(mask, x.scalar(v), x)
}

// IsNaN returns 1 where x is NaN and 0 elsewhere; no gradient flows through it.
func (x Var) IsNaN() Var { return x.unary(isNaN) }

func isNaN() Unary { return Unary{Name: "is-nan", Rule: "none", Value: tensor.IsNaNTo} }

// IsInf returns 1 where x is infinite and 0 elsewhere; no gradient flows through
// it.
func (x Var) IsInf() Var { return x.unary(isInf) }

func isInf() Unary { return Unary{Name: "is-inf", Rule: "none", Value: tensor.IsInfTo} }

// NanToNum returns x with nan in place of NaN, and in place of an infinity the
// largest finite number of its element type, or the smallest.
// See https://docs.pytorch.org/docs/stable/generated/torch.nan_to_num.html.
//
//	dx = dy where x is finite, else 0
func (x Var) NanToNum(nan float64) Var {
	largest := x.live("nan-to-num").val.DType().Largest()
	return x.NanToNumWith(nan, largest, -largest)
}

// NanToNumWith is [Var.NanToNum] that also takes what replaces infinity and
// negative infinity.
func (x Var) NanToNumWith(nan, posInf, negInf float64) Var {
	y := begin(nanToNum, x)
	y.attr.f[0], y.attr.f[1] = posInf, negInf
	y.save(0).Fill(nan)
	return y.record()
}

func nanToNum() general {
	return general{
		Name: "nan-to-num", Rule: "dy where x is finite, else 0",
		Shape: sameShape,
		Value: func(y *node) {
			tensor.NanToNumTo(&y.val, y.value(0), y.saved[0].val.Item(), y.attr.f[0], y.attr.f[1])
		},
		VJP: func(y *node, _ int, dy Var) Var {
			x := y.operand(0)
			return Where(x.IsNaN().Add(x.IsInf()), dy.scalar(0), dy)
		},
	}
}

// Any returns 1 where at least one element over the named axes, or over all, is
// not 0, else 0. NaN is not 0; of no elements it is 0. No gradient flows through
// it.
func (x Var) Any(axes ...int) Var {
	x.live("any")
	zero := x.scalar(0)
	return x.NotEqual(zero).Sum(axes...).Greater(zero)
}

// AnyKeep is [Var.Any] with axes of length 1 in place of those named.
func (x Var) AnyKeep(axes ...int) Var {
	x.live("any")
	zero := x.scalar(0)
	return x.NotEqual(zero).SumKeep(axes...).Greater(zero)
}

// All returns 1 where no element over the named axes, or over all, is 0, else 0.
// NaN is not 0; of no elements it is 1. No gradient flows through it.
func (x Var) All(axes ...int) Var {
	x.live("all")
	zero := x.scalar(0)
	return x.Equal(zero).Sum(axes...).Equal(zero)
}

// AllKeep is [Var.All] with axes of length 1 in place of those named.
func (x Var) AllKeep(axes ...int) Var {
	x.live("all")
	zero := x.scalar(0)
	return x.Equal(zero).SumKeep(axes...).Equal(zero)
}
