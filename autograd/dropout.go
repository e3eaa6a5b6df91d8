package autograd

import (
	"math"

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
	if drop := n.dropped("dropout", p); !drop || p == 1 {
		return x.all(drop)
	}
	return x.dropout(p, r, n.val.Shape())
}

// dropout is [Var.Dropout] with a mask of the given shape.
func (x Var) dropout(p float64, r *tensor.Rand, shape []int) Var {
	m := x.n.tape.kept(p, r, x.n, shape)
	tensor.MulScalarTo(&m.val, &m.val, 1/(1-p))
	return x.Mul(m.self())
}

// FeatureDropout is [Var.Dropout] of whole channels: one number is drawn for each
// index of the first two axes, and it holds for all axes after them
// (https://arxiv.org/abs/1411.4280).
//
//	y  = x m / (1 − p), m drawn from {0, 1}
func (x Var) FeatureDropout(p float64, r *tensor.Rand) Var {
	n := x.live("feature-dropout")
	drop := n.dropped("feature-dropout", p)
	if n.val.Rank() < 2 {
		tensor.BadShape("feature-dropout", "want [batch channels …]", &n.val)
	}
	if !drop || p == 1 {
		return x.all(drop)
	}
	shape := n.tape.ints.take(n.val.Rank())
	for i := range shape {
		shape[i] = 1
	}
	copy(shape, n.val.Shape()[:2])
	return x.dropout(p, r, shape)
}

// AlphaDropout sets each element with probability p to the value that [Var.SELU]
// has far below zero. Then it scales and shifts all, so that mean 0 and variance 1
// stay (https://arxiv.org/abs/1706.02515). Where layers behave as in evaluation, it
// returns x itself.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html.
//
//	y  = a (x m + α′ (1 − m)) − α′ a p, m drawn from {0, 1}, α′ ≈ −1.7581
//	a = 1/√((α′² p + 1)(1 − p))
func (x Var) AlphaDropout(p float64, r *tensor.Rand) Var {
	n := x.live("alpha-dropout")
	if drop := n.dropped("alpha-dropout", p); !drop || p == 1 {
		return x.all(drop)
	}
	const alpha = 1.7580993408473766
	a := 1 / math.Sqrt((alpha*alpha*p+1)*(1-p))
	m := n.tape.kept(p, r, n, n.val.Shape())
	b := n.tape.newNode()
	b.op = leafOp
	n.tape.store(b, n.val.DType(), n.val.Shape())
	tensor.AddScalarTo(&b.val, &m.val, -1)
	tensor.MulScalarTo(&b.val, &b.val, alpha*a)
	tensor.AddScalarTo(&b.val, &b.val, alpha*a*p)
	tensor.MulScalarTo(&m.val, &m.val, a)
	return x.Mul(m.self()).Add(b.self())
}

// dropped checks a probability and reports whether anything is dropped.
func (n *node) dropped(op string, p float64) bool {
	if !(p >= 0 && p <= 1) {
		tensor.BadArg(op, "the probability is %v; it must lie between 0 and 1", p)
	}
	return p > 0 && n.tape.Training()
}

// all returns x, or zeros when all is dropped.
func (x Var) all(drop bool) Var {
	if drop {
		return x.Mul(x.scalar(0))
	}
	return x
}

// kept returns a new mask of the given shape for x: 1 with probability 1 − p, else
// 0.
func (t *Tape) kept(p float64, r *tensor.Rand, x *node, shape []int) *node {
	r = t.Draws(r)
	m := t.newNode()
	m.op = leafOp
	t.store(m, x.val.DType(), shape)
	r.Bernoulli(&m.val, 1-p)
	return m
}
