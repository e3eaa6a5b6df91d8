package autograd

import "github.com/descent-ml/descent/tensor"

// along begins and ends an operation with an axis, kept in ints[0].
func (x Var) along(op operation, axis int, value func(y, x *tensor.Tensor, axis int)) Var {
	name, _ := op.info()
	n := x.live(name)
	y := n.tape.apply(op, n)
	y.attr.ints[0] = axis
	n.tape.store(y, n.val.DType(), n.val.Shape())
	value(&y.val, &n.val, axis)
	return n.tape.finish(y)
}

// alongGrad begins and ends the gradient of such an operation.
func (x Var) alongGrad(op derivedOp, dy Var, axis int, value func(dx, y, dy *tensor.Tensor, axis int)) Var {
	d := op()
	n, m := x.live(d.Name), dy.live(d.Name)
	z := n.tape.apply(op, n, m)
	z.attr.ints[0] = axis
	n.tape.store(z, n.val.DType(), n.val.Shape())
	value(&z.val, &n.val, &m.val, axis)
	return n.tape.finish(z)
}

// Softmax returns eˣ / Σ eˣ, with the sum along an axis.
//
//	y  = eˣ / Σ eˣ
//	dx = y (dy − Σ dy y)
func (x Var) Softmax(axis int) Var { return x.along(specialOp(softmax), axis, tensor.SoftmaxTo) }

func softmax() special {
	return special{
		Name: "softmax", Rule: "y (dy − Σ dy y)",
		VJP: func(y *node, _ int, dy Var) Var {
			return y.self().alongGrad(softmaxGrad, dy, y.attr.ints[0], func(dx, y, dy *tensor.Tensor, axis int) { dx.AsGrad().Softmax(y, dy, axis) })
		},
	}
}

func softmaxGrad() derived {
	return derived{
		Name: "softmax gradient", Rule: "that of y (dy − Σ dy y)",
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
	return x.along(specialOp(logSoftmax), axis, tensor.LogSoftmaxTo)
}

func logSoftmax() special {
	return special{
		Name: "log-softmax", Rule: "dy − exp(y) Σ dy",
		VJP: func(y *node, _ int, dy Var) Var {
			return y.self().alongGrad(logSoftmaxGrad, dy, y.attr.ints[0], func(dx, y, dy *tensor.Tensor, axis int) { dx.AsGrad().LogSoftmax(y, dy, axis) })
		},
	}
}

func logSoftmaxGrad() derived {
	return derived{
		Name: "log-softmax gradient", Rule: "that of dy − exp(y) Σ dy",
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
func (x Var) CumSum(axis int) Var { return x.along(specialOp(cumSum), axis, tensor.CumSumTo) }

func cumSum() special {
	return special{
		Name: "cumsum", Rule: "the running sum of dy from the other end",
		VJP: func(y *node, _ int, dy Var) Var {
			axis := y.attr.ints[0]
			return dy.Flip(axis).CumSum(axis).Flip(axis)
		},
	}
}

// CumProd returns the running product along an axis; its gradient is right
// where factors are zero.
//
//	y = x₀, x₀ x₁, …
func (x Var) CumProd(axis int) Var {
	if x.live("cumprod").val.AxesOf("cumprod", axis) == 0 {
		return x // no axes: a single factor
	}
	n := x.Dim(axis)
	for k := 1; k < n; k *= 2 { // each element holds the product of the last k
		x = Concat(axis, x.Slice(axis, 0, k, 1), x.Slice(axis, k, n, 1).Mul(x.Slice(axis, 0, n-k, 1)))
	}
	return x
}
