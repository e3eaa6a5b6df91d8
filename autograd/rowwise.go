package autograd

import "github.com/descent-ml/descent/tensor"

// along applies an operation along an axis, kept in ints[0].
func (x Var) along(op generalOp, axis int) Var {
	y := begin(op, x)
	y.attr.ints[0] = axis
	return y.record()
}

// alongGrad applies op, the gradient of an operation along an axis, to the result
// x of that operation and to dy.
func (x Var) alongGrad(op generalOp, dy Var, axis int) Var {
	z := begin(op, x, dy)
	z.attr.ints[0] = axis
	return z.record()
}

// Softmax returns eˣ / Σ eˣ, with the sum along an axis.
//
//	y  = eˣ / Σ eˣ
//	dx = y (dy − Σ dy y)
func (x Var) Softmax(axis int) Var { return x.along(softmax, axis) }

func softmax() general {
	return general{
		Name: "softmax", Rule: "y (dy − Σ dy y)",
		Shape: sameShape,
		Value: func(y *node) { tensor.SoftmaxTo(&y.val, y.value(0), y.attr.ints[0]) },
		VJP: func(y *node, _ int, dy Var) Var {
			return y.self().alongGrad(softmaxGrad, dy, y.attr.ints[0])
		},
	}
}

func softmaxGrad() general {
	return general{
		Name: "softmax gradient", Rule: "that of y (dy − Σ dy y)",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().Softmax(z.value(0), z.value(1), z.attr.ints[0]) },
		Expr: func(z *node, operands []Var) Var {
			y, dy := operands[0], operands[1]
			return y.Mul(dy.Sub(y.Mul(dy).SumKeep(z.attr.ints[0])))
		},
	}
}

// LogSoftmax returns x − log Σ eˣ, with the sum along an axis.
//
//	y  = x − log Σ eˣ
//	dx = dy − eʸ Σ dy
func (x Var) LogSoftmax(axis int) Var {
	return x.along(logSoftmax, axis)
}

func logSoftmax() general {
	return general{
		Name: "log-softmax", Rule: "dy − eʸ Σ dy",
		Shape: sameShape,
		Value: func(y *node) { tensor.LogSoftmaxTo(&y.val, y.value(0), y.attr.ints[0]) },
		VJP: func(y *node, _ int, dy Var) Var {
			return y.self().alongGrad(logSoftmaxGrad, dy, y.attr.ints[0])
		},
	}
}

func logSoftmaxGrad() general {
	return general{
		Name: "log-softmax gradient", Rule: "that of dy − eʸ Σ dy",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().LogSoftmax(z.value(0), z.value(1), z.attr.ints[0]) },
		Expr: func(z *node, operands []Var) Var {
			y, dy := operands[0], operands[1]
			return dy.Sub(y.Exp().Mul(dy.SumKeep(z.attr.ints[0])))
		},
	}
}

// CumSum returns the running sum along an axis.
//
//	y  = x₀, x₀ + x₁, …
//	dx = the running sum of dy from the other end
func (x Var) CumSum(axis int) Var { return x.along(cumSum, axis) }

func cumSum() general {
	return general{
		Name: "cumsum", Rule: "the running sum of dy from the other end",
		Shape: sameShape,
		Value: func(y *node) { tensor.CumSumTo(&y.val, y.value(0), y.attr.ints[0]) },
		VJP: func(y *node, _ int, dy Var) Var {
			axis := y.attr.ints[0]
			return dy.Flip(axis).CumSum(axis).Flip(axis)
		},
	}
}

// CumProd returns the running product along an axis; its gradient is right
// also where factors are zero.
//
//	y  = x₀, x₀ x₁, …
//	dx = Σ dyⱼ · the other factors of yⱼ, over the j from its own place on
func (x Var) CumProd(axis int) Var { return x.along(cumProd, axis) }

func cumProd() general {
	return general{
		Name: "cumprod", Rule: "Σ dyⱼ · the other factors of yⱼ, over the j from its own place on",
		Shape: sameShape,
		Value: func(y *node) { tensor.CumProdTo(&y.val, y.value(0), y.attr.ints[0]) },
		VJP: func(y *node, _ int, dy Var) Var {
			return y.operand(0).alongGrad(cumProdGrad, dy, y.attr.ints[0])
		},
	}
}

// cumProdGrad is y₍ᵢ₋₁₎ sᵢ with sᵢ = dyᵢ + xᵢ₊₁ sᵢ₊₁. As an expression it finds s by
// doubling: after each step, sᵢ is right for twice as many terms, and fᵢ is the product
// of as many factors after xᵢ.
func cumProdGrad() general {
	return general{
		Name: "cumprod gradient", Rule: "that of Σ dyⱼ · the other factors of yⱼ",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().CumProd(z.value(0), z.value(1), z.attr.ints[0]) },
		Expr: func(z *node, operands []Var) Var {
			x, s, axis := operands[0], operands[1], z.attr.ints[0]
			if x.Rank() == 0 || x.Dim(axis) < 2 {
				return s
			}
			n := x.Dim(axis)
			f := Concat(axis, x.Slice(axis, 1, n, 1), x.Slice(axis, 0, 1, 1).zero())
			for k := 1; k < n; k *= 2 {
				s = Concat(axis, s.Slice(axis, 0, n-k, 1).Add(f.Slice(axis, 0, n-k, 1).Mul(s.Slice(axis, k, n, 1))), s.Slice(axis, n-k, n, 1))
				f = Concat(axis, f.Slice(axis, 0, n-k, 1).Mul(f.Slice(axis, k, n, 1)), f.Slice(axis, n-k, n, 1))
			}
			return x.productsBefore(axis).Mul(s)
		},
	}
}

