package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// MatMul returns the matrix product by NumPy's rules: the last two axes are
// matrices, those before them a batch, which broadcasts; a vector on the left
// is a row, on the right a column.
//
//	y  = a b
//	da = dy bᵀ, db = aᵀ dy
func (x Var) MatMul(b Var) Var { return begin(matMul, x, b).record() }

func matMul() general {
	return general{
		Name: "matmul", Rule: "dy bᵀ; aᵀ dy",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.MatMul(y.value(0), y.value(1)) },
		Value: func(y *node) { tensor.MatMulTo(&y.val, y.value(0), y.value(1)) },
		VJP: func(y *node, i int, dy Var) Var {
			a, b := y.operand(0), y.operand(1)
			ra, rb := a.Rank(), b.Rank()
			// Vectors become matrices, and dy gets the shape of their product.
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
func (x Var) Linear(w, b Var) Var { return begin(linear, x, w, b).record() }

func linear() general {
	return general{
		Name: "linear", Rule: "dy w; dyᵀ x; Σ dy",
		Shape: func(y *node, dims tensor.Dims) []int {
			shape := append(dims, y.in[0].val.Shape()...)
			if w := y.value(1); len(shape) > 0 && w.Rank() == 2 {
				shape[len(shape)-1] = w.Dim(0)
			}
			return shape
		},
		Value: func(y *node) { tensor.LinearTo(&y.val, y.value(0), y.value(1), y.value(2)) },
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
func (x Var) linearWeight(b Var) Var { return begin(linearWeight, x, b).record() }

func linearWeight() general {
	return general{
		Name: "linear weight gradient", Rule: "x dzᵀ; dy dz",
		Shape: func(y *node, dims tensor.Dims) []int { return append(dims, y.in[0].val.Dim(-1), y.in[1].val.Dim(-1)) },
		Value: func(y *node) {
			y.val.AsGrad().LinearWeight(y.value(0), y.value(1))
			y.finite = tensor.LinearWeightIsBounded(y.value(0), y.value(1))
		},
		VJP: func(z *node, i int, dz Var) Var {
			dy, x := z.operand(0), z.operand(1)
			if i == 0 {
				return x.Linear(dz, Var{})
			}
			return dy.MatMul(dz)
		},
	}
}

// Bilinear returns a number for each of the matrices in w [out in1 in2]: x and b
// have shapes [… in1] and [… in2], with the same axes before the last. c [out] is
// added, or is the empty Var for no bias.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html.
//
//	y[k] = xᵀ w[k] b + c[k]
func (x Var) Bilinear(b, w, c Var) Var {
	const op = "bilinear"
	p, q, m := &x.live(op).val, &b.live(op).val, &w.live(op).val
	if m.Rank() != 3 || p.Rank() == 0 || p.Rank() != q.Rank() || p.Dim(-1) != m.Dim(1) || q.Dim(-1) != m.Dim(2) || !slices.Equal(p.Shape()[:p.Rank()-1], q.Shape()[:p.Rank()-1]) {
		tensor.BadShape(op, "want x [… in1], b [… in2] and a weight [out in1 in2]", p, q, m)
	}
	batch, out, in1, in2 := 1, m.Dim(0), m.Dim(1), m.Dim(2)
	for _, d := range p.Shape()[:p.Rank()-1] {
		batch *= d
	}
	var dims [tensor.MaxRank]int
	shape := append(append(dims[:0], p.Shape()[:p.Rank()-1]...), out)
	rows := x.Reshape(batch, in1).MatMul(w.Permute(1, 0, 2).Reshape(in1, out*in2)).Reshape(batch, out, in2)
	y := rows.MatMul(b.Reshape(batch, in2, 1)).Reshape(shape...)
	if c.IsZero() {
		return y
	}
	return y.Add(c)
}
