package autograd

import "github.com/descent-ml/descent/tensor"

// RNN runs a plain recurrent layer over the sequence x [length batch in] and
// returns its hidden states [length batch hidden], and the last of them [batch
// hidden]. With ReLU, it is max(0, …) in place of tanh.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html.
//
//	h = tanh(Wih x + bih + Whh h + bhh)
//
// With da, the gradient by what tanh is applied to, of all steps, the others are
// products:
//
//	dx = da Wih, dWih = daᵀ x, dWhh = daᵀ h of the step before, dbih = dbhh = Σ da
func (x Var) RNN(p Recurrence) (y, h Var) {
	return x.recur(rnn, &p, p.H0, Var{}).states()
}

func rnn() general {
	return general{
		Name: "rnn", Rule: "da Wih; daᵀ x; daᵀ h of the step before; Σ da; Σ da, with h = tanh(Wih x + bih + Whh h + bhh)",
		Shape: func(y *node, dims tensor.Dims) []int {
			length, batch, _, hidden := y.sizes()
			return append(dims, length, batch, hidden)
		},
		Value: func(y *node) {
			x, p := y.recurrence()
			tensor.RNNTo(&y.val, x, &p)
		},
		Common: func(y *node, dy Var) Var { return y.recurrentGrad(rnnGrad, dy) },
		VJP:    func(y *node, i int, common Var) Var { return y.recurrentRule(i, common, 1) },
	}
}

func rnnGrad() general {
	return general{
		Name: "rnn gradient", Rule: "that of the gradients of all steps, from the last to the first",
		Shape: func(z *node, dims tensor.Dims) []int { return append(dims, z.recurrentSize(1)) },
		Value: func(z *node) {
			x, p := z.recurrence()
			d := z.recurrentParts(&z.val, 1)
			d.gates.AsGrad().RNN(&d.bias, d.state(0), z.value(len(z.in)-1), &z.saved[2].val, x, &p)
		},
		Expr: func(z *node, operands []Var) Var {
			u := unroll(z, operands)
			products := u.x.Linear(u.wih, u.bih)
			n, h := len(u.order), u.h
			states := make([]Var, n)
			for _, t := range u.order {
				a := at(products, t).Add(h.Linear(u.whh, u.bhh))
				if z.attr.ints[4] == 1 {
					a = a.ReLU()
				} else {
					a = a.Tanh()
				}
				h = u.unless(t, h, a)
				states[t] = h
			}
			dh := z.tape.Const(tensor.ZerosLike(h.Value()))
			da := make([]Var, n)
			for i := n - 1; i >= 0; i-- {
				t := u.order[i]
				dh = dh.Add(at(u.dy, t))
				if z.attr.ints[4] == 1 {
					da[t] = dh.Mul(states[t].Greater(dh.scalar(0)))
				} else {
					da[t] = tanhRule(states[t], dh)
				}
				da[t] = u.unless(t, dh.scalar(0), da[t])
				dh = u.unless(t, dh, da[t].MatMul(u.whh))
			}
			all := Stack(0, da...)
			parts := []Var{all.Reshape(-1), all.Sum(0, 1)}
			if u.given > 0 {
				parts = append(parts, dh.Reshape(-1))
			}
			return Concat(0, parts...)
		},
	}
}

// ended returns the states y of a recurrence z, with 0 beyond the length of each
// example.
func (z *node) ended(y Var) Var {
	if z.attr.index == nil {
		return y
	}
	t := z.tape
	m := t.newNode()
	t.store(m, y.DType(), []int{y.Dim(0), y.Dim(1), 1})
	m.val.Fill(0)
	for i, n := range z.attr.index {
		for step := range n {
			m.val.Set(1, step, i, 0)
		}
	}
	return Where(t.leaf(m), y, y.scalar(0))
}

// unless returns new, and old for the examples that are held in a step.
func (u *unrolled) unless(step int, old, new Var) Var {
	if u.lengths == nil {
		return new
	}
	runs := tensor.ZerosOf(new.DType(), new.Dim(0), 1)
	for i, n := range u.lengths {
		if step < n {
			runs.Set(1, i, 0)
		}
	}
	return Where(new.Tape().Const(runs), new, old)
}
