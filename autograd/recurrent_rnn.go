package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

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

// unrolled is a recurrence as a plain expression, step by step.
type unrolled struct {
	x, wih, whh, bih, bhh, h, c, dy Var // bih and bhh may be empty
	given, hidden                   int
	order                           []int // the steps, in the order in which they are computed
	lengths                         []int // of the examples; nil for all steps
}

func unroll(z *node, operands []Var) unrolled {
	u := unrolled{x: operands[0], wih: operands[1], whh: operands[2], dy: operands[len(operands)-1], given: z.attr.ints[1], lengths: z.attr.index}
	if z.attr.ints[2] == 1 {
		u.bih = operands[3]
	}
	if z.attr.ints[3] == 1 {
		u.bhh = operands[3+z.attr.ints[2]]
	}
	u.hidden = u.whh.Dim(1)
	u.h = z.tape.Const(tensor.ZerosOf(u.x.DType(), u.x.Dim(1), u.hidden))
	u.c = u.h
	if u.given > 0 {
		u.h = operands[z.firstState()]
	}
	if u.given > 1 {
		u.c = operands[z.firstState()+1]
	}
	for t := range u.x.Dim(0) {
		u.order = append(u.order, t)
	}
	if z.attr.ints[0] == 1 {
		slices.Reverse(u.order)
	}
	return u
}

// gate returns the columns of a that belong to a gate.
func (u *unrolled) gate(a Var, gate int) Var { return a.Slice(1, gate*u.hidden, (gate+1)*u.hidden, 1) }

func at(x Var, step int) Var { return x.Slice(0, step, step+1, 1).Squeeze(0) }

// oneMinus returns 1 − x.
func oneMinus(x Var) Var { return x.Neg().AddScalar(1) }

// sigmoidRule and tanhRule return the gradients of σ and tanh, plainly.
func sigmoidRule(y, dy Var) Var { return dy.Mul(y).Mul(oneMinus(y)) }
func tanhRule(y, dy Var) Var    { return dy.Mul(oneMinus(y.Square())) }

func lstmGrad() general {
	return general{
		Name: "lstm gradient", Rule: "that of the gradients of all steps, from the last to the first",
		Value: func(z *node) {
			if t := z.tape; t.done && !t.recording { // the gates are not needed again
				z.share(z.saved[0])
			} else {
				t.store(z, z.in[0].val.DType(), []int{z.recurrentSize(1)})
			}
			x, p := z.recurrence()
			d, gates := z.recurrentParts(&z.val, 1), z.recurrentParts(&z.saved[0].val, 1)
			dy := z.value(len(z.in) - 1)
			d.gates.AsGrad().LSTM(&d.bias, d.state(0), d.state(1), dy, &gates.gates, &z.saved[1].val, x, &p)
		},
		Expr: func(z *node, operands []Var) Var {
			u := unroll(z, operands)
			n := len(u.order)
			products := u.x.Linear(u.wih, u.bih)
			type step struct{ i, f, g, o, before, tanh Var }
			steps := make([]step, n)
			h, c := u.h, u.c
			for _, t := range u.order {
				a := at(products, t).Add(h.Linear(u.whh, u.bhh))
				s := step{u.gate(a, 0).Sigmoid(), u.gate(a, 1).Sigmoid(), u.gate(a, 2).Tanh(), u.gate(a, 3).Sigmoid(), c, Var{}}
				c = u.unless(t, c, s.f.Mul(c).Add(s.i.Mul(s.g)))
				s.tanh = c.Tanh()
				h = u.unless(t, h, s.o.Mul(s.tanh))
				steps[t] = s
			}
			dh, dc := z.tape.Const(tensor.ZerosLike(h.Value())), at(u.dy, n)
			da := make([]Var, n)
			for _, t := range slices.Backward(u.order) {
				s := steps[t]
				dh = dh.Add(at(u.dy, t))
				later := dc
				dc = dc.Add(tanhRule(s.tanh, dh.Mul(s.o)))
				da[t] = Concat(1, sigmoidRule(s.i, dc.Mul(s.g)), sigmoidRule(s.f, dc.Mul(s.before)), tanhRule(s.g, dc.Mul(s.i)), sigmoidRule(s.o, dh.Mul(s.tanh)))
				da[t] = u.unless(t, dh.scalar(0), da[t])
				dh, dc = u.unless(t, dh, da[t].MatMul(u.whh)), u.unless(t, later, dc.Mul(s.f))
			}
			all := Stack(0, da...)
			parts := []Var{all.Reshape(-1), all.Sum(0, 1)}
			if u.given > 0 {
				parts = append(parts, dh.Reshape(-1), dc.Reshape(-1))
			}
			return Concat(0, parts...)
		},
	}
}

func gruGrad() general {
	return general{
		Name: "gru gradient", Rule: "that of the gradients of all steps, from the last to the first",
		Shape: func(z *node, dims tensor.Dims) []int { return append(dims, z.recurrentSize(2)) },
		Value: func(z *node) {
			x, p := z.recurrence()
			d, y := z.recurrentParts(&z.val, 2), &z.saved[2].val
			dy := z.value(len(z.in) - 1)
			d.gates.AsGrad().GRU(&d.bias, d.state(0), dy, y, &z.saved[0].val, &z.saved[1].val, x, &p)
		},
		Expr: func(z *node, operands []Var) Var {
			u := unroll(z, operands)
			n := len(u.order)
			products := u.x.Linear(u.wih, u.bih)
			type step struct{ r, z, n, inner, before Var }
			steps := make([]step, n)
			h := u.h
			for _, t := range u.order {
				a, b := at(products, t), h.Linear(u.whh, u.bhh)
				s := step{u.gate(a, 0).Add(u.gate(b, 0)).Sigmoid(), u.gate(a, 1).Add(u.gate(b, 1)).Sigmoid(), Var{}, u.gate(b, 2), h}
				s.n = u.gate(a, 2).Add(s.r.Mul(s.inner)).Tanh()
				h = u.unless(t, h, oneMinus(s.z).Mul(s.n).Add(s.z.Mul(h)))
				steps[t] = s
			}
			dh := z.tape.Const(tensor.ZerosLike(h.Value()))
			da, db := make([]Var, n), make([]Var, n)
			for _, t := range slices.Backward(u.order) {
				s := steps[t]
				dh = dh.Add(at(u.dy, t))
				dn := tanhRule(s.n, dh.Mul(oneMinus(s.z)))
				dr, dz := sigmoidRule(s.r, dn.Mul(s.inner)), sigmoidRule(s.z, dh.Mul(s.before.Sub(s.n)))
				da[t], db[t] = Concat(1, dr, dz, dn), Concat(1, dr, dz, dn.Mul(s.r))
				da[t], db[t] = u.unless(t, dh.scalar(0), da[t]), u.unless(t, dh.scalar(0), db[t])
				dh = u.unless(t, dh, dh.Mul(s.z).Add(db[t].MatMul(u.whh)))
			}
			a, b := Stack(0, da...), Stack(0, db...)
			parts := []Var{a.Reshape(-1), b.Reshape(-1), a.Sum(0, 1), b.Sum(0, 1)}
			if u.given > 0 {
				parts = append(parts, dh.Reshape(-1))
			}
			return Concat(0, parts...)
		},
	}
}
