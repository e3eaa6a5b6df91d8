package nn

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// project runs a long short-term memory whose hidden states a matrix wr makes
// narrower (https://arxiv.org/abs/1402.1128):
//
//	i, f, g, o = σ, σ, tanh, σ of a = Wih x + bih + Whh h + bhh
//	c = f c + i g
//	h = Whr (o tanh c)
//
// It is made of operations for each step, and therefore slower than the recurrence
// without a projection.
func project(x autograd.Var, p autograd.Recurrence, wr autograd.Var) (y, h, c autograd.Var) {
	if p.H0.IsZero() != p.C0.IsZero() {
		tensor.BadArg("lstm", "one of the initial states H0 and C0 is missing; give both, or neither")
	}
	r := projected{Recurrence: p, wr: wr, h: p.H0, c: p.C0, in: x.Linear(p.WeightIH, p.BiasIH)}
	length, batch, zero := x.Dim(0), x.Dim(1), x.Tape().Scalar(x.DType(), 0)
	if length == 0 {
		tensor.BadShape("lstm", "the sequence has no step", x.Value())
	}
	if r.h.IsZero() {
		r.h, r.c = zero.Expand(batch, wr.Dim(0)), zero.Expand(batch, wr.Dim(1))
	}
	if p.Lengths != nil {
		tensor.CheckLengths("lstm", x.Value(), p.Lengths)
		after := zero.AddScalar(1).Expand(length + 1).CumSum(0) // 1, 2, 3 …
		r.left = after.IndexSelect(0, p.Lengths).Reshape(batch, 1)
	}
	y = r.steps(0, length)
	return y, r.h, r.c
}

// projected is a recurrence on its way: in are the products of the inputs of all
// steps. left is one more than the length of each example, empty for that of the
// sequence.
type projected struct {
	autograd.Recurrence
	wr, in, left, h, c autograd.Var
}

// steps returns the hidden states of the steps from … to−1. It halves them, so that
// joining needs no list.
func (r *projected) steps(from, to int) autograd.Var {
	if to-from == 1 {
		return r.step(from).Unsqueeze(0)
	}
	middle := (from + to) / 2
	if r.Reverse {
		late := r.steps(middle, to)
		return autograd.Concat(0, r.steps(from, middle), late)
	}
	early := r.steps(from, middle)
	return autograd.Concat(0, early, r.steps(middle, to))
}

// step computes one step, and returns its hidden state: 0 beyond the length of an
// example, where the state stays.
func (r *projected) step(t int) autograd.Var {
	a := r.in.Slice(0, t, t+1, 1).Squeeze(0).Add(r.h.Linear(r.WeightHH, r.BiasHH))
	n := r.wr.Dim(1)
	gate := func(k int) autograd.Var { return a.Slice(1, k*n, (k+1)*n, 1) }
	c := gate(1).Sigmoid().Mul(r.c).Add(gate(0).Sigmoid().Mul(gate(2).Tanh()))
	h := gate(3).Sigmoid().Mul(c.Tanh()).Linear(r.wr, autograd.Var{})
	if r.left.IsZero() {
		r.h, r.c = h, c
		return h
	}
	seen := r.left.Greater(r.left.Tape().Scalar(h.DType(), float64(t+1)))
	r.h, r.c = autograd.Where(seen, h, r.h), autograd.Where(seen, c, r.c)
	return autograd.Where(seen, h, r.left.Tape().Scalar(h.DType(), 0))
}