// productsBefore returns the products of the elements that come before each along an
// axis, which is not empty.
func (x Var) productsBefore(axis int) Var {
	one := x.Slice(axis, 0, 1, 1).zero().AddScalar(1)
	return Concat(axis, one, x.Slice(axis, 0, x.Dim(axis)-1, 1)).CumProd(axis)
}

// LogCumSumExp returns the logarithm of the running sum of eˣ along an axis, without
// overflow.
// See https://docs.pytorch.org/docs/stable/generated/torch.logcumsumexp.html.
//
//	y  = log eˣ⁰, log (eˣ⁰ + eˣ¹), …
//	dx = Σ dyⱼ e^(x − yⱼ) over the j from its own place on
func (x Var) LogCumSumExp(axis int) Var { return x.along(logCumSumExp, axis) }

func logCumSumExp() general {
	return general{
		Name: "log-cumsum-exp", Rule: "Σ dyⱼ e^(x − yⱼ) over the j from its own place on",
		Shape: sameShape,
		Value: func(y *node) { tensor.LogCumSumExpTo(&y.val, y.value(0), y.attr.ints[0]) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, self := y.operand(0), y.self()
			return self.alongGrad(logCumSumExpGrad, dy, y.attr.ints[0]).Mul(x.Sub(self).Exp())
		},
	}
}

// logCumSumExpGrad is Σ dyⱼ e^(yᵢ − yⱼ) over j ≥ i. As an expression it is a matrix
// times dy.
func logCumSumExpGrad() general {
	return general{
		Name: "log-cumsum-exp gradient", Rule: "that of Σ dyⱼ e^(yᵢ − yⱼ)",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().LogCumSumExp(z.value(0), z.value(1), z.attr.ints[0]) },
		Expr: func(z *node, operands []Var) Var {
			y, dy, axis := operands[0], operands[1], z.attr.ints[0]
			if y.Rank() == 0 {
				return dy
			}
			y, dy = y.Transpose(axis, -1), dy.Transpose(axis, -1)
			powers := y.Unsqueeze(-1).Sub(y.Unsqueeze(-2)).Triu(0).Exp().Triu(0)
			return powers.MatMul(dy.Unsqueeze(-1)).Squeeze(-1).Transpose(axis, -1)
		},
	}
}

// Flip returns x with its order along an axis reversed.
//
//	dx = dy, reversed
func (x Var) Flip(axis int) Var {
	y := begin(flip, x)
	y.attr.ints[0] = axis
	return y.record()
}

func flip() general {
	return general{
		Name: "flip", Rule: "dy, reversed",
		Shape: sameShape,
		Value: func(y *node) { tensor.FlipTo(&y.val, y.value(0), y.attr.ints[0]) },
		VJP:   func(y *node, _ int, dy Var) Var { return dy.Flip(y.attr.ints[0]) },
	}
}

// Roll returns x with its elements moved by shift places along an axis; those
// that leave at one end come in again at the other.
// See https://docs.pytorch.org/docs/stable/generated/torch.roll.html.
//
//	dx = dy, rolled back
func (x Var) Roll(shift, axis int) Var {
	y := begin(roll, x)
	y.attr.ints[0], y.attr.ints[1] = shift, axis
	return y.record()
}

func roll() general {
	return general{
		Name: "roll", Rule: "dy, rolled back",
		Shape: sameShape,
		Value: func(y *node) { tensor.RollTo(&y.val, y.value(0), y.attr.ints[0], y.attr.ints[1]) },
		VJP:   func(y *node, _ int, dy Var) Var { return dy.Roll(-y.attr.ints[0], y.attr.ints[1]) },
	}
}

// Diff returns the differences between neighbours along an axis, and the
// differences of these, n times in all.
// See https://docs.pytorch.org/docs/stable/generated/torch.diff.html.
//
//	y = x₁ − x₀, x₂ − x₁, …
func (x Var) Diff(n, axis int) Var {
	v := &x.live("diff").val
	tensor.CheckDiff(v, n, axis)
	for range n {
		if m := x.Dim(axis); m > 0 {
			x = x.Slice(axis, 1, m, 1).Sub(x.Slice(axis, 0, m-1, 1))
		}
	}
	return x
}

// CumMax returns the largest element so far along an axis, and its place along it,
// in row-major order. When several are the largest, it takes the last, and only
// this one gets a gradient. A NaN is larger than any number. The places live until
// the tape is reset.
// See https://docs.pytorch.org/docs/stable/generated/torch.cummax.html.
func (x Var) CumMax(axis int) (Var, []int) { return x.best(axis, true) }

// CumMin returns the smallest element so far along an axis, and its place along it,
// in row-major order. When several are the smallest, it takes the last, and only
// this one gets a gradient. A NaN is smaller than any number. The places live until
// the tape is reset.
// See https://docs.pytorch.org/docs/stable/generated/torch.cummin.html.
func (x Var) CumMin(axis int) (Var, []int) { return x.best(axis, false) }

func (x Var) best(axis int, largest bool) (Var, []int) {
	v := &x.live("cummax").val
	index := x.n.tape.ints.take(v.Len())
	tensor.CumArgTo(index, v, axis, largest)
	return x.Gather(axis, index, v.Shape()...), index
}
