package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Pinv returns the pseudo-inverses y [… m n] of matrices x [… n m]. As in PyTorch, a
// singular value counts as 0 when it is no more than ε max(n, m) times the largest. It
// panics with a [*tensor.ArgError] when a matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.pinv.html.
//
//	dx = −(y c)ᵀ + (1 − x y) c yᵀ + yᵀ y (dyᵀ − c x)
//	c  = dyᵀ y
func (x Var) Pinv() Var { return begin(pinv, x).record() }

func pinv() general {
	return general{
		Name: "pinv", Rule: "−(y c)ᵀ + (1 − x y) c yᵀ + yᵀ y (dyᵀ − c x), with c = dyᵀ y",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Pinv(y.value(0)) },
		Value: func(y *node) { tensor.PinvTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x, y0, g := y.operand(0), y.self(), dy.T()
			c := g.MatMul(y0)
			ct := c.MatMul(y0.T())
			outside := g.Sub(c.MatMul(x))
			return ct.Sub(x.MatMul(y0.MatMul(ct))).Sub(y0.MatMul(c).T()).Add(y0.T().MatMul(y0.MatMul(outside)))
		},
	}
}

// Lstsq returns the y with the least Σ (x y − b)², for matrices x [… n m] of full rank
// and b [… n k]. The axes before the last two broadcast. When n < m, there are many, and
// it is the least of them. It is computed by [Var.QR], and panics with a
// [*tensor.ArgError] when a matrix has no full rank; Pinv takes any.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.lstsq.html.
func (x Var) Lstsq(b Var) Var {
	const op = "lstsq"
	v, w := &x.live(op).val, &b.live(op).val
	if v.Rank() < 2 || w.Rank() < 2 || v.Dim(-2) != w.Dim(-2) {
		tensor.BadShape(op, "want matrices [… n m] and right sides [… n k]", v, w)
	}
	if v.Dim(-2) < v.Dim(-1) {
		q, r := x.T().QR()
		r.checkRank(op, v.Dim(-1))
		return q.MatMul(r.T().TriangularSolve(b, tensor.Triangle{}))
	}
	q, r := x.QR()
	r.checkRank(op, v.Dim(-2))
	return r.TriangularSolve(q.T().MatMul(b), tensor.Triangle{Upper: true})
}

// checkRank panics when a matrix x [… n n], a result of QR, has a number on the diagonal
// that is no more than ε long times the largest.
func (x Var) checkRank(op string, long int) {
	v := &x.n.val
	var bad int
	if n := v.Dim(-1); v.DType() == tensor.Float64 {
		bad = lowRank(tensor.Data[float64](v), n, 0x1p-52*float64(long))
	} else {
		bad = lowRank(tensor.Data[float32](v), n, 0x1p-23*float64(long))
	}
	if bad >= 0 {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("matrix %d has no full rank", bad)})
	}
}

func lowRank[T float32 | float64](r []T, n int, tolerance float64) int {
	for k := 0; k < len(r); k += n * n {
		least, largest := math.Inf(1), 0.0
		for i := range n {
			d := math.Abs(float64(r[k+i*n+i]))
			least, largest = min(least, d), max(largest, d)
		}
		if least <= tolerance*largest {
			return k / (n * n)
		}
	}
	return -1
}
