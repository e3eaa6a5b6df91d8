package autograd

import "github.com/descent-ml/descent/tensor"

// MatMul returns the matrix product by NumPy's rules: the last two axes are
// matrices, those before them a batch, which broadcasts; a vector on the left
// is a row, on the right a column.
//
//	y  = a b
//	da = dy bᵀ, db = aᵀ dy
func (x Var) MatMul(b Var) Var {
	n, m := x.live("matmul"), b.live("matmul")
	t := n.tape
	y := t.apply(specialOp(matMul), n, m)
	var dims [tensor.MaxRank]int
	t.store(y, n.val.DType(), tensor.Dims(dims[:0]).MatMul(&n.val, &m.val))
	tensor.MatMulTo(&y.val, &n.val, &m.val)
	return t.finish(y)
}

func matMul() special {
	return special{
		Name: "matmul", Rule: "dy bᵀ; aᵀ dy",
		VJP: func(y *node, i int, dy Var) Var {
			a, b := y.operand(0), y.operand(1)
			ra, rb := a.Rank(), b.Rank()
			// Vectors become matrices, and dy what their product would be.
			if ra == 1 {
				a = a.Unsqueeze(0)
			}
			if rb == 1 {
				b = b.Unsqueeze(1)
				dy = dy.Unsqueeze(-1)
			}
			if ra == 1 {
				dy = dy.Unsqueeze(-2)
			}
			if i == 0 {
				da := dy.MatMul(b.T())
				if ra == 1 {
					da = da.Squeeze(-2)
				}
				return da
			}
			var db Var
			if b.Rank() == 2 && a.Rank() > 2 { // one b for the whole batch: a single product
				db = a.Flatten(0, -2).T().MatMul(dy.Flatten(0, -2))
			} else {
				db = a.T().MatMul(dy)
			}
			if rb == 1 {
				db = db.Squeeze(-1)
			}
			return db
		},
	}
}

// Dot returns the inner product of two vectors.
func (x Var) Dot(b Var) Var {
	x.wantVectors("dot", b)
	return x.MatMul(b)
}

// Outer returns the matrix of the products of the elements of two vectors.
func (x Var) Outer(b Var) Var {
	x.wantVectors("outer", b)
	return x.Unsqueeze(1).Mul(b.Unsqueeze(0))
}

func (x Var) wantVectors(op string, b Var) {
	if n, m := x.live(op), b.live(op); n.val.Rank() != 1 || m.val.Rank() != 1 {
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{append([]int{}, x.Shape()...), append([]int{}, b.Shape()...)}, Reason: "want two vectors"})
	}
}

// Linear returns x wᵀ + b: x is [… in], w [out in], and b [out], or the empty
// Var for none. The result is [… out].
//
//	y  = x wᵀ + b
//	dx = dy w, dw = dyᵀ x, db = Σ dy
func (x Var) Linear(w, b Var) Var {
	n, m := x.live("linear"), w.live("linear")
	t := n.tape
	var y *node
	var bias *tensor.Tensor
	if b.IsZero() {
		y = t.apply(specialOp(linear), n, m)
	} else {
		y = t.apply(specialOp(linear), n, m, b.live("linear"))
		bias = &b.n.val
	}
	var dims [tensor.MaxRank]int
	shape := append(dims[:0], n.val.Shape()...)
	if len(shape) > 0 && m.val.Rank() == 2 {
		shape[len(shape)-1] = m.val.Dim(0)
	}
	t.store(y, n.val.DType(), shape)
	tensor.LinearTo(&y.val, &n.val, &m.val, bias)
	return t.finish(y)
}

func linear() special {
	return special{
		Name: "linear", Rule: "dy w; dyᵀ x; Σ dy",
		VJP: func(y *node, i int, dy Var) Var {
			switch i {
			case 0:
				return dy.MatMul(y.operand(1))
			case 1:
				return dy.linearWeight(y.operand(0))
			}
			return dy // summed by the engine over the rows
		},
	}
}

// linearWeight returns xᵀ b over all rows of x [… out] and b [… in]: the
// gradient of [Var.Linear] by w, where x is dy and b the operand.
func (x Var) linearWeight(b Var) Var {
	n, m := x.live("linear weight gradient"), b.live("linear weight gradient")
	t := n.tape
	y := t.apply(specialOp(linearWeight), n, m)
	t.store(y, n.val.DType(), []int{n.val.Dim(-1), m.val.Dim(-1)})
	y.val.AsGrad().LinearWeight(&n.val, &m.val)
	return t.finish(y)
}

func linearWeight() special {
	return special{
		Name: "linear weight gradient", Rule: "x dzᵀ; dy dz",
		VJP: func(z *node, i int, dz Var) Var {
			dy, x := z.operand(0), z.operand(1)
			if i == 0 {
				return x.Linear(dz, Var{})
			}
			return dy.MatMul(dz)
		},
	}
}
