package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// Dropout sets each element to zero with probability p and divides the others
// by 1 − p; where layers behave as in evaluation it returns x itself. The mask is
// drawn from r as PyTorch draws it on a CPU
// (https://jmlr.org/papers/v15/srivastava14a.html).
//
//	y  = x m / (1 − p), m drawn from {0, 1}
//	dx = dy m / (1 − p)
func (x Var) Dropout(p float64, r *tensor.Rand) Var {
	n := x.live("dropout")
	t := n.tape
	if !(p >= 0 && p <= 1) {
		panic(&tensor.ArgError{Op: "dropout", Reason: fmt.Sprintf("the probability is %v; it must lie between 0 and 1", p)})
	}
	if p == 0 || !t.Training() {
		return x
	}
	if p == 1 {
		return x.Mul(x.scalar(0))
	}
	r = t.Draws(r)
	m := t.newNode()
	m.op = leafOp
	t.store(m, n.val.DType(), n.val.Shape())
	r.Bernoulli(&m.val, 1-p)
	tensor.MulScalarTo(&m.val, &m.val, 1/(1-p))
	return x.Mul(m.self())
}
